/** The data of a graph page, as the server writes it (`GET /graph/…?format=json`). */

export type Confidence = "High" | "Medium" | "Low";

export interface GraphNode {
  readonly id: string;
  readonly layer: string;
  readonly label: string;
  readonly position?: number;
  readonly basis?: string;
  readonly confidence?: Confidence;
  readonly category?: string;
  readonly countries?: readonly string[];
  readonly discourses?: readonly string[];
  readonly note?: string;
  readonly words?: readonly string[];
}

/** `source`, in a higher layer, rests on `target`. */
export interface GraphLink {
  readonly source: string;
  readonly target: string;
  readonly relation: string;
  readonly basis?: string;
  readonly confidence?: Confidence;
}

export interface Named {
  readonly id: string;
  readonly label: string;
}

/** Layers from the lowest (reports) to the highest (arguments). */
export interface Graph {
  readonly start: string;
  readonly label: string;
  readonly layers: readonly Named[];
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  readonly discourses: readonly Named[];
}

/** Links by their ends. */
export interface Neighbours {
  readonly above: ReadonlyMap<string, readonly string[]>;
  readonly below: ReadonlyMap<string, readonly string[]>;
}

interface Ends {
  readonly source: string;
  readonly target: string;
}

function put(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

export function neighbours(links: readonly Ends[]): Neighbours {
  const above = new Map<string, string[]>();
  const below = new Map<string, string[]>();
  for (const { source, target } of links) {
    put(above, target, source);
    put(below, source, target);
  }
  return { above, below };
}

/** Every node that `start` rests on or that rests on it, and itself. */
export function cone(start: string, { above, below }: Neighbours): Set<string> {
  const found = new Set<string>([start]);
  for (const way of [above, below]) {
    const seen = new Set<string>([start]);
    const waiting = [start];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const other of way.get(next) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        found.add(other);
        waiting.push(other);
      }
    }
  }
  return found;
}
