/** What all commands share: a session with its progress and warnings, and the end of both. */
import { createProgressDisplay, type ProgressDisplay } from "./terminal/progress-bar.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { describeWarnings, WarningLog } from "./terminal/warning-log.ts";

export interface Session {
  readonly terminal: Terminal;
  readonly progress: ProgressDisplay;
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
  const progress = await createProgressDisplay(terminal, warnings, { quiet });
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
    for (const warning of describeWarnings(warnings.take())) writeLine(terminal, `gohd: warning: ${warning}`);
    for (const line of lines) writeLine(terminal, line);
  }
}

/** Writes a line to standard error. */
export function writeLine(terminal: Terminal, line: string): void {
  terminal.errors.write(`${line}\n`);
}
