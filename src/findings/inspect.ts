/** All inspections of a heap, and what they find. */
import type { Heap } from "../heap/heap.ts";
import { type Analysis, memoise } from "../heap/memo.ts";
import type { Progress } from "../progress.ts";
import type { Finding } from "./finding.ts";
import { inspectChannels } from "./inspections/channels.ts";
import { inspectDuplicates } from "./inspections/duplicates.ts";
import { type Facts, gatherFacts } from "./inspections/facts.ts";
import { inspectMaps } from "./inspections/maps.ts";
import { inspectSlices } from "./inspections/slices.ts";

const INSPECTIONS: readonly ((facts: Facts, progress: Progress) => Promise<Finding[]> | Finding[])[] = [
  inspectSlices,
  inspectDuplicates,
  inspectMaps,
  inspectChannels,
];

/**
 * Inspects a heap, the finding that is worth most first. Once per heap; on top of the walk of values, what an inspection
 * looks into is little, but some follow all pointers again.
 */
export const computeFindings: Analysis<readonly Finding[]> = memoise(async (heap: Heap, progress: Progress) => {
  const facts = await gatherFacts(heap, progress);
  const findings: Finding[] = [];
  for (const inspect of INSPECTIONS) findings.push(...(await inspect(facts, progress)));
  return findings.sort((a, b) => b.bytes - a.bytes || (a.fingerprint < b.fingerprint ? -1 : 1));
});
