/** Lines that somebody types: a prompt with editing and a history. What is done with them is the caller's business. */
import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

export interface LineReaderOptions {
  /** Lines that were typed before, the newest first. */
  readonly history: readonly string[];
  /** Lines of history at the most. */
  readonly historySize: number;
  /** Called with the whole history whenever it changes, the newest line first. */
  onHistory(lines: readonly string[]): void;
  /** Called when the user presses Ctrl-C. */
  onInterrupt(): void;
}

/** Gives the lines one by one; they end when the input does, or after `close`. */
export interface LineReader extends AsyncIterable<string> {
  /** Shows `text`, behind which the user types. */
  prompt(text: string): void;
  close(): void;
}

/** Reads lines from `input`, with editing if that is a terminal. */
export function createLineReader(
  input: Readable,
  output: Writable,
  isTerminal: boolean,
  { history, historySize, onHistory, onInterrupt }: LineReaderOptions,
): LineReader {
  const lines = createInterface({
    input,
    output,
    terminal: isTerminal,
    history: [...history],
    historySize,
    removeHistoryDuplicates: true,
  });
  // Its array is the one that it goes on changing.
  lines.on("history", (kept) => onHistory([...kept]));
  lines.on("SIGINT", () => {
    // As shells do: what was typed is dropped.
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
    onInterrupt();
  });
  return {
    prompt(text) {
      lines.setPrompt(text);
      lines.prompt();
    },
    close: () => lines.close(),
    [Symbol.asyncIterator]: () => lines[Symbol.asyncIterator](),
  };
}
