/** Tables of what is in use, and the macros about them, for a sample of which `samples/README.md` says what is in it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { SqlSession, type SqlValue } from "../../../../converters/parquet/sql/sql-session.ts";
import { NO_PROGRESS } from "../../../../src/index.ts";
import { temporaryFolder } from "../../../support/directory-conversion.ts";
import { sampleHeap } from "../../../support/sample-dumps.ts";
import { typedSample } from "../../../support/typed-samples.ts";

const LIMITS = { memoryLimit: "", threads: 0, stringLimit: 256, contentsLimit: 64 };

let typed: SqlSession;
let untyped: SqlSession;
beforeAll(async () => {
  const heaps = [await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), await sampleHeap("queue.1.22.amd64")];
  [typed, untyped] = (await Promise.all(
    heaps.map((heap) => SqlSession.open(heap, { ...LIMITS, temporaryDirectory: temporaryFolder() }, NO_PROGRESS)),
  )) as [SqlSession, SqlSession];
}, 60_000);
afterAll(() => {
  typed.close();
  untyped.close();
});

async function rowsOf(session: SqlSession, sql: string): Promise<(readonly SqlValue[])[]> {
  const rows: (readonly SqlValue[])[] = [];
  await session.run(sql, NO_PROGRESS, async (result) => {
    for await (const more of result.rows()) rows.push(...more);
  });
  return rows.map((row) => row.map((value) => (/^\d+$/.test(String(value)) ? Number(value) : value)));
}

const SLICES = "FROM slices s JOIN places p ON p.id = s.place_id";

test("slices have their lengths, capacities and places", async () => {
  const query = `SELECT p.name, length, capacity, elem_size, count(*) ${SLICES} WHERE p.name SIMILAR TO 'main\\.(Job|pipeline).*'
    GROUP BY ALL ORDER BY 1, 2`;
  expect(await rowsOf(typed, query)).toEqual([
    ["main.Job.Payload", 200, 200, 1, 600],
    ["main.JobQueue.pending", 0, 600, 8, 1],
    ["main.JobQueue.pending", 53, 53, 8, 1],
    ["main.pipeline.cursors.cursors", 5000, 5000, 8, 1],
    ["main.pipeline.logs.firstLines", 8, 8, 16, 1],
    ["main.pipeline.thumbnails.previews[]", 24, 16_384, 1, 16],
  ]);
});

test("strings are there without their texts", async () => {
  const query = `SELECT count(*), min(length), max(length) FROM string_uses s JOIN places p ON p.id = s.place_id
    WHERE p.name = 'main.pipeline.logs.firstLines[]'`;
  expect(await rowsOf(typed, query)).toEqual([[8, 12, 12]]);
  expect((await rowsOf(typed, "DESCRIBE string_uses")).map(([name]) => name)).not.toContain("text");
});

test("rows are the same in any chunk, and when two scans take turns", async () => {
  const [[all]] = (await rowsOf(typed, "SELECT count(*) FROM slices")) as [[number]];
  expect(all).toBeGreaterThan(600);
  const join = 'SELECT count(*) FROM slices a JOIN slices b ON a.holder_id = b.holder_id AND a."offset" = b."offset"';
  expect(await rowsOf(typed, join)).toEqual([[all]]);
  const sums = "SELECT sum(length), sum(capacity), count(DISTINCT object_id) FROM slices";
  expect(await rowsOf(typed, sums)).toEqual(await rowsOf(typed, sums));
});

test("containers have the parts of maps, lists and channels", async () => {
  const query = `SELECT count(*) FROM objects o JOIN objects h ON h.id = o.container_id JOIN types t ON t.id = h.type_id
    WHERE o.id <> h.id AND t.name = 'container/list.List'`;
  expect(await rowsOf(typed, query)).toEqual([[16]]);
  expect(await rowsOf(typed, "SELECT count(*) FROM objects WHERE container_id IS NULL")).toEqual([[0]]);
});

test("macros name what the sample leaks", async () => {
  expect((await rowsOf(typed, "FROM popped()"))[0]!.slice(0, 5)).toEqual([
    "main.JobQueue.pending",
    expect.any(Number),
    53,
    600,
    547,
  ]);
  const pinned = await rowsOf(typed, "SELECT place, arrays, views, shown FROM pinned_by_views() LIMIT 2");
  expect(pinned).toEqual([
    ["main.pipeline.thumbnails.previews[]", 16, 16, 384],
    ["main.pipeline.logs.firstLines[]", 8, 8, 96],
  ]);
  const waste = (await rowsOf(typed, "SELECT kind, holder FROM waste()")).map((row) => row.join(" "));
  expect(waste).toContain("popped-slots main.JobQueue.pending");
  expect(waste).toContain("pinned-by-view main.pipeline.thumbnails.previews[]");
  expect(waste).toContain("pinned-by-view main.pipeline.logs.firstLines[]");
});

test("without types they are empty, and no error", async () => {
  for (const table of ["slices", "string_uses", "maps", "channels"]) {
    expect(await rowsOf(untyped, `SELECT count(*) FROM ${table}`), table).toEqual([[0]]);
  }
  expect(await rowsOf(untyped, "SELECT count(*) FROM objects WHERE container_id <> id")).toEqual([[0]]);
  await rowsOf(untyped, "FROM findings");
});
