/**
 * PointerResolver: which objects the decoded pointers lead to. It walks them in the dump's order and works in their own
 * memory, which is most of what a heap takes: objects replace pointers where they are, and what leads nowhere is noted.
 * Stretches of the dump know nothing of one another, so that several threads can share them.
 */
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import { HEADER_SIZE } from "../../format/objects/object-format.ts";
import type { Progress } from "../../progress.ts";
import type { Kernel } from "../../workers/kernel.ts";
import type { Crew } from "../../workers/pool.ts";
import { HAS_HEADER } from "../objects.ts";
import { AddressIndex, type AddressTables, LOCATE_BATCH, OddAddresses } from "./address-index.ts";
import { joinColumns } from "./join-columns.ts";
import type { ObjectRuns } from "./page-order.ts";

/** Nothing said of an object's type; `ResolvedPointers.dynamicType`. */
export const NO_DYNAMIC_TYPE = -1;
/** Interfaces contradict one another. */
export const CONFLICTING_TYPES = -2;

// Constants of other files, and exported ones, are loaded wherever they are used; these become part of the machine code.
const HEADER = HEADER_SIZE;
const HEADER_FLAG = HAS_HEADER;

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
  const { edgeStart, target, edgeCount } = columns;
  const { start, length, count } = runs;
  const request: PointerColumns = { edgeStart, start, length, target, flags, addresses };
  const onRows = (done: number): void => progress.update(start[done] ?? runs.objectCount);
  const odd = await crew.share(RESOLVE_POINTERS, request, { rows: count, steps: edgeCount, onRows }, progress);
  const found = new Int32Array(target.buffer);
  closeUp(target, found, edgeCount);
  const interiorPointer = joinColumns(Uint32Array, odd, (each) => each.interiorPointer);
  return {
    found,
    interiorPointer,
    interiorOffset: joinColumns(Float64Array, odd, (each) => each.interiorOffset),
    strayPointer: joinColumns(Uint32Array, odd, (each) => each.strayPointer),
    stray: joinColumns(Float64Array, odd, (each) => each.stray),
    dynamicType: askInterfaces(columns, runs, found, interiorPointer, flags.length),
  };
}

interface PointerColumns extends Pick<ObjectColumns, "edgeStart" | "target">, Pick<ObjectRuns, "start" | "length"> {
  readonly flags: Uint8Array;
  readonly addresses: AddressTables;
}

/** What is not to be said by an object's number alone, of some runs. */
interface OddPointers {
  readonly interiorPointer: Uint32Array;
  readonly interiorOffset: Float64Array;
  readonly strayPointer: Uint32Array;
  readonly stray: Float64Array;
}

/**
 * Resolves the pointers of some runs, in the dump's order and many runs' at once; between them are those of objects that
 * are left out, if these have any. What a pointer leads to takes the place of its lower half.
 */
export const RESOLVE_POINTERS: Kernel<PointerColumns, OddPointers, RunResolver> = {
  name: "resolve-pointers",
  scratch: (columns) => new RunResolver(columns),
  run({ edgeStart, start, length }, firstRun, endRun, _, resolver) {
    let from = edgeStart[start[firstRun]!]!;
    let end = from;
    for (let run = firstRun; run < endRun; run++) {
      const first = start[run]!;
      if (edgeStart[first]! !== end) {
        resolver.resolve(from, end);
        from = edgeStart[first]!;
      }
      end = edgeStart[first + length[run]!]!;
    }
    resolver.resolve(from, end);
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
  #interiorPointer = new Uint32Array(ROOM);
  #interiorOffset = new Float64Array(ROOM);
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
      this.#index.locate(this.#target, batch, Math.min(end, batch + LOCATE_BATCH), this.#odd);
      this.#setAside(this.#odd);
    }
  }

  /** What was noted since it was taken last, in memory of its own size. */
  takeOdd(): OddPointers {
    const odd = {
      interiorPointer: this.#interiorPointer.slice(0, this.#interiorCount),
      interiorOffset: this.#interiorOffset.slice(0, this.#interiorCount),
      strayPointer: this.#strayPointer.slice(0, this.#strayCount),
      stray: this.#stray.slice(0, this.#strayCount),
    };
    this.#interiorCount = 0;
    this.#strayCount = 0;
    return odd;
  }

  /** Notes those pointers just found that are interior or lead nowhere. */
  #setAside({ count, number, rest }: OddAddresses): void {
    this.#reserve();
    const target = this.#target;
    const flags = this.#flags;
    const stray = this.#stray;
    const strayPointer = this.#strayPointer;
    const interiorPointer = this.#interiorPointer;
    const interiorOffset = this.#interiorOffset;
    let strayCount = this.#strayCount;
    let interiorCount = this.#interiorCount;
    for (let k = 0; k < count; k++) {
      const pointer = number[k]!;
      const object = target[2 * pointer]!;
      const inside = rest[k]!;
      if (object < 0) {
        strayPointer[strayCount] = pointer;
        stray[strayCount++] = inside;
      } else if (inside !== HEADER || (flags[object]! & HEADER_FLAG) === 0) {
        interiorPointer[interiorCount] = pointer;
        interiorOffset[interiorCount++] = inside;
      }
    }
    this.#strayCount = strayCount;
    this.#interiorCount = interiorCount;
  }

  /** Makes room for a batch. */
  #reserve(): void {
    if (this.#strayCount + LOCATE_BATCH > this.#stray.length) {
      this.#stray = enlarge(this.#stray);
      this.#strayPointer = enlarge(this.#strayPointer);
    }
    if (this.#interiorCount + LOCATE_BATCH > this.#interiorPointer.length) {
      this.#interiorPointer = enlarge(this.#interiorPointer);
      this.#interiorOffset = enlarge(this.#interiorOffset);
    }
  }
}

/** Moves what was found in the pointers' lower halves together. Never ahead of what is still to be read. */
function closeUp(target: Int32Array, found: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) found[i] = target[2 * i]!;
}

/** What interfaces say of the objects to whose beginning they point. Whichever comes first, they say the same. */
function askInterfaces(
  { interfaceEdge, interfaceType, interfaceCount, interfaceTypeCount, edgeStart }: ObjectColumns,
  { count, start, length }: ObjectRuns,
  found: Int32Array,
  interiorPointer: Uint32Array,
  objectCount: number,
): Int16Array | Int32Array {
  // Written all over the place: the narrower, the more of it stays in the processor's cache.
  const Column = interfaceTypeCount <= MAX_INT16 ? Int16Array : Int32Array;
  const dynamicType = new Column(objectCount).fill(NO_DYNAMIC_TYPE);
  let run = 0;
  let interior = 0;
  for (let i = 0; i < interfaceCount; i++) {
    const edge = interfaceEdge[i]!;
    while (run < count && edgeStart[start[run]! + length[run]!]! <= edge) run++;
    if (run === count) break;
    // Of an object that is left out.
    if (edge < edgeStart[start[run]!]!) continue;
    while (interior < interiorPointer.length && interiorPointer[interior]! < edge) interior++;
    const object = found[edge]!;
    if (object < 0 || interiorPointer[interior] === edge) continue;
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
