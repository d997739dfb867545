/** `gohd sql`: questions to a dump, in SQL. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { text as readText } from "node:stream/consumers";
import { type Command, InvalidArgumentError, Option } from "commander";
import { loadSql, type SqlSession } from "../../../converters/index.ts";
import { ConverterError, UsageError } from "../../errors.ts";
import { createFileSink } from "../../io/sinks/file-sink.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import { describeSystemError } from "../../io/system-errors.ts";
import { makeSpillDirectory } from "../../io/temporaries/spill-directory.ts";
import { takeAway } from "../../io/temporaries/temporary.ts";
import { runSession } from "../command.ts";
import { addExecutableOptions, type ExecutableOptions } from "../input/executable-options.ts";
import { clearLeftoversIn, refuseInput } from "../output/output.ts";
import { SQL_HELP } from "../sql/sql-commands.ts";
import { RESULT_WRITERS, type ResultWriter } from "../sql/sql-output.ts";
import { ask, runAll } from "../sql/sql-run.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What other commands' -o takes for standard output. */
const STANDARD_OUTPUT = "-";

interface SqlCommandOptions extends ExecutableOptions {
  readonly file?: string;
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

/** Adds the command to `program`. */
export function addSqlCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("sql")
    .summary("ask a dump anything, in SQL")
    .description(
      "Runs SQL (DuckDB's) on a dump. Without a query it reads one from standard input, and on a terminal it asks. " +
        "Only what a query uses is computed.",
    )
    .argument("<dump>", 'the dump, plain or compressed by gzip or zstd; "-" is standard input')
    .argument("[query]", "statements, separated by semicolons")
    .allowExcessArguments()
    .option("-f, --file <file>", 'read the query from a file; "-" is standard input')
    .option("--csv", "print results as CSV")
    .option("--json", "print results as JSON, an array of objects")
    .option("--parquet <file>", "write the result of the last statement into a Parquet file")
    .option("--force", "replace the Parquet file if it exists")
    .addOption(
      new Option("--memory-limit <size>", "memory that DuckDB may take beside the heap, as in 2GB").default(
        "",
        "80 % of the machine's",
      ),
    )
    .option("--threads <count>", "threads that DuckDB may use; 0 is one per core", toCount(0), 0)
    .option("--string-limit <count>", "characters of a text in the table strings", toCount(1), 4096)
    .option("--contents-limit <count>", "bytes of an object in the table contents", toCount(1), 4096)
    .option("--history <file>", "keep the prompt's lines in this file (default: $XDG_STATE_HOME/gohd/sql-history)")
    .addOption(
      new Option("-o, --output <path>").hideHelp().argParser((): never => {
        throw new UsageError("gohd sql has no -o: results go to standard output", {
          hint: "--parquet writes a file; so does > with --csv or --json",
        });
      }),
    )
    .option("--salvage", "read what there is of a truncated dump")
    .option("-q, --quiet", "show no progress");
  addExecutableOptions(command);
  command
    .addHelpText("after", SQL_HELP)
    .action((dump: string, query: string | undefined, options: SqlCommandOptions) => {
      if (command.args.length > 2) {
        throw new UsageError(`there are ${command.args.length} arguments, and there can be two: the dump and a query`, {
          hint: `put the query between quotes: gohd sql ${dump} "${query} …"`,
        });
      }
      return sql(dump, query, options, terminal);
    });
}

function toCount(least: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!Number.isSafeInteger(count) || count < least) {
      throw new InvalidArgumentError(`It is an integer of at least ${least}.`);
    }
    return count;
  };
}

async function sql(
  dump: string,
  query: string | undefined,
  options: SqlCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const write = chooseWriter(options);
  const isAsking = query === undefined && options.file === undefined && terminal.input.isTTY;
  if (isAsking && options.parquet !== undefined) throw new UsageError("--parquet needs a query");
  const sink = createResult(dump, options);
  const text = isAsking ? "" : await readQuery(dump, query, options, terminal);
  const { SqlSession, splitStatements } = await loadSql();
  await SqlSession.check();
  const { readDump } = await import("../input/dump-input.ts");
  const spill = makeSpillDirectory();
  const { memoryLimit, threads, stringLimit, contentsLimit } = options;
  try {
    await runSession(terminal, options, async (session) => {
      for (const directory of new Set([spill.path, options.parquet ?? spill.path].map(dirname))) {
        clearLeftoversIn(directory, session.progress.warn);
      }
      const input = await readDump(dump, options, terminal, session.progress);
      let database: SqlSession | undefined;
      try {
        database = await SqlSession.open(
          input.heap,
          { memoryLimit, threads, stringLimit, contentsLimit, temporaryDirectory: spill.path },
          session.progress,
        );
        const writer = await createStreamSink(terminal.output).open();
        const run = { session, write, writer, sink, watch: input.watch };
        if (isAsking) {
          await ask(database, input.heap, {
            ...run,
            split: splitStatements,
            history: options.history,
          });
          return;
        }
        const { complete, rest } = splitStatements(text);
        const statements = rest === "" ? complete : [...complete, rest];
        if (statements.length === 0) throw new UsageError("there is no query");
        await runAll(database, statements, run);
      } finally {
        database?.close();
        input.close();
      }
    });
  } finally {
    takeAway(spill);
  }
}

function chooseWriter({ csv, json, parquet, force }: SqlCommandOptions): ResultWriter {
  if ([csv, json, parquet !== undefined].filter(Boolean).length > 1) {
    throw new UsageError("--csv, --json and --parquet cannot be had together");
  }
  if (force && parquet === undefined) throw new UsageError("--force needs --parquet");
  return RESULT_WRITERS[csv ? "csv" : json ? "json" : "table"];
}

/** The sink for --parquet; what it cannot be is told before the dump is read. */
function createResult(dump: string, { parquet, force = false, exe, symbols }: SqlCommandOptions) {
  if (parquet === undefined) return undefined;
  if (parquet === STANDARD_OUTPUT) {
    throw new UsageError("--parquet writes a file, which standard output cannot be", {
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
  { input }: Terminal,
): Promise<string> {
  if (query !== undefined && file !== undefined) throw new UsageError("there are two queries: an argument and --file");
  if (query !== undefined) return query;
  if (file !== undefined && file !== STANDARD_INPUT) {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      throw new ConverterError(`cannot read the query from ${file}: ${describeSystemError(error)}`, { cause: error });
    }
  }
  if (dump === STANDARD_INPUT) {
    throw new UsageError("standard input is the dump, so the query cannot come from there", {
      hint: "give the query as an argument, or with --file",
    });
  }
  return readText(input.stream());
}
