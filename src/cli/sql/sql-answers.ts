/** The work of `gohd sql`, from its options to the last result. Apart from the command, because help needs none of it. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { loadSql } from "../../../converters/index.ts";
import { ConverterError, UsageError } from "../../errors.ts";
import { createFileSink } from "../../io/sinks/file-sink.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import { makeSpillDirectory } from "../../io/temporaries/spill-directory.ts";
import { type Temporary, takeAway } from "../../io/temporaries/temporary.ts";
import { quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import type { IndexOptions } from "../input/index-options.ts";
import { readTextInput } from "../input/text-input.ts";
import { clearLeftoversIn, refuseInput, toDefaultName } from "../output/output.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { openSqlInput } from "./sql-input.ts";
import { type ResultMode, ResultOutput } from "./sql-output.ts";
import { ask, runAll } from "./sql-run.ts";

type Sql = Awaited<ReturnType<typeof loadSql>>;

/** What other commands' -o takes for standard output. */
const STANDARD_OUTPUT = "-";

export interface SqlCommandOptions extends ExecutableOptions, IndexOptions {
  readonly file?: string;
  readonly line?: boolean;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly parquet?: string;
  readonly force?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
  readonly memoryLimit: string;
  readonly threads: number;
  readonly stringLimit: number;
  readonly contentsLimit: number;
  readonly history?: string;
}

/**
 * Runs the queries that a command line has, or asks for them.
 * @param args the dump, and a query if there is one
 * @param given names of the options that were given
 */
export async function answerQueries(
  args: readonly string[],
  options: SqlCommandOptions,
  given: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const module = await loadSql();
  const { SqlSession, splitStatements } = module;
  refuseOtherArguments(args, options, module);
  const [dump, query] = args as readonly [string, string | undefined];
  const mode = chooseMode(options);
  const isAsking = query === undefined && options.file === undefined && terminal.input.isTTY;
  if (isAsking && options.parquet !== undefined) throw new UsageError("--parquet needs a query");
  const sink = createResult(dump, options);
  const text = isAsking ? "" : await readQuery(dump, query, options, terminal);
  await SqlSession.check();
  const spill = makeSpillDirectoryIfPossible();
  const settings = { ...options, temporaryDirectory: spill?.path };
  try {
    await runSession(terminal, options, async (session) => {
      const { progress } = session;
      const paths = [spill?.path, options.parquet].filter((path) => path !== undefined);
      for (const directory of new Set(paths.map(dirname))) clearLeftoversIn(directory, progress.warn);
      const { database, about, watch, close } = await openSqlInput(module, dump, settings, given, terminal, progress);
      try {
        const writer = await createStreamSink(terminal.output).open();
        const run = { session, output: new ResultOutput(mode, writer, terminal.output, isAsking), sink, watch };
        if (isAsking) {
          await ask(database, about, { ...run, split: splitStatements, history: options.history });
          return;
        }
        const { complete, rest } = splitStatements(text);
        const statements = rest === "" ? complete : [...complete, rest];
        if (statements.length === 0) throw new UsageError("there is no query");
        await runAll(database, statements, run);
      } finally {
        close();
      }
    });
  } finally {
    if (spill !== undefined) takeAway(spill);
  }
}

/** Most queries never need it, so that there is none is told only to those that do. */
function makeSpillDirectoryIfPossible(): Temporary | undefined {
  try {
    return makeSpillDirectory();
  } catch (error) {
    if (error instanceof ConverterError) return undefined;
    throw error;
  }
}

/** @throws UsageError if there is more than a dump and a query, or the query is a file: another dump, most likely */
function refuseOtherArguments([dump, query, ...more]: readonly string[], { exe }: SqlCommandOptions, sql: Sql): void {
  if (query === undefined) return;
  if (!/\.sql$/i.test(query) && existsSync(query)) {
    const isDatabase = sql.findStored(query) === "database";
    const other = isDatabase ? query : toDefaultName(query, "duckdb");
    const typed = exe === undefined || sql.findStored(dump!) !== undefined ? "" : ` --exe ${quoteWord(exe)}`;
    const make = isDatabase ? "" : `gohd convert ${quoteWord(query)}${typed} --to duckdb; then `;
    throw new UsageError(`${query} is a file, not a query: gohd sql asks one dump`, {
      hint: `what has grown: ${make}gohd sql ${quoteWord(dump!)}${typed} ${quoteQuery(sql.compareWith(other, sql.nameDatabase(dump!)))}`,
    });
  }
  if (more.length === 0) return;
  const count = 2 + more.length;
  throw new UsageError(`there are ${count} arguments, but gohd sql takes two: the dump and a query`, {
    hint: `put the query between quotes: gohd sql ${quoteWord(dump!)} ${quoteQuery(`${query} …`)}`,
  });
}

function chooseMode({ line, csv, json, parquet, force }: SqlCommandOptions): ResultMode {
  if ([line, csv, json, parquet !== undefined].filter(Boolean).length > 1) {
    throw new UsageError("--line, --csv, --json and --parquet exclude each other");
  }
  if (force && parquet === undefined) throw new UsageError("--force needs --parquet");
  if (line) return "line";
  return csv ? "csv" : json ? "json" : "table";
}

/** The sink for --parquet; what it cannot be is told before the dump is read. */
function createResult(dump: string, { parquet, force = false, exe, symbols }: SqlCommandOptions) {
  if (parquet === undefined) return undefined;
  if (parquet === STANDARD_OUTPUT) {
    throw new UsageError("--parquet writes a file, not standard output", {
      hint: "--csv and --json write there",
    });
  }
  refuseInput(parquet, dump, "dump", "--parquet");
  if (exe !== undefined) refuseInput(parquet, exe, "executable", "--parquet");
  if (symbols !== undefined) refuseInput(parquet, symbols, "symbol file", "--parquet");
  return createFileSink(parquet, { force, option: "--parquet" });
}

async function readQuery(
  dump: string,
  query: string | undefined,
  { file }: SqlCommandOptions,
  terminal: Terminal,
): Promise<string> {
  if (query !== undefined && file !== undefined) throw new UsageError("there are two queries: an argument and --file");
  if (query !== undefined) return query;
  const instead = "give the query as an argument, or with --file";
  return readTextInput(file ?? STANDARD_INPUT, { what: "the query", instead }, dump, terminal);
}

/** A query as people write it in a shell, between double quotes, because SQL has single ones; where those would run something, in others. */
function quoteQuery(query: string): string {
  return /[$`"\\!]/.test(query) ? quoteWord(query) : `"${query}"`;
}
