import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import parquet from "../../../converters/parquet/index.ts";
import { toPartitionPath } from "../../../converters/parquet/partition.ts";
import { ConverterError, createDirectorySink, NO_PROGRESS, type Sink, UsageError } from "../../../src/index.ts";
import { convertToPath, temporaryFolder } from "../../support/directory-conversion.ts";
import { openReader } from "../../support/readers/duckdb-reader.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";

describe("toPartitionPath", () => {
  test("folders in the order given, escaped as Hive does", () => {
    expect(toPartitionPath([])).toBe("");
    expect(toPartitionPath(["host=web1", "day=2026-11-20"])).toBe("host=web1/day=2026-11-20/");
    expect(toPartitionPath(["t=12:00/a=b%"])).toBe("t=12%3A00%2Fa%3Db%25/");
    expect(toPartitionPath(["x=.."])).toBe("x=%2E%2E/");
  });

  test.each([
    ["host", "is no partition"],
    ["=x", "is no partition"],
    ["a b=x", "is no partition"],
    ["../x=y", "is no partition"],
    ["host=", "has no value"],
    ["Size=1", '"Size" is a column of objects already'],
  ])("%s is refused", (pair, message) => {
    expect(() => toPartitionPath([pair])).toThrow(UsageError);
    expect(() => toPartitionPath([pair])).toThrow(message);
  });

  test("a key twice is refused, whatever its case", () => {
    expect(() => toPartitionPath(["host=a", "HOST=b"])).toThrow('the partition "HOST" is given twice');
  });
});

describe("many dumps in one data set", () => {
  const SAMPLES = ["workers.1.22.amd64", "workers.1.24.amd64", "workers.1.27.amd64"];

  test("three are queried as one table, each with its own totals", async () => {
    const fleet = join(temporaryFolder(), "fleet");
    const counts: Record<string, number> = {};
    for (const sample of SAMPLES) {
      const heap = await sampleHeap(sample);
      counts[sample] = heap.objects.count;
      await convertToPath(
        parquet,
        heap,
        { partition: ["service=api", `host=${sample}: 1/2`, "hour=2026-11-20"] },
        fleet,
      );
    }
    expect(readdirSync(fleet)).toContain("edges");
    expect(readdirSync(join(fleet, "dump/service=api")).length).toBe(3);
    const reader = await openReader(fleet);
    const rows = await reader.query(
      `SELECT host, hour::VARCHAR AS hour, count(*) AS objects FROM read_parquet('${fleet}/objects/**/*.parquet', hive_partitioning = true)
       GROUP BY ALL ORDER BY host`,
    );
    expect(rows).toEqual(
      SAMPLES.map((sample) => ({ host: `${sample}: 1/2`, hour: "2026-11-20", objects: counts[sample] })),
    );
    reader.close();
  });

  test("the files that it lists are those that it writes, in that order", async () => {
    const defaults = Object.fromEntries(Object.entries(parquet.options).map(([name, spec]) => [name, spec.default]));
    for (const options of [{}, { partition: ["host=a"] }, { partition: ["b=1", "a=2"], strings: true }]) {
      const written: string[] = [];
      const folder = temporaryFolder();
      const sink = createDirectorySink(join(folder, "out"));
      const spy: Sink = {
        ...sink,
        path: (name) => {
          written.push(name!);
          return sink.path(name);
        },
      };
      const values = { ...defaults, ...options } as never;
      await parquet.convert(await sampleHeap("dominators.1.24.amd64"), spy, values, NO_PROGRESS);
      await sink.discard();
      expect(parquet.listFiles!(values)).toEqual(written);
      expect(written.at(-1)).toMatch(/dump\.parquet$/);
    }
  });

  test("a partition that is there is refused and stays; nothing is left beside it", async () => {
    const folder = temporaryFolder();
    const fleet = join(folder, "fleet");
    const heap = await sampleHeap("dominators.1.24.amd64");
    await convertToPath(parquet, heap, { partition: ["host=a"] }, fleet);
    const file = join(fleet, "objects/host=a/objects.parquet");
    const { mtimeMs, mode } = statSync(file);
    expect(mode & 0o777).toBe(0o600);
    const again = convertToPath(parquet, heap, { partition: ["host=a"] }, fleet);
    await expect(again).rejects.toThrow(ConverterError);
    await expect(again).rejects.toThrow("exists already");
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    expect(existsSync(join(fleet, ".scratch"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["fleet"]);
  });
});

test("other keys than those that are there, or another order of them, are refused", async () => {
  const path = join(temporaryFolder(), "fleet");
  mkdirSync(join(path, "objects", "day=1", "host=a"), { recursive: true });
  writeFileSync(join(path, "objects", "day=1", "host=a", "objects.parquet"), "");
  const make = (folders: string) => () =>
    createDirectorySink(path, { add: true, force: true, files: [`objects/${folders}objects.parquet`] });
  expect(make("day=2/host=b/")).not.toThrow();
  expect(make("day=1/host=b/")).not.toThrow();
  for (const other of ["day=2/", "host=b/day=2/", "day=2/host=b/x=1/", "zone=2/host=b/"]) {
    expect(make(other), other).toThrow(/objects has the partitions day=…\/host=…, and this would have/);
  }
});
