/** The beginning of every command that reads a dump: open, unpack, read, and type if an executable was given. */
import { ExecutableError, UsageError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { readHeap } from "../../heap/read.ts";
import { openSource, STANDARD_INPUT } from "../../io/open.ts";
import type { Progress } from "../../progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { ExecutableFile, ExecutableReport } from "./executable-input.ts";
import type { ExecutableOptions } from "./executable-options.ts";

/** Every header does: "go1.3 heap dump" to "go1.7 heap dump". */
const HEADER_BEGINNINGS = ["go1."];

export interface ReadDumpOptions extends ExecutableOptions {
  readonly salvage?: boolean;
}

export interface DumpInput {
  readonly heap: Heap;
  /** The executable that the heap's types are from, if one was given. */
  readonly executable: ExecutableReport | undefined;
  /** Closes the dump and the executable. */
  close(): void;
}

/**
 * Reads the dump `path`, "-" being standard input. The caller closes what it gets.
 * @throws HeapDumpError, ExecutableError, UsageError; on abort the signal's reason.
 */
export async function readDump(
  path: string,
  options: ReadDumpOptions,
  terminal: Terminal,
  progress: Progress,
): Promise<DumpInput> {
  const { exe, symbols, forceExe = false } = options;
  if (exe === undefined && symbols === undefined) {
    if (forceExe) throw new UsageError("--force-exe needs --exe", { hint: "for example: --exe ./app --force-exe" });
    const heap = await readUntyped(path, options, false, terminal, progress);
    return { heap, executable: undefined, close: () => heap.close() };
  }
  // Before the dump, which may take minutes: a wrong file shows at once.
  const { openExecutableFile, openSymbolFile, openSymbolFileAsExecutable, typeFromExecutable } = await import(
    "./executable-input.ts"
  );
  const isBoth = symbols !== undefined && (exe === undefined || exe === symbols);
  const file = isBoth ? await openSymbolFileAsExecutable(symbols, progress) : await openExecutableFile(exe!, progress);
  let symbolFile: ExecutableFile | undefined;
  let untyped: Heap | undefined;
  const close = (): void => {
    untyped?.close();
    symbolFile?.close();
    file.close();
  };
  try {
    if (symbols !== undefined && !isBoth) symbolFile = await openSymbolFile(symbols, progress);
    untyped = await readUntyped(path, options, true, terminal, progress);
    const { arch } = untyped.dump;
    const names = symbolFile?.open(arch);
    const { heap, report } = await typeFromExecutable(untyped, file.open(arch), names, forceExe, progress);
    return { heap, executable: report, close };
  } catch (error) {
    close();
    if (exe === undefined && error instanceof ExecutableError && error.code === "mismatch") {
      throw error.ofSymbolFile("add --exe with the executable that wrote the dump: alone, --symbols has to be that");
    }
    throw error;
  }
}

async function readUntyped(
  path: string,
  { salvage = false }: ReadDumpOptions,
  keepShapes: boolean,
  terminal: Terminal,
  progress: Progress,
): Promise<Heap> {
  if (path === STANDARD_INPUT && terminal.input.isTTY) {
    throw new UsageError("standard input is a terminal, not a heap dump", {
      hint: "for example: gohd info - < app.dump",
    });
  }
  const source = await openSource(path, {
    salvage,
    progress,
    standardInput: terminal.input,
    beginnings: HEADER_BEGINNINGS,
  });
  try {
    return await readHeap(source, { salvage, keepShapes, progress });
  } catch (error) {
    source.close();
    throw error;
  }
}
