/**
 * The errors that people see. Five classes, because five things can be at fault: the dump, the executable, who writes into
 * them meanwhile, the conversion, the command line; and one for the verdict of a check. Whatever else is thrown is a bug of gohd.
 */

/** Why a heap dump could not be read; stable names that scripts can match. */
export type HeapDumpErrorCode =
  | "not-a-heap-dump"
  | "unsupported"
  | "truncated"
  | "unknown-record"
  | "bad-varint"
  | "bad-length"
  | "bad-field-list"
  | "bad-value"
  | "too-large"
  | "read-failed";

/** What a `HeapDumpError` tells beside its message. */
export interface HeapDumpErrorDetails {
  readonly code: HeapDumpErrorCode;
  /** Byte in the (decompressed) dump at which the fault was noticed. */
  readonly position?: number;
  /** Name of the record that was being read, such as "Object". */
  readonly record?: string;
  /** The record before it, which is often where the damage really is. */
  readonly previous?: { readonly record: string; readonly position: number };
  /** What the user can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The dump cannot be read: not one, damaged, cut short, or of a kind gohd does not know. Exit code 1. */
export class HeapDumpError extends Error {
  override readonly name = "HeapDumpError";
  readonly code: HeapDumpErrorCode;
  /** The message without its beginning: what is wrong, but not where. */
  readonly reason: string;
  readonly position: number | undefined;
  readonly record: string | undefined;
  readonly previous: { readonly record: string; readonly position: number } | undefined;
  readonly hint: string | undefined;

  constructor(reason: string, details: HeapDumpErrorDetails) {
    super(describe(reason, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.reason = reason;
    this.position = details.position;
    this.record = details.record;
    this.previous = details.previous;
    this.hint = details.hint;
  }
}

/** Why an executable could not be used; stable names that scripts can match. */
export type ExecutableErrorCode =
  | "not-an-executable"
  | "core-file"
  | "unsupported"
  | "packed"
  | "truncated"
  | "damaged"
  | "not-go"
  | "mismatch"
  | "read-failed";

/** What an `ExecutableError` tells beside its message. */
export interface ExecutableErrorDetails {
  readonly code: ExecutableErrorCode;
  /** What the file was given as; the executable, unless told otherwise. */
  readonly role?: "executable" | "symbol file";
  /** Byte in the file at which the fault was noticed. */
  readonly position?: number;
  /** What the user can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The executable, or the file that names its variables, cannot be used: not one, damaged, cut short, packed, not Go, or not the one that wrote the dump. Exit code 1. */
export class ExecutableError extends Error {
  override readonly name = "ExecutableError";
  readonly code: ExecutableErrorCode;
  /** The message without its beginning: what is wrong, but neither with what nor where. */
  readonly reason: string;
  readonly position: number | undefined;
  readonly hint: string | undefined;

  constructor(reason: string, details: ExecutableErrorDetails) {
    const { code, role = "executable", position, hint, cause } = details;
    const where = position === undefined ? "" : `byte 0x${position.toString(16)} (${position}): `;
    super(`${role}: ${where}${reason}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.reason = reason;
    this.position = position;
    this.hint = hint;
  }

  /** Makes the same error with another hint, for whoever knows more of what was wanted. */
  withHint(hint: string): ExecutableError {
    const { code, reason, position } = this;
    return new ExecutableError(reason, { code, ...(position === undefined ? {} : { position }), hint, cause: this });
  }

  /** Makes the same error of a file that was given for its names; `hint` replaces this one's. */
  ofSymbolFile(hint = this.hint): ExecutableError {
    const { code, reason, position } = this;
    return new ExecutableError(reason, {
      code,
      role: "symbol file",
      ...(position === undefined ? {} : { position }),
      ...(hint === undefined ? {} : { hint }),
      cause: this,
    });
  }
}

/** An input is not what it was when it was opened: what was made of it may be wrong. Exit code 1. */
export class InputChangedError extends Error {
  override readonly name = "InputChangedError";
  /** How people call the input. */
  readonly input: string;
  /** Its bytes when it was opened. */
  readonly before: number;
  /** Its bytes now. */
  readonly now: number;
  readonly hint: string;

  constructor(input: string, before: number, now: number, hint = "try again when nothing writes into it any more") {
    super(`${input} changed while it was read: ${describeChange(before, now)}`);
    this.input = input;
    this.before = before;
    this.now = now;
    this.hint = hint;
  }

  /** Something was added to it, as to a dump that is still being written. */
  get grew(): boolean {
    return this.now > this.before;
  }
}

function describeChange(before: number, now: number): string {
  return now === before ? `something wrote into its ${now} bytes` : `it had ${before} bytes, and has ${now}`;
}

/** The conversion failed for a reason that is not the dump's: the output cannot be written, a limit, a plug-in. Exit code 1. */
export class ConverterError extends Error {
  override readonly name = "ConverterError";
  readonly hint: string | undefined;

  constructor(message: string, details: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
  }
}

/** The command line was wrong. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly hint: string | undefined;

  constructor(message: string, details: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
  }
}

/** Why a check did not pass. */
export type CheckErrorCode =
  /** Budgets are broken, or there is what the baseline does not have. */
  | "broken"
  /** Something keeps the heap from being judged: garbage, no types, no baseline for this Go. */
  | "unable";

/** A check did not pass. Exit code 3 if budgets are broken, which is its verdict; 1 if there could be none. */
export class CheckError extends Error {
  override readonly name = "CheckError";
  readonly code: CheckErrorCode;
  readonly hint: string | undefined;

  constructor(
    message: string,
    details: { readonly code: CheckErrorCode; readonly hint?: string; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.hint = details.hint;
  }
}

function describe(reason: string, { position, record, previous }: HeapDumpErrorDetails): string {
  const where = [
    "heap dump",
    ...(position === undefined ? [] : [`byte 0x${position.toString(16)} (${position})`]),
    ...(record === undefined ? [] : [`${record} record`]),
  ];
  const before = previous ? ` (previous record: ${previous.record} at 0x${previous.position.toString(16)})` : "";
  return `${where.join(": ")}: ${reason}${before}`;
}
