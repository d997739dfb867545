/**
 * Content users: roots that do not lead to a holder, but to what is in it. A map of channels is its owner's alone, and yet whoever
 * receives from the channels keeps all that waits in them. A few things stand for all that are alike.
 */
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Accumulation } from "./accumulation.ts";
import type { ThingTree, TypeSum, Vertices } from "./thing-tree.ts";

/** Things that are asked for of one kind: what one root alone leads to of many is by chance. */
const ASKED_OF_EACH = 3;
/** The share of the bytes below a holder that the kinds have together which stand for what is in it. */
const MOSTLY = 2 / 3;
/** The share of the bytes below a holder from which on one of a few alike things is looked into, … */
const LEAST_OPENED = 0.1;
/** … if what is in it has this share of its bytes, … */
const MOSTLY_INSIDE = 0.5;
/** … and so many levels down. */
const MOST_LEVELS = 8;
/** More kinds say nothing as one. */
const MOST_KINDS = 4;

/** Some of the objects right below a holder. */
export interface ContentSamples {
  /** Of the kind that has most bytes. */
  readonly ofLargest: readonly number[];
  /** Of all kinds that together are most of what is in it; none if no few are. */
  readonly ofMost: readonly number[];
}

const NO_SAMPLES: ContentSamples = { ofLargest: [], ofMost: [] };

/** Heaps of timers, lists of goroutines: they let go by themselves. */
const RUNTIME = /^\*?runtime\./;

/**
 * Some objects right below a holder, of the types that have most bytes there; none of what variables share if there are no types: the
 * search for its users would take as long as a good part of all else. Linear in what is there.
 */
export function sampleContents({ types }: Heap, tree: ThingTree, accumulation: Accumulation): ContentSamples {
  const { below, isShared } = accumulation;
  if (isShared && types.layouts === undefined) return NO_SAMPLES;
  const all = tree.sumOf(below);
  const { sums, things } = openFew(tree, below, LEAST_OPENED * all);
  const least = MOSTLY * all;
  const kinds: TypeSum[] = [];
  let covered = 0;
  for (const sum of sums.sort((a, b) => b.bytes - a.bytes || a.type - b.type)) {
    if (covered >= least || kinds.length === MOST_KINDS) break;
    kinds.push(sum);
    covered += sum.bytes;
  }
  const samples = kinds.map((sum) => sampleKind(tree, things, sum));
  return { ofLargest: samples[0] ?? [], ofMost: covered >= least ? samples.flat() : [] };
}

/**
 * Bytes by type of some things. Where there are few of a type, as there are arrays of fields, and they have much each, what is in them
 * stands in their place: whoever has an array of his own with the same things uses all that is in it, but not the array.
 * @param much bytes
 */
function openFew(
  tree: ThingTree,
  below: Vertices,
  much: number,
): { readonly sums: TypeSum[]; readonly things: Vertices } {
  let things = below;
  for (let level = 0; ; level++) {
    const sums = [...tree.sumByType(things).of.values()];
    const few = sums.filter(({ count, bytes }) => count < ASKED_OF_EACH && bytes >= much);
    const opened = new Map<number, Vertices>();
    for (const vertex of few.flatMap((sum) => [...tree.objectsOf(sum, things)])) {
      if (tree.sizeOf(vertex) < much) continue;
      const inside = tree.childrenOf(vertex);
      if (tree.sumOf(inside) >= MOSTLY_INSIDE * tree.sizeOf(vertex)) opened.set(vertex, inside);
    }
    if (opened.size === 0 || level === MOST_LEVELS) return { sums, things };
    things = openThings(things, opened);
  }
}

/** Things with what is in some of them in their place. */
function openThings(things: Vertices, opened: ReadonlyMap<number, Vertices>): Vertices {
  const all = int32Column();
  for (let i = 0; i < things.length; i++) {
    const inside = opened.get(things[i]!);
    if (inside === undefined) all.push(things[i]!);
    else for (const vertex of inside) all.push(vertex);
  }
  return all.values;
}

/** The first things of a type, the last, and one between. */
function sampleKind(tree: ThingTree, things: Vertices, sum: TypeSum): number[] {
  const alike = tree.objectsOf(sum, things);
  const rows = Array.from({ length: ASKED_OF_EACH }, (_, i) =>
    Math.floor((i * (alike.length - 1)) / (ASKED_OF_EACH - 1)),
  );
  return [...new Set(rows)].map((row) => alike[row]!);
}

/**
 * The samples of holders for which there is room at once, the first ones first: of each all, else those of its largest kind.
 * @param room how many objects can be asked for
 */
export function chooseSamples(samples: readonly ContentSamples[], room: number): ContentSamples[] {
  let left = room;
  const chosen = samples.map(({ ofLargest, ofMost }) => {
    const isAskedFor = ofLargest.length <= left;
    if (isAskedFor) left -= ofLargest.length;
    return isAskedFor ? { ofLargest, ofMost } : NO_SAMPLES;
  });
  return chosen.map((each) => {
    const more = Math.max(0, each.ofMost.length - each.ofLargest.length);
    if (more > left) return { ...each, ofMost: [] };
    left -= more;
    return each;
  });
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
