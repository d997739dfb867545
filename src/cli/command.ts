/** What all commands share: a session with its progress and warnings, and the end of both. */
import type { Progress } from "../progress.ts";
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

/** Runs `work` in a session. However it ends, the progress bar goes, and warnings that `work` has not taken are shown. */
export async function runSession(
  terminal: Terminal,
  { quiet = false }: { readonly quiet?: boolean },
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
    progress.stop();
    for (const warning of describeWarnings(warnings.take())) writeWarning(terminal, warning);
    for (const line of lines) writeLine(terminal, line);
  }
}
