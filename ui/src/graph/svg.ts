/** The picture as an SVG document, for papers and slides. */

import type { Drawing } from "./groups.ts";
import { NODE } from "./layout.ts";
import type { Layout, Point } from "./layout.ts";
import { DASHES } from "./palette.ts";
import type { Palette } from "./palette.ts";
import { LABEL, wrapped } from "./text.ts";

const MARGIN = 24;
const HEADING = 30;

export function escaped(text: string): string {
  // Control characters are no part of XML 1.0.
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one] ?? one);
}

function text(x: number, y: number, lines: readonly string[], fill: string, bold = false): string {
  const first = y - ((lines.length - 1) * (LABEL.size + 2)) / 2;
  const spans = lines.map((line, index) => `<tspan x="${x}" y="${first + index * (LABEL.size + 2)}">${escaped(line)}</tspan>`);
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text text-anchor="middle" dominant-baseline="central" fill="${fill}"${weight}>${spans.join("")}</text>`;
}

export function svg(title: string, drawing: Drawing, layout: Layout, palette: Palette): string {
  const width = layout.width + 2 * MARGIN;
  const height = layout.height + 2 * MARGIN + HEADING;
  const at = (place: Point): Point => ({ x: place.x + MARGIN, y: place.y + MARGIN + HEADING });
  const parts: string[] = [];
  for (const link of drawing.links) {
    const source = layout.places.get(link.source);
    const target = layout.places.get(link.target);
    if (source === undefined || target === undefined) continue;
    const [from, to] = [at(source), at(target)];
    const dashes = link.confidence === undefined ? [] : DASHES[link.confidence];
    const dash = dashes.length > 0 ? ` stroke-dasharray="${dashes.join(" ")}"` : "";
    parts.push(`<path d="M${from.x - NODE.width / 2} ${from.y}L${to.x + NODE.width / 2} ${to.y}" stroke="${palette.soft}"${dash}/>`);
  }
  for (const node of drawing.nodes) {
    const place = layout.places.get(node.id);
    if (place === undefined) continue;
    const { x, y } = at(place);
    const stroke = node.confidence === undefined ? palette.soft : palette[node.confidence];
    const dashes = node.confidence === undefined ? [] : DASHES[node.confidence];
    const dash = dashes.length > 0 ? ` stroke-dasharray="${dashes.join(" ")}"` : "";
    parts.push(
      `<g><title>${escaped(node.label)}</title>` +
        `<rect x="${x - NODE.width / 2}" y="${y - NODE.height / 2}" width="${NODE.width}" height="${NODE.height}" rx="5" ` +
        `fill="${palette.shade}" stroke="${stroke}" stroke-width="1.5"${dash}/>` +
        `${text(x, y, wrapped(node.label, LABEL.width, LABEL.lines), palette.ink)}</g>`,
    );
  }
  for (const column of layout.columns) {
    parts.push(text(column.x + MARGIN, MARGIN + HEADING / 2, [`${column.label} (${column.ids.length})`], palette.soft, true));
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="system-ui, sans-serif" font-size="${LABEL.size}"><title>${escaped(title)}</title>` +
    `<rect width="100%" height="100%" fill="${palette.paper}"/><g fill="none">${parts.join("\n")}</g></svg>\n`
  );
}
