/** What `gohd sql` asks: a dump that is read for it, or tables that gohd wrote of one before. */
import type { loadSql, SqlSession } from "../../../converters/index.ts";
import { UsageError } from "../../errors.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import type { Progress } from "../../progress.ts";
import { type DumpInput, type ReadDumpOptions, readDump } from "../input/dump-input.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface SqlSettings extends ReadDumpOptions {
  readonly memoryLimit: string;
  readonly threads: number;
  readonly stringLimit: number;
  readonly contentsLimit: number;
  /** Where DuckDB puts what does not fit into memory; undefined if there is none. */
  readonly temporaryDirectory: string | undefined;
}

export interface SqlInput {
  readonly database: SqlSession;
  /** In words. */
  readonly about: string;
  /** Runs what reads the dump. @throws InputChangedError if something wrote into the dump meanwhile */
  readonly watch: DumpInput["watch"];
  close(): void;
}

/** What is loaded to ask anything. */
type Sql = Awaited<ReturnType<typeof loadSql>>;

/**
 * Opens what is at `path`. The caller closes it.
 * @param given options that the user gave, as "--exe"
 * @throws UsageError if some of them are about dumps and this is none; ConverterError; what reading a dump throws
 */
export async function openSqlInput(
  sql: Sql,
  path: string,
  settings: SqlSettings,
  given: readonly string[],
  terminal: Terminal,
  progress: Progress,
): Promise<SqlInput> {
  const { SqlSession, findStored } = sql;
  const kind = path === STANDARD_INPUT ? undefined : findStored(path);
  if (kind !== undefined) {
    refuseDumpOptions(path, given);
    const database = await SqlSession.openStored(path, kind, settings, progress);
    const close = (): void => database.close();
    try {
      return { database, about: `${path}: ${await database.describe(progress)}`, watch: (work) => work(), close };
    } catch (error) {
      close();
      throw error;
    }
  }
  const { heap, watch, close: closeDump } = await readDump(path, { ...settings, isWhole: true }, terminal, progress);
  try {
    const database = await SqlSession.open(heap, settings, progress);
    const close = (): void => {
      database.close();
      closeDump();
    };
    return { database, about: `${heap.dump.name}, ${heap.dump.go.text}`, watch, close };
  } catch (error) {
    closeDump();
    throw error;
  }
}

/** Options that say how a dump is read. */
const DUMP_OPTIONS = [
  "--exe",
  "--symbols",
  "--force-exe",
  "--salvage",
  "--cache",
  "--no-cache",
  "--string-limit",
  "--contents-limit",
];

function refuseDumpOptions(path: string, given: readonly string[]): void {
  const odd = given.filter((option) => DUMP_OPTIONS.includes(option));
  if (odd.length === 0) return;
  throw new UsageError(`${path} has the tables already, so ${odd.join(" and ")} cannot change them`, {
    hint: `give ${odd.length === 1 ? "it" : "them"} with the dump, or to gohd convert`,
  });
}
