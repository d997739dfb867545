/**
 * `npm run fuzz`: damaged dumps and executables through all of gohd. Whatever ends otherwise than well or with an error that
 * people are meant to see is a fault: it is printed with how to try that input again, and its files are kept.
 *
 *   npm run fuzz -- --inputs 10000   so many inputs (2,000)
 *   npm run fuzz -- --seconds 120    as many as there is time for; those under way then are given up
 *   npm run fuzz -- --seed 7         of this seed; a new one every time otherwise, which is printed
 *   npm run fuzz -- --from 5000      from this input on: goes on with a run that was stopped
 *   npm run fuzz -- --jobs 2         so many processes at once
 *   npm run fuzz -- --patience 900   seconds in which an input has to end (120); more beside other work
 *   npm run fuzz -- --only 1234      this input alone, in this process, with all that is thrown
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeInput } from "./inputs.ts";
import { FuzzReport } from "./report.ts";
import { supervise } from "./supervisor.ts";
import { tryInput } from "./trial.ts";

/** Milliseconds after which it says again how far it is. */
const TOLD = 60_000;

const { values: options } = parseArgs({
  options: {
    inputs: { type: "string" },
    seconds: { type: "string" },
    seed: { type: "string" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "1" },
    patience: { type: "string", default: "120" },
    only: { type: "string" },
  },
});
const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : toCount("seed", options.seed);
if (options.only === undefined) await run();
else await runOne(toCount("only", options.only));

async function run(): Promise<void> {
  const seconds = options.seconds === undefined ? Number.POSITIVE_INFINITY : toCount("seconds", options.seconds);
  const fallback = options.seconds === undefined ? 2000 : Number.POSITIVE_INFINITY;
  const inputs = options.inputs === undefined ? fallback : toCount("inputs", options.inputs);
  const jobs = toCount("jobs", options.jobs);
  const from = toCount("from", options.from);
  const patience = toCount("patience", options.patience) * 1000;
  const stop = new AbortController();
  const timer = seconds === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => stop.abort(), seconds * 1000);
  // Whoever interrupts a long run wants to know what it found.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
  const report = new FuzzReport(seed);
  print(`seed ${seed}\n`);
  const telling = setInterval(() => print(`${report.describeProgress()}\n`), TOLD);
  // A child that does not start ends the run, which nothing may keep alive.
  telling.unref();
  await Promise.all(
    Array.from({ length: jobs }, (_, job) =>
      supervise({
        child: fileURLToPath(import.meta.resolve("./child.js")),
        seed,
        from: from + job,
        stride: jobs,
        patience,
        stop: stop.signal,
        wants: (index) => index < from + inputs,
        onEnd(trial) {
          report.add(trial);
          if (trial.fault !== undefined) print(`${report.describeFault(trial)}\n`);
        },
        onUnfinished: (index) => report.addUnfinished(index),
      }),
    ),
  );
  clearTimeout(timer);
  clearInterval(telling);
  print(report.render());
  if (report.hasFaults) process.exitCode = 1;
}

async function runOne(index: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gohd-fuzz-"));
  try {
    const input = await makeInput(seed, index);
    const { name, dump, executable, isPacked, salvage, force, hasSymbols } = input;
    print(
      `${name}\n${JSON.stringify({ bytes: dump.length, executable: executable?.length, isPacked, salvage, force, hasSymbols })}\n`,
    );
    for (const [step, ending] of await tryInput(input, folder)) print(`${step}: ${ending}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function toCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`--${option} ${text}: a number from 0 on`);
  return count;
}

function print(text: string): void {
  process.stdout.write(text);
}
