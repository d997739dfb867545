import { expect, test } from "vitest";
import { createStyle, wantsColor } from "../../../src/cli/terminal/style.ts";

test("colours are for those who want them", () => {
  expect(wantsColor({})).toBe(true);
  expect(wantsColor({ TERM: "xterm", NO_COLOR: "" })).toBe(true);
  expect(wantsColor({ NO_COLOR: "1" })).toBe(false);
  expect(wantsColor({ TERM: "dumb" })).toBe(false);
});

test("a style without colour leaves texts alone", () => {
  const { bold, red, yellow, dim } = createStyle(false);
  expect([bold, red, yellow, dim].map((style) => style("x"))).toEqual(["x", "x", "x", "x"]);
  expect(createStyle(true).red("x")).toBe("\x1b[31mx\x1b[39m");
});
