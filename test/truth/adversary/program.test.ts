/** The generator of adversarial programs: what it writes is a program, the same one for the same seed. */
import { describe, expect, test } from "vitest";
import { KINDS } from "./kinds.ts";
import { generateProgram } from "./program.ts";

const SEEDS = [1, 2, 3, 101, 2_000_003];
/** Of which chance alone draws no type with a malloc header, no twin, nothing that begins with another of its size class. */
const POOR_SEEDS = [5, 10, 72, 126, 75, 401];

describe("an adversarial program", () => {
  test.each(SEEDS)("of seed %i is the same each time, and another one than the next seed's", (seed) => {
    expect(generateProgram(seed, 512)).toBe(generateProgram(seed, 512));
    expect(generateProgram(seed, 512)).not.toBe(generateProgram(seed + 1, 512));
  });

  test.each([...SEEDS, ...POOR_SEEDS])("of seed %i has a scene for each kind that is not a by-product", (seed) => {
    const text = generateProgram(seed, 512);
    const list = /kinds := \[\]uint32\{([^}]*)\}/.exec(text)![1]!.split(", ");
    const missing = KINDS.filter((kind) => kind !== "" && kind !== "?hidden").filter((kind) => {
      const plain = kind.replace(/^[?~]/, "");
      return !list.includes(`kind${plain[0]!.toUpperCase()}${plain.slice(1)}`);
    });
    expect(missing).toEqual([]);
    const scenes = text.match(/^func scene\d+\(\)/gm)!;
    expect(scenes.length).toBe(list.length);
  });

  test.each(SEEDS)("of seed %i closes what it opens, and declares each type once", (seed) => {
    const text = generateProgram(seed, 512).replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])'|`[^`]*`|\/\/.*/g, "");
    for (const [open, close] of ["{}", "()", "[]"]) {
      expect(text.split(open!).length, open).toBe(text.split(close!).length);
    }
    const types = [...text.matchAll(/^type (\w+)/gm)].map(([, name]) => name);
    expect(new Set(types).size).toBe(types.length);
  });

  test("knows from which size on values have malloc headers", () => {
    expect(generateProgram(1, 512)).toContain("const headerMin = 512\n");
    expect(generateProgram(1, Number.POSITIVE_INFINITY)).toContain("const headerMin = 1 << 40\n");
  });
});
