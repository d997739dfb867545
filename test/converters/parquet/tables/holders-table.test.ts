/** The table and macro `holders`: the rows of the report, wherever they are asked for, and no work for who does not ask. */
import { afterAll, describe, expect, test, vi } from "vitest";
import duckdb from "../../../../converters/parquet/duckdb.ts";
import { SqlSession, type SqlValue } from "../../../../converters/parquet/sql/sql-session.ts";
import { withoutContents } from "../../../../src/findings/report/contents.ts";
import { computeReport } from "../../../../src/findings/report/report.ts";
import { type Heap, NO_PROGRESS, type Progress } from "../../../../src/index.ts";
import { convertToPath, temporaryFolder } from "../../../support/directory-conversion.ts";
import { openReader } from "../../../support/readers/duckdb-reader.ts";
import { sampleHeap } from "../../../support/sample-dumps.ts";
import { typedSample } from "../../../support/typed-samples.ts";

vi.setConfig({ testTimeout: 60_000 });

const sessions: SqlSession[] = [];
afterAll(() => {
  for (const session of sessions) session.close();
});

async function open(heap: Heap): Promise<SqlSession> {
  const options = { memoryLimit: "", threads: 0, stringLimit: 256, contentsLimit: 64 };
  const session = await SqlSession.open(heap, { ...options, temporaryDirectory: temporaryFolder() }, NO_PROGRESS);
  sessions.push(session);
  return session;
}

async function rowsOf(session: SqlSession, sql: string, progress: Progress = NO_PROGRESS) {
  const rows: (readonly SqlValue[])[] = [];
  await session.run(sql, progress, async (result) => {
    for await (const more of result.rows()) rows.push(...more.map((row) => row.map(toNumber)));
  });
  return rows;
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
    const session = await open(heap);
    const expected = await expectedRows(heap);
    expect(expected.length).toBeGreaterThan(0);
    expect(await rowsOf(session, `SELECT ${COLUMNS} FROM holders ORDER BY id`)).toEqual(expected);
    const short = "path, type, owner, bytes, share, entries";
    expect(await rowsOf(session, `SELECT ${short} FROM holders()`)).toEqual(
      await rowsOf(session, `SELECT ${short} FROM holders ORDER BY id`),
    );
    const owners = `SELECT h.owner, v.name FROM holders h JOIN root_vertices v ON v.id = h.owner_id`;
    for (const [owner, vertex] of await rowsOf(session, owners)) expect(owner).toBe(vertex);
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
  const session = await open(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"));
  const phases: string[] = [];
  const progress = { ...NO_PROGRESS, phase: (name: string) => void phases.push(name) };
  await rowsOf(session, "FROM places", progress);
  await rowsOf(session, "FROM top_types()", progress);
  expect(phases).not.toContain("owners");
  await rowsOf(session, "FROM holders()", progress);
  expect(phases).toContain("owners");
});
