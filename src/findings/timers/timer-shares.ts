/**
 * Timer shares: what only pending timers lead to, by groups of these. What several groups lead to goes only if all of them are stopped; it
 * counts for the one with most timers, with those that share it.
 */
import { listHeapTimers } from "../../analysis/ownership/heap-timers.ts";
import { MASK_BITS, MaskSearch } from "../../analysis/ownership/mask-search.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";

/** Groups that are told apart: those that lead to most. Nothing counts for another. */
const MOST_GROUPS = MASK_BITS - 1;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/** What counts for a group. */
export interface TimerShare {
  bytes: number;
  /** Of these, what others lead to, too. */
  sharedBytes: number;
  /** Which these are, those with most timers first; … */
  sharers: readonly number[];
  /** … and whether there are more, of those that are not told apart. */
  hasMoreSharers: boolean;
}

/**
 * Shares out what is released. Linear; 13 bytes an object while it works.
 * @param groupOf of each row of `listHeapTimers`
 * @param leadsTo of each group, bytes that it leads to, as far as it is known
 * @param isReleased per object: 1 if nothing but pending timers leads there
 * @param visit is shown every object that counts for a group, and the group
 */
export async function shareReleased(
  heap: Heap,
  groupOf: ArrayLike<number>,
  leadsTo: readonly number[],
  isReleased: Uint8Array,
  progress: Progress,
  visit: (object: number, group: number) => void,
): Promise<readonly TimerShare[]> {
  const { objects, edges } = heap;
  const { timer } = listHeapTimers(heap);
  const timers = leadsTo.map(() => 0);
  for (let row = 0; row < timer.length; row++) timers[groupOf[row]!]!++;
  const order = [...leadsTo.keys()]
    .sort((a, b) => leadsTo[b]! - leadsTo[a]! || a - b)
    .slice(0, MOST_GROUPS)
    .sort((a, b) => timers[b]! - timers[a]! || a - b);
  const bitOf = new Map(order.map((group, rank) => [group, 1 << rank]));
  const others = 1 << MOST_GROUPS;
  const isBarred = isReleased.map((released) => 1 - released);
  const bits = leadsTo.length > MOST_GROUPS ? MASK_BITS : order.length;
  const search = new MaskSearch(bits, edges.start, edges.to, isBarred);
  for (const [row, object] of timer.entries()) {
    if (isReleased[object] === 1) search.add(object, bitOf.get(groupOf[row]!) ?? others);
  }
  await search.spread(progress);

  const shares = timers.map(() => ({ bytes: 0, sharedBytes: 0 }));
  const shared = timers.map(() => 0);
  for (let object = 0; object < objects.count; object++) {
    if (object % SLICE === SLICE - 1) await breathe(progress);
    if (isReleased[object] === 0) continue;
    const mask = search.mask[object]!;
    if (mask === others) continue;
    const group = order[lowestBit(mask)]!;
    const size = objectSize(objects, object);
    shares[group]!.bytes += size;
    const sharers = mask & (mask - 1);
    if (sharers !== 0) shares[group]!.sharedBytes += size;
    shared[group]! |= sharers;
    visit(object, group);
  }
  return shares.map((share, group) => {
    const sharers: number[] = [];
    for (let rest = shared[group]! & (others - 1); rest !== 0; rest &= rest - 1) sharers.push(order[lowestBit(rest)]!);
    return { ...share, sharers, hasMoreSharers: (shared[group]! & others) !== 0 };
  });
}

function lowestBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}
