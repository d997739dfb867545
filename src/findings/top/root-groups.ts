/**
 * What roots own, by the function that goroutines were started for, or root by root. Every live object has one owner, so the rows of
 * all roots add up to the live bytes. No dominators are needed for that: what an owner owns is what `computeOwners` gives to it.
 */
import { computeOwners } from "../../analysis/ownership/owners.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { StackSizes } from "../goroutines/stack-sizes.ts";

/** What goroutines without frames are called. */
const NO_ENTRY_NAME = "(no frames)";

/** Objects between two breaths. */
const SLICE = 1 << 22;

/** Goroutines of one function. */
export interface EntryGroup {
  /** "main.(*Service).download". */
  readonly name: string;
  readonly count: number;
  /** Bytes of their stacks, which are beside the heap; of their frames where the dump does not tell. */
  readonly shallowBytes: number;
  readonly ownedBytes: number;
  /** Those that are the runtime's own. */
  readonly system: number;
}

/** Groups all goroutines by what they were started for. Costs the owners; linear in goroutines and frames. */
export async function listEntryGroups(heap: Heap, progress: Progress): Promise<EntryGroup[]> {
  const { goroutines, roots } = heap;
  const owned = await sumOwners(heap, progress);
  const ownedBy = new Float64Array(goroutines.count);
  for (let vertex = 0; vertex < roots.vertices.count; vertex++) {
    if (roots.vertices.kind[vertex] === RootVertexKind.GOROUTINE)
      ownedBy[roots.vertices.item[vertex]!] = owned[vertex]!;
  }
  const stacks = new StackSizes(heap);
  const groups = new Map<string, { -readonly [Key in keyof EntryGroup]: EntryGroup[Key] }>();
  for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
    const entry = findEntryFunction(goroutines, goroutine);
    const name = entry === undefined ? NO_ENTRY_NAME : printedFunctionName(entry);
    const group = groups.get(name) ?? { name, count: 0, shallowBytes: 0, ownedBytes: 0, system: 0 };
    group.count++;
    group.shallowBytes += stacks.bytesOf(goroutine);
    group.ownedBytes += ownedBy[goroutine]!;
    group.system += goroutines.system[goroutine]!;
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** Roots that are called alike: one variable, or goroutines of one function in one state. */
export interface RootGroup {
  readonly name: string;
  readonly kind: RootGroupKind;
  readonly count: number;
  /** Bytes of the variable, the segment, the stacks, which are beside the heap. */
  readonly shallowBytes: number;
  readonly ownedBytes: number;
}

export type RootGroupKind = "variable" | "segment" | "goroutine" | "finalizers" | "other";

const KINDS: Readonly<Record<number, RootGroupKind>> = {
  [RootVertexKind.VARIABLE]: "variable",
  [RootVertexKind.SEGMENT]: "segment",
  [RootVertexKind.GOROUTINE]: "goroutine",
  [RootVertexKind.FINALIZER]: "finalizers",
  [RootVertexKind.FINALIZERS]: "finalizers",
};

/** Lists all variables and goroutines, and what else owns anything. Costs the owners; linear in roots and frames. */
export async function listRootGroups(heap: Heap, progress: Progress): Promise<RootGroup[]> {
  const { vertices } = heap.roots;
  const owned = await sumOwners(heap, progress);
  const stacks = new StackSizes(heap);
  const groups = new Map<string, { -readonly [Key in keyof RootGroup]: RootGroup[Key] }>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const of = vertices.kind[vertex]!;
    const isThing = of === RootVertexKind.VARIABLE || of === RootVertexKind.GOROUTINE;
    if (of === RootVertexKind.UNREACHABLE || (!isThing && owned[vertex] === 0)) continue;
    const kind = KINDS[of] ?? "other";
    const name = rootVertexName(heap, vertex);
    const key = `${kind} ${name}`;
    const group = groups.get(key) ?? { name, kind, count: 0, shallowBytes: 0, ownedBytes: 0 };
    group.count++;
    group.shallowBytes += rootSize(heap, vertex, stacks);
    group.ownedBytes += owned[vertex]!;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Bytes of the objects that each root vertex owns. Float64Array, length roots.vertices.count. One pass over the objects. */
async function sumOwners(heap: Heap, progress: Progress): Promise<Float64Array> {
  const { objects, roots } = heap;
  const owner = await computeOwners(heap, progress);
  const sums = new Float64Array(roots.vertices.count);
  for (let done = 0; done < objects.count; done += SLICE) {
    const end = Math.min(done + SLICE, objects.count);
    for (let i = done; i < end; i++) {
      const root = owner[i]!;
      sums[root] = sums[root]! + objectSize(objects, i);
    }
    await breathe(progress);
  }
  return sums;
}

/** Bytes of what a root is itself; 0 where it has no memory of its own. */
function rootSize(heap: Heap, vertex: number, stacks: StackSizes): number {
  const { kind, item } = heap.roots.vertices;
  const index = item[vertex]!;
  if (kind[vertex] === RootVertexKind.VARIABLE) return heap.variables![index]!.size;
  if (kind[vertex] === RootVertexKind.SEGMENT) return heap.segments[index]!.size;
  return kind[vertex] === RootVertexKind.GOROUTINE ? stacks.bytesOf(index) : 0;
}
