import { join } from "node:path";
import { expect, test } from "vitest";
import { toFinalPath } from "../../../src/io/temporaries/final-path.ts";
import { nameBeside, nameInside } from "../../../src/io/temporaries/temporary.ts";

test("a path in a temporary is told as what it will be", () => {
  const output = nameBeside("/x/out", "output").path;
  expect(toFinalPath(output)).toBe("/x/out");
  expect(toFinalPath(join(output, "a/b.parquet"))).toBe("/x/out/a/b.parquet");
  expect(toFinalPath(join(output, ".scratch/spilled"))).toBe("/x/out");
  expect(toFinalPath(join(nameBeside("/x/out", "scratch").path, "heap.duckdb"))).toBe("/x/out");
});

test("of others nothing is known", () => {
  for (const path of [
    "/x/out",
    "out",
    "/",
    nameInside("/tmp", "spill").path,
    nameBeside(`/x/${"y".repeat(200)}`, "output").path,
  ]) {
    expect(toFinalPath(path)).toBeUndefined();
  }
});
