/** The terms of the ontology, as completions: read from its own JSON-LD. */

import type { Completion } from "@codemirror/autocomplete";

type Value = string | { readonly "@value"?: string; readonly "@id"?: string } | readonly Value[];
type Term = Readonly<Record<string, Value>>;

function first(value: Value | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Array) return first(value[0] as Value | undefined);
  return (value as { "@value"?: string })["@value"] ?? "";
}

/** What an editor shows for a kind of term. */
const KINDS: Readonly<Record<string, string>> = {
  "owl:Class": "class",
  "owl:ObjectProperty": "property",
  "owl:DatatypeProperty": "property",
  "owl:AnnotationProperty": "property",
  "owl:NamedIndividual": "constant",
};

/** Terms that every description here has, beside the ontology's own. */
const SHARED: readonly Completion[] = [
  { label: "skos:prefLabel", type: "property", detail: "name" },
  { label: "skos:definition", type: "property", detail: "definition" },
  { label: "dcterms:identifier", type: "property", detail: "slug" },
  { label: "rdf:type", type: "property", detail: "kind; `a` means the same" },
  { label: "rdfs:label", type: "property", detail: "name of a term" },
];

export function completionsOf(graph: readonly Term[]): Completion[] {
  const found = graph.flatMap((term): Completion[] => {
    const name = first(term["@id"]);
    const types = [term["@type"] ?? []].flat().map((type) => first(type as Value));
    const kind = types.map((type) => KINDS[type]).find((one) => one !== undefined);
    if (!name.startsWith("ikg:") || kind === undefined || term["owl:deprecated"] !== undefined) return [];
    const info = first(term["skos:definition"]);
    return [{ label: name, type: kind, detail: first(term["rdfs:label"]), ...(info === "" ? {} : { info }) }];
  });
  return [...found.sort((one, other) => one.label.localeCompare(other.label, "en")), ...SHARED];
}
