/** Earlier dumps, reduced to what can be compared before the dump that is converted is read: no two heaps are in memory at once. */
import type { AnyConverter } from "../../converter/load.ts";
import { UsageError } from "../../errors.ts";
import { HeapComparison } from "../../findings/growth/comparison.ts";
import type { Growth } from "../../findings/growth/growth.ts";
import type { Heap } from "../../heap/heap.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import type { Progress } from "../../progress.ts";
import { quoteCommand } from "../../shown-text.ts";
import type { ReadDumpOptions } from "../input/dump-input.ts";
import { inDump } from "../terminal/error-report.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { addDump } from "./compare-dumps.ts";
import type { EarlierOptions } from "./earlier-options.ts";

/** Rows of each table that a converter is given. */
const MOST_ROWS = 200;

export interface EarlierDumps {
  /** Compares them with the heap of the last dump. Once. */
  compare(heap: Heap, progress: Progress): Promise<Growth>;
}

/** @throws UsageError for earlier dumps that none of the converters shows, or that cannot be read */
export function checkEarlierDumps(
  dump: string,
  { before = [], beforeExe, exe }: EarlierOptions & { readonly exe?: string },
  converters: readonly AnyConverter[],
): void {
  if (before.length === 0) {
    if (beforeExe !== undefined) throw new UsageError("--before-exe needs --before, the dump that it wrote");
    return;
  }
  if (!converters.some(({ showsGrowth }) => showsGrowth)) {
    throw new UsageError(`${converters.map(({ name }) => name).join(", ")} cannot show what grew since another dump`, {
      hint: `--to html does; on a terminal: ${quoteCommand(["gohd", "diff", ...before, dump])}`,
    });
  }
  if (beforeExe !== undefined && exe === undefined) {
    throw new UsageError("--before-exe needs --exe, the executable of the later dump");
  }
  if ([...before, dump].filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new UsageError("only one of the dumps can be standard input");
  }
}

/**
 * Reads earlier dumps one after the other; undefined if there are none.
 * @throws HeapDumpError, ExecutableError, InputChangedError, UsageError; on abort the signal's reason
 */
export async function readEarlierDumps(
  { before = [], beforeExe, exe, symbols, ...options }: EarlierOptions & ReadDumpOptions,
  terminal: Terminal,
  progress: Progress,
): Promise<EarlierDumps | undefined> {
  if (before.length === 0) return undefined;
  // Names of one build say nothing about another one.
  const executable = beforeExe === undefined ? { exe, symbols } : { exe: beforeExe };
  const given = Object.fromEntries(Object.entries(executable).filter(([, path]) => path !== undefined));
  const comparison = new HeapComparison();
  const hint = "of another build, --before-exe says which executable wrote the earlier dumps";
  for (const dump of before) {
    await inDump(dump, () => addDump(comparison, dump, { ...options, ...given }, false, terminal, progress, hint));
  }
  return {
    async compare(heap, itsProgress) {
      await comparison.add(heap, true, itsProgress);
      return comparison.finish({ most: MOST_ROWS });
    },
  };
}
