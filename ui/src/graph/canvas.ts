/** The picture on the screen, drawn by Cytoscape.js. */

import cytoscape from "cytoscape";
import type { Core, ElementDefinition, NodeSingular, StylesheetJson } from "cytoscape";
import type { Drawing } from "./groups.ts";
import { NODE } from "./layout.ts";
import type { Layout } from "./layout.ts";
import { DASHES } from "./palette.ts";
import type { Palette } from "./palette.ts";
import { LABEL, wrapped } from "./text.ts";

const FONT = "system-ui, sans-serif";
/** Pixels: a narrower picture does not show all at first. */
const SMALL = 600;
/** Cytoscape would add a style element to the page, which our content security policy refuses, unless one of this name is
 * there. What it would say is in the page's style sheet. */
const STYLE_MARK = "__________cytoscape_stylesheet";

function sureStyles(palette: Palette): StylesheetJson {
  return (["High", "Medium", "Low"] as const).flatMap((confidence) => {
    const line = DASHES[confidence].length === 0 ? "solid" : confidence === "Low" ? "dotted" : "dashed";
    return [
      { selector: `node[confidence = "${confidence}"]`, style: { "border-color": palette[confidence], "border-style": line } },
      { selector: `edge[confidence = "${confidence}"]`, style: { "line-style": line } },
    ] as StylesheetJson;
  });
}

function styles(palette: Palette): StylesheetJson {
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle",
        width: NODE.width,
        height: NODE.height,
        label: "data(text)",
        "text-wrap": "wrap",
        "text-valign": "center",
        "text-halign": "center",
        "font-family": FONT,
        "font-size": LABEL.size,
        "min-zoomed-font-size": 4,
        color: palette.ink,
        "background-color": palette.shade,
        "border-width": 1.5,
        "border-color": palette.soft,
      },
    },
    { selector: "node[?group]", style: { shape: "cut-rectangle", "font-weight": "bold" } },
    {
      selector: "node[?heading]",
      style: { "background-opacity": 0, "border-width": 0, color: palette.soft, "font-weight": "bold", "font-size": 13, events: "no" },
    },
    {
      selector: "edge",
      style: {
        width: 1,
        "line-color": palette.soft,
        opacity: 0.45,
        "curve-style": "straight",
        "source-endpoint": "-50% 0",
        "target-endpoint": "50% 0",
        events: "no",
      },
    },
    ...sureStyles(palette),
    { selector: ".away", style: { opacity: 0.12 } },
    { selector: "edge.lit", style: { opacity: 1, "line-color": palette.link, width: 1.6 } },
    { selector: "node.here", style: { "border-width": 4, "border-color": palette.link, "border-style": "solid" } },
  ] as StylesheetJson;
}

export interface Watcher {
  over(id: string | undefined): void;
  choose(id: string): void;
}

export class Canvas {
  private readonly core: Core;

  constructor(container: HTMLElement, palette: Palette, watcher: Watcher) {
    if (document.getElementById(STYLE_MARK) === null) {
      const mark = document.createElement("meta");
      mark.id = STYLE_MARK;
      document.head.append(mark);
    }
    this.core = cytoscape({
      container,
      style: styles(palette),
      layout: { name: "preset" },
      minZoom: 0.02,
      maxZoom: 4,
      autoungrabify: true,
      boxSelectionEnabled: false,
      userZoomingEnabled: false,
      textureOnViewport: true,
      hideEdgesOnViewport: false,
    });
    this.core.on("mouseover", "node", (event) => watcher.over((event.target as NodeSingular).id()));
    this.core.on("mouseout", "node", () => watcher.over(undefined));
    this.core.on("tap", "node", (event) => watcher.choose((event.target as NodeSingular).id()));
    // The wheel scrolls the page; with Ctrl (which is also what a pinch on a touchpad sends) it zooms.
    container.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        const box = container.getBoundingClientRect();
        this.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
      },
      { passive: false },
    );
  }

  draw(drawing: Drawing, layout: Layout): void {
    const elements: ElementDefinition[] = [];
    for (const column of layout.columns) {
      const text = `${column.label} (${column.ids.length})`;
      elements.push({ data: { id: `heading ${column.id}`, text, heading: true }, position: { x: column.x, y: -NODE.height } });
    }
    for (const node of drawing.nodes) {
      const place = layout.places.get(node.id);
      if (place === undefined) continue;
      const text = wrapped(node.label, LABEL.width, LABEL.lines).join("\n");
      const data = { id: node.id, text, group: node.node === undefined, confidence: node.confidence ?? "" };
      elements.push({ data, position: { ...place } });
    }
    for (const { source, target, confidence } of drawing.links) {
      elements.push({ data: { id: `${source}\n${target}`, source, target, confidence: confidence ?? "" } });
    }
    this.core.batch(() => {
      this.core.elements().remove();
      this.core.add(elements);
    });
    this.begin();
  }

  recolour(palette: Palette): void {
    this.core.style(styles(palette));
  }

  /** Light up these nodes and the links between them; without any, all are as they were. */
  light(ids: ReadonlySet<string> | undefined, here: string | undefined): void {
    this.core.batch(() => {
      this.core.elements().removeClass("away lit here");
      if (ids !== undefined) {
        const lit = (id: string): boolean => ids.has(id);
        this.core.nodes("[!heading]").filter((node) => !lit(node.id())).addClass("away");
        this.core.edges().forEach((edge) => {
          edge.addClass(lit(edge.source().id()) && lit(edge.target().id()) ? "lit" : "away");
        });
      }
      if (here !== undefined) this.core.getElementById(here).addClass("here");
    });
  }

  /** Bring a node into sight, as near as it can be read. */
  show(id: string): void {
    const node = this.core.getElementById(id);
    if (node.empty()) return;
    if (this.core.zoom() < 0.6) this.core.zoom({ level: 0.8, position: node.position() });
    const box = node.renderedBoundingBox();
    const outside = box.x1 < 0 || box.y1 < 0 || box.x2 > this.core.width() || box.y2 > this.core.height();
    if (outside) this.core.center(node);
  }

  zoom(factor: number, at = { x: this.core.width() / 2, y: this.core.height() / 2 }): void {
    this.core.zoom({ level: this.core.zoom() * factor, renderedPosition: at });
  }

  fit(): void {
    this.core.resize();
    this.core.fit(undefined, 12);
  }

  /** Show all, or where that would be too small to read at a phone's width, the end where the argument is. */
  begin(): void {
    this.fit();
    if (this.core.width() >= SMALL || this.core.zoom() >= 0.5) return;
    const nodes = this.core.nodes("[!heading]");
    const last = nodes.max((node) => node.position().x).ele;
    if (last === undefined || last.empty()) return;
    this.core.zoom({ level: 0.75, position: last.position() });
    const box = last.renderedBoundingBox();
    this.core.panBy({ x: this.core.width() - box.x2 - 16, y: this.core.height() / 2 - (box.y1 + box.y2) / 2 });
  }

  resized(): void {
    this.core.resize();
  }

  png(background: string): Promise<Blob> {
    return this.core.png({ output: "blob-promise", full: true, scale: 2, maxWidth: 8000, maxHeight: 8000, bg: background });
  }

  destroy(): void {
    this.core.destroy();
  }
}
