/** Where nodes stand: a column for each layer, ordered so that few links cross. */

import type { Drawing } from "./groups.ts";
import { neighbours } from "./model.ts";
import type { Named } from "./model.ts";

export const NODE = { width: 166, height: 40 } as const;
const STEP = { x: 212, y: 50, beside: 178 } as const;
const SWEEPS = 3;
/** The steps of an argument keep their order. */
const FIXED = new Set(["claim", "argument"]);

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Column {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly ids: readonly string[];
}

export interface Layout {
  readonly columns: readonly Column[];
  readonly places: ReadonlyMap<string, Point>;
  readonly width: number;
  readonly height: number;
}

/** The order of each layer after some sweeps that put each node at the mean place of its neighbours (barycentre heuristic,
 * Sugiyama et al. 1981, IEEE Transactions on Systems, Man, and Cybernetics 11(2)). */
export function ordered(drawing: Drawing, layers: readonly Named[]): string[][] {
  const columns = layers.map((layer) => drawing.nodes.filter((node) => node.layer === layer.id).map((node) => node.id));
  const { above, below } = neighbours(drawing.links);
  const place = new Map<string, number>();
  const put = (column: readonly string[]): void => column.forEach((id, index) => place.set(id, (index + 0.5) / column.length));
  columns.forEach(put);
  const sweep = (index: number, way: ReadonlyMap<string, readonly string[]>): void => {
    const column = columns[index];
    const layer = layers[index];
    if (column === undefined || layer === undefined || FIXED.has(layer.id)) return;
    const mean = new Map<string, number>();
    for (const id of column) {
      const near = way.get(id) ?? [];
      const sum = near.reduce((total, other) => total + (place.get(other) ?? 0), 0);
      mean.set(id, near.length > 0 ? sum / near.length : (place.get(id) ?? 0));
    }
    column.sort((one, other) => (mean.get(one) ?? 0) - (mean.get(other) ?? 0));
    put(column);
  };
  for (let round = 0; round < SWEEPS; round++) {
    for (let index = columns.length - 1; index >= 0; index--) sweep(index, above);
    if (round === SWEEPS - 1) break;
    for (let index = 0; index < columns.length; index++) sweep(index, below);
  }
  return columns;
}

/** Full layers stand in several columns side by side, so that the whole is not much higher than it is wide. */
export function laidOut(drawing: Drawing, layers: readonly Named[]): Layout {
  const rows = Math.max(22, Math.ceil(2.2 * Math.sqrt(drawing.nodes.length)));
  const orders = ordered(drawing, layers);
  const height = STEP.y * Math.max(0, ...orders.map((ids) => Math.ceil(ids.length / Math.max(1, Math.ceil(ids.length / rows)))));
  const places = new Map<string, Point>();
  const columns: Column[] = [];
  let left = 0;
  layers.forEach((layer, index) => {
    const ids = orders[index] ?? [];
    if (ids.length === 0) return;
    const beside = Math.ceil(ids.length / rows);
    const lines = Math.ceil(ids.length / beside);
    const step = Math.min(height / lines, STEP.y * 3);
    const top = (height - step * lines) / 2;
    ids.forEach((id, place) => {
      const x = left + (place % beside) * STEP.beside + NODE.width / 2;
      places.set(id, { x, y: top + step * (Math.floor(place / beside) + 0.5) });
    });
    columns.push({ id: layer.id, label: layer.label, x: left + ((beside - 1) * STEP.beside + NODE.width) / 2, ids });
    left += STEP.x + (beside - 1) * STEP.beside;
  });
  return { columns, places, width: Math.max(0, left - STEP.x + NODE.width), height };
}

/** Which node an arrow key leads to from another: up and down in its column, left and right to the nearest neighbour. */
export function stepped(from: string, key: string, layout: Layout, drawing: Drawing): string | undefined {
  const column = layout.columns.find((one) => one.ids.includes(from));
  if (column === undefined) return undefined;
  const index = column.ids.indexOf(from);
  if (key === "ArrowUp") return column.ids[index - 1];
  if (key === "ArrowDown") return column.ids[index + 1];
  if (key === "Home") return column.ids[0];
  if (key === "End") return column.ids.at(-1);
  const { above, below } = neighbours(drawing.links);
  const others = (key === "ArrowLeft" ? below : key === "ArrowRight" ? above : undefined)?.get(from) ?? [];
  const here = layout.places.get(from);
  const far = (id: string): number => {
    const there = layout.places.get(id);
    return here === undefined || there === undefined ? 0 : Math.hypot(there.x - here.x, there.y - here.y);
  };
  return [...others].sort((one, other) => far(one) - far(other))[0];
}
