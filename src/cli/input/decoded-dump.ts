/** Reading a dump from its first byte to its last: open, unpack, decode, and type if an executable was given. */
import { ExecutableError, InputChangedError, UsageError } from "../../errors.ts";
import type { DumpWarning } from "../../heap/facts/dump-info.ts";
import type { Heap } from "../../heap/heap.ts";
import { mayBeginDump, readHeap } from "../../heap/read.ts";
import { openSource, STANDARD_INPUT } from "../../io/sources/open.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { withUnchanged } from "../../io/sources/unchanged.ts";
import type { Progress } from "../../progress.ts";
import type { TypedHeap } from "../../typing/type-heap.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { ExecutableFile, ExecutableReport } from "./executable-input.ts";
import type { ExecutableOptions } from "./executable-options.ts";
import { recordWarnings } from "./warnings.ts";

/** Every header does: "go1.3 heap dump" to "go1.7 heap dump". */
const HEADER_BEGINNINGS = ["go1."];

export interface DecodeOptions extends ExecutableOptions {
  readonly salvage?: boolean;
}

export interface DumpInput {
  readonly heap: Heap;
  /** The executable that the heap's types are from, if one was given. */
  readonly executable: ExecutableReport | undefined;
  /**
   * Runs `work`, which reads the heap: its result counts only if nothing wrote into the files meanwhile.
   * @throws InputChangedError, also instead of what `work` throws
   */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** Closes the dump and the executable. */
  close(): void;
}

/** A dump that was read from its first byte to its last, with what an index is made of. */
export interface DecodedDump extends DumpInput {
  /** What typing found, if an executable was given. */
  readonly typed: TypedHeap | undefined;
  readonly sources: InputSources;
  /** What was warned of meanwhile. */
  readonly warnings: readonly DumpWarning[];
}

/** The files; of those that were compressed, what was in them. */
export interface InputSources {
  readonly dump: ByteSource;
  readonly executable: ByteSource | undefined;
  readonly symbols: ByteSource | undefined;
}

/**
 * Reads the dump `path`, "-" being standard input. The caller closes what it gets.
 * @throws HeapDumpError, ExecutableError, InputChangedError, UsageError; on abort the signal's reason.
 */
export async function decodeDump(
  path: string,
  options: DecodeOptions,
  terminal: Terminal,
  given: Progress,
): Promise<DecodedDump> {
  const { exe, orElse = [], symbols, forceExe = false } = options;
  const warnings: DumpWarning[] = [];
  const progress = recordWarnings(given, warnings);
  if (exe === undefined && symbols === undefined) {
    if (forceExe) throw new UsageError("--force-exe needs --exe", { hint: "for example: --exe ./app --force-exe" });
    const { heap, source, watch } = await readUntyped(path, options, false, terminal, progress);
    const sources = { dump: source, executable: undefined, symbols: undefined };
    return { heap, executable: undefined, typed: undefined, watch, close: () => heap.close(), sources, warnings };
  }
  // Before the dump, which may take minutes: a wrong file shows at once.
  const { openExecutableFile, openSymbolFile, openSymbolFileAsExecutable, typeFromExecutable } = await import(
    "./executable-input.ts"
  );
  const { chooseExecutable, openAll } = await import("./chosen-executable.ts");
  const isBoth = symbols !== undefined && (exe === undefined || exe === symbols);
  const files = isBoth
    ? [await openSymbolFileAsExecutable(symbols, progress)]
    : await openAll([exe!, ...orElse], (one) => openExecutableFile(one, progress));
  let file = files[0]!;
  let symbolFile: ExecutableFile | undefined;
  let untyped: UntypedDump | undefined;
  const close = (): void => {
    untyped?.heap.close();
    symbolFile?.close();
    for (const one of files) one.close();
  };
  const watch: DumpInput["watch"] = (work) =>
    untyped!.watch(() => file.watch(() => (symbolFile === undefined ? work() : symbolFile.watch(work))));
  try {
    if (symbols !== undefined && !isBoth) symbolFile = await openSymbolFile(symbols, progress);
    untyped = await readUntyped(path, options, true, terminal, progress);
    const bare = untyped.heap;
    if (files.length > 1) file = chooseExecutable(bare, files, progress.warn);
    const { typed, report } = await watch(async () => {
      const names = symbolFile?.open(bare.dump.arch);
      return typeFromExecutable(bare, file.open(bare.dump.arch), names, forceExe, progress);
    });
    // What only typing needs of it goes.
    untyped = { ...untyped, heap: typed.heap };
    const sources = {
      dump: untyped.source,
      executable: isBoth && exe === undefined ? undefined : file.source,
      symbols: isBoth && symbols !== undefined ? file.source : symbolFile?.source,
    };
    return { heap: typed.heap, executable: report, typed, watch, close, sources, warnings };
  } catch (error) {
    close();
    if (exe === undefined && error instanceof ExecutableError && error.code === "mismatch") {
      throw error.ofSymbolFile("add --exe with the executable that wrote the dump: alone, --symbols has to be that");
    }
    throw error;
  }
}

interface UntypedDump extends Pick<DumpInput, "heap" | "watch"> {
  readonly source: ByteSource;
}

async function readUntyped(
  path: string,
  { salvage = false }: DecodeOptions,
  keepShapes: boolean,
  terminal: Terminal,
  progress: Progress,
): Promise<UntypedDump> {
  if (path === STANDARD_INPUT && terminal.input.isTTY) {
    throw new UsageError("standard input is a terminal, not a heap dump", {
      hint: "for example: gohd info - < app.dump",
    });
  }
  const options = { salvage, progress };
  const source = await openSource(path, {
    ...options,
    standardInput: terminal.input,
    beginnings: HEADER_BEGINNINGS,
    mayGoOn: mayBeginDump,
  }).catch(throwWithHint);
  const watch: DumpInput["watch"] = (work) => withUnchanged(source, options, work).catch(throwWithHint);
  try {
    return { heap: await watch(() => readHeap(source, { ...options, keepShapes })), source, watch };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Only of a dump that has grown there is something to be had. */
function throwWithHint(error: unknown): never {
  if (!(error instanceof InputChangedError && error.grew)) throw error;
  const hint = "wait until it is written, or use --salvage to read what there was";
  throw new InputChangedError(error.input, error.before, error.now, hint);
}
