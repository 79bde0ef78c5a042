/** What the endpoint says is wrong (RFC 9457). */

export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly mend?: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place that the parser's message begins with, both counted from 1; undefined where it names none. */
export function placeOf(detail: string): Place | undefined {
  const found = /^error at (\d+):(\d+):/.exec(detail);
  return found === null ? undefined : { line: Number(found[1]), column: Number(found[2]) };
}

/** The parser's message without its list of characters, which is no help to anyone. */
export function shortened(detail: string): string {
  const place = placeOf(detail);
  if (place === undefined) return detail;
  const rest = detail.replace(/^error at \d+:\d+: /, "");
  const words = rest.match(/"[A-Za-z{}().;,]+"|\b[A-Z]{2,}\b|(?:Prefix not found|The SELECT[^,[]*)/g) ?? [];
  const named = [...new Set(words)].filter((word) => word !== "A" && word !== "Z");
  const where = `line ${place.line}, column ${place.column}`;
  const own = named.find((word) => /^[A-Z][a-z]/.test(word));
  if (own !== undefined) return `${where}: ${own.trim()}`;
  return named.length === 0 ? `${where}: this is not SPARQL` : `${where}: expected ${named.slice(0, 8).join(", ")}${named.length > 8 ? ", …" : ""}`;
}
