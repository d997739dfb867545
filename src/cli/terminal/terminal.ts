/**
 * The outside world as the commands see it, so that tests can be one. Made from `process` in `main.ts`, and only there; in
 * the thread that works, `worker/remote-terminal.ts` stands in for it.
 */
import type { Readable } from "node:stream";
import type { StandardInput } from "../../io/sources/open.ts";
import type { StartThread } from "../../workers/pool.ts";
import type { FurtherProcesses } from "./further-processes.ts";
import type { LineReader, LineReaderOptions } from "./line-reader.ts";
import type { ProgressBar } from "./progress-bar.ts";
import type { Style } from "./style.ts";
import type { TerminalStream } from "./terminal-stream.ts";

export interface Terminal {
  readonly input: StandardInput<Readable> & { readonly isTTY: boolean };
  /** Results. */
  readonly output: TerminalStream;
  /** Progress, warnings, errors, summaries. */
  readonly errors: TerminalStream;
  /** How texts on `output` and `errors` may look. */
  readonly outputStyle: Style;
  readonly errorStyle: Style;
  /** Shows on `errors` how far the work is; nothing if that is no terminal. */
  readonly bar: ProgressBar;
  /** Asks on `output` for lines from `input`, which has to be a terminal. */
  openLineReader(options: LineReaderOptions): LineReader;
  /** The user's directory: relative paths and converters are found from here. */
  readonly directory: string;
  /** Where the user wants programs to keep what they remember ($XDG_STATE_HOME); undefined if they do not say. */
  readonly stateDirectory?: string | undefined;
  /** The file to which GitHub Actions wants the summary of a step appended ($GITHUB_STEP_SUMMARY); undefined elsewhere. */
  readonly stepSummary?: string | undefined;
  /** Aborted, with an `Interruption`, when the user or the system wants gohd to end. */
  readonly signal: AbortSignal;
  /** Show stack traces. */
  readonly debug: boolean;
  /** Further gohds, to do several things at a time. */
  readonly processes: FurtherProcesses;
  /** Threads that the work can have; undefined if there are none. */
  readonly threads?: TerminalThreads | undefined;
}

export interface TerminalThreads {
  readonly start: StartThread;
  /** Threads that the machine runs at once. */
  readonly cores: number;
}

/** The process was told to end. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** 128 + the signal's number, as shells count. */
  readonly exitCode: number;

  constructor(signalNumber: number) {
    super("interrupted");
    this.exitCode = 128 + signalNumber;
  }
}
