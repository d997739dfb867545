/** All inspections of a heap, and what they find. */
import type { Heap } from "../heap/heap.ts";
import { type Analysis, borrowing, memoise } from "../heap/memo.ts";
import type { Progress } from "../progress.ts";
import { computeHolders } from "../values/values.ts";
import type { Finding } from "./finding.ts";
import { inspectBoxes } from "./inspections/boxes.ts";
import { inspectChannels } from "./inspections/channels.ts";
import { inspectContexts } from "./inspections/contexts.ts";
import { inspectDuplicates } from "./inspections/duplicates.ts";
import { type Facts, gatherFacts } from "./inspections/facts.ts";
import { inspectFinalizers } from "./inspections/finalizers.ts";
import { inspectFragmentation } from "./inspections/fragmentation.ts";
import { inspectGoroutines } from "./inspections/goroutines.ts";
import { inspectMaps } from "./inspections/maps.ts";
import { inspectPools } from "./inspections/pools.ts";
import { inspectSlices } from "./inspections/slices.ts";
import { inspectSlots } from "./inspections/slots.ts";
import { inspectTimers } from "./inspections/timers.ts";
import { inspectZeroFields } from "./inspections/zero-fields.ts";

const INSPECTIONS: readonly ((facts: Facts, progress: Progress) => Promise<Finding[]> | Finding[])[] = [
  inspectSlices,
  inspectDuplicates,
  inspectMaps,
  inspectChannels,
  inspectBoxes,
  inspectZeroFields,
  inspectSlots,
  inspectPools,
  inspectTimers,
  inspectContexts,
  inspectFinalizers,
  inspectFragmentation,
];

/**
 * Inspects a heap, the finding that is worth most first. Once per heap; on top of the walk of values, what an inspection
 * looks into is little, but some follow all pointers again.
 */
export const computeFindings: Analysis<readonly Finding[]> = memoise(async (heap: Heap, progress: Progress) => {
  // Who holds what takes 8 bytes an object, and the owner tree needs the room.
  const { findings, liveBytes } = await borrowing(computeHolders, heap, () => inspectObjects(heap, progress));
  // Last, because it needs the owner tree, which takes much room.
  findings.push(...(await inspectGoroutines({ heap, liveBytes }, progress)));
  return findings.sort((a, b) => b.bytes - a.bytes || (a.fingerprint < b.fingerprint ? -1 : 1));
});

async function inspectObjects(heap: Heap, progress: Progress): Promise<{ findings: Finding[]; liveBytes: number }> {
  const facts = await gatherFacts(heap, progress);
  const findings: Finding[] = [];
  for (const inspect of INSPECTIONS) findings.push(...(await inspect(facts, progress)));
  return { findings, liveBytes: facts.liveBytes };
}
