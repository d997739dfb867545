/**
 * What the two threads tell each other. The main thread has the signals, the terminal and the list of temporary files; the
 * worker does the work. Messages of one direction arrive in the order in which they were sent.
 */
import type { Temporary } from "../../io/temporaries/temporary.ts";
import type { ProgressUnit } from "../../progress.ts";
import type { ProcessMeans } from "../terminal/further-processes.ts";

/** What the worker is started with. */
export interface WorkOrder {
  /** The command line after gohd's name. */
  readonly args: readonly string[];
  readonly directory: string;
  readonly stateDirectory: string | undefined;
  readonly stepSummary: string | undefined;
  readonly debug: boolean;
  readonly processes: ProcessMeans;
  /** The user does not mind colours. */
  readonly mayColor: boolean;
  readonly inputIsTTY: boolean;
  readonly outputIsTTY: boolean;
  readonly errorsAreTTY: boolean;
  /** Float64Array over a SharedArrayBuffer, indexed by SharedFigure. */
  readonly figures: Float64Array;
}

/** Numbers that one thread writes and the other reads whenever it likes, without a message. */
export const SharedFigure = {
  /** Work done in the phase of the progress bar; the worker writes it. */
  DONE: 0,
  /** Columns of the terminals; 0 if that is none. The main thread writes them. */
  OUTPUT_COLUMNS: 1,
  ERRORS_COLUMNS: 2,
  /** Lines of the terminal for results; 0 if that is none. */
  OUTPUT_ROWS: 3,
  /** 1 once the worker has begun to load native code. A message would come too late, or wait behind others. */
  HAS_NATIVE_CODE: 4,
  COUNT: 5,
} as const;

export type FromWorker =
  /** Bytes for standard output; answered by `written`. */
  | { readonly type: "output"; readonly bytes: Uint8Array }
  | { readonly type: "errors"; readonly bytes: Uint8Array }
  | {
      readonly type: "phase";
      readonly name: string;
      readonly total: number | undefined;
      readonly unit: ProgressUnit | undefined;
    }
  /** The bar is to go. */
  | { readonly type: "stop" }
  | { readonly type: "open-lines"; readonly history: readonly string[]; readonly historySize: number }
  | { readonly type: "prompt"; readonly text: string }
  | { readonly type: "close-lines" }
  /** A temporary file or folder will be made now, or is gone. */
  | { readonly type: "temporary"; readonly temporary: Temporary; readonly isGone: boolean }
  /** A plug-in threw where nobody caught it; nothing was told yet. The main thread cuts the work off. */
  | { readonly type: "failed"; readonly message: string; readonly hint: string; readonly stack: string }
  /** All is done and told. */
  | { readonly type: "done"; readonly exitCode: number };

export type ToWorker =
  /** The process was told to end. */
  | { readonly type: "abort"; readonly signalNumber: number }
  /** The oldest output that was not answered is written, or cannot be. */
  | { readonly type: "written"; readonly error: SystemError | undefined }
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "history"; readonly lines: readonly string[] }
  /** Ctrl-C at the prompt. */
  | { readonly type: "interrupt" }
  | { readonly type: "lines-ended" };

/** What is needed of an error of the operating system to tell it. */
export interface SystemError {
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}
