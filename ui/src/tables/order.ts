/** In which order the cells of a column stand. */

export type Direction = "ascending" | "descending";

const NUMBER = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?$/;
const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text.replace(/[,%]/g, "")) : undefined;
}

/** Numbers by size, other text by the alphabet, numbers before text. What is empty comes last, whichever way it goes. */
export function compared(one: string, other: string, direction: Direction): number {
  if (one === "" || other === "") return Number(one === "") - Number(other === "");
  const [left, right] = [numberOf(one), numberOf(other)];
  let order: number;
  if (left !== undefined && right !== undefined) order = left - right;
  else if (left !== undefined || right !== undefined) order = left === undefined ? 1 : -1;
  else order = words.compare(one, other);
  return direction === "ascending" ? order : -order;
}

/** Whether a row has all of the words looked for, in any order, whatever their case or accents. */
export function matches(row: string, sought: string): boolean {
  const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const text = plain(row);
  return plain(sought).split(/\s+/).every((word) => text.includes(word));
}
