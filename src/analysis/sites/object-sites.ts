/**
 * Which site allocated which object. The runtime tells it of sampled objects. Of others their class does, which is type and
 * slot size: what is of one size has one chance of being sampled, so the sampled objects of a class show its sites without
 * bias. A class that several sites share has a site of its own, "several sites of main.Node".
 */
import { type CallSites, collectCallSites, findShownCallSites } from "../../heap/facts/call-sites.ts";
import type { MemoryProfile } from "../../heap/facts/memory-profile.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { NO_STACK, StackTree } from "./stack-tree.ts";

/** The site of objects that are not sampled, and of whose class no object is. */
export const NO_SITE = NO_STACK;

/** What that, and a class that several sites share, is called; behind the latter follows its type. */
export const NO_SITE_NAME = "(no sampled site)";
/** What stands before the type in the name of a site that is several. */
export const SEVERAL_SITES = "several sites of ";

/**
 * Why a dump has no samples, for people. The linker turns sampling off in programs in which nothing calls runtime.MemProfile:
 * cmd/link/internal/ld, runtime.disableMemoryProfiling.
 */
export const WHY_NO_SAMPLES =
  "The linker leaves sampling out of programs that never read the profile: import net/http/pprof, or call " +
  'pprof.Lookup("heap"), and it is there. Else runtime.MemProfileRate was 0, or too little was allocated';

/** What says nothing of who allocates, even if the runtime itself does. */
const ALLOCATOR = /^runtime\.(malloc\w*|newobject|newarray|makeslice\w*|growslice\w*|rawstring\w*|rawbyteslice)$/;

/** A class has a site if that many of its sampled objects do; the others may come from anywhere. */
const MAJORITY = 0.9;

/** Sizes are below this. */
const SIZES = 2 ** 32;

/** Objects between two breaths. */
const SLICE = 1 << 18;

/** Which call allocated each object, as `findObjectSites` gives it. */
export interface ObjectSites {
  /** Sites: stacks of their calls, outermost first; locations are rows of `callSites`. */
  readonly calls: StackTree;
  readonly callSites: CallSites;
  /**
   * Per object: a stack of `calls`, NO_SITE, or `firstShared` + type for a class that several sites share. Int32Array,
   * length objects.count.
   */
  readonly of: Int32Array;
  readonly firstShared: number;
  /** The sampled objects whose site is known, each once. */
  readonly sampled: Int32Array;
}

/** What samples tell of the classes of one type: CSR, by type; the classes of a type ascend by size. */
interface SampledClasses {
  /** Length types.count + 1. */
  readonly start: Int32Array;
  readonly size: Float64Array;
  /** As `ObjectSites.of`. */
  readonly site: Int32Array;
}

/**
 * Finds every object's site. Linear in objects and samples; 4 bytes per object.
 * @param callsPerSite how many of a stack's innermost calls are a site
 */
export async function findObjectSites(heap: Heap, callsPerSite: number, progress: Progress): Promise<ObjectSites> {
  const { objects } = heap;
  const { samples } = heap.memoryProfile;
  const calls = new StackTree();
  const callSites = collectCallSites(heap.memoryProfile);
  const ofBucket = buildBucketSites(heap.memoryProfile, callSites, calls, callsPerSite);
  const of = new Int32Array(objects.count);
  const sampled = new Int32Array(samples.count);
  let count = 0;
  for (let i = 0; i < samples.count; i++) {
    const object = samples.object[i]!;
    const bucket = samples.bucket[i]!;
    // Only a damaged dump has an object twice.
    if (object === NO_OBJECT || bucket < 0 || ofBucket[bucket] === NO_SITE || of[object] !== NO_SITE) continue;
    of[object] = ofBucket[bucket]!;
    sampled[count++] = object;
  }
  const found = { calls, callSites, of, firstShared: calls.location.length, sampled: sampled.slice(0, count) };
  if (count === 0) return found;
  await breathe(progress);
  const classes = findClassSites(heap, found);
  progress.phase("finding allocation sites", objects.count, "objects");
  for (let done = 0; done < objects.count; done += SLICE) {
    placeByClass(heap, classes, of, done, Math.min(done + SLICE, objects.count));
    progress.update(done);
    await breathe(progress);
  }
  return found;
}

/** The site of each bucket: its innermost calls, but for allocators. O(call sites of all buckets). */
function buildBucketSites(
  profile: MemoryProfile,
  { siteOfRow }: CallSites,
  calls: StackTree,
  callsPerSite: number,
): Int32Array {
  const { names, buckets } = profile;
  const { start, end } = findShownCallSites(profile);
  const isAllocator = names.map((name) => ALLOCATOR.test(name));
  const of = new Int32Array(buckets.count);
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    let first = start[bucket]!;
    const last = end[bucket]!;
    while (first < last - 1 && isAllocator[buckets.siteFunction[first]!]!) first++;
    let stack = NO_STACK;
    for (let row = Math.min(last, first + callsPerSite) - 1; row >= first; row--) {
      stack = calls.find(stack, siteOfRow[row]!);
    }
    of[bucket] = stack;
  }
  return of;
}

/** The site of each class that has sampled objects. O(samples), but for sorting the classes. */
function findClassSites({ objects, types }: Heap, { of, firstShared, sampled }: ObjectSites): SampledClasses {
  const classes = new Map<number, number>();
  const votes = new Map<number, number>();
  const total: number[] = [];
  for (const object of sampled) {
    const key = objects.type[object]! * SIZES + objects.size[object]!;
    let row = classes.get(key);
    if (row === undefined) {
      row = total.push(0) - 1;
      classes.set(key, row);
    }
    total[row] = total[row]! + 1;
    const vote = row * firstShared + of[object]!;
    votes.set(vote, (votes.get(vote) ?? 0) + 1);
  }
  const winner = new Int32Array(total.length).fill(NO_SITE);
  for (const [vote, count] of votes) {
    const row = Math.floor(vote / firstShared);
    if (count >= MAJORITY * total[row]!) winner[row] = vote % firstShared;
  }
  const keys = Float64Array.from(classes.keys()).sort();
  const start = new Int32Array(types.count + 1);
  const site = new Int32Array(keys.length);
  keys.forEach((key, i) => {
    const type = Math.floor(key / SIZES);
    start[type + 1] = i + 1;
    const won = winner[classes.get(key)!]!;
    site[i] = won === NO_SITE ? firstShared + type : won;
  });
  for (let type = 0; type < types.count; type++) start[type + 1] = Math.max(start[type]!, start[type + 1]!);
  return { start, size: keys.map((key) => key % SIZES), site };
}

/** Gives those of the objects `from` … `to`-1 that were not sampled the site of their class, if it has one. */
function placeByClass({ objects }: Heap, classes: SampledClasses, of: Int32Array, from: number, to: number): void {
  const { type, size } = objects;
  const { start, size: classSize, site } = classes;
  for (let object = from; object < to; object++) {
    if (of[object] !== NO_SITE) continue;
    const bytes = size[object]!;
    let low = start[type[object]!]!;
    const end = start[type[object]! + 1]!;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (classSize[middle]! < bytes) low = middle + 1;
      else high = middle;
    }
    if (low < end && classSize[low] === bytes) of[object] = site[low]!;
  }
}
