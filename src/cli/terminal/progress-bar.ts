/**
 * The progress bar: how far a phase of the work is, its rate and the time left, on one line of a terminal. It asks for the
 * amount when it draws, so it moves as long as its own thread is free, even if the work tells nothing.
 */
import type { SingleBar } from "cli-progress";
import type { ProgressUnit } from "../../progress.ts";
import { formatBytes, formatCount, formatDuration } from "../../quantities.ts";
import { showText } from "../../shown-text.ts";
import type { TerminalStream } from "./terminal-stream.ts";

export interface ProgressBar {
  /** Starts a phase, instead of the one before. `total` in `unit`, left out when unknown. */
  phase(name: string, total?: number, unit?: ProgressUnit): void;
  /** Tells the absolute amount of work done in this phase. May be called often. */
  update(done: number): void;
  /** Takes the bar off the screen until the next phase. */
  stop(): void;
}

/** What is shown instead of a bar where nobody would see it. */
export const NO_BAR: ProgressBar = { phase() {}, update() {}, stop() {} };

const BAR_WIDTH = 24;
/** Turns, so that one sees that work goes on. */
const SPINNER = ["|", "/", "-", "\\"];
const MILLISECONDS_PER_TURN = 200;
/** A phase that lasts so long shows for how long. */
const SHOWN_DURATION = 3000;

/**
 * Makes the bar of `errors`. Nothing is shown if that is no terminal. Loads cli-progress with the first phase.
 * @param readDone the amount of work done, where `update` does not tell it
 */
export function createProgressBar(errors: TerminalStream, readDone?: () => number): ProgressBar {
  if (!errors.isTTY) return NO_BAR;
  const library = lazy(() => import("cli-progress"));
  let bar: SingleBar | undefined;
  let phaseNumber = 0;
  let done = 0;
  return {
    phase(name, total, unit) {
      this.stop();
      done = 0;
      const mine = phaseNumber;
      const started = performance.now();
      void library().then(({ default: { SingleBar } }) => {
        // By now there may be another phase, or none.
        if (mine !== phaseNumber) return;
        bar = new SingleBar({
          stream: errors,
          clearOnComplete: true,
          hideCursor: true,
          linewrap: false,
          // Signals are not its business; whoever handles them stops it.
          gracefulExit: false,
          format: () => describeProgress(name, readDone?.() ?? done, total, unit, performance.now() - started),
        });
        bar.start(total ?? 0, 0);
      });
    },
    update(amount) {
      done = amount;
    },
    stop() {
      phaseNumber++;
      bar?.stop();
      bar = undefined;
    },
  };
}

/** Calls `load` once, when it is needed. */
function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

/** One line: "/ reading [####----] 42 %  120 MiB/s  3.1 s left", with as much of it as is known. */
export function describeProgress(
  name: string,
  done: number,
  total: number | undefined,
  unit: ProgressUnit | undefined,
  milliseconds: number,
): string {
  const turn = Math.floor(milliseconds / MILLISECONDS_PER_TURN);
  const parts = [`${SPINNER[turn % SPINNER.length]} ${showText(name)}`];
  if (total !== undefined && total > 0) {
    const share = Math.min(1, done / total);
    const filled = Math.round(share * BAR_WIDTH);
    parts.push(`[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`, `${Math.floor(share * 100)} %`);
  } else if (done > 0) {
    parts.push(formatAmount(done, unit));
  }
  // Before that, rates jump about.
  const hasRate = milliseconds >= 300 && done > 0;
  if (hasRate) parts.push(`${formatAmount((done * 1000) / milliseconds, unit)}/s`);
  // What the first bytes took says nothing of the rest.
  if (hasRate && total !== undefined && total > done && done >= total / 100) {
    parts.push(`${formatDuration((milliseconds * (total - done)) / done)} left`);
  } else if (milliseconds >= SHOWN_DURATION) {
    parts.push(`for ${formatDuration(milliseconds)}`);
  }
  return parts.join("  ");
}

function formatAmount(amount: number, unit: ProgressUnit | undefined): string {
  if (unit === "bytes") return formatBytes(amount);
  return unit === undefined ? formatCount(amount) : `${formatCount(amount)} ${unit}`;
}
