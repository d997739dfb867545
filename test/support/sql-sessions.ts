/** Sessions of `gohd sql` on heaps in this process, closed when the tests of the file are over. */
import { afterAll } from "vitest";
import { SqlSession, type SqlValue } from "../../converters/parquet/sql/sql-session.ts";
import { type Heap, NO_PROGRESS, type Progress } from "../../src/index.ts";
import { temporaryFolder } from "./directory-conversion.ts";

const sessions: SqlSession[] = [];
afterAll(() => {
  for (const session of sessions.splice(0)) session.close();
});

/** Opens a session with gohd's defaults. */
export async function openSession(heap: Heap): Promise<SqlSession> {
  const options = { memoryLimit: "", threads: 0, stringLimit: 4096, contentsLimit: 64 };
  const session = await SqlSession.open(heap, { ...options, temporaryDirectory: temporaryFolder() }, NO_PROGRESS);
  sessions.push(session);
  return session;
}

/** The rows that statements give. */
export async function rowsOf(
  session: SqlSession,
  sql: string,
  progress: Progress = NO_PROGRESS,
): Promise<(readonly SqlValue[])[]> {
  const rows: (readonly SqlValue[])[] = [];
  await session.run(sql, progress, async (result) => {
    for await (const more of result.rows()) rows.push(...more);
  });
  return rows;
}
