/**
 * What grew between two dumps of one process, as four programs tell it: gohd diff, growth() in SQL, the Comparison of Chrome
 * DevTools, go tool pprof -diff_base. They have to give equal figures. The last two are asked where they are installed.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import heapsnapshot from "../../converters/heapsnapshot/index.ts";
import duckdb from "../../converters/parquet/duckdb.ts";
import pprof from "../../converters/pprof/index.ts";
import { HeapComparison } from "../../src/findings/growth/comparison.ts";
import { type Growth, type Heap, NO_PROGRESS } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { convertToPath } from "../support/directory-conversion.ts";
import { openSession, rowsOf } from "../support/sql-sessions.ts";
import { typedSample } from "../support/typed-samples.ts";
import { CHROMIUM, DevTools } from "./devtools.ts";
import { GO, runGo } from "./go.ts";

if (CHROMIUM === undefined)
  console.warn("growth in DevTools not tested: no Chromium found; install it or set CHROMIUM");
if (GO === undefined) console.warn("growth in go tool pprof not tested: no go command; install it or set GOHD_TEST_GO");

/** Types that all four call alike, and of how many there are more: samples/programs/sessions/main.go has the numbers. */
const MORE = { "main.Session": 350, "main.User": 350, "main.LastSeen": 350, "main.ClickHeatmap": 22 };
/** Others of the same program. */
const TYPES = [...Object.keys(MORE), "[]main.PageView", "main.PageView", "[]string", "int", "map[string]interface {}"];

type Figures = Readonly<Record<string, readonly [objects: number, bytes: number]>>;

describe("what grew in sessions", { timeout: 180_000 }, () => {
  let folder: string;
  let before: Heap;
  let after: Heap;
  let expected: Figures;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gohd-growth-"));
    before = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    after = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const comparison = new HeapComparison();
    await comparison.add(before, false, NO_PROGRESS);
    await comparison.add(after, true, NO_PROGRESS);
    expected = figuresOf(comparison.finish({ most: 1000 }));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function figuresOf({ types }: Growth): Figures {
    const sums: Record<string, readonly [number, number]> = {};
    for (const { type, grownCount, grownBytes } of types.rows) {
      // Here alone a slice's own three words are told apart from its array.
      const name = type.replace(" (slice header)", "");
      const [objects, bytes] = sums[name] ?? [0, 0];
      if (TYPES.includes(name)) sums[name] = [objects + grownCount, bytes + grownBytes];
    }
    return sums;
  }

  test("in gohd diff is what the program made", () => {
    expect(Object.keys(expected).sort()).toEqual([...TYPES].sort());
    for (const [type, count] of Object.entries(MORE)) expect(expected[type]![0], type).toBe(count);
    expect(expected["main.Session"]![1]).toBe(350 * 112);
  });

  test("in SQL is the same", async () => {
    const session = await openSession(after);
    await rowsOf(session, `ATTACH '${await convertToPath(duckdb, before)}' AS before (READ_ONLY)`);
    const rows = await rowsOf(session, "SELECT type, objects, bytes FROM growth('before', 'memory')");
    const found = rows.filter(([type]) => TYPES.includes(String(type)));
    expect(Object.fromEntries(found.map(([type, ...figures]) => [type, figures.map(Number)]))).toEqual(expected);
  });

  test.skipIf(CHROMIUM === undefined)("in the Comparison of DevTools is the same", async () => {
    const devTools = await DevTools.open();
    try {
      for (const [name, heap] of Object.entries({ before, after })) {
        const { bytes } = await convertToBytes(heapsnapshot, heap, { internals: true });
        await devTools.load(`${name}.heapsnapshot`, bytes);
      }
      const rows = await devTools.compare("after.heapsnapshot", "before.heapsnapshot");
      const found = rows.filter(({ name }) => TYPES.includes(name));
      const figures = found.map(({ name, addedCount, removedCount, addedSize, removedSize }) => {
        return [name, [addedCount - removedCount, addedSize - removedSize]];
      });
      expect(Object.fromEntries(figures)).toEqual(expected);
    } finally {
      await devTools.close();
    }
  });

  test.skipIf(GO === undefined)("in go tool pprof is the same", async () => {
    for (const [name, heap] of Object.entries({ before, after })) {
      const { bytes } = await convertToBytes(pprof, heap, { profile: "types" });
      writeFileSync(join(folder, `${name}.pb.gz`), bytes);
    }
    const read = (index: string, unit: string): Map<string, number> => {
      const plain = [`-sample_index=${index}`, `-unit=${unit}`, "-nodefraction=0", "-nodecount=100000"];
      const top = runGo(folder, ["tool", "pprof", "-top", ...plain, "-diff_base", "before.pb.gz", "after.pb.gz"]);
      const rows = [...top.matchAll(/^ *(-?\d+)\w* +\S+ +\S+ +-?\d+\w* +\S+ {2}(.+)$/gm)];
      return new Map(rows.map(([, value, name]) => [name!.replaceAll("·", "."), Number(value)]));
    };
    const [objects, bytes] = [read("inuse_objects", "count"), read("inuse_space", "B")];
    const figures = TYPES.map((type) => [type, [objects.get(type), bytes.get(type)]]);
    expect(Object.fromEntries(figures)).toEqual(expected);
  });
});
