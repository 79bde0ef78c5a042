/** What stands behind a node, in words. */

import { element } from "../dom.ts";
import { staying } from "../version.ts";
import type { Drawn } from "./groups.ts";
import type { Graph } from "./model.ts";

const BASIS: Readonly<Record<string, string>> = {
  StatedInText: "stated in the text",
  ReadFromTable: "read from the table",
  InferredByCurator: "inferred by the curators",
};

/** The facts of a node in one line, as they are also read out. */
export function facts(drawn: Drawn, graph: Graph): string {
  const layer = graph.layers.find((one) => one.id === drawn.layer)?.label ?? drawn.layer;
  const node = drawn.node;
  if (node === undefined) return `${layer}, a group of ${drawn.size.toLocaleString("en")}`;
  const names = new Map(graph.discourses.map((one) => [one.id, one.label]));
  const parts = [layer];
  if (node.category !== undefined) parts.push(`in: ${node.category}`);
  if (node.countries !== undefined) parts.push(node.countries.join(", "));
  if (node.discourses !== undefined) parts.push(`speaks of: ${node.discourses.map((id) => names.get(id) ?? id).join(", ")}`);
  if (node.basis !== undefined) parts.push(BASIS[node.basis] ?? node.basis);
  if (node.confidence !== undefined) parts.push(`confidence: ${node.confidence.toLowerCase()}`);
  if (node.confidence === "Low") parts.push("doubtful: not to be read as fact");
  return parts.join("; ");
}

export function panel(drawn: Drawn, graph: Graph): Node[] {
  const parts: Node[] = [element("h2", {}, drawn.label), element("p", { class: "counts" }, facts(drawn, graph))];
  const { node } = drawn;
  if (node === undefined) return [...parts, element("p", {}, "Choose it to see its members.")];
  if (node.note !== undefined && node.confidence !== "High") parts.push(element("p", { class: "note" }, node.note));
  for (const words of node.words ?? []) parts.push(element("blockquote", {}, words));
  parts.push(element("p", {}, element("a", { href: pageOf(node.id) }, "Its page")));
  return parts;
}

export function pageOf(slug: string): string {
  return staying(`/id/${slug.split("/").map(encodeURIComponent).join("/")}`);
}
