/**
 * PointerResolver: which objects the decoded pointers lead to. It walks them in the dump's order and works in their own
 * memory, which is most of what a heap takes: objects replace pointers where they are, and what leads nowhere is noted.
 * Stretches of the dump know nothing of one another, so that several threads can share them.
 */
import { longColumn } from "../../column-memory.ts";
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import { HEADER_SIZE } from "../../format/objects/object-format.ts";
import type { Progress } from "../../progress.ts";
import { newColumn } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import type { Crew } from "../../workers/pool.ts";
import { HAS_HEADER, NO_OBJECT } from "../objects.ts";
import { AddressIndex, type AddressTables, FAR_INSIDE, LOCATE_BATCH, OddAddresses } from "./address-index.ts";
import { joinColumns } from "./join-columns.ts";
import type { ObjectRuns } from "./page-order.ts";

/** Nothing said of an object's type; `ResolvedPointers.dynamicType`. */
export const NO_DYNAMIC_TYPE = -1;
/** Interfaces contradict one another. */
export const CONFLICTING_TYPES = -2;

// Constants of other files, and exported ones, are loaded wherever they are used; these become part of the machine code.
const HEADER = HEADER_SIZE;
const HEADER_FLAG = HAS_HEADER;
const FAR = FAR_INSIDE;

const MAX_INT16 = 0x7fff;

export interface ResolvedPointers {
  /** Of each pointer, what it leads to: an object or NO_OBJECT. The front of the pointers' memory. */
  readonly found: Int32Array;
  /** Pointers to other places than the beginning of a value: which they are, ascending, and the offset in the slot. */
  readonly interiorPointer: Uint32Array;
  readonly interiorOffset: Float64Array;
  /** Pointers that lead to no object: which they are, ascending, and their values. */
  readonly strayPointer: Uint32Array;
  readonly stray: Float64Array;
  /** Per object: number of the dynamic type that interfaces pointing to its beginning say it has, or one of the above. */
  readonly dynamicType: Int16Array | Int32Array;
}

/**
 * Resolves the pointers of all objects in `runs`, with a crew.
 * @param flags HAS_HEADER of the objects, in address order
 */
export async function resolvePointers(
  columns: ObjectColumns,
  runs: ObjectRuns,
  addresses: AddressTables,
  flags: Uint8Array,
  crew: Crew,
  progress: Progress,
): Promise<ResolvedPointers> {
  const { edgeStart, target, edgeCount, count: objectCount } = columns;
  const { start, length, count } = runs;
  const request: PointerColumns = { edgeStart, start, length, objectCount, target, flags, addresses };
  const onRows = (done: number): void => progress.update(start[done] ?? runs.objectCount);
  const odd = await crew.share(RESOLVE_POINTERS, request, { rows: count, steps: edgeCount, onRows }, progress);
  return {
    // Before the pointers' memory is used for anything else.
    dynamicType: askInterfaces(columns, flags.length),
    ...closeUp(columns, odd),
    strayPointer: joinColumns(Uint32Array, odd, (each) => each.strayPointer),
    stray: joinColumns(Float64Array, odd, (each) => each.stray),
  };
}

interface PointerColumns extends Pick<ObjectColumns, "edgeStart" | "target">, Pick<ObjectRuns, "start" | "length"> {
  /** In all runs, and left out. */
  readonly objectCount: number;
  readonly flags: Uint8Array;
  readonly addresses: AddressTables;
}

/** What is not told in the pointers' own memory, of some runs. */
interface OddPointers {
  readonly interiorCount: number;
  /** Of the interior pointers whose offset in the slot takes more than 31 bits: the offset. */
  readonly farOffset: Float64Array;
  readonly strayPointer: Uint32Array;
  readonly stray: Float64Array;
}

/**
 * Resolves the pointers of some runs, in the dump's order and many runs' at once. What a pointer leads to takes the place
 * of its lower half, where in the slot that of the upper one: 0 is the beginning of the value, FAR_INSIDE an offset that
 * is told apart. Pointers of objects that are left out, which are between those of runs, lead nowhere.
 */
export const RESOLVE_POINTERS: Kernel<PointerColumns, OddPointers, RunResolver> = {
  name: "resolve-pointers",
  scratch: (columns) => new RunResolver(columns),
  run({ edgeStart, start, length, objectCount, target }, firstRun, endRun, _, resolver) {
    let from = edgeStart[start[firstRun]!]!;
    for (let run = firstRun; run < endRun; run++) {
      const end = edgeStart[start[run]! + length[run]!]!;
      const next = edgeStart[run + 1 < start.length ? start[run + 1]! : objectCount]!;
      if (end === next && run + 1 < endRun) continue;
      resolver.resolve(from, end);
      for (let i = end; i < next; i++) {
        target[2 * i] = NO_OBJECT;
        target[2 * i + 1] = 0;
      }
      from = next;
    }
    return resolver.takeOdd();
  },
};

/** More than most parts need. */
const ROOM = 8 * LOCATE_BATCH;

class RunResolver {
  readonly #target: Int32Array;
  readonly #index: AddressIndex;
  readonly #flags: Uint8Array;
  readonly #odd = new OddAddresses();
  #interiorCount = 0;
  #farOffset: number[] = [];
  #strayCount = 0;
  #stray = new Float64Array(ROOM);
  #strayPointer = new Uint32Array(ROOM);

  constructor({ target, flags, addresses }: PointerColumns) {
    this.#target = target;
    this.#flags = flags;
    this.#index = new AddressIndex(addresses);
  }

  /** Resolves the pointers from…end-1 of the columns. */
  resolve(from: number, end: number): void {
    for (let batch = from; batch < end; batch += LOCATE_BATCH) {
      const batchEnd = Math.min(end, batch + LOCATE_BATCH);
      this.#index.locate(this.#target, batch, batchEnd, this.#odd);
      this.#setAside(this.#odd);
      this.#countInterior(batch, batchEnd);
    }
  }

  /** What was noted since it was taken last, in memory of its own size. */
  takeOdd(): OddPointers {
    const odd = {
      interiorCount: this.#interiorCount,
      farOffset: Float64Array.from(this.#farOffset),
      strayPointer: this.#strayPointer.slice(0, this.#strayCount),
      stray: this.#stray.slice(0, this.#strayCount),
    };
    this.#interiorCount = 0;
    this.#farOffset = [];
    this.#strayCount = 0;
    return odd;
  }

  /** Counts interior pointers among those just found. One to the value behind a malloc header is none. */
  #countInterior(from: number, end: number): void {
    const target = this.#target;
    const flags = this.#flags;
    let count = 0;
    for (let i = from; i < end; i++) {
      const inside = target[2 * i + 1]!;
      if (inside === 0) continue;
      if (inside === HEADER && (flags[target[2 * i]!]! & HEADER_FLAG) !== 0) target[2 * i + 1] = 0;
      else count++;
    }
    this.#interiorCount += count;
  }

  /** Notes those pointers just found that lead nowhere, or so far into an object that it has to be told apart. */
  #setAside({ count, number, rest }: OddAddresses): void {
    if (this.#strayCount + count > this.#stray.length) {
      this.#stray = enlarge(this.#stray);
      this.#strayPointer = enlarge(this.#strayPointer);
    }
    for (let k = 0; k < count; k++) {
      const pointer = number[k]!;
      if (this.#target[2 * pointer]! >= 0) {
        this.#farOffset.push(rest[k]!);
        continue;
      }
      this.#strayPointer[this.#strayCount] = pointer;
      this.#stray[this.#strayCount++] = rest[k]!;
    }
  }
}

/**
 * Moves what was found in the pointers' lower halves together, never ahead of what is still to be read, and lists the
 * interior pointers.
 */
function closeUp(
  { target, edgeCount }: ObjectColumns,
  odd: readonly OddPointers[],
): Pick<ResolvedPointers, "found" | "interiorPointer" | "interiorOffset"> {
  let interiorCount = 0;
  for (const part of odd) interiorCount += part.interiorCount;
  const interiorPointer = newColumn(Uint32Array, interiorCount);
  const interiorOffset = newColumn(Float64Array, interiorCount);
  const farOffset = joinColumns(Float64Array, odd, (each) => each.farOffset);
  const found = new Int32Array(target.buffer, 0, target.length);
  let interior = 0;
  let far = 0;
  for (let i = 0; i < edgeCount; i++) {
    const inside = target[2 * i + 1]!;
    found[i] = target[2 * i]!;
    if (inside === 0) continue;
    interiorPointer[interior] = i;
    interiorOffset[interior++] = inside === FAR ? farOffset[far++]! : inside;
  }
  return { found, interiorPointer, interiorOffset };
}

/** What interfaces say of the objects to whose beginning they point. Whichever comes first, they say the same. */
function askInterfaces(
  { interfaceEdge, interfaceType, interfaceCount, interfaceTypeCount, target, edgeCount }: ObjectColumns,
  objectCount: number,
): Int16Array | Int32Array {
  // Written all over the place: the narrower, the more of it stays in the processor's cache.
  const Column = interfaceTypeCount <= MAX_INT16 ? Int16Array : Int32Array;
  const dynamicType = longColumn<Int16Array | Int32Array>(Column, objectCount).fill(NO_DYNAMIC_TYPE);
  for (let i = 0; i < interfaceCount; i++) {
    const edge = interfaceEdge[i]!;
    // Of an object that could not be read to its end: its pointers are not resolved.
    if (edge >= edgeCount) break;
    const object = target[2 * edge]!;
    if (object < 0 || target[2 * edge + 1] !== 0) continue;
    const known = dynamicType[object]!;
    const type = interfaceType[i]!;
    dynamicType[object] = known === NO_DYNAMIC_TYPE || known === type ? type : CONFLICTING_TYPES;
  }
  return dynamicType;
}

function enlarge<T extends Uint32Array | Float64Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from as never);
  return to;
}
