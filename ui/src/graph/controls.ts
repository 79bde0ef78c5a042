/** The checkboxes that narrow a graph. */

import { element } from "../dom.ts";
import { DIMENSIONS, valuesOf } from "./filters.ts";
import type { Dimension, Filters } from "./filters.ts";
import type { Graph } from "./model.ts";

const NAMES: Readonly<Record<Dimension, string>> = {
  category: "Category",
  country: "Country of the study",
  discourse: "Discourse that a claim speaks of",
  confidence: "Confidence",
};
const ORDER = ["High", "Medium", "Low"];

/** The values of a dimension in a graph, with the number of nodes that have each; "not said" comes last. */
export function choices(graph: Graph, dimension: Dimension): [string, number][] {
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    for (const value of valuesOf(node, dimension) ?? []) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const key = (value: string): string => (value === "" ? "\uffff" : dimension === "confidence" ? String(ORDER.indexOf(value)) : value);
  return [...counts].sort(([one], [other]) => key(one).localeCompare(key(other), "en"));
}

export function controls(graph: Graph, filters: Filters, changed: (filters: Filters) => void): HTMLElement {
  const names = new Map(graph.discourses.map((one) => [one.id, one.label]));
  const groups = DIMENSIONS.flatMap((dimension) => {
    const values = choices(graph, dimension);
    if (values.length < 2) return [];
    const boxes = values.map(([value, count]) => {
      const box = element("input", { type: "checkbox", name: dimension, value });
      box.checked = filters[dimension].has(value);
      const label = value === "" ? "not said" : (names.get(value) ?? value);
      return element("label", {}, box, ` ${label} `, element("span", { class: "facts" }, String(count)));
    });
    return [element("fieldset", {}, element("legend", {}, NAMES[dimension]), ...boxes)];
  });
  const form = element("form", { class: "filters", "aria-label": "Show only" }, ...groups);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    const chosen = new FormData(form);
    const read = (dimension: Dimension): ReadonlySet<string> => new Set(chosen.getAll(dimension).map(String));
    changed({ category: read("category"), country: read("country"), discourse: read("discourse"), confidence: read("confidence") });
  });
  return form;
}
