/** Buckets of the allocation profile as columns, where a dump says what cannot be. */
import { expect, test } from "vitest";
import { readDump } from "../../support/dump-builder.ts";

test("lines that no file has are none", async () => {
  const { heap } = await readDump((d) => {
    const object = d.object(64);
    const lines = [71, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 2 ** 53];
    d.sample(
      object,
      d.bucket(64, ...lines.map((line) => ["main.f", "/src/main.go", line] as [string, string, number])),
    );
  });
  expect([...heap.memoryProfile.buckets.siteLine]).toEqual([71, 2 ** 31 - 1, 0, 0, 0]);
});
