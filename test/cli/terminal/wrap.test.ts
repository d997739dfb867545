import { expect, test } from "vitest";
import { renderBullets, wrapWords } from "../../../src/cli/terminal/wrap.ts";

test("lines end with a word, and a word that is too long has its own", () => {
  expect(wrapWords("one two three fourfourfourfour five", 12, "> ", "  ")).toEqual([
    "> one two",
    "  three",
    "  fourfourfourfour",
    "  five",
  ]);
  expect(wrapWords("one two", undefined, "> ")).toEqual(["> one two"]);
});

test("bullets are escaped, and of bearable length", () => {
  expect(renderBullets(["a\nb c", "d"], 8)).toBe("  - a\\nb\n    c\n  - d");
  expect(renderBullets(["x".repeat(5000)], 80).length).toBeLessThan(1100);
});
