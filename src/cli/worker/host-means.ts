/** The process as the main thread needs it. Made in `main.ts`, and by tests. */
import type { Readable } from "node:stream";
import type { StandardInput } from "../../io/sources/open.ts";
import type { ProcessMeans } from "../terminal/further-processes.ts";
import type { TerminalStream } from "../terminal/terminal-stream.ts";

export interface HostMeans {
  readonly input: StandardInput<Readable> & { readonly isTTY: boolean };
  readonly output: TerminalStream;
  readonly errors: TerminalStream;
  readonly directory: string;
  readonly stateDirectory: string | undefined;
  /** Where GitHub Actions wants summaries of a step ($GITHUB_STEP_SUMMARY). */
  readonly stepSummary: string | undefined;
  readonly debug: boolean;
  readonly processes: ProcessMeans;
  /** The user does not mind colours. */
  readonly mayColor: boolean;
  /** Calls `listener` with the number of each signal that asks the process to end. */
  onSignal(listener: (signalNumber: number) => void): void;
  exit(exitCode: number): void;
  /** Ends the process by SIGKILL. */
  kill(): void;
  /** Ends the process by a signal that it listens to, as if it did not. */
  die(signalNumber: number): void;
}
