import { expect, test } from "vitest";
import { findBreak, renderBullets, wrapWords } from "../../../src/cli/terminal/wrap.ts";

test("lines end with a word, and a word that is too long has its own", () => {
  expect(wrapWords("one two three fourfourfourfour five", 12, "> ", "  ")).toEqual([
    "> one two",
    "  three",
    "  fourfourfourfour",
    "  five",
  ]);
  expect(wrapWords("one two", undefined, "> ")).toEqual(["> one two"]);
});

test.each([
  ["keeps 1.22 MiB", ["keeps", "1.22 MiB"]],
  ["share 95.3 % of", ["share", "95.3 % of"]],
  ["keep (< 0.1 %)", ["keep", "(< 0.1 %)"]],
  ["there 400 × main.T", ["there", "400 ×", "main.T"]],
  ["within 12 min or", ["within", "12 min or"]],
  ["has 1,200 minutes", ["has 1,200", "minutes"]],
  ["are 200 B or", ["are 200 B", "or"]],
  ["and B > A", ["and B > A"]],
])("%j ends no line inside of a quantity", (text, lines) => {
  expect(wrapWords(text, 10)).toEqual(lines);
  const at = findBreak(text, 10);
  expect(lines.length === 1 || text.slice(0, at)).toBe(lines.length === 1 || lines[0]);
});

test("a line may end nowhere in one word or quantity", () => {
  expect([findBreak("1.22 MiB", 6), findBreak("word", 2), findBreak("a 1.22 MiB", 4)]).toEqual([-1, -1, 1]);
});

test("bullets are escaped, and of bearable length", () => {
  expect(renderBullets(["a\nb c", "d"], 8)).toBe("  - a\\nb\n    c\n  - d");
  expect(renderBullets(["x".repeat(5000)], 80).length).toBeLessThan(1100);
});
