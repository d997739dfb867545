/** Runs the statements of `gohd sql`: one after the other, or those that somebody types. */
import { join } from "node:path";
import type { loadSql, SqlSession } from "../../../converters/index.ts";
import { UsageError } from "../../errors.ts";
import type { CommittableSink } from "../../io/sinks/sink.ts";
import type { Progress } from "../../progress.ts";
import { showText } from "../../shown-text.ts";
import type { Session } from "../command.ts";
import type { DumpInput } from "../input/dump-input.ts";
import { reportError } from "../terminal/error-report.ts";
import { writeLines, writeWarning } from "../terminal/lines.ts";
import { describeWarnings } from "../terminal/warning-log.ts";
import { COMMANDS_HELP, isLeave, readCommand } from "./sql-commands.ts";
import { SQL_HELP } from "./sql-help.ts";
import type { ResultOutput } from "./sql-output.ts";

/** Where the history is inside the user's state directory. */
const HISTORY = join("gohd", "sql-history");

/** What runs need. */
export interface Run {
  readonly session: Session;
  readonly output: ResultOutput;
  /** Where the last result goes, if it is not to be shown. */
  readonly sink: CommittableSink | undefined;
  /** Runs what reads the dump. @throws InputChangedError if something wrote into the dump meanwhile */
  readonly watch: DumpInput["watch"];
}

/** Runs statements, up to one that leaves; the result of the last one goes into the file, if there is one. */
export async function runAll(database: SqlSession, statements: readonly string[], run: Run): Promise<void> {
  const { session, sink } = run;
  const end = statements.findIndex(isLeave);
  const wanted = end < 0 ? statements : statements.slice(0, end);
  if (sink !== undefined && wanted.length === 0) throw new UsageError("--parquet needs a query");
  for (const [i, input] of wanted.entries()) {
    if (sink !== undefined && i === wanted.length - 1) {
      const command = readCommand(input, database.tables);
      if (command.kind !== "statement") throw new UsageError(`--parquet needs a query, and ${input} is none`);
      await writeParquet(database, command.sql, sink, run);
    } else {
      await runInput(database, input, run, session.progress);
    }
  }
}

/** Runs a statement, or a command that begins with a dot. */
async function runInput(database: SqlSession, input: string, run: Run, progress: Progress): Promise<void> {
  const command = readCommand(input, database.tables);
  const { output, session } = run;
  switch (command.kind) {
    case "statement":
      return runOne(database, command.sql, run, progress);
    case "mode":
      output.mode = command.mode;
      return;
    case "help": {
      const help = `${SQL_HELP}\n\n${COMMANDS_HELP}`;
      // Who wants CSV or JSON wants nothing else there.
      if (output.isForPeople) await output.say(`${help}\n`);
      else session.terminal.errors.write(`${help}\n`);
    }
  }
}

async function runOne(database: SqlSession, statement: string, run: Run, progress: Progress): Promise<void> {
  await run.watch(() =>
    database.run(statement, progress, async (result) => {
      if (!result.hasRows) return;
      // The bar would get in between the lines.
      run.session.progress.stop();
      await run.output.write(result);
    }),
  );
  run.session.progress.stop();
}

async function writeParquet(
  database: SqlSession,
  query: string,
  sink: CommittableSink,
  { session: { progress, say, terminal }, watch }: Run,
): Promise<void> {
  const { formatBytes } = await import("../../quantities.ts");
  try {
    const path = await sink.path();
    await watch(() => database.writeParquet(query, path, progress));
    terminal.signal.throwIfAborted();
    say(`wrote ${sink.name}: ${formatBytes(await sink.commit())}`);
  } finally {
    await sink.discard();
  }
}

type Split = Awaited<ReturnType<typeof loadSql>>["splitStatements"];

/**
 * Asks for statements until there are no more.
 * @param about what is asked, in words
 * @param run `history`: the file that keeps them, if not the usual one
 */
export async function ask(
  database: SqlSession,
  about: string,
  run: Run & { readonly history: string | undefined; readonly split: Split },
): Promise<void> {
  const { session, output } = run;
  const { terminal, progress, warnings } = session;
  const showWarnings = (): void => {
    for (const warning of describeWarnings(warnings.take())) writeWarning(terminal, warning);
  };
  const { runPrompt } = await import("./sql-prompt.ts");
  progress.stop();
  showWarnings();
  await output.say(`${showText(about)}. .help tells what to ask, .exit leaves.\n`);
  const { stateDirectory } = terminal;
  await runPrompt(terminal, {
    history: run.history ?? (stateDirectory === undefined ? undefined : join(stateDirectory, HISTORY)),
    split: run.split,
    async run(statement, signal) {
      try {
        await runInput(database, statement, run, {
          ...progress,
          signal: AbortSignal.any([progress.signal, signal]),
        });
      } catch (error) {
        progress.stop();
        terminal.signal.throwIfAborted();
        const { message, hint } = signal.aborted ? { message: "interrupted", hint: undefined } : reportError(error);
        writeLines(terminal, message ?? "");
        if (hint !== undefined) writeLines(terminal, `  ${hint}`);
      }
      showWarnings();
    },
  });
}
