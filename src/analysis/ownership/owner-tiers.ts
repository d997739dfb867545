/**
 * Tiers: how strong a claim a GC root has on what it leads to. A Go program works with a thing while its goroutines have
 * it on their stacks, so nearly everything hangs on several roots. One of them owns it: the one that keeps it there for
 * good. A package variable does so more than a stack, a long-running goroutine more than a young one, and the runtime's
 * own tables hardly ever.
 */
import type { Heap } from "../../heap/heap.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";

/** The tier of the entries into garbage. What garbage leads to is garbage only if nothing else leads there. */
export const GARBAGE_TIER = 0x7fff_ffff;

/** Variables of the runtime's packages, "runtime.allp", "*internal/runtime/maps.x", and sync's lists of all pools in use. */
const RUNTIME_VARIABLE = /^\*?((internal\/)?runtime[./]|sync\.(all|old)Pools$)/;

export interface OwnerTiers {
  /** Of every root edge, smaller is stronger. */
  readonly of: Int32Array;
  /** The one of the runtime's own variables and threads. */
  readonly runtime: number;
  /** The first of words that are pointers conservatively. */
  readonly conservative: number;
}

/**
 * The tier of every root edge, smaller is stronger: package variables 0; each goroutine one of its own, the oldest first,
 * system goroutines after all others; the runtime's bookkeeping; finalizers and cleanups; words that are pointers
 * conservatively, again by goroutine; garbage last. Linear, but for sorting goroutines.
 */
export function computeOwnerTiers(heap: Heap): OwnerTiers {
  const { roots, goroutines } = heap;
  const { vertices } = roots;
  const age = rankByAge(heap);
  const goroutineOf = findGoroutines(heap);
  const runtime = 1 + goroutines.count;
  const finalizers = runtime + 1;
  const conservative = runtime + 2;
  const tiers = new Int32Array(roots.count);
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const goroutine = goroutineOf[vertex]!;
    const rank = goroutine < 0 ? 0 : age[goroutine]!;
    const variable = isRuntimeVariable(heap, vertex) ? runtime : 0;
    const other = goroutine < 0 ? runtime : 1 + rank;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      switch (roots.kind[edge]) {
        case RootKind.UNREACHABLE:
          tiers[edge] = GARBAGE_TIER;
          break;
        case RootKind.DATA:
        case RootKind.BSS:
          tiers[edge] = variable;
          break;
        case RootKind.FRAME_CONSERVATIVE:
          tiers[edge] = conservative + rank;
          break;
        case RootKind.FINALIZER_FUNCTION:
        case RootKind.FINALIZER_REFERENT:
        case RootKind.QUEUED_FINALIZER:
        case RootKind.QUEUED_FINALIZER_FUNCTION:
          tiers[edge] = finalizers;
          break;
        // The descriptors of threads lead to one another and to goroutines; what they lead to is others'.
        case RootKind.THREAD:
          tiers[edge] = runtime;
          break;
        default:
          tiers[edge] = other;
      }
    }
  }
  return { of: tiers, runtime, conservative };
}

/** Whether a root vertex is a variable of the runtime's. */
export function isRuntimeVariable(heap: Heap, vertex: number): boolean {
  const isVariable = heap.roots.vertices.kind[vertex] === RootVertexKind.VARIABLE;
  return isVariable && RUNTIME_VARIABLE.test(rootVertexName(heap, vertex));
}

/**
 * Processors get identifiers of goroutines 16 at a time, so that of two that are near each other the smaller need not be the older one:
 * with 64 processors so many may be of one moment. Of later ones those may be that have less than twice the identifier.
 */
const FIRST_IDS = 1024;

/**
 * Rank of every goroutine: the user's before the runtime's, and the smaller id, which is the older one, first. Of those that may be about as
 * old, what is the only one of its function comes before those that are many: what all of these use is no more of one than of another.
 */
function rankByAge({ goroutines }: Heap): Int32Array {
  const { count, system, id } = goroutines;
  const age = Float64Array.from(id, (one) => Math.max(0, Math.floor(Math.log2(one / FIRST_IDS)) + 1));
  const isOneOfMany = markOfMany(goroutines);
  const order = Array.from({ length: count }, (_, i) => i);
  order.sort(
    (a, b) =>
      system[a]! - system[b]! || age[a]! - age[b]! || isOneOfMany[a]! - isOneOfMany[b]! || id[a]! - id[b]! || a - b,
  );
  const rank = new Int32Array(count);
  for (const [at, goroutine] of order.entries()) rank[goroutine] = at;
  return rank;
}

/** 1 for every goroutine of which there are others of the same function, that of the user's it began with; else 0. */
function markOfMany(goroutines: Heap["goroutines"]): Uint8Array {
  const entries = Array.from({ length: goroutines.count }, (_, i) => findEntryFunction(goroutines, i));
  const counts = new Map<string | undefined, number>();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return Uint8Array.from(entries, (entry) => (counts.get(entry)! > 1 ? 1 : 0));
}

/** The goroutine of every root vertex that is one or a frame of one; else -1. */
function findGoroutines({ roots: { vertices } }: Heap): Int32Array {
  const goroutine = new Int32Array(vertices.count).fill(-1);
  for (let v = 0; v < vertices.count; v++) {
    if (vertices.kind[v] === RootVertexKind.GOROUTINE) goroutine[v] = vertices.item[v]!;
    else if (vertices.kind[v] === RootVertexKind.FRAME) goroutine[v] = goroutine[vertices.parent[v]!]!;
  }
  return goroutine;
}
