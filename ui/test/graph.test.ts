import assert from "node:assert/strict";
import { test } from "node:test";
import { filtered, noFilters, readFilters, writeFilters } from "../src/graph/filters.ts";
import { drawing, MOST_NODES } from "../src/graph/groups.ts";
import { laidOut, NODE, stepped } from "../src/graph/layout.ts";
import { cone, neighbours } from "../src/graph/model.ts";
import type { Graph } from "../src/graph/model.ts";
import { svg } from "../src/graph/svg.ts";
import { wrapped } from "../src/graph/text.ts";
import { generated } from "./generated.ts";

const ids = (graph: Graph): Set<string> => new Set(graph.nodes.map((node) => node.id));
const COLOURS = { ink: "#000", soft: "#000", paper: "#fff", line: "#000", link: "#000", shade: "#fff", High: "#000", Medium: "#000", Low: "#000" };

test("a filter by category keeps the whole paths through it, and nothing else", () => {
  const graph = generated(6, 3);
  const left = ids(filtered(graph, { ...noFilters(), category: new Set(["Category 1"]) }));
  const path = ["argument", "claim/1", "translated/1", "translation/1", "second/1", "second/4", "study/1", "study/4", "report/1", "report/4"];
  assert.deepEqual(left, new Set(path));
});

test("filters hold together on one path, not each somewhere", () => {
  const graph = generated(2, 2);
  // Study 1 is the only one with a country, and stands under claim 1 alone.
  const none = filtered(graph, { ...noFilters(), category: new Set(["Category 0"]), country: new Set(["Country 1"]) });
  assert.equal(none.nodes.length, 0);
  const some = filtered(graph, { ...noFilters(), category: new Set(["Category 1"]), country: new Set(["Country 1"]) });
  assert.ok(ids(some).has("report/1") && !ids(some).has("report/0"));
});

test("the empty value stands for what is not said", () => {
  const left = ids(filtered(generated(5, 1), { ...noFilters(), country: new Set([""]) }));
  assert.ok(left.has("study/0") && left.has("study/4") && !left.has("study/1"));
});

test("a filter by confidence takes nodes out, and with them the paths through them", () => {
  const left = ids(filtered(generated(2, 2), { ...noFilters(), confidence: new Set(["High", "Medium"]), category: new Set(["Category 1"]) }));
  assert.equal(left.size, 0);
});

test("two values of one filter are either of them; a claim that rests on nothing is on no path through a study", () => {
  const graph = generated(4, 2);
  const bare: Graph = { ...graph, nodes: [...graph.nodes, { id: "claim/bare", layer: "claim", label: "Bare" }], links: [...graph.links, { source: "argument", target: "claim/bare", relation: "" }] };
  assert.ok(!ids(filtered(bare, { ...noFilters(), country: new Set(["Country 1", "Country 2"]) })).has("claim/bare"));
  assert.ok(ids(filtered(bare, { ...noFilters(), discourse: new Set([""]) })).has("claim/bare"));
});

test("filters survive the address", () => {
  const filters = readFilters("#country=Great%20Britain&country=&category=A%26B&at=other");
  assert.deepEqual(filters.country, new Set(["Great Britain", ""]));
  assert.deepEqual(filters.category, new Set(["A&B"]));
  assert.deepEqual(readFilters(`#${writeFilters(filters)}`), filters);
});

test("up to the limit each node is drawn; past it, groups are, never more than the limit", () => {
  const fits = drawing(generated(600, 60));
  assert.equal(fits.nodes.length, 1 + 3 * 60 + 3 * 600);
  assert.deepEqual(fits.grouped, []);
  for (const [size, categories] of [[700, 60], [5000, 40], [20000, 3000]] as const) {
    const graph = generated(size, categories);
    const drawn = drawing(graph);
    assert.ok(drawn.nodes.length <= MOST_NODES, `${drawn.nodes.length}`);
    assert.ok(drawn.grouped.length > 0);
    assert.equal(drawn.nodes.reduce((sum, node) => sum + node.size, 0), graph.nodes.length);
    assert.equal(drawn.links.reduce((sum, one) => sum + one.size, 0), graph.links.length);
  }
});

test("a group narrows to its members", () => {
  const graph = generated(3000, 10);
  const group = drawing(graph).nodes.find((node) => node.layer === "second-order" && node.label.startsWith("Category 4"));
  assert.equal(group?.size, 300);
  assert.deepEqual(group?.narrows, { dimension: "category", value: "Category 4" });
  const members = filtered(graph, { ...noFilters(), category: new Set(["Category 4"]) });
  assert.equal(members.nodes.filter((node) => node.layer === "second-order").length, 300);
  assert.deepEqual(drawing(members).grouped, []);
});

test("no two boxes overlap, and columns follow the layers", () => {
  const graph = generated(300, 20);
  const layout = laidOut(drawing(graph), graph.layers);
  const places = [...layout.places.values()];
  for (const [index, one] of places.entries()) {
    for (const other of places.slice(index + 1)) {
      assert.ok(Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height);
    }
  }
  const x = (id: string): number => layout.places.get(id)?.x ?? NaN;
  assert.ok(x("report/0") < x("study/0") && x("study/0") < x("second/0") && x("claim/0") < x("argument"));
});

test("claims stay in the order of the argument, and what they rest on follows them", () => {
  const graph = generated(40, 4);
  const { columns } = laidOut(drawing(graph), graph.layers);
  const of = (layer: string): readonly string[] => columns.find((one) => one.id === layer)?.ids ?? [];
  assert.deepEqual(of("claim"), ["claim/0", "claim/1", "claim/2", "claim/3"]);
  assert.deepEqual(of("translated"), ["translated/0", "translated/1", "translated/2", "translated/3"]);
  const turns = of("second-order").map((id) => Number(id.split("/")[1]) % 4);
  assert.deepEqual(turns, [...turns].sort());
});

test("arrow keys lead to neighbours", () => {
  const graph = generated(4, 2);
  const shown = drawing(graph);
  const layout = laidOut(shown, graph.layers);
  assert.equal(stepped("claim/0", "ArrowDown", layout, shown), "claim/1");
  assert.equal(stepped("claim/0", "ArrowUp", layout, shown), undefined);
  assert.equal(stepped("claim/1", "ArrowLeft", layout, shown), "translated/1");
  assert.equal(stepped("claim/1", "ArrowRight", layout, shown), "argument");
  assert.equal(stepped("claim/0", "End", layout, shown), "claim/1");
  assert.equal(stepped("report/0", "ArrowLeft", layout, shown), undefined);
});

test("the cone of a node is what it rests on and what rests on it", () => {
  const graph = generated(4, 2);
  assert.deepEqual(cone("second/1", neighbours(graph.links)), new Set(["second/1", "study/1", "report/1", "translation/1", "translated/1", "claim/1", "argument"]));
});

test("an SVG document escapes what it is told", () => {
  const graph = generated(1, 1);
  const odd: Graph = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, label: "<script>alert(1)</script> & \u0007" })) };
  const shown = drawing(odd);
  const picture = svg("A & B", shown, laidOut(shown, odd.layers), COLOURS);
  assert.ok(!picture.includes("<script") && !picture.includes("\u0007") && picture.includes("A &amp; B"));
  assert.equal(picture.match(/<rect /g)?.length, 1 + odd.nodes.length);
});

test("text is cut to lines that fit", () => {
  assert.deepEqual(wrapped("one two three four", 9, 2), ["one two", "three…"]);
  assert.deepEqual(wrapped("short", 9, 2), ["short"]);
  assert.deepEqual(wrapped("incomprehensibilities", 9, 2), ["incompre…"]);
});
