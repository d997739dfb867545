/**
 * Live objects by type, package or allocation site: how many there are, what they take, and what they own. What the objects of one
 * row own together has every byte once, however they hold one another; rows overlap, because what one owns may be in another.
 */
import { sumGroups } from "../../analysis/dominators/group-retained-size.ts";
import { computeHistogram } from "../../analysis/histogram.ts";
import { computeOwnerTree, withOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import {
  findObjectSites,
  NO_SITE,
  NO_SITE_NAME,
  type ObjectSites,
  SEVERAL_SITES,
  WHY_NO_SAMPLES,
} from "../../analysis/sites/object-sites.ts";
import { NO_STACK } from "../../analysis/sites/stack-tree.ts";
import { hasProgramSamples } from "../../heap/facts/memory-profile.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, memoise } from "../../heap/memo.ts";
import { objectSize, REACHABLE, TypeSource } from "../../heap/objects.ts";
import { atLine } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { packageOfRow } from "../../heap/type-package.ts";
import { listedTypeName } from "../../heap/types.ts";
import { breathe, type Progress } from "../../progress.ts";

/** Sums of one group of live objects. */
export interface ObjectGroup {
  readonly name: string;
  readonly count: number;
  readonly shallowBytes: number;
  readonly ownedBytes: number;
  /** Of the objects, those whose type is guessed from shape and contents. */
  readonly guessed: number;
}

/** Objects between two breaths. */
const SLICE = 1 << 22;

/** The live objects of every type that has any, in the order of the type table. Costs the owner tree; 32 bytes per type. */
export async function listTypeGroups(heap: Heap, progress: Progress): Promise<ObjectGroup[]> {
  return (await listTypeRows(heap, progress)).map(({ row, ...group }) => group);
}

/** The same, each with its row of the type table: several types may be called the same. */
export async function listTypeRows(
  heap: Heap,
  progress: Progress,
): Promise<(ObjectGroup & { readonly row: number })[]> {
  const sums = await computeTypeSums(heap, progress);
  return sums.map(({ group, ...sum }) => ({ row: group, name: listedTypeName(heap.types, group), ...sum }));
}

/** The sums of every type's live objects, by row of the type table; memoised per heap. Costs as `listTypeGroups`. */
export const computeTypeSums: Analysis<readonly GroupSums[]> = memoise((heap, progress) =>
  sumObjects(heap, heap.objects.type, heap.types.count, progress),
);

/** The same by package; memoised per heap. 4 bytes per object more. */
export const computePackageGroups: Analysis<readonly ObjectGroup[]> = memoise(async (heap, progress) => {
  const { types, objects } = heap;
  const packages = new Map<string, number>();
  const packageOf = Int32Array.from({ length: types.count }, (_, type) => {
    const name = packageOfRow(types, type);
    if (!packages.has(name)) packages.set(name, packages.size);
    return packages.get(name)!;
  });
  const names = [...packages.keys()];
  const packageOfObject = objects.type.map((type) => packageOf[type]!);
  const sums = await sumObjects(heap, packageOfObject, names.length, progress);
  return sums.map(({ group, ...sum }) => ({ name: names[group]!, ...sum }));
});

/** Of a site: how many of its live objects were sampled, so that it is certain that they are its. */
export interface SiteGroup extends ObjectGroup {
  readonly sampled: number;
}

/**
 * The same by the site that allocated the objects. 4 bytes per object more.
 * @param callsPerSite how many of a stack's innermost calls are a site
 */
export async function listSiteGroups(heap: Heap, callsPerSite: number, progress: Progress): Promise<SiteGroup[]> {
  const { objects, types } = heap;
  const sites = await findObjectSites(heap, callsPerSite, progress);
  if (!hasProgramSamples(heap.memoryProfile)) {
    progress.warn(
      "no-samples",
      `the dump has no sampled objects of the program: all of these are in "${NO_SITE_NAME}". ${WHY_NO_SAMPLES}`,
    );
  }
  const groupCount = sites.firstShared + types.count;
  const sampled = new Float64Array(groupCount);
  for (const object of sites.sampled) {
    const site = sites.of[object]!;
    if ((objects.flags[object]! & REACHABLE) !== 0) sampled[site] = sampled[site]! + 1;
  }
  const sums = await sumObjects(heap, sites.of, groupCount, progress);
  return sums.map(({ group, ...sum }) => ({ name: siteName(heap, sites, group), ...sum, sampled: sampled[group]! }));
}

/** "main.(*Server).login main.go:52", followed by its callers if sites have several calls. */
function siteName(
  { memoryProfile, types }: Heap,
  { calls, callSites, firstShared }: ObjectSites,
  site: number,
): string {
  if (site === NO_SITE) return NO_SITE_NAME;
  if (site >= firstShared) return SEVERAL_SITES + types.names[site - firstShared]!;
  const { names } = memoryProfile;
  const found: string[] = [];
  for (let call = site; call !== NO_STACK; call = calls.parent[call]!) {
    const at = calls.location[call]!;
    found.push(atLine(names[callSites.function[at]!]!, names[callSites.file[at]!]!, callSites.line[at]!));
  }
  return found.join(" ← ");
}

/** The sums of a group without its name, which its number stands for. */
export interface GroupSums extends Omit<ObjectGroup, "name"> {
  readonly group: number;
}

/** Sums live objects by group, which is told per object; groups without any are left out. */
async function sumObjects(heap: Heap, of: Int32Array, groupCount: number, progress: Progress): Promise<GroupSums[]> {
  const { objects, roots } = heap;
  const { ownedSize } = await computeOwnerTree(heap, progress);
  const live = objects.count + roots.vertices.kind.indexOf(RootVertexKind.GC_ROOTS);
  const owned = await withOwnerChildren(heap, progress, (children) =>
    sumGroups(children, live, ownedSize, of, groupCount, progress),
  );
  const sums = of === objects.type ? await countTypes(heap, progress) : newSums(groupCount);
  for (let done = 0; done < objects.count; done += SLICE) {
    const end = Math.min(done + SLICE, objects.count);
    if (of !== objects.type) countLive(heap, of, sums, done, end);
    // Without an executable nothing is guessed.
    if (heap.types.layouts !== undefined) countGuessed(heap, of, sums.guessed, done, end);
    await breathe(progress);
  }
  const { count, bytes, guessed } = sums;
  const found: GroupSums[] = [];
  for (let group = 0; group < groupCount; group++) {
    if (count[group] === 0) continue;
    found.push({
      group,
      count: count[group]!,
      shallowBytes: bytes[group]!,
      ownedBytes: owned[group]!,
      guessed: guessed[group]!,
    });
  }
  return found;
}

interface LiveSums {
  readonly count: Float64Array;
  readonly bytes: Float64Array;
  readonly guessed: Float64Array;
}

function newSums(groupCount: number): LiveSums {
  const column = (): Float64Array => new Float64Array(groupCount);
  return { count: column(), bytes: column(), guessed: column() };
}

/** Of types the histogram knows how many there are, and their bytes. */
async function countTypes(heap: Heap, progress: Progress): Promise<LiveSums> {
  const { reachableObjects, reachableBytes } = await computeHistogram(heap, progress);
  return { count: reachableObjects, bytes: reachableBytes, guessed: new Float64Array(heap.types.count) };
}

function countLive({ objects }: Heap, of: Int32Array, { count, bytes }: LiveSums, from: number, to: number): void {
  const { flags } = objects;
  for (let i = from; i < to; i++) {
    if ((flags[i]! & REACHABLE) === 0) continue;
    const group = of[i]!;
    count[group] = count[group]! + 1;
    bytes[group] = bytes[group]! + objectSize(objects, i);
  }
}

function countGuessed({ objects }: Heap, of: Int32Array, guessed: Float64Array, from: number, to: number): void {
  const { flags, typeSource } = objects;
  for (let i = from; i < to; i++) {
    if (typeSource[i] !== TypeSource.INFERRED || (flags[i]! & REACHABLE) === 0) continue;
    guessed[of[i]!] = guessed[of[i]!]! + 1;
  }
}
