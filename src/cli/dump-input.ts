/** The beginning of every command that reads a dump: open, unpack, read. */
import { UsageError } from "../errors.ts";
import type { Heap } from "../heap/heap.ts";
import { readHeap } from "../heap/read.ts";
import { openSource, STANDARD_INPUT } from "../io/open.ts";
import type { Progress } from "../progress.ts";
import type { Terminal } from "./terminal.ts";

/** Every header does: "go1.3 heap dump" to "go1.7 heap dump". */
const HEADER_BEGINNING = "go1.";

/**
 * Reads the dump `path`, "-" being standard input. The caller closes the heap.
 * @throws HeapDumpError, UsageError; on abort the signal's reason.
 */
export async function readDump(
  path: string,
  options: { readonly salvage?: boolean },
  terminal: Terminal,
  progress: Progress,
): Promise<Heap> {
  if (path === STANDARD_INPUT && terminal.input.isTTY) {
    throw new UsageError("standard input is a terminal, not a heap dump", {
      hint: "for example: gohd info - < app.dump",
    });
  }
  const source = await openSource(path, {
    ...options,
    progress,
    standardInput: terminal.input,
    beginning: HEADER_BEGINNING,
  });
  try {
    return await readHeap(source, { ...options, progress });
  } catch (error) {
    source.close();
    throw error;
  }
}
