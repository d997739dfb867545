/** The command line as a whole: which commands there are, how it helps, and how everything that fails is told. */
import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import { findNearest } from "../converter/nearest.ts";
import { UsageError } from "../errors.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addConvertCommand } from "./commands/convert.ts";
import { addConvertersCommand } from "./commands/converters.ts";
import { addInfoCommand } from "./commands/info.ts";
import { addReportCommand } from "./commands/report.ts";
import { addSqlCommand } from "./commands/sql.ts";
import { addWhyCommand } from "./commands/why.ts";
import { withCommand } from "./options/plain-dump.ts";
import { ExitCode, tellError } from "./terminal/error-report.ts";
import { writeError } from "./terminal/lines.ts";
import type { Terminal } from "./terminal/terminal.ts";

const GUIDE = `
Examples:
  gohd app.dump --exe ./app                   what holds the memory? (gohd report)
  gohd info app.dump                          what is this dump?
  gohd convert app.dump --to heapsnapshot     then, in Chrome DevTools: Memory → Load profile
  gohd convert app.dump.gz -o app.heapsnapshot
  gohd sql app.dump "FROM top_types() LIMIT 10"  any question, in SQL
  gohd converters                             what else --to takes

Taking a dump, in the Go program (it stops all goroutines until the dump is written):
  f, err := os.Create("app.dump")
  runtime.GC()
  debug.WriteHeapDump(f.Fd())

A dump holds the memory of the process, secrets included, and so may what is made from it.
Exit codes: 0 done, 1 the input or the conversion failed, 2 the command line was wrong,
  129, 130 or 143 ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM.`;

/** Runs gohd with the arguments after its name; returns the exit code. Never rejects. */
export async function runCommandLine(given: readonly string[], terminal: Terminal): Promise<number> {
  const args = withCommand(given);
  try {
    const program = await createProgram(args, terminal);
    refuseUnknownCommand(args, program);
    // SQL can begin with a comment; with a space in front nobody takes it for an option.
    const spaced = args.map((arg) => (/^--\s/.test(arg) ? ` ${arg}` : arg));
    await program.parseAsync(spaced, { from: "user" });
    return ExitCode.DONE;
  } catch (error) {
    return end(error, terminal);
  }
}

/** Makes the commands; options of the converter that `args` name are among those of `convert`. */
export async function createProgram(args: readonly string[], terminal: Terminal): Promise<Command> {
  const { bold } = terminal.outputStyle;
  const program = new Command("gohd")
    .description("Reads Go heap dumps (runtime/debug.WriteHeapDump) and turns them into files that heap tools open.")
    .version(readVersion(), "-v, --version", "print gohd's version")
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
      outputError: (text) => writeError(terminal, text.replace(/^error: /, "").trimEnd(), undefined),
      getOutHelpWidth: () => terminal.output.columns ?? 100,
      getErrHelpWidth: () => terminal.errors.columns ?? 100,
      // Styles are none where there is to be no colour.
      getOutHasColors: () => true,
    })
    .configureHelp({ styleTitle: bold, styleCommandText: bold, styleSubcommandText: bold, styleOptionTerm: bold })
    .addHelpText("after", GUIDE)
    .showSuggestionAfterError()
    .exitOverride();
  addReportCommand(program, terminal);
  addWhyCommand(program, terminal);
  addInfoCommand(program, terminal);
  await addConvertCommand(program, args, BUILT_IN_CONVERTERS, terminal);
  addSqlCommand(program, terminal);
  addConvertersCommand(program, BUILT_IN_CONVERTERS, terminal);
  addCompletionCommand(program, BUILT_IN_CONVERTERS, terminal);
  return program;
}

function end(error: unknown, terminal: Terminal): number {
  // Commander has told what was wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.DONE : ExitCode.USAGE;
  return tellError(terminal, terminal.signal.aborted ? terminal.signal.reason : error);
}

/** Refuses what is no command, and help for what is none. */
function refuseUnknownCommand([first, second]: readonly string[], { commands }: Command): void {
  const name = first === "help" ? second : first;
  const names = [...commands.map((command) => command.name()), "help"];
  if (name === undefined || name.startsWith("-") || names.includes(name)) return;
  const nearest = findNearest(name, names);
  throw new UsageError(`there is no command "${name}"; there are ${names.join(", ")}`, {
    hint: `${nearest === undefined ? "" : `did you mean ${nearest}? `}gohd --help tells what they do`,
  });
}

function readVersion(): string {
  // By name, because this file is one folder deeper once it is compiled.
  return (createRequire(import.meta.url)("gohd/package.json") as { version: string }).version;
}
