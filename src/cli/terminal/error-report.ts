/** From what was thrown to what the user sees, and to the exit code. */
import {
  CheckError,
  ConverterError,
  ExecutableError,
  HeapDumpError,
  InputChangedError,
  UsageError,
} from "../../errors.ts";
import { ReaderGoneError } from "../../io/sinks/stream-sink.ts";
import { describeSystemError, systemErrorCode } from "../../io/system-errors.ts";
import { showName } from "../../shown-text.ts";
import { writeError, writeLines } from "./lines.ts";
import { Interruption, type Terminal } from "./terminal.ts";

export const ExitCode = { DONE: 0, FAILED: 1, USAGE: 2, BROKEN: 3 } as const;

export interface ErrorReport {
  readonly exitCode: number;
  /** Undefined when there is nothing to say. */
  readonly message?: string;
  readonly hint?: string;
}

/** Of several outputs these failed; the others are whole. */
export class FailedOutputs extends Error {
  readonly failures: readonly { readonly name: string; readonly error: unknown }[];

  constructor(failures: FailedOutputs["failures"]) {
    super(`failed: ${failures.map(({ name }) => name).join(", ")}`);
    this.failures = failures;
  }
}

/** Of many dumps these failed, each for its own reason; the others are converted. */
export class FailedDumps extends Error {
  constructor(failed: readonly { readonly dump: string; readonly reason: string }[], count: number) {
    const lines = failed.map(({ dump, reason }) => `${showName(dump)}: ${reason}`);
    super([`${failed.length} of ${count} dumps failed:`, ...lines].join("\n"));
  }
}

/** Of several dumps this one, or its executable, is at fault. */
export class FailedDump extends Error {
  readonly error: unknown;

  constructor(dump: string, error: unknown) {
    super(showName(dump));
    this.error = error;
  }
}

/** Does what concerns one of several dumps, so that what is wrong with it is told with its name. */
export async function inDump<T>(dump: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof HeapDumpError || error instanceof ExecutableError ? new FailedDump(dump, error) : error;
  }
}

/** Tells how a command that threw `error` ends. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof Interruption) return { exitCode: error.exitCode, message: error.message };
  // Whoever read has what they wanted, as with `gohd … -o - | head`.
  if (error instanceof ReaderGoneError) return { exitCode: ExitCode.DONE };
  if (error instanceof UsageError) return withHint(ExitCode.USAGE, error.message, error.hint);
  if (error instanceof FailedDumps) return { exitCode: ExitCode.FAILED, message: error.message };
  if (error instanceof CheckError) {
    return withHint(error.code === "broken" ? ExitCode.BROKEN : ExitCode.FAILED, error.message, error.hint);
  }
  if (
    error instanceof HeapDumpError ||
    error instanceof ExecutableError ||
    error instanceof InputChangedError ||
    error instanceof ConverterError
  ) {
    return withHint(ExitCode.FAILED, error.message, error.hint);
  }
  if (systemErrorCode(error) !== undefined) {
    const { path, syscall } = error as NodeJS.ErrnoException;
    return {
      exitCode: ExitCode.FAILED,
      message: `${path ?? syscall ?? "input/output"}: ${describeSystemError(error)}`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return withHint(
      ExitCode.FAILED,
      "JavaScript's part of the memory is used up",
      "NODE_OPTIONS=--max-old-space-size=16000 allows 16 GB, if the machine has them",
    );
  }
  if (error instanceof RangeError && /allocation failed|invalid (typed )?array (buffer )?length/i.test(message)) {
    return withHint(ExitCode.FAILED, "there is not enough memory for this heap", "use a machine with more memory");
  }
  return withHint(
    ExitCode.FAILED,
    `internal error: ${message}`,
    "this is a fault of gohd, please report it; GOHD_DEBUG=1 shows where it happened",
  );
}

/** Tells on standard error how a command that threw `error` ends; returns the exit code. */
export function tellError(terminal: Pick<Terminal, "errors" | "errorStyle" | "debug">, error: unknown): number {
  if (error instanceof FailedOutputs) {
    return Math.max(...error.failures.map((each) => tellOne(terminal, each.error, `${each.name}: `)));
  }
  if (error instanceof FailedDump) return tellOne(terminal, error.error, `${error.message}: `);
  return tellOne(terminal, error, "");
}

function tellOne(terminal: Pick<Terminal, "errors" | "errorStyle" | "debug">, error: unknown, about: string): number {
  const { exitCode, message, hint } = reportError(error);
  if (message !== undefined) writeError(terminal, about + message, hint);
  if (terminal.debug) writeLines(terminal, describeStack(error));
  return exitCode;
}

/** The error with its stack and all its causes, for GOHD_DEBUG=1. */
export function describeStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${describeStack(error.cause)}`;
}

function withHint(exitCode: number, message: string, hint: string | undefined): ErrorReport {
  return hint === undefined ? { exitCode, message } : { exitCode, message, hint };
}
