/** `gohd report`: what holds the memory, in sentences. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Report } from "../../findings/report/report.ts";
import type { DumpWarning } from "../../heap/facts/dump-info.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson, quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import type { IndexOptions } from "../input/index-options.ts";
import { addInputOptions, DUMP_ARGUMENT } from "../input/input-options.ts";
import { repeatCommand } from "../input/repeated-command.ts";
import { holdWarnings } from "../input/warnings.ts";
import { describeCommand } from "../options/description.ts";
import { refuseOtherDumps } from "../options/one-dump.ts";
import type { WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { WIDTH_WITHOUT_TERMINAL } from "../terminal/wrap.ts";

interface ReportOptions extends ExecutableOptions, IndexOptions, WorkersOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  /** Percent of the live heap. */
  readonly least: number;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-contents`. */
  readonly contents: boolean;
}

/** Percent of the live heap. */
const DEFAULT_LEAST = 10;
/** What fits on the screens that people have; a terminal that tells its height is believed within these. */
const LEAST_HEIGHT = 24;
const MOST_HEIGHT = 40;
/** Warnings that are in the report itself, if they are about much. */
const OF_UNREACHABLE: ReadonlySet<string> = new Set(["much-unreachable", "cleanups"]);
const OF_FINALIZERS = "never-finalized";
const HELD: ReadonlySet<string> = new Set([...OF_UNREACHABLE, OF_FINALIZERS]);

/** Adds the command to `program`. */
export function addReportCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("report")
    .summary("what holds the memory")
    .description(
      describeCommand(
        "Tells what holds the memory: the variables and goroutines that keep most of it, what they waste, and who else uses " +
          "it. The answer fits on one screen.",
        [
          ["gohd app.dump --exe ./app", "the same as gohd report"],
          ["gohd report app.dump --exe ./app --all", "everything"],
          ["gohd report app.dump --exe ./app --json", "a summary for programs, below 5 KB"],
          ["gohd report app.dump --exe ./app --to html", "a page; the same as gohd convert"],
        ],
      ),
    )
    .argument("<dump>", DUMP_ARGUMENT)
    .option("--all", "show everything, not only what fits on a screen")
    .addOption(
      new Option("--least <percent>", "name what owns at least so much of the live heap")
        .argParser(readPercent)
        .default(DEFAULT_LEAST),
    )
    .option("--json", "print a summary as JSON, sizes in bytes; with --all the whole report")
    .option("--no-contents", "leave out the keys of maps, which may be secrets")
    .addHelpText(
      "after",
      "\nA thing keeps what it owns. Every live object has one owner, so the figures add up. A package variable comes before a\n" +
        "goroutine, a near variable before a distant one. If others use an object too, it stays alive when its owner lets go.",
    )
    .allowExcessArguments()
    .action((dump: string, options: ReportOptions) => {
      refuseOtherDumps(command.args, (one) => `gohd report ${quoteWord(one)}`);
      return report(dump, options, terminal);
    });
  addInputOptions(command);
}

/** Reads "5", "2.5" or "2.5%". */
function readPercent(text: string): number {
  const percent = /^\d+(?:\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : 0;
  if (percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError("It is a percentage above 0, up to 100.");
}

async function report(dump: string, options: ReportOptions, terminal: Terminal): Promise<void> {
  const { readDump } = await import("../input/dump-input.ts");
  const { computeReportFrom } = await import("../../findings/report/report.ts");
  const { withoutContents } = await import("../../findings/report/contents.ts");
  const { summariseReport } = await import("../../findings/report/summary.ts");
  let text = "";
  await runSession(terminal, options, async (session) => {
    const held: DumpWarning[] = [];
    const said = new Set<string>();
    const progress = options.json ? session.progress : holdWarnings(session.progress, HELD, held);
    const { heap, watch, close } = await readDump(dump, options, terminal, progress);
    try {
      const whole = await watch(() => computeReportFrom(heap, options.least / 100, progress));
      for (const code of await saidWarnings(whole)) said.add(code);
      const result = options.contents ? whole : withoutContents(whole);
      if (options.json)
        text = `${escapeJson(JSON.stringify(options.all ? result : summariseReport(result), null, 2))}\n`;
      else text = await render(dump, options, terminal, result);
    } finally {
      for (const { code, message } of held) if (!said.has(code)) session.progress.warn(code, message);
      close();
    }
  });
  await (await createStreamSink(terminal.output).open()).write(Buffer.from(text));
}

/** The codes of warnings that say what the report does. */
async function saidWarnings(report: Report): Promise<string[]> {
  const { tellsUnreachable } = await import("../../findings/report/sentences.ts");
  return [
    ...(tellsUnreachable(report) ? OF_UNREACHABLE : []),
    ...(report.findings.some(({ kind }) => kind === "finalizer-cycle") ? [OF_FINALIZERS] : []),
  ];
}

async function render(dump: string, options: ReportOptions, terminal: Terminal, result: Report): Promise<string> {
  const { renderReportText } = await import("../report/report-text.ts");
  const height = Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, terminal.output.rows ?? MOST_HEIGHT));
  const command = (name: string): string => repeatCommand(name, dump, options);
  return renderReportText(result, {
    width: terminal.output.columns ?? WIDTH_WITHOUT_TERMINAL,
    height: options.all ? Number.POSITIVE_INFINITY : height,
    whyCommand: command("why"),
    topCommand: command("top"),
    style: terminal.outputStyle,
  });
}
