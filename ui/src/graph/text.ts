/** Text in a box. */

import { visible } from "../dom.ts";

/** The words in lines of about so many characters, cut off with an ellipsis after the last. */
export function wrapped(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of visible(text).split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const kept = lines.slice(0, most).map((one) => (one.length > width ? `${one.slice(0, width - 1)}…` : one));
  const last = kept.at(-1);
  if (lines.length > most && last !== undefined && !last.endsWith("…")) {
    kept[kept.length - 1] = `${last.length >= width ? last.slice(0, width - 1) : last}…`;
  }
  return kept;
}

export const LABEL = { width: 24, lines: 2, size: 11 } as const;
