/** Reads dumps one after the other and compares them; no two heaps are in memory at once. */
import { ExecutableError, UsageError } from "../../errors.ts";
import { HeapComparison } from "../../findings/growth/comparison.ts";
import type { Growth } from "../../findings/growth/growth.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import type { Progress } from "../../progress.ts";
import { showName } from "../../shown-text.ts";
import { type ReadDumpOptions, readDump } from "../input/dump-input.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import { inDump } from "../terminal/error-report.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * Compares dumps. Where some have an executable and others have none, none is typed: shapes are all that they have in common.
 * @param reading how each is read
 * @param most rows of each table
 * @throws HeapDumpError, ExecutableError, InputChangedError, UsageError; on abort the signal's reason
 */
export async function compareDumps(
  dumps: readonly string[],
  executables: readonly ExecutableOptions[],
  reading: Pick<ReadDumpOptions, "salvage" | "cache">,
  most: number,
  terminal: Terminal,
  progress: Progress,
): Promise<Growth> {
  if (dumps.filter((dump) => dump === STANDARD_INPUT).length > 1) {
    throw new UsageError("only one of the dumps can be standard input");
  }
  const untyped = dumps.filter((_, i) => !isTyped(executables[i]!));
  const isMixed = untyped.length > 0 && untyped.length < dumps.length;
  if (isMixed) {
    const names = untyped.map((name) => showName(name)).join(", ");
    progress.warn(
      "mixed-types",
      `${names} ha${untyped.length === 1 ? "s" : "ve"} no executable: all are compared by the sizes and pointer layouts of objects, not by types`,
    );
  }
  const comparison = new HeapComparison();
  for (const [i, dump] of dumps.entries()) {
    const options = { ...(isMixed ? {} : executables[i]!), ...reading };
    const isLast = i === dumps.length - 1;
    await inDump(dump, () => addDump(comparison, dump, options, isLast, terminal, progress, HINT));
  }
  return comparison.finish({ most });
}

/** Of dumps of two builds one executable fits but one. */
const HINT = "of several builds give --exe once for each dump, in their order";

/**
 * Reads a dump and adds it. A function of its own, so that nothing of the heap is on the stack any more when the next one is read.
 * @param hint what to do if the executable is not the one that wrote the dump
 */
export async function addDump(
  comparison: HeapComparison,
  dump: string,
  options: ReadDumpOptions,
  isLast: boolean,
  terminal: Terminal,
  progress: Progress,
  hint: string,
): Promise<void> {
  // What was added cannot be taken back.
  const whole = { ...options, isWhole: true };
  const { heap, watch, close } = await readDump(dump, whole, terminal, progress).catch((error) => {
    throw error instanceof ExecutableError && error.code === "mismatch" ? error.withHint(hint) : error;
  });
  try {
    await watch(() => comparison.add(heap, isLast, progress));
  } finally {
    close();
  }
}

function isTyped({ exe, symbols }: ExecutableOptions): boolean {
  return exe !== undefined || symbols !== undefined;
}
