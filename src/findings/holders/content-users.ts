/**
 * Content users: roots that do not lead to a holder, but to what is in it. A map of channels is its owner's alone, and yet whoever
 * receives from the channels keeps all that waits in them. A few things stand for all that are alike.
 */
import type { Heap } from "../../heap/heap.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Accumulation } from "./accumulation.ts";
import type { ThingTree } from "./thing-tree.ts";

/** Things that are asked for of each holder: what one root alone leads to of many is by chance. */
export const ASKED_OF_EACH = 3;

/** Heaps of timers, lists of goroutines: they let go by themselves. */
const RUNTIME = /^\*?runtime\./;

/**
 * Some objects right below a holder, of the type that has most bytes there; none of what variables share if there are no types: the
 * search for its users would take as long as a good part of all else. Linear in what is there.
 */
export function sampleContents({ objects, types }: Heap, tree: ThingTree, accumulation: Accumulation): number[] {
  const { point, nodeTypes } = accumulation;
  if (accumulation.below !== undefined && types.layouts === undefined) return [];
  const all = accumulation.below ?? tree.partsAndChildrenOf(point, nodeTypes).children;
  const below = all.filter((vertex) => vertex < objects.count);
  const bytes = new Map<number, number>();
  for (const object of below) {
    const type = objects.type[object]!;
    bytes.set(type, (bytes.get(type) ?? 0) + tree.sizeOf(object));
  }
  let most = -1;
  for (const [type, sum] of bytes) if (most < 0 || sum > bytes.get(most)!) most = type;
  const alike = below.filter((object) => objects.type[object] === most);
  const rows = Array.from({ length: ASKED_OF_EACH }, (_, i) =>
    Math.floor((i * (alike.length - 1)) / (ASKED_OF_EACH - 1)),
  );
  return [...new Set(rows)].flatMap((row) => alike[row] ?? []);
}

/**
 * Roots that lead to all of the samples, and not to the holder. Linear in the roots, of which there may be as many as goroutines.
 * @param leading of each sample the roots that lead there
 * @param known those that lead to the holder, its owner among them
 */
export function contentUsers(heap: Heap, leading: readonly (readonly number[])[], known: readonly number[]): number[] {
  const [first = [], ...rest] = leading;
  const isKnown = new Set(known);
  let users = first.filter((root) => !isKnown.has(root));
  for (const roots of rest) {
    if (users.length === 0) break;
    const others = new Set(roots);
    users = users.filter((root) => others.has(root));
  }
  return users.filter((root) => !RUNTIME.test(rootVertexName(heap, root)));
}

/**
 * What goroutines are called of which each leads to a sample of its own: the connections in a map, each served by another one. Where
 * those of one function wait at several places, they are called by the function alone: "goroutine main.serve". Linear in the roots;
 * makes names for each goroutine.
 * @param leading of each sample the roots that lead there
 * @param known those that lead to the holder, or to all samples: others of their names go without saying
 */
export function eachUsers(heap: Heap, leading: readonly (readonly number[])[], known: readonly number[]): string[] {
  if (leading.length < 2) return [];
  const { kind } = heap.roots.vertices;
  const isGoroutine = (root: number): boolean => kind[root] === RootVertexKind.GOROUTINE;
  const isKnown = new Set(known);
  const others = leading.map((roots) => roots.filter((root) => isGoroutine(root) && !isKnown.has(root)));
  if (others.some((roots) => roots.length === 0)) return [];
  const inAll = (nameOf: (root: number) => string): string[] => {
    const [first, ...rest] = others.map((roots) => new Set(roots.map(nameOf)));
    const knownNames = new Set(known.filter(isGoroutine).map(nameOf));
    return [...first!].filter((name) => rest.every((names) => names.has(name)) && !knownNames.has(name));
  };
  const alike = inAll((root) => rootVertexName(heap, root));
  const functions = inAll((root) => functionName(heap, root));
  return [...alike, ...functions.filter((name) => !alike.some((other) => other.startsWith(`${name} [`)))];
}

/** "goroutine main.serve", wherever it waits. */
function functionName(heap: Heap, root: number): string {
  const entry = findEntryFunction(heap.goroutines, heap.roots.vertices.item[root]!);
  return entry === undefined ? rootVertexName(heap, root) : `goroutine ${printedFunctionName(entry)}`;
}
