/** ObjectColumns: what decoding the Object records fills. */
import { HeapDumpError } from "../../errors.ts";
import { newColumn } from "../../workers/current.ts";
import { highHalf, lowHalf } from "../records/address.ts";
import { ShapeTable } from "./shapes.ts";

/** Contents of more bytes than this are decoded by the slow path; so large ones have room in the window, with most lists. */
export const MAX_WINDOW_CONTENTS = 9 << 18;

/** Objects have numbers of 32 bits with a sign; pointers take two elements each of an array that has 2^32 at most. */
const MAX_ROWS = 2 ** 31 - 16;

/** Objects and their non-nil pointers in the dump's order; columns are longer than `count` and `edgeCount`. */
export class ObjectColumns {
  count = 0;
  address = new Float64Array(0);
  /** Sizes from 0xffffffff on, by object; all others are their shapes'. */
  readonly hugeSize = new Map<number, number>();
  /** Bytes of contents really in the dump, by object, where fewer than the size. */
  readonly presentSize = new Map<number, number>();
  position = new Float64Array(1);
  shape = new Int32Array(1);
  /** First edge of each object, and one more. */
  edgeStart = new Uint32Array(1);

  edgeCount = 0;
  /**
   * The pointers' values: two elements each, the lower half and the upper. Halves, because pages and slots are found by
   * shifts then, with no conversion between kinds of numbers.
   */
  target = new Int32Array(0);
  /** Where the pointer is in the slot. */
  offset = new Uint32Array(0);

  /** Edges that are data words of interfaces, ascending, and the number of the dynamic type. */
  interfaceCount = 0;
  interfaceEdge = new Uint32Array(1024);
  interfaceType = new Int32Array(1024);

  readonly shapes = new ShapeTable();
  pointerSlots = 0;
  missingPointers = 0;

  /**
   * Makes room.
   * @param expectedObjects of the whole dump; asking for too much costs nothing, untouched pages are not there
   */
  reserveObjects(capacity: number, expectedObjects: number): void {
    if (capacity <= this.address.length) return;
    const length = roomFor("objects", capacity, expectedObjects, this.address.length);
    this.address = resized(this.address, newColumn(Float64Array, length), this.count);
    // One more than objects: whoever sorts them uses the memory of either for where their edges start.
    this.position = resized(this.position, newColumn(Float64Array, length + 1), this.count);
    this.shape = resized(this.shape, newColumn(Int32Array, length + 1), this.count);
    this.edgeStart = resized(this.edgeStart, newColumn(Uint32Array, length + 1), this.count + 1);
  }

  reserveEdges(capacity: number, expectedEdges: number): void {
    if (capacity <= this.offset.length) return;
    const length = roomFor("pointers", capacity, expectedEdges, this.offset.length);
    this.target = resized(this.target, newColumn(Int32Array, 2 * length), 2 * this.edgeCount);
    this.offset = resized(this.offset, newColumn(Uint32Array, length), this.edgeCount);
  }

  /** Adds one pointer of the object that is being decoded. */
  addEdge(value: number, offset: number): void {
    this.reserveEdges(this.edgeCount + 1, 0);
    this.target[2 * this.edgeCount] = lowHalf(value);
    this.target[2 * this.edgeCount + 1] = highHalf(value);
    this.offset[this.edgeCount++] = offset;
  }

  /** Gives back the memory of the objects, once they are sorted; what edges are of which object stays, and `shape`. */
  releaseObjects(): void {
    this.address = new Float64Array(0);
    this.position = new Float64Array(0);
  }

  /** Gives back the memory of the rest, once the edges are resolved. */
  releaseEdges(): void {
    this.shape = new Int32Array(0);
    this.target = new Int32Array(0);
    this.offset = new Uint32Array(0);
    this.edgeStart = new Uint32Array(0);
    this.interfaceEdge = new Uint32Array(0);
    this.interfaceType = new Int32Array(0);
  }

  /** One more than the greatest number of a dynamic type so far. */
  interfaceTypeCount = 0;

  addInterface(edge: number, type: number): void {
    this.reserveInterfaces(this.interfaceCount + 1);
    if (type >= this.interfaceTypeCount) this.interfaceTypeCount = type + 1;
    this.interfaceEdge[this.interfaceCount] = edge;
    this.interfaceType[this.interfaceCount++] = type;
  }

  reserveInterfaces(capacity: number): void {
    if (capacity <= this.interfaceEdge.length) return;
    const length = Math.max(capacity, this.interfaceCount * 2);
    this.interfaceEdge = resized(this.interfaceEdge, new Uint32Array(length), this.interfaceCount);
    this.interfaceType = resized(this.interfaceType, new Int32Array(length), this.interfaceCount);
  }
}

/** Rows beyond which room is not made ahead: 512 MiB of the widest column. */
const MAX_AHEAD = 1 << 26;

/** How long a column becomes that must hold `capacity` rows. */
function roomFor(what: string, capacity: number, expected: number, current: number): number {
  if (capacity > MAX_ROWS) {
    throw new HeapDumpError(`more than ${MAX_ROWS} ${what}`, {
      code: "too-large",
      hint: "this is beyond what one JavaScript array can index",
    });
  }
  const ahead = Math.max(Math.min(expected, MAX_AHEAD), Math.ceil(current * 1.5), 1 << 14);
  return Math.min(MAX_ROWS, Math.max(capacity, ahead));
}

function resized<T extends Float64Array | Int32Array | Uint32Array>(from: T, to: T, used: number): T {
  to.set(from.subarray(0, Math.min(used, from.length)) as never);
  return to;
}
