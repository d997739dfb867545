import { expect, test } from "vitest";
import { sayLocal, sayMany, sayName } from "../../../src/findings/report/said-names.ts";

test("what has no name is told in words", () => {
  expect(sayName("noscan/704", 60)).toBe("(704 B without pointers)");
  expect(sayMany({ type: "noscan/4096", count: 3, guessed: 0 })).toBe("3 × (4.00 KiB without pointers)");
  expect(sayName("main.noscan/704", 60)).toBe("main.noscan/704");
  expect(sayLocal("sp+0x48", 60)).toBe("a word of its frame");
  expect(sayLocal("buffer", 60)).toBe("buffer");
});

test("how many of some things are of a guessed type stands behind it", () => {
  const said = [0, 2, 3].map((guessed) => sayMany({ type: "main.T", count: 3, guessed }));
  expect(said).toEqual(["3 × main.T", "3 × main.T (2 guessed)", "3 × main.T (guessed)"]);
});
