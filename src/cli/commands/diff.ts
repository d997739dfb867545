/** `gohd diff`: what grew between dumps of a program. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import type { Growth } from "../../findings/growth/growth.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { type ExecutablesGiven, executablesOf } from "../diff/executables.ts";
import { addIndexOptions, type IndexOptions } from "../input/index-options.ts";
import { addWorkersOption, type WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

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
const DEFAULT_WIDTH = 100;

/** Rows that each table is computed with, unless all are wanted. */
const MOST_ROWS = 20;

/** Adds the command to `program`. */
export function addDiffCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("diff")
    .summary("say what grew between dumps of a program")
    .description(
      "Says what grew from the first dump to the last: the thing, where it hangs, by how much; then by owner path, type, group " +
        "of goroutines and finding. Give the dumps in the order in which they were written: two, or more, and what grew every " +
        "time comes first.\n\n" +
        "The dumps themselves tell whether they are of one process. Then objects are matched by address, type and size, so that " +
        "new, gone and kept ones are told apart. Otherwise, of two runs or two builds, sums are compared under names that hold in both.\n\n" +
        "An owner path begins with the one owner that an object has in gohd report, a package variable or the function of a " +
        "goroutine, and goes down by fields and types. Elements and entries are […], maps, channels and lists one step.",
    )
    .argument("<before>", 'the first dump, plain or compressed by gzip or zstd; one of all may be "-", standard input')
    .argument("<after...>", "those that were written later, oldest first")
    .option(
      "--exe <file>",
      "the executable that wrote the dumps; once for all, or, of several builds, once for each dump in their order",
      append,
    )
    .option(
      "--symbols <file>",
      "names for a stripped executable, as with gohd report; once for all, or once for each dump",
      append,
    )
    .option("--force-exe", "use the executables though they do not match; expect wrong types")
    .option("--all", "show everything, not only what fits on a screen")
    .option("--json", `print the same as JSON, sizes in bytes: ${MOST_ROWS} rows of each table, with --all all`)
    .option("--markdown", "print the same as Markdown, for pull requests and issues")
    .option("--salvage", "read what there is of truncated dumps")
    .option("-q, --quiet", "show no progress")
    .addHelpText(
      "after",
      "\nExamples:\n  gohd diff before.dump after.dump --exe ./app\n" +
        "  gohd diff 10h.dump 11h.dump 12h.dump --exe ./app      what grew every hour\n" +
        "  gohd diff old.dump new.dump --exe ./app-1.4 --exe ./app-1.5\n" +
        "  gohd diff before.dump after.dump --exe ./app --json | jq -r '.paths.rows[0].path'\n" +
        "  gohd diff before.dump after.dump --exe ./app --markdown >> $GITHUB_STEP_SUMMARY\n\n" +
        "Before the first dump let the program warm up; call runtime.GC() before each, or what is garbage looks like growth in\n" +
        "the process (gohd counts it apart). To ask more of two dumps: gohd sql, whose growth(…) says the same by type.",
    )
    .action((before: string, after: readonly string[], options: DiffOptions) =>
      diff([before, ...after], options, terminal),
    );
  addIndexOptions(command);
  addWorkersOption(command);
}

async function diff(dumps: readonly string[], options: DiffOptions, terminal: Terminal): Promise<void> {
  const { json = false, markdown = false, all = false } = options;
  if (json && markdown) throw new UsageError("--json and --markdown cannot be had together");
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
    width: terminal.output.columns ?? DEFAULT_WIDTH,
    height: all ? Number.POSITIVE_INFINITY : height,
    style: terminal.outputStyle,
  });
}
