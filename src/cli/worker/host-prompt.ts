/** The prompt as the main thread has it: the worker opens it, gets what is typed, and is told of Ctrl-C. */
import { createLineReader, type LineReader } from "../terminal/line-reader.ts";
import { writeLine } from "../terminal/lines.ts";
import type { HostMeans } from "./host-means.ts";
import type { ToWorker } from "./messages.ts";

/** Milliseconds after which a query that was interrupted is said not to stop. */
const PATIENCE = 2000;

/** One prompt, open or not. */
export class HostPrompt {
  readonly #host: HostMeans;
  readonly #post: (message: ToWorker) => void;
  readonly #onImpatience: () => void;
  readonly #patience: number;
  #reader: LineReader | undefined;
  /** Set from Ctrl-C until the worker asks again. */
  #timer: NodeJS.Timeout | undefined;
  #isStuck = false;

  /** @param onImpatience called for a Ctrl-C when the one before had no effect */
  constructor(
    host: HostMeans,
    post: (message: ToWorker) => void,
    onImpatience: () => void,
    patience: number = PATIENCE,
  ) {
    this.#host = host;
    this.#post = post;
    this.#onImpatience = onImpatience;
    this.#patience = patience;
  }

  /** Begins to read lines. */
  open(history: readonly string[], historySize: number): void {
    const { input, output } = this.#host;
    const reader = createLineReader(input.stream(), output, input.isTTY, {
      history,
      historySize,
      onHistory: (lines) => this.#post({ type: "history", lines }),
      onInterrupt: () => this.#interrupt(),
    });
    this.#reader = reader;
    void this.#pass(reader);
  }

  show(text: string): void {
    this.#calm();
    this.#reader?.prompt(text);
  }

  close(): void {
    this.#calm();
    this.#reader?.close();
    this.#reader = undefined;
  }

  async #pass(reader: LineReader): Promise<void> {
    for await (const line of reader) this.#post({ type: "line", line });
    this.#post({ type: "lines-ended" });
  }

  #interrupt(): void {
    if (this.#isStuck) {
      this.#onImpatience();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#isStuck = true;
      writeLine(this.#host, "the query does not stop; Ctrl-C once more ends gohd");
    }, this.#patience);
    this.#post({ type: "interrupt" });
  }

  #calm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isStuck = false;
  }
}
