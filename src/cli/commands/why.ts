/** `gohd why`: why something is alive. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson, quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import type { IndexOptions } from "../input/index-options.ts";
import { addInputOptions, DUMP_ARGUMENT } from "../input/input-options.ts";
import { describeCommand } from "../options/description.ts";
import type { WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface WhyOptions extends ExecutableOptions, IndexOptions, WorkersOptions {
  readonly allPaths: string;
  readonly file?: string;
  readonly json?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
}

const MOST_PATHS = 100;

/** Adds the command to `program`. */
export function addWhyCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("why")
    .summary("why objects are alive")
    .description(
      describeCommand(
        "Tells why objects are alive. For one object, it prints the path from its owner, as Go writes it: from the root that gohd " +
          "report names. For a type, it prints the path from the owner of each of its objects. Paths that are alike are one line, " +
          "with the number of objects. In a path, x.(main.T) is a main.T in x that several things there share, or that no field names.",
        [
          ["gohd why app.dump main.Session --exe ./app", "a type"],
          ["gohd why app.dump '/Session$/' --exe ./app", "all types that match"],
          ["gohd why app.dump 0xc000012340 --exe ./app", "the object at an address"],
          ["gohd why app.dump main.store.byToken --exe ./app", "a variable or path"],
          ["gohd why app.dump 'main.store.byToken[\"u17\"]' --exe ./app", "an entry of a map"],
          ["gohd why app.dump --file addresses.txt --exe ./app", "the objects at many addresses"],
        ],
      ),
    )
    .argument("<dump>", DUMP_ARGUMENT)
    .argument(
      "[what...]",
      'addresses ("-" reads them from standard input), types, /patterns/ over names of types, variables, paths and other owners as gohd report, top and diff print them ([] is every element), or functions and goroutines, for what they have on their stacks',
    )
    .option(
      "-f, --file <file>",
      'read addresses from a file, one a line, as gohd sql --csv writes them; "-" is standard input',
    )
    .option("--all-paths <n>", "print up to n paths: first the owner's, then those of other roots that lead there", "1")
    .option("--json", "print JSON, sizes in bytes")
    .action((dump: string, what: string[], options: WhyOptions) => {
      if (what.length === 0 && options.file === undefined) {
        throw new UsageError("nothing is asked for", {
          hint: `gohd why ${quoteWord(dump)} main.T tells why the objects of a type are alive; gohd why --help tells what else can be asked`,
        });
      }
      return why(dump, what, options, terminal);
    });
  addInputOptions(command);
}

async function why(dump: string, what: readonly string[], options: WhyOptions, terminal: Terminal): Promise<void> {
  const most = Number(options.allPaths);
  if (!Number.isInteger(most) || most < 1 || most > MOST_PATHS) {
    throw new UsageError(`--all-paths takes a number from 1 to ${MOST_PATHS}`);
  }
  const { readDump } = await import("../input/dump-input.ts");
  const { explainWhy } = await import("../../findings/why/why.ts");
  const { renderWhy } = await import("../why/why-text.ts");
  const { readAsked } = await import("../why/asked.ts");
  const asked = await readAsked(what, options.file, dump, terminal);
  let text = "";
  await runSession(terminal, options, async (session) => {
    const { heap, watch, close } = await readDump(dump, options, terminal, session.progress);
    try {
      const result = await watch(() => explainWhy(heap, asked, most, session.progress));
      text = options.json ? `${escapeJson(JSON.stringify(result, null, 2))}\n` : renderWhy(result);
    } finally {
      close();
    }
  });
  await (await createStreamSink(terminal.output).open()).write(Buffer.from(text));
}
