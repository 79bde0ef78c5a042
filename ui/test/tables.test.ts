import assert from "node:assert/strict";
import { test } from "node:test";
import { compared, matches } from "../src/tables/order.ts";

const sorted = (cells: string[], direction: "ascending" | "descending"): string[] => [...cells].sort((one, other) => compared(one, other, direction));

test("numbers stand by size, text by the alphabet, what is empty last", () => {
  assert.deepEqual(sorted(["10", "9", "", "1,200", "-3"], "ascending"), ["-3", "9", "10", "1,200", ""]);
  assert.deepEqual(sorted(["10", "9", "", "1,200", "-3"], "descending"), ["1,200", "10", "9", "-3", ""]);
  assert.deepEqual(sorted(["b", "Ä", "a10", "a9", ""], "ascending"), ["Ä", "a9", "a10", "b", ""]);
  assert.deepEqual(sorted(["two", "2"], "ascending"), ["2", "two"]);
});

test("a row is found by words in any order, case and accents aside", () => {
  assert.ok(matches("Éclipsed by acute care", "care ecl"));
  assert.ok(!matches("Éclipsed by acute care", "care chronic"));
  assert.ok(matches("anything", "  "));
});
