/**
 * PointerResolver: which objects the decoded pointers lead to. It walks them in the dump's order and works in their own
 * memory, which is most of what a heap takes: objects replace pointers, what leads nowhere is set aside, the rest moves up.
 */
import { HEADER_SIZE, type ObjectColumns } from "../format/object-columns.ts";
import type { AddressIndex } from "./address-index.ts";
import { HAS_HEADER } from "./heap.ts";
import type { ObjectRuns } from "./page-order.ts";

/** Nothing said of an object's type; `PointerResolver.dynamicType`. */
export const NO_DYNAMIC_TYPE = -1;
/** Interfaces contradict one another. */
export const CONFLICTING_TYPES = -2;

/** In place of an object, from here downwards: `FIRST_INTERIOR - n` for number n of the interior pointers. */
export const FIRST_INTERIOR = -2;

const MAX_INT16 = 0x7fff;

/** Pointers looked up at a time: what is known of them stays in the processor's cache. */
const BATCH = 2048;

/** Call `resolveRun` for every run, in the dump's order; then the members tell. */
export class PointerResolver {
  /** Edges so far; `edgeStart` and `offset` of the columns are theirs. */
  edgeCount = 0;
  /** Of each edge, what it leads to: an object, or an interior pointer. */
  readonly found: Int32Array;
  /** Number of edges of each run. */
  readonly runEdges: Uint32Array;
  /** Pointers to other places than the beginning of a value: the object and the offset in its slot. */
  interiorCount = 0;
  interiorTarget = new Int32Array(BATCH);
  interiorOffset = new Float64Array(BATCH);
  /** Values of the pointers that lead to no object. */
  strayCount = 0;
  stray = new Float64Array(BATCH);
  /** Per object: number of the dynamic type that interfaces pointing to its beginning say it has, or one of the above. */
  readonly dynamicType: Int16Array | Int32Array;

  readonly #columns: ObjectColumns;
  readonly #runs: ObjectRuns;
  readonly #index: AddressIndex;
  readonly #flags: Uint8Array;
  /** What `AddressIndex.locate` says besides the objects. */
  readonly #rest = new Float64Array(BATCH);
  /** Where each stray was among the pointers. */
  #strayEdge = new Uint32Array(BATCH);
  /** Next of the pointers that interfaces hold. */
  #interface = 0;

  /** @param flags HAS_HEADER of the objects, in address order */
  constructor(columns: ObjectColumns, runs: ObjectRuns, index: AddressIndex, flags: Uint8Array) {
    this.#columns = columns;
    this.#runs = runs;
    this.#index = index;
    this.#flags = flags;
    // Written all over the place: the narrower, the more of it stays in the processor's cache.
    const Column = columns.interfaceTypeCount <= MAX_INT16 ? Int16Array : Int32Array;
    this.dynamicType = new Column(runs.objectCount).fill(NO_DYNAMIC_TYPE);
    this.runEdges = new Uint32Array(runs.count);
    // Half as wide as the pointers, the objects that are written never get ahead of the pointers that are read.
    this.found = new Int32Array(columns.target.buffer);
  }

  /** Resolves the pointers of one run. */
  resolveRun(run: number): void {
    const { edgeStart, target } = this.#columns;
    const first = this.#runs.start[run]!;
    const after = first + this.#runs.length[run]!;
    const end = edgeStart[after]!;
    const firstStray = this.strayCount;
    const firstEdge = this.edgeCount;
    for (let batch = edgeStart[first]!; batch < end; batch += BATCH) {
      const batchEnd = Math.min(end, batch + BATCH);
      this.#index.locate(target, batch, batchEnd, this.found, this.#rest);
      this.#askInterfaces(batch, batchEnd);
      this.#moveUp(batch, batchEnd);
    }
    this.#adjustStarts(first, after, firstEdge, firstStray);
    this.runEdges[run] = this.edgeCount - firstEdge;
  }

  /** Moves edges just found up to where there is room, notes the interior ones and sets the strays aside. */
  #moveUp(from: number, end: number): void {
    this.#reserve();
    const { found, stray, interiorTarget, interiorOffset } = this;
    const { offset } = this.#columns;
    const rest = this.#rest;
    const flags = this.#flags;
    const strayEdge = this.#strayEdge;
    let { edgeCount, strayCount, interiorCount } = this;
    for (let i = from; i < end; i++) {
      let object = found[i]!;
      const inside = rest[i - from]!;
      if (object < 0) {
        strayEdge[strayCount] = i;
        stray[strayCount++] = inside;
        continue;
      }
      if (isInterior(inside, object, flags)) {
        interiorTarget[interiorCount] = object;
        interiorOffset[interiorCount] = inside;
        object = FIRST_INTERIOR - interiorCount++;
      }
      found[edgeCount] = object;
      offset[edgeCount++] = offset[i]!;
    }
    this.edgeCount = edgeCount;
    this.strayCount = strayCount;
    this.interiorCount = interiorCount;
  }

  /** Makes `edgeStart` of the objects first…after-1 right again, whose edges begin at `firstEdge` now. */
  #adjustStarts(first: number, after: number, firstEdge: number, firstStray: number): void {
    const { edgeStart } = this.#columns;
    const { strayCount } = this;
    const strayEdge = this.#strayEdge;
    let stray = firstStray;
    let distance = firstEdge - edgeStart[first]!;
    for (let i = first; i < after; i++) {
      const start = edgeStart[i]!;
      for (; stray < strayCount && strayEdge[stray]! < start; stray++) distance--;
      edgeStart[i] = start + distance;
    }
  }

  /** Notes what interfaces say of the objects just found. */
  #askInterfaces(from: number, end: number): void {
    const { interfaceEdge, interfaceType, interfaceCount } = this.#columns;
    const { found, dynamicType } = this;
    const rest = this.#rest;
    const flags = this.#flags;
    let i = this.#interface;
    // Those of objects that are left out.
    while (i < interfaceCount && interfaceEdge[i]! < from) i++;
    for (; i < interfaceCount && interfaceEdge[i]! < end; i++) {
      const edge = interfaceEdge[i]!;
      const object = found[edge]!;
      if (object < 0 || isInterior(rest[edge - from]!, object, flags)) continue;
      const known = dynamicType[object]!;
      const type = interfaceType[i]!;
      dynamicType[object] = known === NO_DYNAMIC_TYPE || known === type ? type : CONFLICTING_TYPES;
    }
    this.#interface = i;
  }

  /** Makes room for a batch. */
  #reserve(): void {
    if (this.strayCount + BATCH > this.stray.length) {
      this.stray = enlarge(this.stray);
      this.#strayEdge = enlarge(this.#strayEdge);
    }
    if (this.interiorCount + BATCH > this.interiorTarget.length) {
      this.interiorTarget = enlarge(this.interiorTarget);
      this.interiorOffset = enlarge(this.interiorOffset);
    }
  }
}

/** Whether `inside` is behind the beginning of the object's value, which comes after a malloc header. */
function isInterior(inside: number, object: number, flags: Uint8Array): boolean {
  return inside !== 0 && (inside !== HEADER_SIZE || (flags[object]! & HAS_HEADER) === 0);
}

function enlarge<T extends Int32Array | Uint32Array | Float64Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from as never);
  return to;
}
