/**
 * Inspections of buffers that are kept for later: large ones in a sync.Pool, and large ones that nothing shows a byte of.
 * Pools are followed by the runtime's structures: a poolLocal per processor, with a chain of rings of interfaces.
 */
import { findReleased } from "../../analysis/references/released.ts";
import { uint32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT, objectSize, REACHABLE } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Holders } from "../../values/holders.ts";
import type { Finding } from "../finding.ts";
import { NamedWords } from "../named-words.ts";
import { type Facts, isGuessed, makeFindings, mayCount } from "./facts.ts";
import { Tally } from "./tally.ts";

/** fmt's own limit for what it puts back into its pool: fmt/print.go, (*pp).free. */
const LEAST_BUFFER = 1 << 16;
/** What is put into pools has its buffers in fields, or in fields of what these lead to. */
const MAX_DEPTH = 2;

/** Objects and pointers between two breaths. */
const SLICE = 1 << 18;

const LOCALS = ["sync.poolLocal"];
const INTERNALS = ["sync.poolLocal", "sync.poolChainElt", "sync.eface"];

/** Finds buffers that are kept and not used. O(objects). Follows all pointers once if pools may have many. */
export async function inspectPools(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, values } = facts;
  const { objects } = heap;
  const { buffers, edges } = await findPooled(facts, progress);
  const empty: number[] = [];
  const { set, seen, used } = values.views;
  for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
    if (seen[i] === 0 || used.get(i) !== 0 || !isBuffer(facts, object) || buffers.has(object)) continue;
    empty.push(object);
  }
  const sum = (buffers: Iterable<number>): number => {
    let bytes = 0;
    for (const buffer of buffers) bytes += objectSize(objects, buffer);
    return bytes;
  };
  const mayHoard = mayCount(facts, "pool-hoard", sum(buffers.keys()));
  if (!mayHoard && !mayCount(facts, "idle-buffers", sum(empty))) return [];
  const pooled = mayHoard ? await keepPoolsOwn(facts, buffers, edges, progress) : [];
  const holders = await facts.holders();
  const hoard = new Tally((place) => holders.places.name(place));
  for (const [buffer, local] of pooled) {
    // "main.buffers.local" or "main.buffers.victim", what the last collection left.
    const name = holders.places.name(holders.placeOf(local));
    const place = holders.places.of(name.replace(/\.(local|victim)$/, ""));
    const victims = name.endsWith(".victim") ? 1 : 0;
    hoard.addBad(place, buffer, objectSize(objects, buffer), isGuessed(facts, buffer), { victims });
  }
  const idle = new Tally((place) => holders.places.name(place));
  for (const object of empty)
    idle.addBad(placeOfIdle(heap, holders, object), object, objectSize(objects, object), isGuessed(facts, object), {});
  return [
    ...makeFindings(facts, "pool-hoard", hoard.bad(), ({ count, bytes, sums: { victims = 0 } }) => ({
      problem: `${formatNumber(count, "buffer")} above 64 KiB ${count === 1 ? "waits" : "wait"} in the pool: ${formatBytes(bytes)}${sayVictims(victims, count)}`,
      evidence: { buffers: count, victims },
    })),
    ...makeFindings(facts, "idle-buffers", idle.bad(), ({ count, bytes }) => ({
      problem: `${formatNumber(count, "buffer")} above 64 KiB ${count === 1 ? "is" : "are"} empty: ${formatBytes(bytes)}`,
      evidence: { buffers: count },
    })),
  ];
}

/** What a collection left as victims the next one takes, unless Get does before: sync/pool.go, poolCleanup. */
function sayVictims(victims: number, count: number): string {
  if (victims === 0) return "";
  const which =
    victims === count ? "all that is" : `${formatCount(victims)} of them, if ${victims === 1 ? "it is" : "they are"}`;
  return `; the next garbage collection frees ${which} not taken out before`;
}

/** Whether an object is a large array without pointers: what is kept for later if nothing shows a byte of it. */
export function isBuffer({ heap: { objects } }: Facts, object: number): boolean {
  const flags = objects.flags[object]!;
  return (flags & REACHABLE) !== 0 && (flags & HAS_POINTERS) === 0 && objects.size[object]! > LEAST_BUFFER;
}

/** The place of what has an empty buffer, with the buffer's own behind it: "main.free[] (bytes.Buffer.buf)". */
function placeOfIdle(heap: Heap, holders: Holders, object: number): number {
  const place = holders.placeOf(object);
  const owner = holders.ownerOf(object);
  if (owner === NO_OBJECT || owner >= heap.objects.count) return place;
  const above = holders.placeOf(owner);
  return holders.places.of(`${holders.places.name(above)} (${holders.places.name(place)})`);
}

/** Those of some buffers that only the pools lead to: what others use as well, such as a table that all have, does not wait there. */
async function keepPoolsOwn(
  { heap }: Facts,
  buffers: ReadonlyMap<number, number>,
  edges: Uint32Array,
  progress: Progress,
): Promise<(readonly [buffer: number, local: number])[]> {
  const own = new Set<number>();
  await findReleased(
    heap,
    { edges, rootEdges: [] },
    () => 0,
    1,
    progress,
    (object) => {
      if (buffers.has(object)) own.add(object);
    },
  );
  return [...buffers].filter(([buffer]) => own.has(buffer));
}

/** Large buffers in pools, and the sync.poolLocal that each is in; and the pointers to what is in pools, ascending. */
async function findPooled(
  facts: Facts,
  progress: Progress,
): Promise<{ readonly buffers: ReadonlyMap<number, number>; readonly edges: Uint32Array }> {
  const { heap } = facts;
  const { objects, edges } = heap;
  const words = new NamedWords(heap);
  const locals = words.rowsOf(LOCALS);
  const isLocal = new Uint8Array(heap.types.count);
  for (const row of locals) isLocal[row] = 1;
  const isInternal = new Set(words.rowsOf(INTERNALS));
  const found = new Map<number, number>();
  const items = uint32Column();
  const visited = new Set<number>();
  if (locals.length === 0) return { buffers: found, edges: items.finish() };
  let left = SLICE;
  for (let object = 0; object < objects.count; object++) {
    if (left-- <= 0) {
      await breathe(progress);
      left = SLICE;
    }
    if (isLocal[objects.type[object]!] === 0 || (objects.flags[object]! & REACHABLE) === 0) continue;
    const pending: [object: number, depth: number][] = [[object, 0]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [at, depth] = next;
      if (visited.has(at)) continue;
      visited.add(at);
      // An array may have any number of pointers.
      left -= 1 + edges.start[at + 1]! - edges.start[at]!;
      if (left <= 0) {
        await breathe(progress);
        left = SLICE;
      }
      if (isBuffer(facts, at)) found.set(at, object);
      if (depth > MAX_DEPTH) continue;
      const isOfPool = isInternal.has(objects.type[at]!);
      for (let edge = edges.start[at]!; edge < edges.start[at + 1]!; edge++) {
        const target = edges.to[edge]!;
        const isPart = isInternal.has(objects.type[target]!);
        if (isOfPool && !isPart) items.push(edge);
        pending.push([target, isPart ? 0 : depth + 1]);
      }
    }
  }
  return { buffers: found, edges: items.finish().sort() };
}
