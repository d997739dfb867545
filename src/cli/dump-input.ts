/** The beginning of every command that reads a dump: open, unpack, read; and the warnings that come of it. */
import { computeHistogram } from "../analysis/histogram.ts";
import { UsageError } from "../errors.ts";
import type { Heap } from "../heap/heap.ts";
import { readHeap } from "../heap/read.ts";
import { openSource, STANDARD_INPUT } from "../io/open.ts";
import { countObjects } from "./info-report.ts";
import type { ProgressDisplay } from "./progress-bar.ts";
import { formatBytes, formatShare } from "./quantities.ts";
import type { Terminal } from "./terminal.ts";
import type { WarningLog } from "./warning-log.ts";

/** From this share of the bytes on, unreachable objects are worth a warning. */
const MUCH_GARBAGE = 0.2;

/**
 * Reads the dump `path`, "-" being standard input. The caller closes the heap.
 * @throws HeapDumpError, UsageError; on abort the signal's reason.
 */
export async function readDump(
  path: string,
  options: { readonly salvage: boolean },
  terminal: Terminal,
  progress: ProgressDisplay,
  warnings: WarningLog,
): Promise<Heap> {
  if (path === STANDARD_INPUT && terminal.input.isTTY) {
    throw new UsageError("standard input is a terminal, not a heap dump", {
      hint: "for example: gohd info - < app.dump",
    });
  }
  const source = await openSource(path, { ...options, progress, standardInput: terminal.input });
  let heap: Heap;
  try {
    heap = await readHeap(source, { ...options, progress });
  } catch (error) {
    source.close();
    throw error;
  }
  for (const { code, message } of heap.dump.warnings) warnings.add(code, message);
  await warnOfGarbage(heap, progress, warnings);
  return heap;
}

async function warnOfGarbage(heap: Heap, progress: ProgressDisplay, warnings: WarningLog): Promise<void> {
  const { unreachable, total } = countObjects(heap, await computeHistogram(heap, progress));
  if (unreachable.bytes < total.bytes * MUCH_GARBAGE) return;
  // Without its end, a dump has no globals, and without them little is reachable: that has its own warning.
  if (!heap.dump.complete || heap.dump.go.compiler === "gccgo") return;
  warnings.add(
    "garbage",
    `${formatShare(unreachable.bytes, total.bytes)} of the heap (${formatBytes(unreachable.bytes)}) is unreachable, most likely garbage: WriteHeapDump does not collect it, so call runtime.GC() right before`,
  );
}
