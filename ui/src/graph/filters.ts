/** Which part of a graph is shown. */

import { neighbours } from "./model.ts";
import type { Graph, GraphLink, GraphNode } from "./model.ts";

export const DIMENSIONS = ["category", "country", "discourse", "confidence"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The values chosen of each dimension; where none is, all are meant. The empty value stands for "not said". */
export type Filters = Readonly<Record<Dimension, ReadonlySet<string>>>;

/** The dimensions that narrow the paths, with the layer whose nodes they are about. */
const PATHS: readonly [Dimension, string][] = [
  ["category", "translated"],
  ["country", "study"],
  ["discourse", "claim"],
];

export function noFilters(): Filters {
  return { category: new Set(), country: new Set(), discourse: new Set(), confidence: new Set() };
}

export function isFiltered(filters: Filters): boolean {
  return DIMENSIONS.some((dimension) => filters[dimension].size > 0);
}

/** The values that a node has of a dimension; undefined where the dimension is not about such nodes. */
export function valuesOf(node: GraphNode, dimension: Dimension): readonly string[] | undefined {
  if (dimension === "confidence") return node.confidence === undefined ? undefined : [node.confidence];
  if (!PATHS.some(([other, layer]) => other === dimension && layer === node.layer)) return undefined;
  const values =
    dimension === "category" ? (node.category === undefined ? [] : [node.category])
    : dimension === "country" ? (node.countries ?? [])
    : (node.discourses ?? []);
  return values.length > 0 ? values : [""];
}

/** The filters that a fragment such as `#country=Canada&country=Australia` says. */
export function readFilters(fragment: string): Filters {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const read = (dimension: Dimension): ReadonlySet<string> => new Set(parameters.getAll(dimension));
  return { category: read("category"), country: read("country"), discourse: read("discourse"), confidence: read("confidence") };
}

export function writeFilters(filters: Filters): string {
  const parameters = new URLSearchParams();
  for (const dimension of DIMENSIONS) {
    for (const value of [...filters[dimension]].sort()) parameters.append(dimension, value);
  }
  return parameters.toString();
}

function suits(node: GraphNode, dimension: Dimension, chosen: ReadonlySet<string>): boolean {
  return valuesOf(node, dimension)?.some((value) => chosen.has(value)) ?? false;
}

/**
 * For each node, the sets of conditions that the paths from it in one direction meet, each set as bits; the sets themselves
 * are bits of the number returned. `ends` are where a path may end. Each node comes after those it leads to.
 */
function met(
  order: readonly GraphNode[],
  onward: ReadonlyMap<string, readonly string[]>,
  own: ReadonlyMap<string, number>,
  ends: (id: string) => boolean,
): Map<string, number> {
  const sets = new Map<string, number>();
  for (const { id } of order) {
    const next = onward.get(id) ?? [];
    const mine = own.get(id) ?? 0;
    let all = ends(id) ? 1 << mine : 0;
    for (const other of next) {
      const theirs = sets.get(other) ?? 0;
      for (let set = 0; set < 1 << PATHS.length; set++) if (theirs & (1 << set)) all |= 1 << (set | mine);
    }
    sets.set(id, all);
  }
  return sets;
}

/**
 * The nodes and links that lie on a path, from the top down to the bottom, that meets every filter. A filter by confidence
 * takes out the nodes and links of another confidence; the other filters ask that a path goes through a node that suits.
 */
export function filtered(graph: Graph, filters: Filters): Graph {
  if (!isFiltered(filters)) return graph;
  const sure = (thing: GraphNode | GraphLink): boolean =>
    filters.confidence.size === 0 || thing.confidence === undefined || filters.confidence.has(thing.confidence);
  const rank = new Map(graph.layers.map((layer, index) => [layer.id, index]));
  const nodes = graph.nodes.filter(sure).sort((one, other) => (rank.get(one.layer) ?? 0) - (rank.get(other.layer) ?? 0));
  const left = new Set(nodes.map((node) => node.id));
  const links = graph.links.filter((link) => sure(link) && left.has(link.source) && left.has(link.target));
  const asked = PATHS.filter(([dimension]) => filters[dimension].size > 0);
  if (asked.length === 0) return { ...graph, nodes: graph.nodes.filter((node) => left.has(node.id)), links };
  const { above, below } = neighbours(links);
  const before = neighbours(graph.links);
  const own = new Map<string, number>();
  for (const node of nodes) {
    let mask = 0;
    asked.forEach(([dimension], bit) => {
      if (suits(node, dimension, filters[dimension])) mask |= 1 << bit;
    });
    own.set(node.id, mask);
  }
  const whole = (1 << asked.length) - 1;
  const down = met(nodes, below, own, (id) => !before.below.has(id));
  const up = met([...nodes].reverse(), above, own, (id) => !before.above.has(id));
  const meet = (upper: string, lower: string): boolean => {
    const over = up.get(upper) ?? 0;
    const under = down.get(lower) ?? 0;
    for (let one = 0; one <= whole; one++) {
      if (!(over & (1 << one))) continue;
      for (let other = 0; other <= whole; other++) if (under & (1 << other) && (one | other) === whole) return true;
    }
    return false;
  };
  const kept = links.filter((link) => meet(link.source, link.target));
  const ends = new Set(kept.flatMap((link) => [link.source, link.target]));
  const nodesKept = graph.nodes.filter((node) => left.has(node.id) && (ends.has(node.id) || meet(node.id, node.id)));
  return { ...graph, nodes: nodesKept, links: kept };
}
