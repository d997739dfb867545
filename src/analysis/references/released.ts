/**
 * Released: what no GC root leads to any more once some pointers are ignored. The answer to "what would go if these were
 * cleared": not the sum of retained sizes, for what they lead to may be shared.
 */
import type { Heap } from "../../heap/heap.ts";
import { type Edges, objectSize, REACHABLE } from "../../heap/objects.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { doBeside, newColumn } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import { grow } from "../grow.ts";

/** Objects between two breaths. */
const SLICE = 1 << 19;

/** In `marks`, of an object without pointers, which need not be followed; … */
const LEAF = 1;
/** … of one with pointers that are ignored; … */
const PARTLY = 2;
/** … of one that is kept, or already counted. */
const MARK = 4;

/** Objects still to be followed for which there is room at first. */
const FIRST_DEPTH = 1 << 16;

export interface IgnoredPointers {
  /** Edges from object to object, ascending. */
  readonly edges: ArrayLike<number>;
  /** Root edges, ascending. */
  readonly rootEdges: ArrayLike<number>;
}

/** What is released, by the group of pointers that led to it. */
export interface Released {
  /** Per group; what several groups led to is the first one's. */
  readonly bytes: Float64Array;
  readonly objects: Float64Array;
}

/**
 * Finds what is released if pointers are ignored, and tells it apart by groups: group g has the pointers numbered
 * `groupOf(k) === g`, edges first, then root edges. Walks the reachable graph once; a byte an object while it works, and 4 for each on the way.
 * @param visit is shown every object that is released, and its group
 */
export async function findReleased(
  heap: Heap,
  ignored: IgnoredPointers,
  groupOf: (pointer: number) => number,
  groupCount: number,
  progress: Progress,
  visit: (object: number, group: number) => void = () => {},
): Promise<Released> {
  const bytes = new Float64Array(groupCount);
  const objects = new Float64Array(groupCount);
  if (ignored.edges.length + ignored.rootEdges.length === 0) return { bytes, objects };
  const marks = await markRest(heap, ignored, progress);
  const { edges, roots } = heap;
  let stack: Int32Array = new Int32Array(FIRST_DEPTH);
  const edgeCount = ignored.edges.length;
  for (let k = 0; k < edgeCount + ignored.rootEdges.length; k++) {
    const isEdge = k < edgeCount;
    const target = isEdge ? edges.to[ignored.edges[k]!]! : roots.to[ignored.rootEdges[k - edgeCount]!]!;
    if (marks[target]! & MARK) continue;
    const group = groupOf(k);
    let depth = 0;
    marks[target] = MARK;
    stack[depth++] = target;
    while (depth > 0) {
      const object = stack[--depth]!;
      bytes[group]! += objectSize(heap.objects, object);
      objects[group]!++;
      visit(object, group);
      for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
        const next = edges.to[edge]!;
        if (marks[next]! & MARK) continue;
        marks[next] = MARK;
        if (depth === stack.length) stack = grow(stack);
        stack[depth++] = next;
      }
    }
  }
  return { bytes, objects };
}

/** Marks all that roots lead to without the ignored pointers, and what was garbage before. Another thread does it, if one is free. */
async function markRest(heap: Heap, ignored: IgnoredPointers, progress: Progress): Promise<Uint8Array> {
  const { objects, edges } = heap;
  const columns = restColumns(heap, ignored);
  const steps = objects.count + edges.count;
  await doBeside({ kernel: MARK_REST, columns, long: [edges.to], steps, here: searchRest }, progress);
  const { marks } = columns;
  // What was garbage before is not released.
  for (let i = 0; i < objects.count; i++) if ((objects.flags[i]! & REACHABLE) === 0) marks[i] = MARK;
  return marks;
}

interface RestColumns extends Pick<Edges, "start" | "to"> {
  /** Per object: MARK once it is reached; until then what is known of its pointers. */
  readonly marks: Uint8Array;
  /** A bit for each ignored edge. */
  readonly isIgnored: Int32Array;
  /** Where to begin: what roots lead to. */
  readonly entries: Int32Array;
}

function restColumns({ objects, edges, roots }: Heap, ignored: IgnoredPointers): RestColumns {
  const { start, to } = edges;
  const marks = newColumn(Uint8Array, objects.count);
  for (let i = 0; i < objects.count; i++) if (start[i] === start[i + 1]) marks[i] = LEAF;
  let object = 0;
  for (let k = 0; k < ignored.edges.length; k++) {
    while (start[object + 1]! <= ignored.edges[k]!) object++;
    marks[object] = PARTLY;
  }
  const isRootIgnored = bitsOf(ignored.rootEdges, roots.count);
  const entries: number[] = [];
  const { vertices } = roots;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] === RootVertexKind.UNREACHABLE) continue;
    for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
      if (!has(isRootIgnored, row)) entries.push(roots.to[row]!);
    }
  }
  return { start, to, marks, isIgnored: bitsOf(ignored.edges, edges.count), entries: Int32Array.from(entries) };
}

/** `searchRest` for another thread: the one row is the whole graph. */
export const MARK_REST: Kernel<RestColumns, void> = {
  name: "mark-rest",
  run: (columns) => searchRest(columns, NO_PROGRESS),
};

async function searchRest(columns: RestColumns, progress: Progress): Promise<void> {
  const search = new RestSearch(columns);
  for (const entry of columns.entries) search.enter(entry);
  while (search.advance(SLICE)) await breathe(progress);
}

/** What roots lead to, past ignored pointers. */
class RestSearch {
  readonly marks: Uint8Array;
  readonly #start: Uint32Array;
  readonly #to: Int32Array;
  readonly #isIgnored: Int32Array;
  #stack: Int32Array = new Int32Array(FIRST_DEPTH);
  #depth = 0;

  constructor({ start, to, marks, isIgnored }: RestColumns) {
    this.#start = start;
    this.#to = to;
    this.marks = marks;
    this.#isIgnored = isIgnored;
  }

  enter(object: number): void {
    const before = this.marks[object]!;
    if (before & MARK) return;
    this.marks[object] = before | MARK;
    if (before !== LEAF) this.#push(object);
  }

  /** Follows at most `steps` objects; returns whether there is more to do. */
  advance(steps: number): boolean {
    const start = this.#start;
    const to = this.#to;
    const marks = this.marks;
    for (let left = steps; left > 0 && this.#depth > 0; left--) {
      const object = this.#stack[--this.#depth]!;
      const end = start[object + 1]!;
      if (marks[object]! & PARTLY) {
        for (let edge = start[object]!; edge < end; edge++) if (!has(this.#isIgnored, edge)) this.enter(to[edge]!);
        continue;
      }
      for (let edge = start[object]!; edge < end; edge++) {
        const next = to[edge]!;
        const before = marks[next]!;
        if (before & MARK) continue;
        marks[next] = before | MARK;
        if (before !== LEAF) this.#push(next);
      }
    }
    return this.#depth > 0;
  }

  #push(object: number): void {
    if (this.#depth === this.#stack.length) this.#stack = grow(this.#stack);
    this.#stack[this.#depth++] = object;
  }
}

function bitsOf(numbers: ArrayLike<number>, count: number): Int32Array {
  const bits = new Int32Array((count >>> 5) + 1);
  for (let k = 0; k < numbers.length; k++) bits[numbers[k]! >>> 5]! |= 1 << (numbers[k]! & 31);
  return bits;
}

function has(bits: Int32Array, index: number): boolean {
  return (bits[index >>> 5]! & (1 << (index & 31))) !== 0;
}
