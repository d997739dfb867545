/** What all commands share: a session with its progress and warnings, and the end of both. */
import type { Progress } from "../progress.ts";
import { usePool } from "../workers/current.ts";
import { Pool } from "../workers/pool.ts";
import { MOST_WORKERS, type WorkersOptions } from "./options/workers-option.ts";
import { writeLine, writeWarning } from "./terminal/lines.ts";
import { NO_BAR } from "./terminal/progress-bar.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { describeWarnings, WarningLog } from "./terminal/warning-log.ts";

/** Progress that a person sees; warnings go into the log meanwhile, because a line in a bar would spoil both. */
export interface SessionProgress extends Progress {
  /** Takes the bar off the screen. */
  stop(): void;
}

export interface Session {
  readonly terminal: Terminal;
  readonly progress: SessionProgress;
  readonly warnings: WarningLog;
  /** Writes a line to standard error, unless `-q` was given. */
  say(line: string): void;
}

export interface SessionOptions extends WorkersOptions {
  readonly quiet?: boolean;
}

/**
 * Runs `work` in a session. However it ends, the progress bar and the threads go, and warnings that `work` has not taken are
 * shown.
 */
export async function runSession(
  terminal: Terminal,
  { quiet = false, workers }: SessionOptions,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const warnings = new WarningLog();
  const bar = quiet ? NO_BAR : terminal.bar;
  const progress: SessionProgress = {
    signal: terminal.signal,
    phase: (name, total, unit) => bar.phase(name, total, unit),
    update: (done) => bar.update(done),
    warn: (code, message) => warnings.add(code, message),
    stop: () => bar.stop(),
  };
  const lines: string[] = [];
  const pool = openPool(terminal, workers);
  try {
    await work({
      terminal,
      progress,
      warnings,
      say: (line) => {
        if (!quiet) lines.push(line);
      },
    });
  } finally {
    pool?.close();
    usePool(undefined);
    progress.stop();
    for (const warning of describeWarnings(warnings.take())) writeWarning(terminal, warning);
    for (const line of lines) writeLine(terminal, line);
  }
}

/** Makes the program's pool of threads; undefined if there is to be none. It starts them when there is enough to do. */
function openPool({ threads }: Terminal, workers: number | undefined): Pool | undefined {
  if (threads === undefined) return undefined;
  // This thread is one of them.
  const others = (workers ?? Math.min(threads.cores, MOST_WORKERS)) - 1;
  if (others <= 0) return undefined;
  const pool = new Pool(threads.start, others);
  usePool(pool);
  return pool;
}
