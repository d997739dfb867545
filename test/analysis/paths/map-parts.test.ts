import { expect, test } from "vitest";
import { wholeMapName } from "../../../src/analysis/paths/map-parts.ts";

test("what stands for a map is called as the map is, and nothing else is", () => {
  expect(wholeMapName("map[string]*main.T (directory)")).toBe("map[string]*main.T");
  expect(wholeMapName("map[string]func(int) (table)")).toBe("map[string]func(int)");
  expect(wholeMapName("[]map.bucket[string]*main.T")).toBe("map[string]*main.T");
  expect(wholeMapName("map.group[main.K][]int")).toBe("map[main.K][]int");
  for (const name of [
    "map.group",
    "main.map.group[int]",
    "*map.bucket[int]int",
    "map[string]func() (int)",
    "string (its bytes)",
    "main.T (directory)",
    "map[string]int",
  ]) {
    expect(wholeMapName(name)).toBe(name);
  }
});
