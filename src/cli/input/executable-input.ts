/** The files that `--exe` and `--symbols` name: opening them, matching them with the dump, and the verdict in words. */
import {
  EXECUTABLE_BEGINNINGS,
  type Executable,
  listArchitectures,
  openDebugFile,
  openExecutable,
  readGoVersion,
} from "../../binary/index.ts";
import { ExecutableError, HeapDumpError, UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { openSource, STANDARD_INPUT } from "../../io/sources/open.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { withUnchanged } from "../../io/sources/unchanged.ts";
import type { Progress } from "../../progress.ts";
import type { MatchedExecutable } from "../../typing/match/match-executable.ts";
import { hasNames } from "../../typing/match/name-source.ts";
import { type NamesReport, type TypedHeap, typeHeap } from "../../typing/type-heap.ts";
import { findDsymFile } from "./dsym.ts";

/** What is told about an executable that was used. */
export interface ExecutableReport {
  readonly name: string;
  /** As its linker wrote it, such as "go1.27.3"; null if it does not tell. */
  readonly goVersion: string | null;
  /**
   * "exact": the file that wrote the dump; "sibling": the same code at other addresses, or another build; "unchecked": the dump ends before
   * what would tell; "forced": not the one.
   */
  readonly verdict: MatchedExecutable["verdict"];
  /** The verdict in words, with what was compared. */
  readonly explanation: string;
  /** What variables are named by. */
  readonly names: NamesReport;
}

/** A file that was checked as far as that can be done before the dump is known. */
export interface ExecutableFile {
  readonly source: ByteSource;
  /** Opens it; of a fat Mach-O file the part for `arch`, in GOARCH's spelling. @throws ExecutableError */
  open(arch: string): Executable;
  /** Runs `work`, which reads the file. @throws InputChangedError if something writes into it meanwhile */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** Closes the file, opened or not. */
  close(): void;
}

/**
 * Opens the executable at `path`, unpacking it if it is compressed. The caller closes it.
 * @throws ExecutableError, UsageError; on abort the signal's reason.
 */
export function openExecutableFile(path: string, progress: Progress): Promise<ExecutableFile> {
  refuseStandardInput(path, "an executable", "--exe");
  return openFile(path, openExecutable, progress);
}

/** The same of a file that is there for its names, and may have nothing else. */
export function openSymbolFile(path: string, progress: Progress): Promise<ExecutableFile> {
  return openNamedFile(path, openDebugFile, progress);
}

/** The same of a file with names that has to be the executable, too. */
export function openSymbolFileAsExecutable(path: string, progress: Progress): Promise<ExecutableFile> {
  const open: typeof openDebugFile = (source, options) => refuseUnlessBoth(openDebugFile(source, options));
  return openNamedFile(path, open, progress);
}

async function openNamedFile(path: string, open: typeof openDebugFile, progress: Progress): Promise<ExecutableFile> {
  refuseStandardInput(path, "a symbol file", "--symbols");
  const file = await openFile(path, open, progress).catch((error: unknown) => {
    throw asOfSymbolFile(error);
  });
  return {
    source: file.source,
    open: (arch) => {
      try {
        return file.open(arch);
      } catch (error) {
        throw asOfSymbolFile(error);
      }
    },
    watch: file.watch,
    close: file.close,
  };
}

function asOfSymbolFile(error: unknown): unknown {
  return error instanceof ExecutableError ? error.ofSymbolFile() : error;
}

/** @throws ExecutableError if the file has no program, or no names */
function refuseUnlessBoth(executable: Executable): Executable {
  const { name, segments } = executable;
  if (segments.length === 0) {
    throw new ExecutableError(`${name} holds debug information only, not the program`, {
      code: "unsupported",
      hint: "add --exe with the executable that wrote the dump; a stripped one will do",
    });
  }
  if (hasNames(executable)) return executable;
  throw new ExecutableError(`${name} has neither symbols nor debug information`, {
    code: "unsupported",
    hint: `--exe ${name} takes types from it; --symbols wants names: a build without -ldflags="-s -w", or its debug information`,
  });
}

function refuseStandardInput(path: string, what: string, option: string): void {
  if (path !== STANDARD_INPUT) return;
  throw new UsageError(`${what} cannot come through standard input`, { hint: `give ${option} the name of a file` });
}

async function openFile(path: string, open: typeof openExecutable, progress: Progress): Promise<ExecutableFile> {
  const source = await openSource(findDsymFile(path), { progress, beginnings: EXECUTABLE_BEGINNINGS }).catch(
    (error: unknown) => {
      throw error instanceof HeapDumpError ? toExecutableError(error) : error;
    },
  );
  const watch: ExecutableFile["watch"] = (work) => withUnchanged(source, { progress }, work);
  const close = (): void => source.close();
  try {
    return await watch(async () => {
      // Only the dump can tell which part it is of.
      if (listArchitectures(source).length > 1)
        return { source, open: (arch: string) => open(source, { arch }), watch, close };
      const executable = open(source);
      return { source, open: () => executable, watch, close };
    });
  } catch (error) {
    source.close();
    throw error;
  }
}

/** What `openSource` says of a dump, said of an executable: it cannot be salvaged, nor come through a pipe. */
function toExecutableError({ code, reason, position, cause }: HeapDumpError): ExecutableError {
  const details = { ...(position === undefined ? {} : { position }), ...(cause === undefined ? {} : { cause }) };
  switch (code) {
    case "truncated":
      return new ExecutableError(reason, { ...details, code, hint: "get the file once more" });
    case "unsupported":
      return new ExecutableError(reason, { ...details, code, hint: "unpack it first" });
    default:
      return new ExecutableError(reason, { ...details, code: "read-failed" });
  }
}

/**
 * Types the heap from the executable. A verdict that the user has to know becomes a warning.
 * @param heap read with `keepShapes`
 * @throws ExecutableError if the executable is not the one that wrote the dump, unless `force`, or the symbols are not its
 */
export async function typeFromExecutable(
  heap: Heap,
  executable: Executable,
  symbols: Executable | undefined,
  force: boolean,
  progress: Progress,
): Promise<{ readonly typed: TypedHeap; readonly report: ExecutableReport }> {
  const options = { force, progress, ...(symbols === undefined ? {} : { symbols }) };
  const typed = await typeHeap(heap, executable, options);
  const { verdict, explanation } = typed.executable;
  if (verdict !== "exact") progress.warn(`${verdict}-executable`, explanation);
  const goVersion = readGoVersion(executable) ?? null;
  return { typed, report: { name: executable.name, goVersion, verdict, explanation, names: typed.names } };
}
