/** All inspections of a heap, and what they find. */

import { mayWorkBeside } from "../analysis/beside.ts";
import { makeRoom } from "../column-memory.ts";
import type { Heap } from "../heap/heap.ts";
import { type Analysis, borrowing, memoise } from "../heap/memo.ts";
import { besideOther, type Progress } from "../progress.ts";
import { computeHolders } from "../values/values.ts";
import type { Finding } from "./finding.ts";
import { computeAwaited } from "./goroutines/awaited.ts";
import { beginLeakedGoroutines } from "./goroutines/leaked.ts";
import { inspectBoxes } from "./inspections/boxes.ts";
import { inspectChannels } from "./inspections/channels.ts";
import { inspectContexts } from "./inspections/contexts.ts";
import { inspectDeferred } from "./inspections/deferred.ts";
import { inspectDuplicates } from "./inspections/duplicates.ts";
import { type Facts, gatherFacts, gatherHeapFacts, type HeapFacts } from "./inspections/facts.ts";
import { inspectFinalizers } from "./inspections/finalizers.ts";
import { inspectFragmentation } from "./inspections/fragmentation.ts";
import { inspectGoroutines } from "./inspections/goroutines.ts";
import { inspectMaps } from "./inspections/maps.ts";
import { inspectPools } from "./inspections/pools.ts";
import { inspectSlices } from "./inspections/slices.ts";
import { inspectSlots } from "./inspections/slots.ts";
import { inspectTimers } from "./inspections/timers.ts";
import { inspectWeakPointers } from "./inspections/weak-pointers.ts";
import { inspectZeroFields } from "./inspections/zero-fields.ts";
import { computeTypePlaces } from "./type-places.ts";

type Inspection<F> = (facts: F, progress: Progress) => Promise<Finding[]> | Finding[];

const INSPECTIONS: readonly Inspection<HeapFacts>[] = [inspectFinalizers, inspectFragmentation];

/** Those that need to know what is in the objects, and so the types from an executable. */
const INSPECTIONS_OF_VALUES: readonly Inspection<Facts>[] = [
  inspectDuplicates,
  inspectMaps,
  inspectChannels,
  inspectBoxes,
  inspectZeroFields,
  inspectSlots,
];

/** Those among them that search the whole graph: other threads may do that while the rest is inspected. */
const INSPECTIONS_BY_SEARCH: readonly Inspection<Facts>[] = [
  inspectSlices,
  inspectTimers,
  inspectDeferred,
  inspectContexts,
  inspectWeakPointers,
  inspectPools,
];

/**
 * Inspects a heap, the finding that is worth most first. Once per heap; on top of the walk of values, what an inspection
 * looks into is little, but some follow all pointers again.
 */
export const computeFindings: Analysis<readonly Finding[]> = memoise(async (heap: Heap, progress: Progress) => {
  const facts = await gatherHeapFacts(heap, progress);
  const findings = await inspectAll(INSPECTIONS, facts, progress);
  if (heap.types.layouts !== undefined) findings.push(...(await inspectValues(facts, progress)));
  // Last, because it needs the owner tree, which takes much room.
  findings.push(...(await inspectGoroutines(facts, progress)));
  return findings.sort((a, b) => b.bytes - a.bytes || (a.fingerprint < b.fingerprint ? -1 : 1));
});

function inspectValues(known: HeapFacts, progress: Progress): Promise<Finding[]> {
  // Who holds what takes 8 bytes an object, and the owner tree needs the room.
  return borrowing(computeHolders, known.heap, async () => {
    const facts = await gatherFacts(known, progress);
    const isBeside = mayWorkBeside(known.heap);
    const searching = inspectAll(INSPECTIONS_BY_SEARCH, facts, isBeside ? besideOther(progress) : progress);
    // What fails there is told below; until then it must not count as unhandled.
    searching.catch(() => {});
    // Without other threads all comes one after the other, for each takes room.
    if (!isBeside) await searching;
    else void searching.then(() => beginLeakedGoroutines(known.heap, besideOther(progress))).catch(() => {});
    const found = [...(await inspectAll(INSPECTIONS_OF_VALUES, facts, progress)), ...(await searching)];
    // While it is known who holds what: the report will ask for these.
    await computeTypePlaces(known.heap, progress);
    await computeAwaited(known.heap, progress);
    return found;
  });
}

async function inspectAll<F>(inspections: readonly Inspection<F>[], facts: F, progress: Progress): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const inspect of inspections) {
    makeRoom();
    findings.push(...(await inspect(facts, progress)));
  }
  return findings;
}
