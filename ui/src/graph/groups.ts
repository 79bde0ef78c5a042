/** What is drawn: the nodes of a graph, or where these are too many, groups of them. */

import type { Dimension } from "./filters.ts";
import { neighbours } from "./model.ts";
import type { Confidence, Graph, GraphNode } from "./model.ts";

/** More than this is not drawn one by one. */
export const MOST_NODES = 2000;

export interface Drawn {
  readonly id: string;
  readonly layer: string;
  readonly label: string;
  readonly confidence?: Confidence;
  /** The one node that this is; a group has none. */
  readonly node?: GraphNode;
  readonly size: number;
  /** What shows the members of a group alone. */
  readonly narrows?: { readonly dimension: Dimension; readonly value: string };
}

export interface DrawnLink {
  readonly source: string;
  readonly target: string;
  readonly confidence?: Confidence;
  readonly size: number;
}

export interface Drawing {
  readonly nodes: readonly Drawn[];
  readonly links: readonly DrawnLink[];
  /** The layers that are grouped. */
  readonly grouped: readonly string[];
}

interface Bucket {
  readonly dimension?: Dimension;
  readonly value: string;
}

const OTHERS: Bucket = { value: "others" };

/** The bucket that most of these are in; of equals the one that comes first. */
function commonest(buckets: readonly Bucket[]): Bucket | undefined {
  const counts = new Map<string, number>();
  let best: Bucket | undefined;
  for (const bucket of buckets) counts.set(bucket.value, (counts.get(bucket.value) ?? 0) + 1);
  for (const bucket of buckets) {
    if (best === undefined || (counts.get(bucket.value) ?? 0) > (counts.get(best.value) ?? 0)) best = bucket;
  }
  return best;
}

/**
 * The bucket of each node: a translated construct's is its category; what stands under one takes the category that most of
 * what it stands under has; a study's is its country, a claim's its first discourse. Reports go with their studies.
 */
function bucketsOf(graph: Graph): Map<string, Bucket> {
  const { above } = neighbours(graph.links);
  const rank = new Map(graph.layers.map((layer, index) => [layer.id, index]));
  const buckets = new Map<string, Bucket>();
  const downwards = [...graph.nodes].sort((one, other) => (rank.get(other.layer) ?? 0) - (rank.get(one.layer) ?? 0));
  for (const node of downwards) {
    if (node.layer === "translated") buckets.set(node.id, { dimension: "category", value: node.category ?? "" });
    else if (node.layer === "study") buckets.set(node.id, { dimension: "country", value: node.countries?.[0] ?? "" });
    else if (node.layer === "claim") buckets.set(node.id, { dimension: "discourse", value: node.discourses?.[0] ?? "" });
    else {
      const upper = (above.get(node.id) ?? []).flatMap((id) => {
        const bucket = buckets.get(id);
        return bucket === undefined || (node.layer === "report" && bucket.dimension !== "country") ? [] : [bucket];
      });
      buckets.set(node.id, commonest(upper) ?? OTHERS);
    }
  }
  return buckets;
}

/** The `most` buckets with the most nodes; the nodes of the rest belong to the others. */
function largest(nodes: readonly GraphNode[], buckets: ReadonlyMap<string, Bucket>, most: number): Set<string> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const value = buckets.get(node.id)?.value ?? OTHERS.value;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, one], [, other]) => other - one).map(([value]) => value);
  return new Set(sorted.length <= most ? sorted : sorted.slice(0, most - 1));
}

/** Layers that are grouped so that no more than `most` nodes are drawn: the fullest ones first, no more than it takes. */
function layersToGroup(sizes: ReadonlyMap<string, number>, room: number, most: number): Set<string> {
  const grouped = new Set<string>();
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  for (const [layer, size] of [...sizes].sort(([, one], [, other]) => other - one)) {
    if (total <= most) break;
    grouped.add(layer);
    total -= Math.max(0, size - room);
  }
  return grouped;
}

export function drawing(graph: Graph, most: number = MOST_NODES): Drawing {
  const sizes = new Map<string, number>();
  for (const node of graph.nodes) sizes.set(node.layer, (sizes.get(node.layer) ?? 0) + 1);
  const room = Math.max(1, Math.floor(most / Math.max(1, graph.layers.length)));
  const grouped = layersToGroup(sizes, room, most);
  const names = new Map(graph.discourses.map((discourse) => [discourse.id, discourse.label]));
  const buckets = grouped.size > 0 ? bucketsOf(graph) : new Map<string, Bucket>();
  const place = new Map<string, string>();
  const drawn = new Map<string, Drawn>();
  for (const layer of graph.layers) {
    const nodes = graph.nodes.filter((node) => node.layer === layer.id);
    const kept = grouped.has(layer.id) ? largest(nodes, buckets, room) : new Set<string>();
    for (const node of nodes) {
      if (!grouped.has(layer.id)) {
        place.set(node.id, node.id);
        drawn.set(node.id, { id: node.id, layer: node.layer, label: node.label, node, size: 1, ...sure(node.confidence) });
        continue;
      }
      const found = buckets.get(node.id) ?? OTHERS;
      const bucket = kept.has(found.value) ? found : OTHERS;
      const id = `group ${layer.id} ${bucket.value}`;
      place.set(node.id, id);
      const size = (drawn.get(id)?.size ?? 0) + 1;
      const name = names.get(bucket.value) ?? (bucket.value === "" ? "not said" : bucket.value);
      const narrows = bucket.dimension === undefined ? {} : { narrows: { dimension: bucket.dimension, value: bucket.value } };
      drawn.set(id, { id, layer: layer.id, label: `${name}: ${size.toLocaleString("en")}`, size, ...narrows });
    }
  }
  return { nodes: [...drawn.values()], links: drawnLinks(graph, place), grouped: [...grouped] };
}

function sure(confidence: Confidence | undefined): { confidence?: Confidence } {
  return confidence === undefined ? {} : { confidence };
}

/** The links between what is drawn; those between the same two are one, which is as sure as all of them are, if they agree. */
function drawnLinks(graph: Graph, place: ReadonlyMap<string, string>): DrawnLink[] {
  const links = new Map<string, DrawnLink>();
  for (const link of graph.links) {
    const source = place.get(link.source);
    const target = place.get(link.target);
    if (source === undefined || target === undefined) continue;
    const key = `${source}\n${target}`;
    const before = links.get(key);
    const confidence = before === undefined || before.confidence === link.confidence ? link.confidence : undefined;
    links.set(key, { source, target, size: (before?.size ?? 0) + 1, ...sure(confidence) });
  }
  return [...links.values()];
}
