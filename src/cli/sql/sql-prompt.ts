/** The prompt of `gohd sql`: lines in, statements out, a history that is kept only where the user wants it. */
import { dirname } from "node:path";
import { clearLeftoversIn } from "../output/output.ts";
import { reportError } from "../terminal/error-report.ts";
import { writeLine } from "../terminal/lines.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { isLeave } from "./sql-commands.ts";
import { readHistory, writeHistory } from "./sql-history.ts";

export interface PromptOptions {
  /** File with the lines of earlier sessions; none is kept without. */
  readonly history: string | undefined;
  /** Splits text into statements. */
  split(text: string): { readonly complete: readonly string[]; readonly rest: string };
  /** Runs a statement, or a command that begins with a dot; `signal` is aborted when the user presses Ctrl-C. Shows its own errors. */
  run(statement: string, signal: AbortSignal): Promise<void>;
}

const PROMPT = "gohd> ";
const CONTINUED = "  ... ";
const HISTORY_LINES = 1000;

/** Asks until the user leaves, by .exit or the end of the input, or `terminal.signal` is aborted. */
export async function runPrompt(terminal: Terminal, { history, split, run }: PromptOptions): Promise<void> {
  let lines: readonly string[] = history === undefined ? [] : readHistory(history);
  let pending = "";
  let running: AbortController | undefined;
  const reader = terminal.openLineReader({
    history: lines,
    historySize: HISTORY_LINES,
    onHistory(kept) {
      lines = kept;
    },
    onInterrupt() {
      if (running !== undefined) {
        running.abort(new Error("interrupted"));
        return;
      }
      pending = "";
      terminal.output.write("\n");
      ask();
    },
  });
  const ask = (): void => reader.prompt(pending === "" ? PROMPT : CONTINUED);
  const close = (): void => reader.close();
  terminal.signal.addEventListener("abort", close);
  try {
    ask();
    for await (const line of reader) {
      const word = line.trim();
      if (pending === "" && isLeave(word)) break;
      const isCommand = pending === "" && word.startsWith(".");
      const { complete, rest } = isCommand ? { complete: [word], rest: "" } : split(`${pending}${line}\n`);
      pending = rest === "" ? "" : `${rest}\n`;
      for (const statement of complete) {
        running = new AbortController();
        await run(statement, running.signal);
        running = undefined;
      }
      ask();
    }
  } finally {
    terminal.signal.removeEventListener("abort", close);
    reader.close();
    if (history !== undefined) await keepHistory(history, lines, terminal);
  }
  terminal.signal.throwIfAborted();
}

/** Lines that cannot be kept are no reason to fail. */
async function keepHistory(path: string, lines: readonly string[], terminal: Terminal): Promise<void> {
  const warn = (text: string): void => writeLine(terminal, `gohd: warning: ${text}`);
  clearLeftoversIn(dirname(path), (_code, text) => warn(text));
  try {
    await writeHistory(path, lines);
  } catch (error) {
    warn(`the history is not kept: ${reportError(error).message}`);
  }
}
