/** `gohd top`: what there is most of, as a table. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../../errors.ts";
import type { Top } from "../../findings/top/top.ts";
import { defaultOrder, TOP_KINDS, TOP_ORDERS, type TopKind, type TopOrder } from "../../findings/top/top-kinds.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson, escapeText, quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import type { IndexOptions } from "../input/index-options.ts";
import { addInputOptions, DUMP_ARGUMENT } from "../input/input-options.ts";
import { toCount } from "../options/count-option.ts";
import { describeCommand } from "../options/description.ts";
import { refuseOtherDumps } from "../options/one-dump.ts";
import type { WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface TopOptions extends ExecutableOptions, IndexOptions, WorkersOptions {
  readonly by: TopKind;
  readonly sort?: TopOrder;
  readonly filter?: string;
  readonly limit?: number;
  readonly siteCalls?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
}

/** Rows that people are shown, unless they say otherwise; programs get all. */
const SHOWN_ROWS = 30;

/** Adds the command to `program`. */
export function addTopCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("top")
    .summary("the largest types, packages, sites, goroutines or roots")
    .description(
      describeCommand(
        "Lists types, packages, allocation sites, functions of goroutines, or roots, the largest first. For each it prints how many " +
          "there are, what they take themselves (shallow), and what they own with all that hangs below them.",
        [
          ["gohd top app.dump --exe ./app"],
          ["gohd top app.dump --exe ./app --by package --sort shallow"],
          ["gohd top app.dump --exe ./app --filter '^main\\.' --limit 0", "all types of package main"],
          ["gohd top app.dump --exe ./app --by goroutine --json", "for programs"],
          ["gohd top app.dump --exe ./app --csv > types.csv", "for spreadsheets"],
        ],
      ),
    )
    .argument("<dump>", DUMP_ARGUMENT)
    .allowExcessArguments()
    .addOption(new Option("--by <what>", "what to list").choices(TOP_KINDS).default("type").argParser(toKind))
    .addOption(
      new Option("--sort <order>", "what to sort by (default: owned; with --by goroutine both)").choices(TOP_ORDERS),
    )
    .option("--filter <regexp>", "only names that match this JavaScript regular expression")
    .option("--limit <n>", `print n rows, 0 for all (default: ${SHOWN_ROWS}; all with --json and --csv)`, toCount(0))
    .option("--site-calls <n>", "with --by site: distinguish sites by n calls, from the one that allocates", toCount(1))
    .option("--json", "print JSON, sizes in bytes")
    .option("--csv", "print CSV, sizes in bytes")
    .addHelpText(
      "after",
      "\nEvery live object has one owner among the roots, as in gohd report. Rows of types, packages and sites overlap, because one\n" +
        "may own another. Rows of roots add up to the live bytes.",
    )
    .action((dump: string, options: TopOptions) => {
      refuseOtherDumps(command.args, (one) => `gohd top ${quoteWord(one)}`);
      return top(dump, options, terminal);
    });
  addInputOptions(command);
}

async function top(dump: string, options: TopOptions, terminal: Terminal): Promise<void> {
  const { by, sort = defaultOrder(options.by), siteCalls, json = false, csv = false } = options;
  if (json && csv) throw new UsageError("--json and --csv exclude each other");
  if (siteCalls !== undefined && by !== "site") throw new UsageError("--site-calls is about sites: add --by site");
  const filter = options.filter === undefined ? undefined : toPattern(options.filter);
  const given = options.limit ?? (json || csv ? 0 : SHOWN_ROWS);
  const limit = given === 0 ? Number.POSITIVE_INFINITY : given;
  const { readDump } = await import("../input/dump-input.ts");
  const { computeTop } = await import("../../findings/top/top.ts");
  let text = "";
  await runSession(terminal, options, async (session) => {
    const { progress } = session;
    const { heap, watch, close } = await readDump(dump, options, terminal, progress);
    try {
      const wanted = { by, sort, filter, limit, ...(siteCalls === undefined ? {} : { callsPerSite: siteCalls }) };
      text = await render(await watch(() => computeTop(heap, wanted, progress)), options, terminal);
    } finally {
      close();
    }
  });
  await (await createStreamSink(terminal.output).open()).write(Buffer.from(text));
}

/** The kind of a row; its plural is none the less clear. */
function toKind(text: string): TopKind {
  const kind = TOP_KINDS.find((each) => text === each || text === `${each}s`);
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${TOP_KINDS.join(", ")}.`);
  return kind;
}

function toPattern(filter: string): RegExp {
  try {
    return new RegExp(filter);
  } catch (error) {
    throw new UsageError(`--filter: ${(error as Error).message}`, {
      hint: "a regular expression, as in --filter '^main\\.'",
    });
  }
}

async function render(
  result: Top,
  { json, csv, filter }: TopOptions,
  { output, outputStyle }: Terminal,
): Promise<string> {
  if (json) return `${escapeJson(JSON.stringify(result, null, 2))}\n`;
  if (csv) {
    const { writeTopCsv } = await import("../top/top-csv.ts");
    // What is exact in a file or a pipe could move a terminal's cursor.
    return writeTopCsv(result, output.isTTY ? escapeText : (name) => name);
  }
  const { renderTop } = await import("../top/top-text.ts");
  return renderTop(result, { width: output.columns, style: outputStyle, filter });
}
