/** An answer on the page: rows as a table, yes or no, or a graph as Turtle. */

import { element } from "../dom.ts";
import { staying } from "../version.ts";

interface Term {
  readonly type: "uri" | "literal" | "bnode" | "triple";
  readonly value: unknown;
  readonly datatype?: string;
  readonly "xml:lang"?: string;
}

export interface Results {
  readonly head: { readonly vars?: readonly string[] };
  readonly boolean?: boolean;
  readonly results?: { readonly bindings: readonly Readonly<Record<string, Term>>[] };
}

/** More rows than this are not put on the page. */
export const MOST_ROWS = 1000;
const RESOURCES = "https://w3id.org/ineq-kg/id/";
const ONTOLOGY = "https://w3id.org/ineq-kg/ontology#";

/** Where a link to an IRI leads: ours stay on this host, the web's go out, nothing else is linked. */
export function hrefOf(iri: string): string | undefined {
  if (iri.startsWith(RESOURCES)) return staying(`/id/${encodeURI(iri.slice(RESOURCES.length)).replace(/[?#]/g, encodeURIComponent)}`);
  if (iri.startsWith(ONTOLOGY)) return `/ontology#${encodeURIComponent(iri.slice(ONTOLOGY.length))}`;
  return /^https?:\/\//.test(iri) ? iri : undefined;
}

/** An IRI with its namespace's prefix, if it has one. */
export function compact(iri: string, prefixes: Readonly<Record<string, string>>): string {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    if (iri.startsWith(namespace) && iri.length > namespace.length) return `${prefix}:${iri.slice(namespace.length)}`;
  }
  return iri;
}

function cell(term: Term | undefined, prefixes: Readonly<Record<string, string>>): HTMLTableCellElement {
  if (term === undefined) return element("td");
  const text = typeof term.value === "string" ? term.value : JSON.stringify(term.value);
  if (term.type === "uri") {
    const href = hrefOf(text);
    const label = compact(text, prefixes);
    return element("td", {}, href === undefined ? label : element("a", { href }, label));
  }
  const language = term["xml:lang"];
  return element("td", { dir: "auto", ...(language === undefined ? {} : { lang: language }) }, text);
}

export function table(results: Results, prefixes: Readonly<Record<string, string>>): HTMLElement {
  const names = results.head.vars ?? [];
  const rows = results.results?.bindings ?? [];
  const head = element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
  const body = rows.slice(0, MOST_ROWS).map((row) => element("tr", {}, ...names.map((name) => cell(row[name], prefixes))));
  const whole = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rows" }, whole);
}

export function counted(results: Results): string {
  if (results.boolean !== undefined) return results.boolean ? "Yes." : "No.";
  const rows = results.results?.bindings.length ?? 0;
  const said = `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`;
  return rows > MOST_ROWS ? `${said}, of which the first ${MOST_ROWS.toLocaleString("en")} are here; save the answer to have all.` : `${said}.`;
}
