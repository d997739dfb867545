/** `gohd diff`: what grew between dumps of a program. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import type { Growth } from "../../findings/growth/growth.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { type ExecutablesGiven, executablesOf } from "../diff/executables.ts";
import { addIndexOptions, type IndexOptions } from "../input/index-options.ts";
import { addOtherOptions } from "../input/input-options.ts";
import { describeCommand } from "../options/description.ts";
import { addWorkersOption, type WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { WIDTH_WITHOUT_TERMINAL } from "../terminal/wrap.ts";

interface DiffOptions extends ExecutablesGiven, IndexOptions, WorkersOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
}

const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** What fits on the screens that people have; a terminal that tells its height is believed within these. */
const LEAST_HEIGHT = 24;
const MOST_HEIGHT = 40;

/** Rows that each table is computed with, unless all are wanted. */
const MOST_ROWS = 20;

/** Adds the command to `program`. */
export function addDiffCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("diff")
    .summary("what grew between dumps")
    .description(
      describeCommand(
        "Tells what grew between dumps of one program, where it hangs, and by how much. Tables by owner path, type, group of " +
          "goroutines and finding follow. Give the dumps oldest first.",
        [
          ["gohd diff before.dump after.dump --exe ./app"],
          ["gohd diff 10h.dump 11h.dump 12h.dump --exe ./app", "what grew every hour comes first"],
          ["gohd diff old.dump new.dump --exe ./app-1.4 --exe ./app-1.5", "two builds"],
          ["gohd diff before.dump after.dump --exe ./app --markdown", "for a pull request"],
          ["gohd diff before.dump after.dump --exe ./app --json", "for programs"],
        ],
      ),
    )
    .argument(
      "<before>",
      'the first dump, plain or packed with gzip or zstd; one of the dumps may be "-", standard input',
    )
    .argument("<after...>", "later dumps, oldest first")
    .option("--all", "show everything, not only what fits on a screen")
    .option("--json", `print JSON, sizes in bytes: ${MOST_ROWS} rows of each table; with --all all rows`)
    .option("--markdown", "print Markdown, for pull requests and issues")
    .optionsGroup("Types:")
    .option(
      "--exe <file>",
      "the executable that wrote the dumps; once for all, or once for each dump, in their order",
      append,
    )
    .option("--symbols <file>", "names for a stripped executable; once for all, or once for each dump", append)
    .option("--force-exe", "use the executables even if they did not write the dumps; expect wrong types")
    .optionsGroup("Speed:")
    .addHelpText(
      "after",
      "\nAn owner path goes from a package variable, or the function of a goroutine, down by fields and types. […] is any element.\n" +
        "It is the same in every run and build of a program. If the dumps are of one process, gohd matches objects by address, type\n" +
        "and size, and tells new objects from old ones.\n\n" +
        "Let the program warm up before the first dump. Call runtime.GC() before each dump; gohd counts garbage separately. For\n" +
        "other questions about two dumps, use growth(before, after) in gohd sql.",
    )
    .action((before: string, after: readonly string[], options: DiffOptions) =>
      diff([before, ...after], options, terminal),
    );
  addIndexOptions(command);
  addWorkersOption(command);
  addOtherOptions(command);
}

async function diff(dumps: readonly string[], options: DiffOptions, terminal: Terminal): Promise<void> {
  const { json = false, markdown = false, all = false } = options;
  if (json && markdown) throw new UsageError("--json and --markdown exclude each other");
  const executables = executablesOf(dumps, options);
  const { compareDumps } = await import("../diff/compare-dumps.ts");
  let growth: Growth | undefined;
  await runSession(terminal, options, async (session) => {
    const most = all ? Number.POSITIVE_INFINITY : MOST_ROWS;
    const { salvage = false, cache } = options;
    const reading = { salvage, ...(cache === undefined ? {} : { cache }) };
    growth = await compareDumps(dumps, executables, reading, most, terminal, session.progress);
  });
  const text = json
    ? `${escapeJson(JSON.stringify(growth, null, 2))}\n`
    : await render(growth!, markdown, all, terminal);
  await (await createStreamSink(terminal.output).open()).write(Buffer.from(text));
}

async function render(growth: Growth, markdown: boolean, all: boolean, terminal: Terminal): Promise<string> {
  if (markdown) return (await import("../diff/diff-markdown.ts")).renderGrowthMarkdown(growth);
  const { renderGrowthText } = await import("../diff/diff-text.ts");
  const height = Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, terminal.output.rows ?? MOST_HEIGHT));
  return renderGrowthText(growth, {
    width: terminal.output.columns ?? WIDTH_WITHOUT_TERMINAL,
    height: all ? Number.POSITIVE_INFINITY : height,
    style: terminal.outputStyle,
  });
}
