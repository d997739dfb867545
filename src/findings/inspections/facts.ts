/** What inspections look at: the heap, and what the walk of values knows of a typed one; and how a finding is made. */
import { computeHistogram } from "../../analysis/histogram.ts";
import { waitForOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { TypeSource } from "../../heap/objects.ts";
import type { Progress } from "../../progress.ts";
import type { Holders } from "../../values/holders.ts";
import { computeContainers, computeHolders, computeValues, type HeapValues } from "../../values/values.ts";
import type { Finding, HolderKind } from "../finding.ts";
import { fingerprint } from "../fingerprint.ts";
import { RULES, type RuleName } from "../rules.ts";
import type { TallyRow } from "./tally.ts";

export interface HeapFacts {
  readonly heap: Heap;
  /** Bytes of all live objects. */
  readonly liveBytes: number;
}

export interface Facts extends HeapFacts {
  readonly values: HeapValues;
  /** The field or variable that each object hangs on. Costs a walk over every edge, so it is asked for only where a finding may come of it. */
  holders(): Promise<Holders>;
  /** Per object: what stands for its container. */
  readonly containers: Int32Array;
}

/** Gathers what is known of any heap. */
export async function gatherHeapFacts(heap: Heap, progress: Progress): Promise<HeapFacts> {
  const { reachableBytes } = await computeHistogram(heap, progress);
  return { heap, liveBytes: reachableBytes.reduce((sum, bytes) => sum + bytes, 0) };
}

/** Adds what is known of a typed heap; each fact is computed once per heap. */
export async function gatherFacts({ heap, liveBytes }: HeapFacts, progress: Progress): Promise<Facts> {
  return {
    heap,
    liveBytes,
    values: await computeValues(heap, progress),
    holders: async () => {
      await waitForOwnerTree(heap);
      return computeHolders(heap, progress);
    },
    containers: await computeContainers(heap, progress),
  };
}

/** Whether an object's type was guessed. */
export function isGuessed({ heap }: HeapFacts, object: number): boolean {
  return heap.objects.typeSource[object] === TypeSource.INFERRED;
}

/** Whether instances that are worth so much in all can make a finding: no holder of some of them is worth more. */
export function mayCount({ liveBytes }: HeapFacts, kind: RuleName, bytes: number): boolean {
  const { leastShare, leastBytes } = RULES[kind];
  return bytes >= leastBytes && bytes >= leastShare * liveBytes;
}

/** A sentence with its figures. */
export interface Wording {
  readonly problem: string;
  readonly evidence: Readonly<Record<string, number | string>>;
  /** Where it is another than the rule's. */
  readonly advice?: string;
  /** Those of the bytes that are of live objects, where not all are. */
  readonly ofLive?: number;
}

/**
 * Makes findings of the rows that are worth enough, as the rule says.
 * @param word the sentence about a row
 */
export function makeFindings(
  facts: HeapFacts,
  kind: RuleName,
  rows: readonly TallyRow[],
  word: (row: TallyRow) => Wording,
  { holderKind = "place", isLive = true }: { readonly holderKind?: HolderKind; readonly isLive?: boolean } = {},
): Finding[] {
  const { heap, liveBytes } = facts;
  // In goroutines themselves there is nothing to look at.
  const addressOf = ({ examples: [first] }: TallyRow): string | null =>
    first === undefined || holderKind === "goroutines" ? null : heap.formatAddress(heap.objects.address[first.object]!);
  const { advice } = RULES[kind];
  return rows
    .filter(({ bytes }) => mayCount(facts, kind, bytes))
    .map((row) => {
      const { ofLive = row.bytes, ...words } = word(row);
      return { row, ofLive, words };
    })
    .map(({ row, ofLive, words }) => ({
      kind,
      holder: row.holder,
      holderKind,
      bytes: row.bytes,
      share: liveBytes === 0 ? 0 : ofLive / liveBytes,
      isLive,
      count: row.count,
      good: Math.max(0, row.all - row.count),
      advice,
      ...words,
      objects: row.examples.map(({ object }) => object),
      address: addressOf(row),
      guessed: row.guessed / row.count,
      fingerprint: fingerprint(kind, row.holder),
    }));
}
