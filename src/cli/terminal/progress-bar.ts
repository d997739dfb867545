/**
 * Shows progress: a bar with rate and time left on standard error if that is a terminal, and nothing otherwise. Warnings
 * go into the log meanwhile, because a line in the middle of a bar would spoil both.
 */
import type { SingleBar } from "cli-progress";
import type { Progress, ProgressUnit } from "../../progress.ts";
import { formatBytes, formatCount, formatDuration } from "../../quantities.ts";
import type { Terminal } from "./terminal.ts";
import type { WarningLog } from "./warning-log.ts";

export interface ProgressDisplay extends Progress {
  /** Takes the bar off the screen. */
  stop(): void;
}

const BAR_WIDTH = 24;

/** Makes the progress of one command; loads the bar only if it will be shown. */
export async function createProgressDisplay(
  terminal: Terminal,
  warnings: WarningLog,
  { quiet }: { readonly quiet: boolean },
): Promise<ProgressDisplay> {
  const base = { signal: terminal.signal, warn: (code: string, message: string) => warnings.add(code, message) };
  if (quiet || !terminal.errors.isTTY) return { ...base, phase() {}, update() {}, stop() {} };

  const { default: cliProgress } = await import("cli-progress");
  let bar: SingleBar | undefined;
  return {
    ...base,
    phase(name, total, unit) {
      bar?.stop();
      const started = performance.now();
      bar = new cliProgress.SingleBar({
        stream: terminal.errors,
        clearOnComplete: true,
        hideCursor: true,
        linewrap: false,
        format: (_options, { value }) => describeProgress(name, value, total, unit, performance.now() - started),
      });
      bar.start(total ?? 0, 0);
    },
    update(done) {
      bar?.update(done);
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** One line: "reading [####----] 42 %  120 MiB/s  3.1 s left", with as much of it as is known. */
export function describeProgress(
  name: string,
  done: number,
  total: number | undefined,
  unit: ProgressUnit | undefined,
  milliseconds: number,
): string {
  const parts = [name];
  if (total !== undefined && total > 0) {
    const share = Math.min(1, done / total);
    const filled = Math.round(share * BAR_WIDTH);
    parts.push(`[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`, `${Math.floor(share * 100)} %`);
  } else if (done > 0) {
    parts.push(formatAmount(done, unit));
  }
  // Before that, rates jump about.
  if (milliseconds >= 300 && done > 0) {
    parts.push(`${formatAmount((done * 1000) / milliseconds, unit)}/s`);
    if (total !== undefined && total > done)
      parts.push(`${formatDuration((milliseconds * (total - done)) / done)} left`);
  }
  return parts.join("  ");
}

function formatAmount(amount: number, unit: ProgressUnit | undefined): string {
  if (unit === "bytes") return formatBytes(amount);
  return unit === undefined ? formatCount(amount) : `${formatCount(amount)} ${unit}`;
}
