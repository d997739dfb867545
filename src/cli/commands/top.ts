/** `gohd top`: what there is most of, as a table. */
import { type Command, Option } from "commander";
import { UsageError } from "../../errors.ts";
import type { Top } from "../../findings/top/top.ts";
import { TOP_KINDS, TOP_ORDERS, type TopKind, type TopOrder } from "../../findings/top/top-kinds.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson, escapeText, quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { addExecutableOptions, type ExecutableOptions } from "../input/executable-options.ts";
import { addIndexOptions, type IndexOptions } from "../input/index-options.ts";
import { toCount } from "../options/count-option.ts";
import { refuseOtherDumps } from "../options/one-dump.ts";
import { addWorkersOption, type WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface TopOptions extends ExecutableOptions, IndexOptions, WorkersOptions {
  readonly by: TopKind;
  readonly sort: TopOrder;
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
    .summary("list what takes or owns most")
    .description(
      "Lists types, packages, allocation sites, goroutines by the function that they were started for, or roots: how many " +
        "there are, what they take themselves (shallow), and what they own. Every live object has one owner among the GC " +
        "roots, as in gohd report; what a type, package or site owns is what hangs below its objects in that tree.",
    )
    .argument("<dump>", 'the dump, plain or compressed by gzip or zstd; "-" is standard input')
    .allowExcessArguments()
    .addOption(new Option("--by <what>", "what the rows are").choices(TOP_KINDS).default("type"))
    .addOption(new Option("--sort <order>", "what comes first").choices(TOP_ORDERS).default("owned"))
    .option("--filter <regexp>", "only rows whose whole name matches somewhere, as JavaScript has it")
    .option(
      "--limit <n>",
      `rows at the most, 0 for all (default: ${SHOWN_ROWS}; all with --json and --csv)`,
      toCount(0),
    )
    .option("--site-calls <n>", "sites: calls by which they are told apart, from the one that allocates", toCount(1))
    .option("--json", "print the same as JSON, sizes in bytes")
    .option("--csv", "print the rows as CSV, sizes in bytes")
    .option("--salvage", "read what there is of a truncated dump")
    .option("-q, --quiet", "show no progress")
    .addHelpText(
      "after",
      "\nExamples:\n  gohd top app.dump --exe ./app\n  gohd top app.dump --exe ./app --by package --sort shallow\n" +
        "  gohd top app.dump --exe ./app --filter '^main\\.' --limit 0\n" +
        "  gohd top app.dump --exe ./app --by root --csv > roots.csv\n" +
        "  ssh host cat app.dump | gohd top - --by goroutine --json | jq .rows[0].name",
    )
    .action((dump: string, options: TopOptions) => {
      refuseOtherDumps(command.args, (one) => `gohd top ${quoteWord(one)}`);
      return top(dump, options, terminal);
    });
  addExecutableOptions(command);
  addIndexOptions(command);
  addWorkersOption(command);
}

async function top(dump: string, options: TopOptions, terminal: Terminal): Promise<void> {
  const { by, sort, siteCalls, json = false, csv = false } = options;
  if (json && csv) throw new UsageError("--json and --csv cannot be had together");
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
