/**
 * A process that tries inputs one after the other, and tells its parent how each ended. It is killed if one does not end,
 * and may take itself down in native code: then the parent starts another after that input.
 *
 *   child.js SEED FROM STRIDE FOLDER
 *
 * FOLDER is for whatever inputs need; the parent removes it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FuzzInput, makeInput } from "./inputs.ts";
import { READY, type TrialEnd } from "./supervisor.ts";
import { Fault, tryInput } from "./trial.ts";

/** Megabytes that one input may add to the most that the process ever had. Inputs have a few at most. */
const MOST_GROWTH = 800;

/** Milliseconds of processor time for an input, and for each megabyte of it. */
const PATIENCE = 5000;
const PATIENCE_PER_MEGABYTE = 4000;

const [seed = 1, from = 0, stride = 1] = process.argv.slice(2, 5).map(Number);
const folder = process.argv[5]!;
await new Promise<void>((resolve) => process.send!(READY, () => resolve()));
for (let index = from; process.connected; index += stride) {
  const end = await tryOne(index);
  await new Promise<void>((resolve) => process.send!(end, () => resolve()));
}
process.exit();

async function tryOne(index: number): Promise<TrialEnd> {
  const before = process.cpuUsage();
  const peak = process.resourceUsage().maxRSS;
  let input: FuzzInput | undefined;
  let end: Pick<TrialEnd, "endings" | "fault">;
  try {
    input = await makeInput(seed, index);
    end = { endings: await tryInput(input, folder) };
  } catch (error) {
    const step = error instanceof Fault ? error.step : "making the input";
    end = { endings: [], fault: { step, message: describe(error) } };
  }
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  const { maxRSS } = process.resourceUsage();
  const megabytes = ((input?.dump.length ?? 0) + (input?.executable?.length ?? 0)) / 2 ** 20;
  if (end.fault === undefined && milliseconds > PATIENCE + PATIENCE_PER_MEGABYTE * megabytes) {
    end = { ...end, fault: { step: "time", message: `${Math.round(milliseconds)} ms of processor time` } };
  }
  if (end.fault === undefined && (maxRSS - peak) / 1024 > MOST_GROWTH) {
    end = { ...end, fault: { step: "memory", message: `${Math.round((maxRSS - peak) / 1024)} MB more at the peak` } };
  }
  const kept = end.fault === undefined || input === undefined ? undefined : keep(index, input);
  return { index, name: input?.name ?? "", ...end, milliseconds, peakMegabytes: maxRSS / 1024, kept };
}

/** Keeps an input for whoever looks into the fault. */
function keep(index: number, { dump, executable, isPacked }: FuzzInput): string {
  const path = join(tmpdir(), "gohd-fuzz-faults", `${seed}-${index}`);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, isPacked ? "dump.packed" : "dump"), dump);
  if (executable !== undefined) writeFileSync(join(path, "executable"), executable);
  return path;
}

/** With the stack of what was thrown first: that is where the fault is. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  const at = (cause.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.message.slice(0, 500), ...at.slice(0, 6)].join("\n");
}
