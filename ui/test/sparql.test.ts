import assert from "node:assert/strict";
import { test } from "node:test";
import { compact, counted, hrefOf, MOST_ROWS } from "../src/sparql/answer.ts";
import { placeOf, shortened } from "../src/sparql/problem.ts";
import { completionsOf } from "../src/sparql/terms.ts";
import { staying } from "../src/version.ts";

test("links lead to our own pages or to the web, and nowhere else", () => {
  assert.equal(hrefOf("https://w3id.org/ineq-kg/id/mcmahon-2022/study/babbel"), "/id/mcmahon-2022/study/babbel");
  assert.equal(hrefOf("https://w3id.org/ineq-kg/id/report/doi/10.1/a?b#c"), "/id/report/doi/10.1/a%3Fb%23c");
  assert.equal(hrefOf("https://w3id.org/ineq-kg/ontology#Study"), "/ontology#Study");
  assert.equal(hrefOf("https://example.org/"), "https://example.org/");
  assert.equal(hrefOf("javascript:alert(1)"), undefined);
  assert.equal(hrefOf("urn:uuid:1"), undefined);
});

test("IRIs are shown by their prefix", () => {
  const prefixes = { ikg: "https://w3id.org/ineq-kg/ontology#" };
  assert.equal(compact("https://w3id.org/ineq-kg/ontology#Study", prefixes), "ikg:Study");
  assert.equal(compact("https://w3id.org/ineq-kg/ontology#", prefixes), "https://w3id.org/ineq-kg/ontology#");
});

test("an answer is counted as it is", () => {
  const rows = (count: number): object[] => Array.from({ length: count }, () => ({}));
  assert.equal(counted({ head: {}, boolean: false }), "No.");
  assert.equal(counted({ head: {}, results: { bindings: rows(1) as never } }), "1 row.");
  assert.match(counted({ head: {}, results: { bindings: rows(MOST_ROWS + 1) as never } }), /first 1,000 are here/);
});

test("the place of a parser's error is read, and its list of characters is left out", () => {
  const detail = "error at 3:2: expected one of \"$\", \"'\", \"(\", \"{\", OPTIONAL, FILTER, ['A' ..= 'Z' | '\\u{00C0}'..='\\u{00D6}']";
  assert.deepEqual(placeOf(detail), { line: 3, column: 2 });
  assert.equal(shortened(detail), 'line 3, column 2: expected "(", "{", OPTIONAL, FILTER');
  assert.equal(shortened("error at 2:19: expected one of Prefix not found, ['%'], ['.']"), "line 2, column 19: Prefix not found");
  assert.equal(shortened("error at 1:6: expected [_]"), "line 1, column 6: this is not SPARQL");
  assert.equal(placeOf("the query was stopped"), undefined);
  assert.equal(shortened("the query was stopped"), "the query was stopped");
});

test("terms are completed with their labels and definitions; deprecated ones and blank nodes are not", () => {
  const graph = [
    { "@id": "ikg:Study", "@type": "owl:Class", "rdfs:label": { "@value": "study" }, "skos:definition": { "@value": "An investigation." } },
    { "@id": "ikg:Old", "@type": "owl:Class", "owl:deprecated": { "@value": "true" } },
    { "@id": "ikg:High", "@type": ["ikg:Confidence", "owl:NamedIndividual"], "rdfs:label": "high" },
    { "@id": "_:b0", "@type": "owl:Class" },
  ];
  const found = completionsOf(graph);
  assert.deepEqual(found.slice(0, 2), [
    { label: "ikg:High", type: "constant", detail: "high" },
    { label: "ikg:Study", type: "class", detail: "study", info: "An investigation." },
  ]);
  assert.ok(!found.some((one) => one.label === "ikg:Old"));
});

test("links stay on the version that the page was asked for at", () => {
  assert.equal(staying("/id/a", ""), "/id/a");
  assert.equal(staying("/id/a", "?at=000001-ab"), "/id/a?at=000001-ab");
  assert.equal(staying("/sparql?x=1", "?without=b&at=000001-ab"), "/sparql?x=1&at=000001-ab");
});
