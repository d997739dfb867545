/** The table and macro `holders`: the rows of the report, wherever they are asked for, and no work for who does not ask. */
import { describe, expect, test, vi } from "vitest";
import duckdb from "../../../../converters/parquet/duckdb.ts";
import type { SqlSession, SqlValue } from "../../../../converters/parquet/sql/sql-session.ts";
import { withoutContents } from "../../../../src/findings/report/contents.ts";
import { computeReport } from "../../../../src/findings/report/report.ts";
import { type Heap, NO_PROGRESS } from "../../../../src/index.ts";
import { convertToPath } from "../../../support/directory-conversion.ts";
import { openReader } from "../../../support/readers/duckdb-reader.ts";
import { sampleHeap } from "../../../support/sample-dumps.ts";
import { openSession, rowsOf } from "../../../support/sql-sessions.ts";
import { typedSample } from "../../../support/typed-samples.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Rows as they were in JSON: numbers for what DuckDB has wider ones for. */
async function plainRowsOf(session: SqlSession, sql: string): Promise<SqlValue[][]> {
  return (await rowsOf(session, sql)).map((row) => row.map(toNumber));
}

const toNumber = (value: unknown): SqlValue => (/^-?\d+$/.test(String(value)) ? Number(value) : (value as SqlValue));

const COLUMNS = `path, path_from, type, type_source, object_id, owner, owner_kind, bytes, share, own_bytes, use_kind, entries,
  capacity, other_roots, freed_by_owner, freed_by_all`;

/** What the report says, as rows of these columns. */
async function expectedRows(heap: Heap): Promise<(string | number | null)[][]> {
  const { holders } = withoutContents(JSON.parse(JSON.stringify(await computeReport(heap, NO_PROGRESS))));
  return holders.map(
    ({ path, where, type, typeSource, object, owner, bytes, share, ownBytes, use, alsoUsedBy, release }) => [
      path,
      where || null,
      type || null,
      typeSource || null,
      object,
      owner.name,
      owner.kind,
      bytes,
      share,
      ownBytes,
      use?.kind ?? null,
      use?.length ?? null,
      use?.capacity ?? null,
      alsoUsedBy.reduce((sum, { count }) => sum + count, 0),
      release?.byOwner ?? null,
      release?.byAll ?? null,
    ],
  );
}

describe.each([
  ["queue", () => typedSample("queue.1.22.amd64", "queue.1.22.amd64")],
  ["sessions", () => typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64")],
  ["undo", () => typedSample("undo.1.24.amd64", "undo.1.24.amd64")],
  ["untyped", () => sampleHeap("sessions-after.1.24.amd64")],
] as const)("%s", (_, openHeap) => {
  test("has the rows of gohd report --all --json", async () => {
    const heap = await openHeap();
    const session = await openSession(heap);
    const expected = await expectedRows(heap);
    expect(expected.length).toBeGreaterThan(0);
    expect(await plainRowsOf(session, `SELECT ${COLUMNS} FROM holders ORDER BY id`)).toEqual(expected);
    const short = "path, type, owner, bytes, share, entries";
    expect(await plainRowsOf(session, `SELECT ${short} FROM holders()`)).toEqual(
      await plainRowsOf(session, `SELECT ${short} FROM holders ORDER BY id`),
    );
    const owners = `SELECT h.owner, v.name FROM holders h JOIN root_vertices v ON v.id = h.owner_id`;
    for (const [owner, vertex] of await plainRowsOf(session, owners)) expect(owner).toBe(vertex);
  });
});

test("is the same in a .duckdb", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const path = await convertToPath(duckdb, heap);
  const reader = await openReader(path);
  const rows = await reader.query("FROM holders()");
  expect(rows.map((row) => [row.path, Number(row.bytes), row.entries === null ? null : Number(row.entries)])).toEqual(
    (await computeReport(heap, NO_PROGRESS)).holders.map(({ pathWithoutKeys, bytes, use }) => [
      pathWithoutKeys,
      bytes,
      use?.length ?? null,
    ]),
  );
});

test("costs only who asks", async () => {
  const session = await openSession(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"));
  const phases: string[] = [];
  const progress = { ...NO_PROGRESS, phase: (name: string) => void phases.push(name) };
  await rowsOf(session, "FROM places", progress);
  await rowsOf(session, "FROM top_types()", progress);
  expect(phases).not.toContain("owners");
  await rowsOf(session, "FROM holders()", progress);
  expect(phases).toContain("owners");
});
