/**
 * Resolution: the pointers of the decoded objects become edges between objects, in address order. Walks every pointer
 * once; with `address-index.ts` this is a few nanoseconds each, nearly all of it waiting for memory.
 */
import type { ObjectColumns } from "../format/object-columns.ts";
import {
  type AddressIndex,
  objectInSlot,
  PAGE_BASE,
  PAGE_RANKS,
  PAGE_SLOT_COUNT,
  PAGE_SLOT_SIZE,
  PAGE_STRIDE,
} from "./address-index.ts";
import { float64Column } from "./columns.ts";
import { type Edges, HAS_HEADER, NO_OBJECT } from "./heap.ts";
import { type ObjectRuns, PAGE_SIZE } from "./page-order.ts";

/** Nothing said of an object's type; `ResolvedEdges.dynamicType`. */
export const NO_DYNAMIC_TYPE = -1;
/** Interfaces contradict one another. */
export const CONFLICTING_TYPES = -2;

export interface ResolvedEdges {
  readonly edges: Edges;
  /** Per object: number of the dynamic type that interfaces pointing to its beginning say it has, or one of the above. */
  readonly dynamicType: Int32Array;
  /** Values of the pointers that lead to no object, in the objects' order. */
  readonly strayTargets: Float64Array;
}

/** Resolves run after run, so that long work can be divided; `finish` gives the result. */
export class EdgeResolver {
  readonly #columns: ObjectColumns;
  readonly #runs: ObjectRuns;
  readonly #index: AddressIndex;
  readonly #address: Float64Array;
  readonly #flags: Uint8Array;
  readonly #start: Uint32Array;
  readonly #to: Int32Array;
  readonly #offset: Uint32Array;
  readonly #dynamicType: Int32Array;
  readonly #interiors = new InteriorEdges();
  readonly #stray = float64Column();
  #run = 0;
  #object = 0;
  #edge = 0;

  /**
   * @param address of the objects, in address order
   * @param flags HAS_HEADER of the objects
   */
  constructor(columns: ObjectColumns, runs: ObjectRuns, index: AddressIndex, address: Float64Array, flags: Uint8Array) {
    this.#columns = columns;
    this.#runs = runs;
    this.#index = index;
    this.#address = address;
    this.#flags = flags;
    this.#start = new Uint32Array(runs.objectCount + 1);
    this.#to = new Int32Array(columns.edgeCount);
    this.#offset = new Uint32Array(columns.edgeCount);
    this.#dynamicType = new Int32Array(runs.objectCount).fill(NO_DYNAMIC_TYPE);
  }

  get done(): boolean {
    return this.#run === this.#runs.count;
  }

  /** Objects whose edges are resolved. */
  get objectsDone(): number {
    return this.#object;
  }

  /** Resolves the edges of about `maxObjects` more objects. */
  resolveMore(maxObjects: number): void {
    const { edgeStart: dumpStart, target, offset: dumpOffset, edgeCount } = this.#columns;
    const { interfaceEdge, interfaceType, interfaceCount } = this.#columns;
    const { pages, ranks } = this.#index;
    const runs = this.#runs;
    const index = this.#index;
    const address = this.#address;
    const flags = this.#flags;
    const start = this.#start;
    const to = this.#to;
    const offset = this.#offset;
    const dynamicType = this.#dynamicType;
    // Nearly all objects are in one window; the others go through `find`.
    const main = largestWindow(index);
    const windowStart = index.windowStart[main] ?? Number.POSITIVE_INFINITY;
    const windowEnd = index.windowEnd[main] ?? Number.NEGATIVE_INFINITY;
    const windowPage = (index.windowPage[main] ?? 0) | 0;

    const stopAt = this.#object + maxObjects;
    let object = this.#object;
    let edge = this.#edge;
    let run = this.#run;
    for (; run < runs.count && object < stopAt; run++) {
      const first = runs.start[run]!;
      const after = first + runs.length[run]!;
      let from = dumpStart[first]!;
      let hint = lowerBound(interfaceEdge, interfaceCount, from);
      let hintEdge = hint < interfaceCount ? interfaceEdge[hint]! : edgeCount;
      for (let i = first; i < after; i++) {
        const end = dumpStart[i + 1]!;
        for (; from < end; from++) {
          const value = target[from]!;
          let found = NO_OBJECT;
          let inside = 0;
          let slotSize = 0;
          if (value >= windowStart && value < windowEnd) {
            const relative = value - windowStart;
            // Truncation to 32 bits all along: quick, and right, because pages are fewer.
            const pageInWindow = (relative / PAGE_SIZE) | 0;
            const page = (windowPage + pageInWindow) * PAGE_STRIDE;
            slotSize = pages[page + PAGE_SLOT_SIZE]!;
            const distance = ((relative - pageInWindow * PAGE_SIZE) | 0) - pages[page + PAGE_BASE]!;
            if (slotSize !== 0 && distance >= 0) {
              const slot = (distance / slotSize) | 0;
              if (slot < pages[page + PAGE_SLOT_COUNT]!) {
                found = objectInSlot(ranks, pages[page + PAGE_RANKS]!, slot);
                inside = distance - slot * slotSize;
              }
            }
          }
          if (slotSize === 0) {
            found = index.find(value) | 0;
            inside = found < 0 ? 0 : value - address[found]!;
          }
          if (found >= 0) {
            to[edge] = found;
            offset[edge] = dumpOffset[from]!;
            if (inside !== 0 && !(inside === HEADER_SIZE && (flags[found]! & HAS_HEADER) !== 0)) {
              this.#interiors.add(edge, inside);
            } else if (from === hintEdge) {
              const known = dynamicType[found]!;
              const type = interfaceType[hint]!;
              dynamicType[found] = known === NO_DYNAMIC_TYPE || known === type ? type : CONFLICTING_TYPES;
            }
            edge++;
          } else {
            this.#stray.push(value);
          }
          if (from === hintEdge) {
            hint++;
            hintEdge = hint < interfaceCount ? interfaceEdge[hint]! : edgeCount;
          }
        }
        start[++object] = edge;
      }
    }
    this.#run = run;
    this.#object = object;
    this.#edge = edge;
  }

  finish(): ResolvedEdges {
    if (!this.done) throw new Error("bug: edges are asked for before all are resolved");
    const count = this.#edge;
    return {
      edges: {
        count,
        start: this.#start,
        to: this.#to.subarray(0, count),
        offset: this.#offset.subarray(0, count),
        interiorEdge: this.#interiors.edge.subarray(0, this.#interiors.count),
        interiorOffset: this.#interiors.offset.subarray(0, this.#interiors.count),
      },
      dynamicType: this.#dynamicType,
      strayTargets: this.#stray.finish(),
    };
  }
}

/** Bytes of a malloc header, on every architecture. */
const HEADER_SIZE = 8;

class InteriorEdges {
  count = 0;
  edge = new Uint32Array(1024);
  offset = new Float64Array(1024);

  add(edge: number, offset: number): void {
    if (this.count === this.edge.length) {
      const edges = new Uint32Array(this.count * 2);
      edges.set(this.edge);
      this.edge = edges;
      const offsets = new Float64Array(this.count * 2);
      offsets.set(this.offset);
      this.offset = offsets;
    }
    this.edge[this.count] = edge;
    this.offset[this.count++] = offset;
  }
}

function largestWindow({ windowStart, windowEnd }: AddressIndex): number {
  let largest = 0;
  for (let i = 1; i < windowStart.length; i++) {
    if (windowEnd[i]! - windowStart[i]! > windowEnd[largest]! - windowStart[largest]!) largest = i;
  }
  return largest;
}

/** First index whose value is not below `value`. */
function lowerBound(values: Uint32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
