/**
 * Coverage: exactly what of chosen arrays and strings is shown by all the slices, strings and pointers that lead into them.
 * `ArrayViews` estimates it for all; this is for the few where it matters. By the graph, and the lengths in headers.
 */
import { float64Column, int32Column } from "../heap/columns.ts";
import type { Heap } from "../heap/heap.ts";
import { lowerBound } from "../heap/lower-bound.ts";
import { objectSize, REACHABLE, valueAddress, valueOffset } from "../heap/objects.ts";
import { rootContentsPosition } from "../heap/roots/root-contents.ts";
import { RootKind, RootVertexKind } from "../heap/roots/roots.ts";
import { NO_WORD, type ValueLayout, WordKind } from "../heap/value-layouts.ts";
import { breathe, type Progress } from "../progress.ts";
import { mergeIntervals } from "./intervals.ts";
import { SequentialReader } from "./sequential-reader.ts";

/** Objects between two breaths. */
const SLICE = 1 << 18;
/** Headers are read here and there. */
const WINDOW_SIZE = 1 << 14;

/** No interface has it. */
const NO_TYPE_WORD = -1;
/** Words of what begins with a pointer and goes on with lengths. */
const HEADER_WORDS: ReadonlyMap<number, number> = new Map([
  [WordKind.STRING, 2],
  [WordKind.SLICE, 3],
]);
/** Bytes of numbers that may be lengths; several may share a word. */
const NUMBER_SIZES = [8, 4, 2];

/** By array, in the order in which they were chosen; bytes count from the beginning of the object's value. */
export interface CoverageColumns {
  /** The chosen objects, ascending. */
  readonly object: Int32Array;
  /** Length object.length + 1: what is shown of array k are the stretches `start[k]` … `start[k+1]-1`. */
  readonly start: Uint32Array;
  /** Stretches of bytes, ascending and apart. */
  readonly from: Float64Array;
  readonly end: Float64Array;
  /** Bytes that views show. */
  readonly used: Float64Array;
  /** Bytes that views show or have the capacity for. */
  readonly room: Float64Array;
  /** Views of each array. */
  readonly views: Float64Array;
  /** 1 if something refers to it of which it is not known how much it shows; stacks do not count. */
  readonly isDoubtful: Uint8Array;
  /** Of each view: the row of its array; the object that it is in, -1 for a root; the word of that object's layout. */
  readonly viewArray: Int32Array;
  readonly viewSource: Int32Array;
  readonly viewWord: Int32Array;
}

/**
 * Finds the coverage of arrays. Walks every edge, and reads the headers that lead to them.
 * @param objects ascending, of a typed heap
 */
export async function findCoverage(heap: Heap, objects: Int32Array, progress: Progress): Promise<CoverageColumns> {
  const finder = new CoverageFinder(heap, objects);
  if (objects.length === 0) return finder.finish();
  const { count } = heap.objects;
  progress.phase("looking into arrays", count, "objects");
  for (let from = 0; from < count; from += SLICE) {
    progress.update(from);
    await breathe(progress);
    finder.visitObjects(from, Math.min(count, from + SLICE));
  }
  finder.visitRoots();
  return finder.finish();
}

class CoverageFinder {
  readonly #heap: Heap;
  readonly #objects: Int32Array;
  readonly #reader: SequentialReader;
  /** A bit for each chosen object. */
  readonly #isChosen: Int32Array;
  /** Views, as they come: number of the array, and bytes. */
  readonly #array = int32Column();
  readonly #from = float64Column();
  readonly #end = float64Column();
  readonly #roomEnd = float64Column();
  /** Of views by interfaces the word that tells the type of their pointers; else NO_TYPE_WORD. */
  readonly #typeWord = float64Column();
  readonly #source = int32Column();
  readonly #word = int32Column();
  readonly #isDoubtful: Uint8Array;

  constructor(heap: Heap, objects: Int32Array) {
    this.#heap = heap;
    this.#objects = objects;
    this.#reader = new SequentialReader(heap, WINDOW_SIZE);
    this.#isChosen = new Int32Array((heap.objects.count >>> 5) + 1);
    for (const object of objects) this.#isChosen[object >>> 5]! |= 1 << (object & 31);
    this.#isDoubtful = new Uint8Array(objects.length);
  }

  visitObjects(from: number, end: number): void {
    const { flags } = this.#heap.objects;
    const { start, to, interiorEdge } = this.#heap.edges;
    const isChosen = this.#isChosen;
    let interior = lowerBound(interiorEdge, start[from]!);
    for (let i = from; i < end; i++) {
      const after = start[i + 1]!;
      if ((flags[i]! & REACHABLE) === 0) continue;
      for (let edge = start[i]!; edge < after; edge++) {
        const target = to[edge]!;
        if ((isChosen[target >>> 5]! & (1 << (target & 31))) === 0) continue;
        while (interior < interiorEdge.length && interiorEdge[interior]! < edge) interior++;
        this.#visitEdge(i, edge, target, interiorEdge[interior] === edge ? interior : -1);
      }
    }
  }

  visitRoots(): void {
    const { objects, roots } = this.#heap;
    const { vertices, words, to } = roots;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const kind = vertices.kind[vertex];
      if (kind === RootVertexKind.UNREACHABLE) continue;
      const position = rootContentsPosition(this.#heap, vertex);
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        const target = to[edge]!;
        if ((this.#isChosen[target >>> 5]! & (1 << (target & 31))) === 0) continue;
        const word = words?.kind[edge] ?? NO_WORD;
        if (position === undefined || word === NO_WORD) {
          // Who works with an array has it on the stack as well.
          if (kind !== RootVertexKind.FRAME && roots.kind[edge] !== RootKind.FRAME_CONSERVATIVE) this.#doubt(target);
          continue;
        }
        const at = position + roots.offset[edge]!;
        const inside = this.#reader.address(at) - valueAddress(objects, target);
        const lengthAt = words!.lengthAt[edge]!;
        const capacityAt = words!.capacityAt[edge]!;
        const isCut =
          (word === WordKind.STRING && lengthAt === 0) || (word === WordKind.SLICE && capacityAt * lengthAt === 0);
        // A slice variable of whose length the compiler does not tell where it is.
        if (isCut) {
          this.#doubt(target);
          continue;
        }
        if (this.#addView(target, word, inside, words!.elementSize[edge]!, at, at + lengthAt, at + capacityAt))
          this.#addSource(-1, -1);
      }
    }
  }

  #visitEdge(source: number, edge: number, target: number, interior: number): void {
    const { objects, edges, types, dump } = this.#heap;
    const layout = types.layouts!.of(objects.type[source]!);
    const offset = edges.offset[edge]! - valueOffset(objects, source);
    const word = layout === undefined ? -1 : wordAt(layout, offset);
    if (word < 0) {
      this.#doubt(target);
      return;
    }
    const inside = interior < 0 ? 0 : edges.interiorOffset[interior]! - valueOffset(objects, target);
    const at = objects.position[source]! + edges.offset[edge]!;
    const { pointerSize } = dump;
    const isView = this.#addView(
      target,
      layout!.kind[word]!,
      inside,
      layout!.elementSize[word]!,
      at,
      at + pointerSize,
      at + 2 * pointerSize,
    );
    if (!isView) return;
    this.#addSource(source, word);
    const isFirst = layout!.kind[word] === WordKind.POINTER && inside === 0;
    if (isFirst && this.#hasLengthBeside(layout!, word, at, target)) this.#doubt(target);
  }

  /**
   * Whether a number right beside a pointer to the beginning of an array may be how many elements that stands for: who keeps both makes a slice of
   * them whenever he needs one (unsafe.Slice).
   */
  #hasLengthBeside(
    { offset, kind, elementSize, size }: ValueLayout,
    word: number,
    at: number,
    target: number,
  ): boolean {
    const { objects, dump } = this.#heap;
    const { pointerSize } = dump;
    const within = offset[word]!;
    const most = (objectSize(objects, target) - valueOffset(objects, target)) / elementSize[word]!;
    const isLength = (position: number): boolean => {
      for (const bytes of NUMBER_SIZES) {
        for (let from = 0; from + bytes <= pointerSize; from += bytes) {
          const number = this.#reader.integer(position + from, bytes);
          if (number > 1 && number <= most) return true;
        }
      }
      return false;
    };
    const behind = within + pointerSize;
    if (behind + pointerSize <= size && offset[word + 1] !== behind && isLength(at + pointerSize)) return true;
    const before = word === 0 ? 0 : offset[word - 1]! + pointerSize * (HEADER_WORDS.get(kind[word - 1]!) ?? 1);
    return before + pointerSize <= within && isLength(at - pointerSize);
  }

  /** Says where the view is that was added last. */
  #addSource(source: number, word: number): void {
    this.#source.push(source);
    this.#word.push(word);
  }

  /**
   * Returns whether it is a view.
   * @param at byte of the dump where the pointer is
   * @param lengthAt where a string's or slice's length is
   * @param capacityAt where a slice's capacity is
   */
  #addView(
    target: number,
    kind: number,
    inside: number,
    elementSize: number,
    at: number,
    lengthAt: number,
    capacityAt: number,
  ): boolean {
    const { objects, types } = this.#heap;
    let length = 1;
    let capacity = 1;
    let size = elementSize;
    if (kind === WordKind.STRING || kind === WordKind.SLICE) {
      length = this.#reader.number(lengthAt);
      capacity = kind === WordKind.SLICE ? this.#reader.number(capacityAt) : length;
    } else if (kind === WordKind.INTERFACE) {
      size = types.layouts!.of(objects.type[target]!)?.size ?? 0;
    }
    const room = objectSize(objects, target) - valueOffset(objects, target);
    if (size === 0) this.#doubt(target);
    if (size === 0 || inside < 0 || length > capacity || inside + capacity * size > room) return false;
    this.#array.push(this.#numberOf(target));
    this.#from.push(inside);
    this.#end.push(inside + length * size);
    this.#roomEnd.push(inside + capacity * size);
    const isInterface = kind === WordKind.INTERFACE;
    this.#typeWord.push(isInterface ? this.#reader.address(at - this.#heap.dump.pointerSize) : NO_TYPE_WORD);
    return true;
  }

  /**
   * Doubts arrays to whose beginning an interface leads, unless another of its type leads so far into the middle of one that less than half
   * of the array would fit there: it may be a `*[200]T` or a `[200]T`, and so be all of it, as well as a `*T`.
   */
  #doubtWholes(): void {
    const typeWord = this.#typeWord.values;
    const from = this.#from.values;
    const room = (view: number): number => {
      const object = this.#objects[this.#array.get(view)]!;
      return objectSize(this.#heap.objects, object) - valueOffset(this.#heap.objects, object);
    };
    /** By type the most bytes that a value of it may have. */
    const most = new Map<number, number>();
    for (let view = 0; view < typeWord.length; view++) {
      const word = typeWord[view]!;
      if (word === NO_TYPE_WORD || from[view] === 0) continue;
      most.set(word, Math.min(most.get(word) ?? Number.POSITIVE_INFINITY, room(view) - from[view]!));
    }
    for (let view = 0; view < typeWord.length; view++) {
      const word = typeWord[view]!;
      if (word !== NO_TYPE_WORD && from[view] === 0 && 2 * (most.get(word) ?? Number.POSITIVE_INFINITY) > room(view))
        this.#isDoubtful[this.#array.get(view)] = 1;
    }
  }

  finish(): CoverageColumns {
    this.#doubtWholes();
    const count = this.#objects.length;
    const array = this.#array.values;
    const from = this.#from.values;
    const used = mergeIntervals(count, array, from, this.#end.values);
    const room = mergeIntervals(count, array, from, this.#roomEnd.values);
    const views = new Float64Array(count);
    for (let view = 0; view < array.length; view++) views[array[view]!]!++;
    return {
      object: this.#objects,
      start: used.start,
      from: used.from,
      end: used.end,
      used: used.total,
      room: room.total,
      views,
      isDoubtful: this.#isDoubtful,
      viewArray: array,
      viewSource: this.#source.values,
      viewWord: this.#word.values,
    };
  }

  #doubt(target: number): void {
    this.#isDoubtful[this.#numberOf(target)] = 1;
  }

  #numberOf(object: number): number {
    return lowerBound(this.#objects, object);
  }
}

/** The word of a layout at an offset of an object's value; -1 if there is none. O(log n). */
function wordAt({ offset, size }: ValueLayout, at: number): number {
  if (size === 0 || at < 0) return -1;
  const within = at % size;
  const word = lowerBound(offset, within);
  return offset[word] === within ? word : -1;
}
