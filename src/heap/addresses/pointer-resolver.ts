/**
 * PointerResolver: which objects the decoded pointers lead to. It walks them in the dump's order and works in their own
 * memory, which is most of what a heap takes: objects replace pointers where they are, and what leads nowhere is noted.
 */
import type { ObjectColumns } from "../../format/objects/object-columns.ts";
import { HEADER_SIZE } from "../../format/objects/object-format.ts";
import { HAS_HEADER } from "../objects.ts";
import { type AddressIndex, LOCATE_BATCH, OddAddresses } from "./address-index.ts";

/** Nothing said of an object's type; `PointerResolver.dynamicType`. */
export const NO_DYNAMIC_TYPE = -1;
/** Interfaces contradict one another. */
export const CONFLICTING_TYPES = -2;

/** In place of an object, from here downwards: `FIRST_INTERIOR - n` for number n of the interior pointers. */
export const FIRST_INTERIOR = -2;

// Constants of other files, and exported ones, are loaded wherever they are used; these become part of the machine code.
const HEADER = HEADER_SIZE;
const HEADER_FLAG = HAS_HEADER;
const INTERIOR = FIRST_INTERIOR;

const MAX_INT16 = 0x7fff;

/** Call `resolve` for the pointers of all objects that are kept, in the dump's order; then the members tell. */
export class PointerResolver {
  /** Of each pointer, what it leads to: an object, NO_OBJECT, or an interior pointer. */
  readonly found: Int32Array;
  /** Pointers to other places than the beginning of a value: the object and the offset in its slot. */
  interiorCount = 0;
  interiorTarget: Int32Array;
  interiorOffset: Float64Array;
  /** Pointers that lead to no object: their values, and which they are, ascending. */
  strayCount = 0;
  stray: Float64Array;
  strayPointer: Uint32Array;
  /** Per object: number of the dynamic type that interfaces pointing to its beginning say it has, or one of the above. */
  readonly dynamicType: Int16Array | Int32Array;

  readonly #columns: ObjectColumns;
  readonly #index: AddressIndex;
  readonly #flags: Uint8Array;
  readonly #odd = new OddAddresses();
  /** Next of the pointers that interfaces hold. */
  #interface = 0;

  /** @param flags HAS_HEADER of the objects, in address order */
  constructor(columns: ObjectColumns, index: AddressIndex, flags: Uint8Array) {
    this.#columns = columns;
    this.#index = index;
    this.#flags = flags;
    // Written all over the place: the narrower, the more of it stays in the processor's cache.
    const Column = columns.interfaceTypeCount <= MAX_INT16 ? Int16Array : Int32Array;
    this.dynamicType = new Column(flags.length).fill(NO_DYNAMIC_TYPE);
    // Half as wide as the pointers, the objects that are written never get ahead of the pointers that are read.
    this.found = new Int32Array(columns.target.buffer);
    // More than most dumps need; what is not needed is not touched, and costs nothing.
    const room = LOCATE_BATCH + (columns.edgeCount >>> 3);
    this.interiorTarget = new Int32Array(room);
    this.interiorOffset = new Float64Array(room);
    this.stray = new Float64Array(room);
    this.strayPointer = new Uint32Array(room);
  }

  /** Resolves the pointers from…end-1 of the columns. */
  resolve(from: number, end: number): void {
    const { target } = this.#columns;
    for (let batch = from; batch < end; batch += LOCATE_BATCH) {
      const batchEnd = Math.min(end, batch + LOCATE_BATCH);
      this.#index.locate(target, batch, batchEnd, this.found, this.#odd);
      this.#setAside(this.#odd);
      this.#askInterfaces(batch, batchEnd);
    }
  }

  /** Notes those pointers just found that are interior or lead nowhere. */
  #setAside({ count, number, rest }: OddAddresses): void {
    this.#reserve();
    const { found, stray, strayPointer, interiorTarget, interiorOffset } = this;
    const flags = this.#flags;
    let { strayCount, interiorCount } = this;
    for (let k = 0; k < count; k++) {
      const pointer = number[k]!;
      const object = found[pointer]!;
      const inside = rest[k]!;
      if (object < 0) {
        strayPointer[strayCount] = pointer;
        stray[strayCount++] = inside;
      } else if (inside !== HEADER || (flags[object]! & HEADER_FLAG) === 0) {
        interiorTarget[interiorCount] = object;
        interiorOffset[interiorCount] = inside;
        found[pointer] = INTERIOR - interiorCount++;
      }
    }
    this.strayCount = strayCount;
    this.interiorCount = interiorCount;
  }

  /** Notes what interfaces say of the objects just found, to whose beginning they point. */
  #askInterfaces(from: number, end: number): void {
    const { interfaceEdge, interfaceType, interfaceCount } = this.#columns;
    const { found, dynamicType } = this;
    let i = this.#interface;
    // Those of objects that are left out.
    while (i < interfaceCount && interfaceEdge[i]! < from) i++;
    for (; i < interfaceCount && interfaceEdge[i]! < end; i++) {
      const object = found[interfaceEdge[i]!]!;
      if (object < 0) continue;
      const known = dynamicType[object]!;
      const type = interfaceType[i]!;
      dynamicType[object] = known === NO_DYNAMIC_TYPE || known === type ? type : CONFLICTING_TYPES;
    }
    this.#interface = i;
  }

  /** Makes room for a batch. */
  #reserve(): void {
    if (this.strayCount + LOCATE_BATCH > this.stray.length) {
      this.stray = enlarge(this.stray);
      this.strayPointer = enlarge(this.strayPointer);
    }
    if (this.interiorCount + LOCATE_BATCH > this.interiorTarget.length) {
      this.interiorTarget = enlarge(this.interiorTarget);
      this.interiorOffset = enlarge(this.interiorOffset);
    }
  }
}

function enlarge<T extends Int32Array | Uint32Array | Float64Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from as never);
  return to;
}
