/**
 * ValueWalk: one walk over the contents of a typed heap, from the front of the dump to its back, past every string, slice,
 * map, channel, interface and closure that a reachable object, a variable or a live slot of a frame has. Each byte is read
 * once at the most, and objects that have none of these not at all.
 *
 * Nil values and empty strings are passed over, as are slices that say what cannot be: a length above the capacity.
 */
import type { Heap } from "../heap/heap.ts";
import { lowerBound } from "../heap/lower-bound.ts";
import { NO_OBJECT, objectSize, REACHABLE, valueOffset } from "../heap/objects.ts";
import { Structure, type ValueLayout, type ValueLayouts, WordKind } from "../heap/value-layouts.ts";
import { breathe, type Progress } from "../progress.ts";
import { findArrays } from "./array-bits.ts";
import { type FileRuns, orderByPosition, orderSomeByPosition } from "./file-order.ts";
import { RootWalk } from "./root-walk.ts";
import { SequentialReader } from "./sequential-reader.ts";
import { BATCH_SIZE, BatchBuilder, type ValueBatch } from "./value-batch.ts";

/** What looks at values. */
export interface ValueVisitor {
  /** Shown all values, many at a time. */
  values?(batch: ValueBatch): void;
  /**
   * Shown the header of every map, every table of one, and every channel.
   * @param row of the type table
   * @param position byte of the dump at which the object's value begins
   */
  structure?(object: number, row: number, position: number, reader: SequentialReader): void;
}

/** Objects passed, at the most, between two breaths. */
const SLICE = 1 << 17;
/** Contents up to here are taken into the window at once. */
const SMALL_SIZE = 1 << 16;

/** What is to be done about objects of a row. */
const Mode = { NOTHING: 0, EDGES: 1, CONTENTS: 2 } as const;

// Constants of other files are loaded wherever they are used; a file's own become part of the machine code.
const { POINTER, STRING, SLICE: SLICE_WORD } = WordKind;
const NONE = NO_OBJECT;

const TWO_32 = 2 ** 32;

/**
 * Shows all values of a typed heap to visitors. Linear in the contents of objects with pointers; some MB of memory.
 * @param among a bit for each object whose values are shown, beside those of all roots; left out, all objects' are
 */
export async function walkValues(
  heap: Heap,
  visitors: readonly ValueVisitor[],
  progress: Progress,
  among?: Int32Array,
): Promise<void> {
  if (heap.types.layouts === undefined) return;
  const walk = new ValueWalk(
    heap,
    heap.types.layouts,
    (object, row, position, reader) => {
      for (const visitor of visitors) visitor.structure?.(object, row, position, reader);
    },
    among,
  );
  progress.phase("walking values", heap.objects.count, "objects");
  let nextBreath = 0;
  for (let batch = walk.next(); batch !== undefined; batch = walk.next()) {
    for (const visitor of visitors) visitor.values?.(batch);
    if (walk.done < nextBreath) continue;
    nextBreath = walk.done + SLICE;
    progress.update(walk.done);
    await breathe(progress);
  }
}

/** Where a walk is: to begin another one there. */
export interface WalkState {
  readonly done: number;
  readonly run: number;
  readonly object: number;
  readonly base: number;
  readonly edge: number;
  readonly interior: number;
  readonly rootEdge: number;
}

/**
 * The walk itself, for who takes batches when he wants them. It can be begun anew wherever it was between two batches.
 * Visitors of structures are asked again for what is walked again.
 */
export class ValueWalk {
  /** Objects that are behind. */
  done = 0;
  readonly #heap: Heap;
  readonly #layouts: ValueLayouts;
  readonly #reader: SequentialReader;
  readonly #onStructure: NonNullable<ValueVisitor["structure"]>;
  readonly #runs: FileRuns;
  readonly #roots: RootWalk;
  readonly #batch: BatchBuilder;
  /** Mode of each row. */
  readonly #mode: Uint8Array;
  /** A bit for each object of several elements. */
  readonly #isArray: Int32Array;
  #run = 0;
  #object = 0;
  /** Of the object at hand, if it is not done with: offset of the next element; else -1. */
  #base = -1;
  #edge = 0;
  /** The next of `edges.interiorEdge`. */
  #interior = 0;

  constructor(
    heap: Heap,
    layouts: ValueLayouts,
    onStructure: NonNullable<ValueVisitor["structure"]> = () => {},
    among?: Int32Array,
  ) {
    this.#heap = heap;
    this.#layouts = layouts;
    this.#onStructure = onStructure;
    this.#reader = new SequentialReader(heap);
    this.#runs = among === undefined ? orderByPosition(heap.objects) : orderSomeByPosition(heap.objects, among);
    this.#roots = new RootWalk(heap, this.#reader);
    const rows = Array.from({ length: heap.types.count }, (_, row) => layouts.of(row));
    // What the runtime's structures lead to are parts of them, and no values.
    this.#mode = Uint8Array.from(rows, (layout, row) =>
      layouts.structure[row] === Structure.NONE || layouts.structure[row] === Structure.MAP_GROUPS
        ? modeOf(layout)
        : Mode.NOTHING,
    );
    const widest = rows.reduce((most, row) => Math.max(most, row?.offset.length ?? 0), 0);
    this.#batch = new BatchBuilder(BATCH_SIZE + widest);
    this.#isArray = findArrays(heap, rows);
    if (this.#runs.count > 0) this.#enterRun();
  }

  /** Where the next batch begins. */
  get state(): WalkState {
    return {
      done: this.done,
      run: this.#run,
      object: this.#object,
      base: this.#base,
      edge: this.#edge,
      interior: this.#interior,
      rootEdge: this.#roots.edge,
    };
  }

  /** Goes on from where this walk, or another of the same heap, was. O(root vertices). */
  goTo(state: WalkState): void {
    this.done = state.done;
    this.#run = state.run;
    this.#object = state.object;
    this.#base = state.base;
    this.#edge = state.edge;
    this.#interior = state.interior;
    this.#roots.goTo(state.rootEdge);
  }

  /** The next values; undefined when there are no more. The batch is good until the next call. */
  next(): ValueBatch | undefined {
    const batch = this.#batch;
    batch.count = 0;
    const stop = this.done + SLICE;
    while (this.#run < this.#runs.count && batch.count < BATCH_SIZE && this.done < stop) {
      this.#walkRun(this.#runs.end[this.#run]!, stop);
      if (this.#object < this.#runs.end[this.#run]!) break;
      this.#run++;
      if (this.#run < this.#runs.count) this.#enterRun();
    }
    if (this.#run < this.#runs.count) return batch;
    this.#roots.fill(batch);
    return batch.count > 0 ? batch : undefined;
  }

  #enterRun(): void {
    this.#object = this.#runs.first[this.#run]!;
    this.#base = -1;
    const { start, interiorEdge } = this.#heap.edges;
    this.#interior = lowerBound(interiorEdge, start[this.#object]!);
  }

  /** Walks the objects of a run until the batch is full, or its end, or enough is done. */
  #walkRun(end: number, stop: number): void {
    const { flags, type, position, size } = this.#heap.objects;
    const mode = this.#mode;
    const { structure } = this.#layouts;
    const batch = this.#batch;
    const reader = this.#reader;
    while (this.#object < end && this.done < stop) {
      const object = this.#object;
      const row = type[object]!;
      if ((flags[object]! & REACHABLE) !== 0 && (mode[row] !== Mode.NOTHING || structure[row] !== Structure.NONE)) {
        if (mode[row] === Mode.CONTENTS)
          reader.ensure(position[object]!, size[object]! < SMALL_SIZE ? size[object]! : SMALL_SIZE);
        if (this.#base < 0 && isCounted(structure[row]!)) {
          this.#onStructure(object, row, position[object]! + valueOffset(this.#heap.objects, object), reader);
        }
        if (mode[row] === Mode.CONTENTS && !this.#walkContents(object, row)) return;
        if (mode[row] === Mode.EDGES && !this.#walkEdges(object, row)) return;
      }
      this.#base = -1;
      this.#object++;
      this.done++;
      if (batch.count >= BATCH_SIZE) return;
    }
  }

  /** Shows the values of an object that edges tell of; nil ones have none. */
  #walkEdges(object: number, row: number): boolean {
    const { objects, edges } = this.#heap;
    const { start, to, offset: edgeOffset, interiorEdge } = edges;
    const { offset, kind, size, elementSize } = this.#layouts.of(row)!;
    const isArray = this.#isArray;
    const batch = this.#batch;
    const count = offset.length;
    const base = valueOffset(objects, object);
    const after = start[object + 1]!;
    let edge = this.#base < 0 ? start[object]! : this.#edge;
    let valueStart = base;
    let word = 0;
    let interior = this.#interior;
    for (; edge < after; edge++) {
      const at = edgeOffset[edge]!;
      if (at < base) continue;
      if (at - valueStart >= size) {
        valueStart = base + Math.floor((at - base) / size) * size;
        word = 0;
        if (batch.count >= BATCH_SIZE) break;
      }
      const within = at - valueStart;
      while (word < count && offset[word]! < within) word++;
      if (word === count || offset[word] !== within) continue;
      const target = to[edge]!;
      if (kind[word] === POINTER && (isArray[target >>> 5]! & (1 << (target & 31))) === 0) continue;
      while (interior < interiorEdge.length && interiorEdge[interior]! < edge) interior++;
      const inside = interiorEdge[interior] === edge ? this.#insideOf(interior, target) : 0;
      const length = kind[word] === POINTER ? 1 : 0;
      batch.add(object, at, word, kind[word]!, target, inside, length, length, elementSize[word]!);
    }
    this.#interior = interior;
    this.#edge = edge;
    this.#base = edge < after ? edgeOffset[edge]! : -1;
    return edge >= after;
  }

  /** Shows the values of an object, of which some are strings or slices: element after element, word after word. */
  #walkContents(object: number, row: number): boolean {
    const { objects, edges, dump } = this.#heap;
    const { start, to, offset: edgeOffset, interiorEdge } = edges;
    const { offset, kind, size, elementSize, isMany } = this.#layouts.of(row)!;
    const { pointerSize } = dump;
    const isArray = this.#isArray;
    const batch = this.#batch;
    const reader = this.#reader;
    const wide = pointerSize === 8;
    const littleEndian = !dump.bigEndian;
    const position = objects.position[object]!;
    const count = offset.length;
    const after = start[object + 1]!;
    const first = valueOffset(objects, object);
    const last = (isMany ? objectSize(objects, object) : first + size) - size;
    let base = this.#base < 0 ? first : this.#base;
    let edge = this.#base < 0 ? start[object]! : this.#edge;
    let interior = this.#interior;
    for (; base <= last; base += size) {
      if (batch.count >= BATCH_SIZE) break;
      if (!reader.has(position + base, size)) reader.ensure(position + base, size);
      const { view } = reader;
      const inView = position - reader.start;
      if (inView + base + size > view.byteLength) {
        // The dump does not have all of the object.
        base = last;
        continue;
      }
      for (let word = 0; word < count; word++) {
        const at = base + offset[word]!;
        while (edge < after && edgeOffset[edge]! < at) edge++;
        const target = edge < after && edgeOffset[edge] === at ? to[edge]! : NONE;
        const wordKind = kind[word]!;
        let length = 0;
        let capacity = 0;
        if (wordKind === STRING) {
          length = readNumber(view, inView + at + pointerSize, wide, littleEndian);
          // Entries deleted from old maps keep the length of their key, but not the pointer.
          if (length === 0 || (target === NONE && isNil(view, inView + at, pointerSize))) continue;
          capacity = length;
        } else if (wordKind === SLICE_WORD) {
          capacity = readNumber(view, inView + at + 2 * pointerSize, wide, littleEndian);
          if (capacity === 0) continue;
          length = readNumber(view, inView + at + pointerSize, wide, littleEndian);
          if (length > capacity) continue;
        } else if (target === NONE) {
          continue;
        } else if (wordKind === POINTER) {
          if ((isArray[target >>> 5]! & (1 << (target & 31))) === 0) continue;
          length = 1;
          capacity = 1;
        }
        let inside = 0;
        if (target !== NONE) {
          while (interior < interiorEdge.length && interiorEdge[interior]! < edge) interior++;
          if (interiorEdge[interior] === edge) inside = this.#insideOf(interior, target);
        }
        batch.add(object, at, word, wordKind, target, inside, length, capacity, elementSize[word]!);
      }
    }
    this.#interior = interior;
    this.#edge = edge;
    this.#base = base <= last ? base : -1;
    return base > last;
  }

  /** Bytes from the beginning of the target's value to where an interior pointer leads. */
  #insideOf(interior: number, target: number): number {
    return this.#heap.edges.interiorOffset[interior]! - valueOffset(this.#heap.objects, target);
  }
}

function modeOf(layout: ValueLayout | undefined): number {
  if (layout === undefined || layout.size === 0 || layout.offset.length === 0) return Mode.NOTHING;
  return layout.kind.some((kind) => kind === STRING || kind === SLICE_WORD) ? Mode.CONTENTS : Mode.EDGES;
}

/** A pointer-sized word as an unsigned number; above 2^53 rounded. */
function readNumber(view: DataView, at: number, wide: boolean, littleEndian: boolean): number {
  if (!wide) return view.getUint32(at, littleEndian);
  return littleEndian
    ? view.getUint32(at, true) + TWO_32 * view.getUint32(at + 4, true)
    : view.getUint32(at + 4, false) + TWO_32 * view.getUint32(at, false);
}

function isNil(view: DataView, at: number, pointerSize: number): boolean {
  return view.getUint32(at) === 0 && (pointerSize === 4 || view.getUint32(at + 4) === 0);
}

/** Whether objects of a structure have counts: those that visitors of structures are shown. */
export function isCounted(structure: number | undefined): boolean {
  return structure === Structure.MAP || structure === Structure.MAP_TABLE || structure === Structure.CHANNEL;
}
