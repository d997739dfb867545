/** Runs a check: reads one dump after the other, judges, and tells the verdict wherever it is to be told. */
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { CheckError } from "../../errors.ts";
import { type Check, judge } from "../../findings/check/check.ts";
import { describeOutcome, listProblems } from "../../findings/check/check-sentences.ts";
import { type Measured, measureHeap } from "../../findings/check/measured.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { readDump } from "../input/dump-input.ts";
import { createKeptFile, writeKeptFile } from "../output/kept-file.ts";
import { refuseInput } from "../output/output.ts";
import { inDump } from "../terminal/error-report.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { openBaseline } from "./baseline-plan.ts";
import { type CheckOptions, planCheck } from "./check-options.ts";
import { renderCheckText } from "./check-text.ts";
import { renderAnnotations, renderCheckMarkdown, withoutCommands, withoutOldCommands } from "./github.ts";
import { isJUnitOfGohd, renderJUnit } from "./junit.ts";

/** @throws CheckError if the verdict is not that all is well */
export async function runCheck(dumps: readonly string[], options: CheckOptions, terminal: Terminal): Promise<void> {
  const plan = planCheck(options, terminal.directory);
  const { budgets, mostGarbage } = plan;
  let check: Check | undefined;
  await runSession(terminal, options, async ({ progress, say }) => {
    const { junit } = options;
    // Before the dump: a name that is taken shows at once.
    for (const input of junit === undefined ? [] : dumps) refuseInput(junit!, input, "dump", "--junit");
    const file = junit === undefined ? undefined : openJUnit(junit, options, terminal, progress.warn);
    const baseline = openBaseline(plan, terminal.signal, progress.warn);
    const measured: Measured[] = [];
    const wanted = { budgets: budgets.map(({ budget }) => budget), mostGarbage, withSums: baseline !== undefined };
    const measure = async (dump: string): Promise<Measured> => {
      const { heap, watch, close } = await readDump(dump, options, terminal, progress);
      try {
        return await watch(() => measureHeap(heap, wanted, progress));
      } finally {
        close();
      }
    };
    for (const dump of dumps)
      measured.push(await (dumps.length === 1 ? measure(dump) : inDump(dump, () => measure(dump))));
    check = judge(budgets, measured, baseline?.choose(measured));
    await baseline?.update(measured);
    if (file !== undefined) await writeKeptFile(file, renderJUnit(check));
    if (plan.config !== undefined && options.config === undefined) say(`budgets of ${plan.config}`);
  });
  await tell(check!, options, terminal);
  refuseFailure(check!);
}

function openJUnit(
  path: string,
  { force = false }: CheckOptions,
  { signal }: Terminal,
  warn: (code: string, message: string) => void,
) {
  return createKeptFile({ path, option: "--junit", force, isOwn: isJUnitOfGohd }, signal, warn);
}

async function tell(check: Check, { json = false, github = false }: CheckOptions, terminal: Terminal): Promise<void> {
  const { output, outputStyle, stepSummary } = terminal;
  const text = json ? `${escapeJson(JSON.stringify(check, null, 2))}\n` : renderCheckText(check, outputStyle);
  const safe = github ? (json ? withoutOldCommands(text) : withoutCommands(text, randomUUID())) : text;
  const annotations = github ? renderAnnotations(check) : "";
  await (await createStreamSink(output).open()).write(Buffer.from(json ? safe : safe + annotations));
  if (json) terminal.errors.write(annotations);
  if (github && stepSummary !== undefined) appendFileSync(stepSummary, renderCheckMarkdown(check));
}

/** @throws CheckError unless all holds */
function refuseFailure(check: Check): void {
  if (check.outcome === "passed") return;
  const [problem] = listProblems(check);
  const hint = problem === undefined ? {} : { hint: problem.advice };
  throw new CheckError(describeOutcome(check), { code: check.outcome, ...hint });
}
