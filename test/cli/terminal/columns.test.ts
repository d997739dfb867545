/** Columns that texts take on a terminal. */
import { expect, test } from "vitest";
import { columnsOf, padEnd, padStart, showWithin, unitsWithin } from "../../../src/cli/terminal/columns.ts";
import { findBreak, wrapWords } from "../../../src/cli/terminal/wrap.ts";
import { showName } from "../../../src/shown-text.ts";

test.each([
  ["main.store", 10],
  ["3,000 × …, → [é]", 16],
  ["main.顧客", 9],
  ["한글 ひら カナ", 14],
  ["！", 2],
  ["e\u0301", 1],
  ["😀", 2],
  ["𝔘𝔫", 2],
  ["", 0],
])("%j takes %d", (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
  expect(unitsWithin(text, columns)).toBe(text.length);
  expect(unitsWithin(text, 1000)).toBe(text.length);
});

test("what does not fit is left out, a wide character as a whole", () => {
  expect([0, 1, 4, 5, 6, 7, 8, 9].map((columns) => unitsWithin("main.顧客x", columns))).toEqual([
    0, 1, 4, 5, 5, 6, 6, 7,
  ]);
  expect([1, 2, 3].map((columns) => unitsWithin("a😀b", columns))).toEqual([1, 1, 3]);
});

test("columns of a table are as wide for wide characters", () => {
  expect([padEnd("顧客", 6), padStart("顧客", 6), padEnd("ab", 1)]).toEqual(["顧客  ", "  顧客", "ab"]);
  for (const columns of [1, 2, 3, 9, 20, 40]) {
    for (const name of ["顧".repeat(50), `${"顧".repeat(9)}${"x".repeat(99)}`, `x${"e\u0301".repeat(99)}`]) {
      const shown = showWithin((units) => showName(name, units), columns);
      expect(columnsOf(shown)).toBeLessThanOrEqual(columns);
      if (!name.includes("e")) expect(columnsOf(shown)).toBeGreaterThan(columns - 3);
    }
  }
});

test("lines end where the terminal's line does", () => {
  expect(wrapWords("顧客 名簿 管理 x", 10)).toEqual(["顧客 名簿", "管理 x"]);
  expect(wrapWords("aaaa bbbbbb c", 10, "", "    ")).toEqual(["aaaa", "    bbbbbb", "    c"]);
  expect(wrapWords("a b c d e f", 5)).toEqual(["a b c", "d e f"]);
  expect(findBreak("顧客 名簿 管理", 10)).toBe(5);
  expect(findBreak("顧客 名簿 管理", 8)).toBe(2);
});

test("megabytes take no time", () => {
  const start = performance.now();
  expect(columnsOf("顧".repeat(1e5))).toBe(2e5);
  for (let i = 0; i < 1000; i++) unitsWithin("顧".repeat(10_000), 80);
  expect(performance.now() - start).toBeLessThan(5000);
});
