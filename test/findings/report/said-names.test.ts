import { expect, test } from "vitest";
import { sayLocal, sayMany, sayName } from "../../../src/findings/report/said-names.ts";

test("what has no name is told in words", () => {
  expect(sayName("noscan/704", 60)).toBe("(704 B without pointers)");
  expect(sayMany(3, "noscan/4096")).toBe("3 × (4.00 KiB without pointers)");
  expect(sayName("main.noscan/704", 60)).toBe("main.noscan/704");
  expect(sayLocal("sp+0x48", 60)).toBe("a word of its frame");
  expect(sayLocal("buffer", 60)).toBe("buffer");
});
