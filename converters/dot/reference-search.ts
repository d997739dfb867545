/**
 * ReferenceSearch: what is how many steps from the focus, put together into as many nodes as can be drawn. Goes breadth
 * first, from the objects of one distance to those of the next; what has one type and one distance is one node if it is
 * more than a few objects, and what does not fit is one node without a type.
 */
import {
  breathe,
  type Heap,
  NO_OBJECT,
  objectSize,
  type Progress,
  REACHABLE,
  type Retainers,
  TypeSource,
} from "../../src/index.ts";
import type { RootClass, RootClasses } from "./root-classes.ts";

/** Objects of one type and distance that are drawn one by one. */
const SINGLE_OBJECTS = 4;
/** In `nodeOf`: not met; */
const UNSEEN = -1;
/** met, but in no node. */
const SEEN = -2;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/** Objects, or root vertices, that are one node of the picture. */
export interface FoundNode {
  /** Steps from the focus. */
  readonly distance: number;
  /** "rest" is what did not fit: objects of several types, or several root classes. */
  readonly kind: "objects" | "roots" | "rest";
  /** Row of the type table, or of the root classes; of a rest, how many types or classes are in it. */
  readonly row: number;
  /** The first of its objects; NO_OBJECT for root classes. */
  example: number;
  objects: number;
  shallow: number;
  /** Of the objects, those whose types are guesses, and those that are reachable. */
  inferred: number;
  live: number;
  /** What is one step further and in no node; 0 where the search went on. */
  beyond: number;
}

/** How far to search, and how much to keep. */
export interface SearchOptions {
  readonly maxNodes: number;
  readonly steps: number;
  /** Bytes that the objects of a type have to retain, each by itself. */
  readonly minimum: number;
}

/** One search: `run` once, then read the nodes. */
export class ReferenceSearch {
  /** Per object: index into `nodes`, or negative. */
  readonly nodeOf: Int32Array;
  /** Per root class: index into `nodes`, or negative. */
  readonly nodeOfClass: Int32Array;
  readonly nodes: FoundNode[] = [];
  readonly #heap: Heap;
  readonly #roots: RootClasses;
  readonly #retained: Float64Array;
  /** To go to the owners; undefined to go to what is owned. */
  readonly #retainers: Retainers | undefined;
  readonly #options: SearchOptions;
  /** Objects in the order in which they were met, those of one distance together; each gets here once at the most. */
  readonly #queue: Int32Array;
  /** Per type, of the objects that are being placed; 0 in between. */
  readonly #typeCount: Int32Array;
  readonly #typeRetained: Float64Array;

  constructor(
    heap: Heap,
    roots: RootClasses,
    retained: Float64Array,
    retainers: Retainers | undefined,
    options: SearchOptions,
  ) {
    this.#heap = heap;
    this.#roots = roots;
    this.#retained = retained;
    this.#retainers = retainers;
    this.#options = options;
    this.#queue = new Int32Array(heap.objects.count);
    this.nodeOf = new Int32Array(heap.objects.count).fill(UNSEEN);
    this.nodeOfClass = new Int32Array(roots.classes.length).fill(UNSEEN);
    this.#typeCount = new Int32Array(heap.types.count);
    this.#typeRetained = new Float64Array(heap.types.count);
  }

  /** Finds everything, from the objects `focus` on. */
  async run(focus: Int32Array, progress: Progress): Promise<void> {
    const { steps, maxNodes } = this.#options;
    progress.phase("references", steps, "steps");
    const queue = this.#queue;
    queue.set(focus);
    let first = 0;
    // Of many types that fit one name, a third of the picture.
    let end = this.#placeObjects(0, focus.length, 0, Math.ceil(maxNodes / 3), 0);
    for (let distance = 1; distance <= steps && first < end; distance++) {
      const left = maxNodes - this.nodes.length;
      if (left === 0) break;
      const classes = new Set<number>();
      const metEnd = await this.#expand(first, end, classes, progress);
      // What is near gets more room than what is far.
      const allowance = Math.max(Math.min(left, 3), Math.ceil(left / Math.min(3, steps - distance + 1)));
      const before = this.nodes.length;
      this.#placeRoots([...classes], distance, Math.ceil(allowance / 2));
      const rest = allowance - (this.nodes.length - before);
      first = end;
      end = this.#placeObjects(first, metEnd, distance, rest, this.#options.minimum);
      progress.update(distance);
    }
    this.#countBeyond(first, end);
  }

  /** Adds the root classes `classes` to the picture, as far as there is room. */
  addRoots(classes: Iterable<number>, distance: number, most: number): void {
    const unknown = [...classes].filter((row) => this.nodeOfClass[row] === UNSEEN);
    this.#placeRoots(unknown, distance, Math.min(most, this.#options.maxNodes - this.nodes.length));
  }

  /**
   * Appends to the queue what is one step from its objects `first` … `end`-1 and was not met before, root classes to
   * `classes`. Returns the queue's new end.
   */
  async #expand(first: number, end: number, classes: Set<number>, progress: Progress): Promise<number> {
    let metEnd = end;
    for (let from = first; from < end; from += SLICE) {
      metEnd = this.#visit(from, Math.min(from + SLICE, end), metEnd, classes);
      await breathe(progress);
    }
    return metEnd;
  }

  #visit(first: number, end: number, queueEnd: number, classes: Set<number>): number {
    const { nodeOf, nodeOfClass } = this;
    const { count } = this.#heap.objects;
    const { start, to } = this.#links();
    const queue = this.#queue;
    const classOf = this.#roots.of;
    let metEnd = queueEnd;
    for (let i = first; i < end; i++) {
      const object = queue[i]!;
      const after = start[object + 1]!;
      for (let at = start[object]!; at < after; at++) {
        const other = to[at]!;
        if (other >= count) {
          const row = classOf[other - count]!;
          if (nodeOfClass[row] === UNSEEN) classes.add(row);
        } else if (nodeOf[other] === UNSEEN) {
          nodeOf[other] = SEEN;
          queue[metEnd++] = other;
        }
      }
    }
    return metEnd;
  }

  #links(): { start: Uint32Array; to: Int32Array } {
    return this.#retainers ? { start: this.#retainers.start, to: this.#retainers.from } : this.#heap.edges;
  }

  /**
   * Makes nodes of the objects `first` … `end`-1 of the queue, `most` at the most. Keeps those in the queue from which the
   * search goes on, and returns its new end.
   */
  #placeObjects(first: number, end: number, distance: number, most: number, minimum: number): number {
    const { type } = this.#heap.objects;
    const queue = this.#queue;
    const types = this.#rankTypes(first, end);
    const nodeOfType = new Map<number, number>();
    const singles = new Set<number>();
    let left = most;
    let restTypes = 0;
    for (const [rank, row] of types.entries()) {
      const count = this.#typeCount[row]!;
      // One place is kept for the rest, unless there is none.
      const room = rank === types.length - 1 && restTypes === 0 ? left : left - 1;
      if (room < 1 || this.#typeRetained[row]! < minimum) {
        restTypes++;
      } else if (count <= SINGLE_OBJECTS && count <= room) {
        singles.add(row);
        left -= count;
      } else {
        nodeOfType.set(row, this.#add("objects", row, distance));
        left--;
      }
    }
    const rest = restTypes > 0 && left > 0 ? this.#add("rest", restTypes, distance) : SEEN;
    let kept = first;
    for (let i = first; i < end; i++) {
      const object = queue[i]!;
      const row = type[object]!;
      const node = singles.has(row) ? this.#add("objects", row, distance) : (nodeOfType.get(row) ?? rest);
      this.nodeOf[object] = node;
      if (node !== SEEN) this.#count(object, this.nodes[node]!);
      if (node !== rest) queue[kept++] = object;
    }
    for (const row of types) {
      this.#typeCount[row] = 0;
      this.#typeRetained[row] = 0;
    }
    return kept;
  }

  /** The types of the objects `first` … `end`-1 of the queue, those that retain most first. */
  #rankTypes(first: number, end: number): number[] {
    const { type } = this.#heap.objects;
    const queue = this.#queue;
    const counts = this.#typeCount;
    const sums = this.#typeRetained;
    const types: number[] = [];
    for (let i = first; i < end; i++) {
      const object = queue[i]!;
      const row = type[object]!;
      if (counts[row] === 0) types.push(row);
      counts[row] = counts[row]! + 1;
      sums[row] = sums[row]! + this.#retained[object]!;
    }
    return types.sort((a, b) => sums[b]! - sums[a]! || a - b);
  }

  #add(kind: FoundNode["kind"], row: number, distance: number): number {
    const node = { kind, row, distance, example: NO_OBJECT, objects: 0, shallow: 0, inferred: 0, live: 0, beyond: 0 };
    return this.nodes.push(node) - 1;
  }

  #count(object: number, node: FoundNode): void {
    const { objects } = this.#heap;
    if (node.objects === 0) node.example = object;
    node.objects++;
    node.shallow += objectSize(objects, object);
    if (objects.typeSource[object] === TypeSource.INFERRED) node.inferred++;
    if ((objects.flags[object]! & REACHABLE) !== 0) node.live++;
  }

  #placeRoots(classes: readonly number[], distance: number, most: number): void {
    const weight = (row: number): number => sumRetained(this.#heap, this.#roots.classes[row]!, this.#retained);
    const ranked = classes
      .map((row) => ({ row, bytes: weight(row) }))
      .sort((a, b) => b.bytes - a.bytes || a.row - b.row);
    const shown = ranked.length <= most ? ranked.length : Math.max(0, most - 1);
    for (const { row } of ranked.slice(0, shown)) {
      this.nodeOfClass[row] = this.#add("roots", row, distance);
    }
    if (shown === ranked.length || most < 1) return;
    const rest = this.#add("rest", ranked.length - shown, distance);
    for (const { row } of ranked.slice(shown)) this.nodeOfClass[row] = rest;
  }

  /** What would come next, counted where it would come from. */
  #countBeyond(first: number, end: number): void {
    const { nodeOf, nodes } = this;
    const { count } = this.#heap.objects;
    const { start, to } = this.#links();
    for (let i = first; i < end; i++) {
      const object = this.#queue[i]!;
      const node = nodes[nodeOf[object]!]!;
      for (let at = start[object]!; at < start[object + 1]!; at++) {
        const other = to[at]!;
        const seen = other < count ? nodeOf : this.nodeOfClass;
        const index = other < count ? other : this.#roots.of[other - count]!;
        if (seen[index] !== UNSEEN) continue;
        seen[index] = SEEN;
        node.beyond++;
      }
    }
  }
}

/** What the root vertices of a class retain together, in bytes. */
export function sumRetained(heap: Heap, { vertices }: RootClass, retained: Float64Array): number {
  return vertices.reduce((sum, vertex) => sum + retained[heap.objects.count + vertex]!, 0);
}
