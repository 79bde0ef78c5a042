/** A trace of any size: `size` studies with their reports and constructs, under claims in so many categories. */

import type { Graph, GraphLink, GraphNode } from "../src/graph/model.ts";

export function generated(size: number, categories: number): Graph {
  const nodes: GraphNode[] = [{ id: "argument", layer: "argument", label: "Argument", confidence: "High" }];
  const links: GraphLink[] = [];
  const link = (source: string, target: string): void => void links.push({ source, target, relation: "restsOn" });
  for (let index = 0; index < categories; index++) {
    nodes.push({ id: `claim/${index}`, layer: "claim", label: `Claim ${index}`, position: index + 1, discourses: [`discourse/${index % 3}`] });
    nodes.push({ id: `translated/${index}`, layer: "translated", label: `Translated ${index}`, category: `Category ${index}`, confidence: "Medium" });
    nodes.push({ id: `translation/${index}`, layer: "translation", label: "Translation", confidence: index % 2 === 0 ? "High" : "Low" });
    link("argument", `claim/${index}`);
    link(`claim/${index}`, `translated/${index}`);
    link(`translated/${index}`, `translation/${index}`);
  }
  for (let index = 0; index < size; index++) {
    nodes.push({ id: `second/${index}`, layer: "second-order", label: `Second-order ${index}`, confidence: "High" });
    nodes.push({ id: `study/${index}`, layer: "study", label: `Study ${index}`, ...(index % 4 === 0 ? {} : { countries: [`Country ${index % 5}`] }) });
    nodes.push({ id: `report/${index}`, layer: "report", label: `Report ${index}` });
    link(`translation/${index % categories}`, `second/${index}`);
    link(`second/${index}`, `study/${index}`);
    link(`study/${index}`, `report/${index}`);
  }
  return {
    start: "generated",
    label: "Generated",
    layers: ["report", "study", "second-order", "translation", "translated", "claim", "argument"].map((id) => ({ id, label: id })),
    nodes,
    links,
    discourses: [0, 1, 2].map((index) => ({ id: `discourse/${index}`, label: `Discourse ${index}` })),
  };
}
