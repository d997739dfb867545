/** The one thing that somebody asks about: what it is, what it keeps, and who leads there, as the report says of what holds the memory. */
import { findRootsOf } from "../../analysis/ownership/only-root.ts";
import { measureOwned } from "../../analysis/ownership/owned-bytes.ts";
import { computeOwnedSizes, computeOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { computeOwners } from "../../analysis/ownership/owners.ts";
import { isLibraryMap, shownTypeName } from "../../analysis/paths/library-maps.ts";
import type { Heap } from "../../heap/heap.ts";
import { isKnown } from "../../heap/memo.ts";
import { REACHABLE } from "../../heap/objects.ts";
import { TypeKind } from "../../heap/types.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { breathe, type Progress } from "../../progress.ts";
import { SEEN_BY_STRING } from "../../values/array-views.ts";
import { computeValuesOf, type HeapValues } from "../../values/values.ts";
import { nameTypeSource, type TypeSourceName } from "../guessed.ts";
import { groupRoots, type HolderRoot } from "../holders/holder-roots.ts";
import type { HolderNodes } from "../holders/nodes.ts";
import { findUse, type HolderUse } from "../holders/use.ts";
import { countEntries, findNodes } from "./members.ts";
import { groupTimers } from "./timer-ways.ts";

/** Objects between two breaths. */
const SLICE = 1 << 20;

/** What is told of one live object beside the ways to it. */
export interface WhyThing {
  /** Its type; of a map that the library makes of objects of its own, "sync.Map". */
  readonly type: string;
  readonly typeSource: TypeSourceName;
  /** How much of it is in use; null if it is no slice, map or channel, or the heap has no types. */
  readonly use: HolderUse | null;
  /** Of the bytes that strings are cut out of how many these show; null if it is nothing of that kind, or a slice shows some of it. */
  readonly shownBytes: number | null;
  /** What it is made of, if it is a list, ring or tree; else null. */
  readonly nodes: HolderNodes | null;
  /** Bytes that it owns, its own included, and their share of the live bytes, 0 … 1. */
  readonly ownedBytes: number;
  readonly share: number;
  /** All other roots that lead to it, and pending timers, alike ones together, most first. */
  readonly alsoUsedBy: readonly HolderRoot[];
}

/**
 * Describes a live object. Costs the owners, one look at every edge or two, and, if the dominators are not known, one search for the
 * roots that lead there.
 * @param container per object what stands for it where it is part of a map, channel or list
 */
export async function describeThing(
  heap: Heap,
  object: number,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<WhyThing> {
  const { objects, types } = heap;
  const owners = await computeOwners(heap, progress);
  const values = mayBeInUse(heap, object) ? await computeValuesOf(heap, object, progress) : undefined;
  const leading = await findRootsOf(heap, object, progress);
  const type = types.names[objects.type[object]!]!;
  const others = leading.all.filter((root) => root !== owners[object]!);
  const parts = (await findParts(container, object, progress)).filter((part) => owners[part] === owners[object]);
  const areSizesKnown = isKnown(computeOwnedSizes, heap) || isKnown(computeOwnerTree, heap);
  const ownedBytes =
    parts.length === 1 && areSizesKnown
      ? (await computeOwnedSizes(heap, progress))[object]!
      : await measureOwned(heap, parts, owners, progress);
  return {
    type: shownTypeName(type),
    typeSource: nameTypeSource(objects, object),
    use: isLibraryMap(type)
      ? await countEntries(heap, object, container, progress)
      : values === undefined
        ? null
        : findUse(heap, values, object),
    shownBytes: values === undefined ? null : findShownBytes(values, object),
    nodes: findNodes(heap, parts),
    ownedBytes,
    share: ownedBytes / (await sumLive(heap, progress)),
    alsoUsedBy: [
      ...describeTimers(heap, container, leading.timers),
      ...groupRoots(heap, { ...leading, all: others }, new Map()),
    ],
  };
}

/**
 * Measures what several live objects own together; null if they have several owners. Costs the owners, and one look at every edge or two.
 * @param container as above: of a map, channel or list all that it is made of counts
 */
export async function measureTogether(
  heap: Heap,
  targets: Int32Array,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<{ readonly ownedBytes: number; readonly share: number } | null> {
  const owners = await computeOwners(heap, progress);
  const owner = owners[targets[0]!]!;
  if (targets.some((target) => owners[target] !== owner)) return null;
  const isAsked = new Uint8Array(heap.objects.count);
  for (const target of targets) isAsked[target] = 1;
  const parts = [...targets];
  for (let i = 0; container !== undefined && i < container.length; i++) {
    if (i % SLICE === SLICE - 1) await breathe(progress);
    if (isAsked[container[i]!] === 1 && isAsked[i] === 0 && owners[i] === owner) parts.push(i);
  }
  const ownedBytes = await measureOwned(heap, parts, owners, progress);
  return { ownedBytes, share: ownedBytes / (await sumLive(heap, progress)) };
}

function describeTimers(heap: Heap, container: Int32Array | undefined, rows: readonly number[]): HolderRoot[] {
  const asked = new Set(rows);
  return groupTimers(heap, container, (row) => asked.has(row)).map(([name, { length }]) => {
    return { kind: "timers", name, count: length, isCertain: true, leadsTo: null };
  });
}

/** What a list, map or tree is made of, itself first; of what is no container's whole, itself. */
async function findParts(
  container: Int32Array | undefined,
  object: number,
  progress: Progress,
): Promise<readonly number[]> {
  const parts = [object];
  if (container === undefined || container[object] !== object) return parts;
  for (let i = 0; i < container.length; i++) {
    if (i % SLICE === SLICE - 1) await breathe(progress);
    if (container[i] === object && i !== object) parts.push(i);
  }
  return parts;
}

async function sumLive({ objects }: Heap, progress: Progress): Promise<number> {
  const { count, flags, size, hugeSize } = objects;
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    if (i % SLICE === SLICE - 1) await breathe(progress);
    if ((flags[i]! & REACHABLE) !== 0) bytes += size[i]!;
  }
  for (const [i, huge] of hugeSize) if ((flags[i]! & REACHABLE) !== 0) bytes += huge - size[i]!;
  return bytes;
}

/** What strings show of an object, as far as nothing else may show more of it. O(log n). */
function findShownBytes({ views }: HeapValues, object: number): number | null {
  const view = views.set.indexOf(object);
  return view >= 0 && views.seen[view] === SEEN_BY_STRING ? views.used.get(view) : null;
}

/** Whether an object is of a type of which a count may tell how much is in use: the walk over all values is long. */
function mayBeInUse({ objects, types: { kind, layouts } }: Heap, object: number): boolean {
  if (layouts === undefined) return false;
  const row = objects.type[object]!;
  if (kind[row] === TypeKind.STRING) return true;
  return layouts.structure[row] !== Structure.NONE || layouts.of(row)?.isMany === true;
}
