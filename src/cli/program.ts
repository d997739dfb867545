/** The command line as a whole: which commands there are, how it helps, and how everything that fails is told. */
import { Command, CommanderError } from "commander";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import { UsageError } from "../errors.ts";
import { createStreamSink } from "../io/sinks/stream-sink.ts";
import { findNearest } from "../nearest.ts";
import { spellFlags } from "./options/given-options.ts";
import { withCommand } from "./options/plain-dump.ts";
import { hintAtOptions } from "./options/unknown-option.ts";
import { ExitCode, tellError } from "./terminal/error-report.ts";
import { writeError } from "./terminal/lines.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { readVersion } from "./version.ts";

const GUIDE = `
Examples:
  gohd app.dump --exe ./app                     what holds the memory?
  gohd why app.dump main.Session --exe ./app    why are they alive?
  gohd diff before.dump app.dump --exe ./app    what grew?
  gohd check app.dump --exe ./app --fail-if 'owned(main.Session) > 100MiB'
  gohd convert app.dump --exe ./app --to html   a page to explore and to send
  gohd convert app.dump --to heapsnapshot       then, in Chrome DevTools: Memory, Load profile
  gohd sql app.dump "FROM top_types() LIMIT 10"

--exe is the executable that wrote the dump. Without it, most types have no names.

Take a dump in the Go program. It stops all goroutines until the dump is written:
  f, err := os.Create("app.dump")
  runtime.GC()
  debug.WriteHeapDump(f.Fd())

A dump is the memory of the process, secrets included. What gohd writes may hold them too; see gohd converters.
Exit codes: 0 done; 1 the input or the conversion failed; 2 the command line was wrong; 3 a budget of gohd check is broken;
129, 130 or 143 ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM.`;

/** Runs gohd with the arguments after its name; returns the exit code. Never rejects. */
export async function runCommandLine(given: readonly string[], terminal: Terminal): Promise<number> {
  const args = withCommand(given);
  const help: string[] = [];
  try {
    const program = await createProgram(args, terminal, (text) => void help.push(text), given);
    refuseUnknownCommand(args, program);
    const command = program.commands.find((each) => each.name() === args[0]);
    const spelt = command === undefined ? args : [args[0]!, ...spellFlags(args.slice(1), command)];
    // SQL can begin with a comment; with a space in front nobody takes it for an option.
    const spaced = spelt.map((arg) => (/^--\s/.test(arg) ? ` ${arg}` : arg));
    await program.parseAsync(spaced, { from: "user" });
    return ExitCode.DONE;
  } catch (error) {
    // Commander has shown the help that was asked for.
    return error instanceof CommanderError && error.exitCode === 0
      ? await writeHelp(help.join(""), terminal)
      : end(error, terminal);
  }
}

/** Help is a result like others: whoever keeps it in a file is told if it did not get there. */
async function writeHelp(text: string, terminal: Terminal): Promise<number> {
  try {
    await (await createStreamSink(terminal.output).open()).write(Buffer.from(text));
    return ExitCode.DONE;
  } catch (error) {
    return end(error, terminal);
  }
}

/** What adds each command, in the order of help. Loaded one by one, because most runs need one. */
const COMMANDS: Readonly<
  Record<string, (program: Command, args: readonly string[], terminal: Terminal) => Promise<void>>
> = {
  report: async (program, _, terminal) => (await import("./commands/report.ts")).addReportCommand(program, terminal),
  diff: async (program, _, terminal) => (await import("./commands/diff.ts")).addDiffCommand(program, terminal),
  why: async (program, _, terminal) => (await import("./commands/why.ts")).addWhyCommand(program, terminal),
  top: async (program, _, terminal) => (await import("./commands/top.ts")).addTopCommand(program, terminal),
  check: async (program, _, terminal) => (await import("./commands/check.ts")).addCheckCommand(program, terminal),
  info: async (program, _, terminal) => (await import("./commands/info.ts")).addInfoCommand(program, terminal),
  index: async (program, _, terminal) => (await import("./commands/index-dump.ts")).addIndexCommand(program, terminal),
  async convert(program, args, terminal) {
    const { addConvertCommand } = await import("./commands/convert.ts");
    await addConvertCommand(program, args, BUILT_IN_CONVERTERS, terminal);
  },
  sql: async (program, _, terminal) => (await import("./commands/sql.ts")).addSqlCommand(program, terminal),
  async converters(program, _, terminal) {
    const { addConvertersCommand } = await import("./commands/converters.ts");
    addConvertersCommand(program, BUILT_IN_CONVERTERS, terminal);
  },
  async completion(program, _, terminal) {
    const { addCompletionCommand } = await import("./commands/completion.ts");
    addCompletionCommand(program, () => createProgram([], terminal), BUILT_IN_CONVERTERS, terminal);
  },
};

/**
 * Makes the command that `args` begin with, or, if they begin with none, all commands.
 * @param writeHelp takes help and the version
 * @param typed what `args` were before the command that is meant was put in front
 */
export async function createProgram(
  args: readonly string[],
  terminal: Terminal,
  writeHelp: (text: string) => void = () => {},
  typed = args,
): Promise<Command> {
  const { bold } = terminal.outputStyle;
  const program = new Command("gohd")
    .description(
      "Reads Go heap dumps (runtime/debug.WriteHeapDump). Tells what holds the memory, and writes the formats of other heap tools.",
    )
    .version(readVersion(), "-v, --version", "print gohd's version")
    .configureOutput({
      writeOut: writeHelp,
      writeErr: (text) => void terminal.errors.write(text),
      outputError(text) {
        const message = text.replace(/^error: /, "").trimEnd();
        writeError(terminal, message, hintAtOptions(message, typed, args));
      },
      getOutHelpWidth: () => terminal.output.columns ?? 100,
      getErrHelpWidth: () => terminal.errors.columns ?? 100,
      // Styles are none where there is to be no colour.
      getOutHasColors: () => true,
    })
    .configureHelp({ styleTitle: bold, styleCommandText: bold, styleSubcommandText: bold, styleOptionTerm: bold })
    .addHelpText("after", GUIDE)
    .showSuggestionAfterError()
    .exitOverride();
  const [name = ""] = args;
  const wanted = Object.hasOwn(COMMANDS, name) ? [name] : Object.keys(COMMANDS);
  for (const each of wanted) await COMMANDS[each]!(program, args, terminal);
  return program;
}

function end(error: unknown, terminal: Terminal): number {
  // Commander has told what was wrong.
  if (error instanceof CommanderError) return ExitCode.USAGE;
  return tellError(terminal, terminal.signal.aborted ? terminal.signal.reason : error);
}

/** Refuses what is no command, and help for what is none. */
function refuseUnknownCommand([first, second]: readonly string[], { commands }: Command): void {
  const name = first === "help" ? second : first;
  const names = [...commands.map((command) => command.name()), "help"];
  if (name === undefined || name.startsWith("-") || names.includes(name)) return;
  // Names of commands have neither: it is a dump that is meant.
  if (/[./]/.test(name)) {
    throw new UsageError(`there is no file ${name}, and no command of that name`, {
      hint: "gohd --help tells what the commands do",
    });
  }
  const nearest = findNearest(name, names);
  throw new UsageError(`there is no command "${name}"; there are ${names.join(", ")}`, {
    hint: `${nearest === undefined ? "" : `did you mean ${nearest}? `}gohd --help tells what they do`,
  });
}
