/**
 * Containers: which objects are parts of one thing. A map is its header with its directory, tables and groups; a channel its
 * header and its buffer; a list, tree, ring or chain its nodes, as far as nothing else refers to them. What is no part of
 * anything is its own container, so the column is a map of the graph onto a smaller one. By the graph alone.
 */
import { longColumn } from "../column-memory.ts";
import type { Heap } from "../heap/heap.ts";
import { REACHABLE, valueOffset } from "../heap/objects.ts";
import { RootVertexKind } from "../heap/roots/roots.ts";
import { Structure, type ValueLayouts } from "../heap/value-layouts.ts";
import { breathe, type Progress } from "../progress.ts";
import { bitsOfTypes } from "./object-set.ts";

/** Objects between two breaths. */
const SLICE = 1 << 18;

/** In `#outside`: only nodes refer to a node, … */
const NOBODY = -1;
/** … or a stack as well, which may be of somebody who walks along the nodes, … */
const STACK = -2;
/** … or what holds many things, or more than one thing. */
const SEVERAL = -3;

/** Which part stands for the whole: the one that weighs most, of these the lowest. */
const STRUCTURE_WEIGHT: ReadonlyMap<number, number> = new Map([
  [Structure.MAP, 7],
  [Structure.CHANNEL, 7],
  [Structure.MAP_DIRECTORY, 6],
  [Structure.MAP_TABLE, 5],
  [Structure.MAP_GROUPS, 4],
  [Structure.MAP_EXTRA, 3],
]);
const MARKED_WEIGHT = 2;
const STACK_WEIGHT = 1;

/**
 * Finds the container of every object of a typed heap.
 *
 * Nodes are values of a type that points to its like. Two that are linked belong together if nothing but nodes, and perhaps
 * a stack, refers to one of them. What stands for them is the one object that refers to them from outside by several pointers,
 * as a list does to its head and tail; else the first node that something outside refers to. A single pointer is a field like
 * others: whoever has a chain of loggers is no chain. Nodes that say
 * themselves what list they are in, as those of container/list, are in that one, whatever else refers to them.
 *
 * Walks every edge of a reachable object at most twice; linear, 4 bytes an object, 8 while it works.
 * @returns Int32Array, length objects.count: the object that stands for the container, which is its own container; the
 *   object itself if it is part of nothing
 */
export async function findContainers(heap: Heap, progress: Progress): Promise<Int32Array> {
  const { count } = heap.objects;
  const { layouts } = heap.types;
  const finder = new ContainerFinder(heap);
  if (layouts === undefined) return finder.container;
  progress.phase("finding containers", 2 * count, "objects");
  for (let from = 0; from < count; from += SLICE) {
    progress.update(from);
    await breathe(progress);
    finder.mark(layouts, from, Math.min(count, from + SLICE));
  }
  finder.markRoots(layouts);
  for (let from = 0; from < count; from += SLICE) {
    progress.update(count + from);
    await breathe(progress);
    finder.join(layouts, from, Math.min(count, from + SLICE));
  }
  finder.finish(layouts);
  return finder.container;
}

class ContainerFinder {
  /** While it works: another object of the same container, in the end the one that stands for it. */
  readonly container: Int32Array;
  readonly #heap: Heap;
  /** Per node: the object that alone refers to it from outside, or one of the constants above. */
  readonly #outside: Int32Array;
  /** A bit for each node. */
  readonly #isNode: Int32Array;
  /** A bit for each node to whose like several pointers lead from the one object outside: those of a list to its head and tail. */
  readonly #isMeant: Int32Array;

  constructor(heap: Heap) {
    this.#heap = heap;
    const { count } = heap.objects;
    this.container = longColumn(Int32Array, count);
    for (let i = 0; i < count; i++) this.container[i] = i;
    this.#outside = longColumn(Int32Array, count).fill(NOBODY);
    this.#isMeant = new Int32Array((count >>> 5) + 1);
    const { types, objects } = heap;
    this.#isNode = types.layouts === undefined ? new Int32Array() : bitsOfTypes(objects.type, types.layouts.isLink);
  }

  /** Notes what refers to nodes from outside. */
  mark({ isLink, structure, of }: ValueLayouts, from: number, end: number): void {
    const { objects, edges } = this.#heap;
    const { flags, type } = objects;
    const { start, to } = edges;
    const outside = this.#outside;
    const isNode = this.#isNode;
    for (let i = from; i < end; i++) {
      if ((flags[i]! & REACHABLE) === 0) continue;
      const row = type[i]!;
      const after = start[i + 1]!;
      for (let edge = start[i]!; edge < after; edge++) {
        const target = to[edge]!;
        if (!hasBit(isNode, target) || type[target] === row) continue;
        const known = outside[target]!;
        if (known === i) setBit(this.#isMeant, target);
        if (known === SEVERAL || known === i) continue;
        const isAlone = known === NOBODY && isLink[row] === 0 && structure[row] === Structure.NONE;
        outside[target] = isAlone && of(row)?.isMany === false ? i : SEVERAL;
      }
    }
  }

  markRoots({ isLink }: ValueLayouts): void {
    const { objects, roots } = this.#heap;
    const { vertices, to } = roots;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const kind = vertices.kind[vertex];
      if (kind === RootVertexKind.UNREACHABLE) continue;
      const isStack = kind === RootVertexKind.FRAME;
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        const target = to[edge]!;
        if (isLink[objects.type[target]!] === 0) continue;
        if (!isStack) this.#outside[target] = SEVERAL;
        else if (this.#outside[target] === NOBODY) this.#outside[target] = STACK;
      }
    }
  }

  /** Joins the parts of containers. */
  join(layouts: ValueLayouts, from: number, end: number): void {
    const { flags, type } = this.#heap.objects;
    const { isLink, structure } = layouts;
    for (let i = from; i < end; i++) {
      if ((flags[i]! & REACHABLE) === 0) continue;
      const row = type[i]!;
      if (isLink[row] === 1) this.#joinNodes(layouts, i, row);
      else if (structure[row] === Structure.CHANNEL) this.#joinBuffer(layouts, i, row);
      else if (structure[row] !== Structure.NONE) this.#joinMap(layouts, i);
    }
  }

  /** Makes the column of what was joined. */
  finish({ isLink, listField }: ValueLayouts): void {
    const { container } = this;
    const { type } = this.#heap.objects;
    const outside = this.#outside;
    for (let i = 0; i < container.length; i++) {
      const head = this.#find(i);
      container[i] = head;
      if (head === i || isLink[type[i]!] === 0) continue;
      if (outside[i]! >= 0) setBit(this.#isMeant, head);
      outside[head] = bothOf(outside[head]!, outside[i]!);
    }
    for (let i = 0; i < container.length; i++) {
      const head = container[i]!;
      // A node that is alone stays what it is.
      if (head === i || isLink[type[i]!] === 0 || outside[head]! < 0 || !hasBit(this.#isMeant, head)) continue;
      container[head] = outside[head]!;
      container[i] = outside[head]!;
    }
    for (let i = 0; i < container.length; i++) {
      const field = listField[type[i]!]!;
      if (field >= 0) container[i] = this.#listOf(i, field);
    }
  }

  /** What stands for the list that a node says it is in; if that is in a variable, or there is none, for the nodes that it was joined with. */
  #listOf(node: number, field: number): number {
    const { objects, edges } = this.#heap;
    if ((objects.flags[node]! & REACHABLE) === 0) return node;
    const at = field + valueOffset(objects, node);
    for (let edge = edges.start[node]!; edge < edges.start[node + 1]!; edge++) {
      if (edges.offset[edge] === at) return this.container[edges.to[edge]!]!;
    }
    return this.container[node]!;
  }

  #joinNodes({ structure, isLink }: ValueLayouts, node: number, row: number): void {
    const { objects, edges } = this.#heap;
    const { type } = objects;
    const { start, to } = edges;
    const outside = this.#outside;
    const isFree = outside[node]! < 0 && outside[node] !== SEVERAL;
    for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
      const target = to[edge]!;
      if (type[target] !== row || target === node) continue;
      const isTargetFree = outside[target]! < 0 && outside[target] !== SEVERAL;
      if (isFree || isTargetFree) this.#join(node, target, isLink, structure);
    }
  }

  #joinBuffer({ structure, isLink, channel }: ValueLayouts, header: number, row: number): void {
    const { objects, edges } = this.#heap;
    const layout = channel(row);
    if (layout === undefined) return;
    const at = valueOffset(objects, header) + layout.buffer;
    for (let edge = edges.start[header]!; edge < edges.start[header + 1]!; edge++) {
      const target = edges.to[edge]!;
      if (edges.offset[edge] === at && structure[objects.type[target]!] === Structure.NONE) {
        this.#join(header, target, isLink, structure);
      }
    }
  }

  #joinMap({ structure, isLink }: ValueLayouts, part: number): void {
    const { type } = this.#heap.objects;
    const { start, to } = this.#heap.edges;
    for (let edge = start[part]!; edge < start[part + 1]!; edge++) {
      const target = to[edge]!;
      // An entry may be another map, but that is its header.
      if (isMapPart(structure[type[target]!]!)) this.#join(part, target, isLink, structure);
    }
  }

  #join(a: number, b: number, isLink: Uint8Array, structure: Uint8Array): void {
    const x = this.#find(a);
    const y = this.#find(b);
    if (x === y) return;
    const difference = this.#weight(x, isLink, structure) - this.#weight(y, isLink, structure);
    const isXFirst = difference > 0 || (difference === 0 && x < y);
    this.container[isXFirst ? y : x] = isXFirst ? x : y;
  }

  #weight(object: number, isLink: Uint8Array, structure: Uint8Array): number {
    const row = this.#heap.objects.type[object]!;
    if (isLink[row] === 0) return STRUCTURE_WEIGHT.get(structure[row]!) ?? 0;
    const outside = this.#outside[object]!;
    if (outside === NOBODY) return 0;
    return outside === STACK ? STACK_WEIGHT : MARKED_WEIGHT;
  }

  #find(object: number): number {
    const { container } = this;
    let at = object;
    while (container[at] !== at) {
      const above = container[container[at]!]!;
      container[at] = above;
      at = above;
    }
    return at;
  }
}

function hasBit(bits: Int32Array, object: number): boolean {
  return (bits[object >>> 5]! & (1 << (object & 31))) !== 0;
}

function setBit(bits: Int32Array, object: number): void {
  bits[object >>> 5]! |= 1 << (object & 31);
}

/** What refers to two nodes from outside. */
function bothOf(a: number, b: number): number {
  if (a === b || b === NOBODY || b === STACK) return a;
  return a === NOBODY || a === STACK ? b : SEVERAL;
}

/** Whether objects of a structure are parts of a map beside its header. */
function isMapPart(structure: number): boolean {
  return structure >= Structure.MAP_DIRECTORY && structure <= Structure.MAP_EXTRA;
}
