/**
 * PointerNames: what pointers are called, as numbers, for analyses that tell pointers apart by name: asked once per type
 * and offset. Elements of arrays are called alike.
 */
import { Names } from "../../heap/columns.ts";
import { edgeName, offsetInValue } from "../../heap/edge-names.ts";
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import { ROOT_KIND_NAMES, RootKind, RootVertexKind } from "../../heap/roots/roots.ts";

/** The pointer has no name. */
export const NAMELESS = -1;

/** In tables: not looked up yet. */
const UNKNOWN = -2;
/** Offsets from here on are looked up every time: no table should be larger than what it describes. */
const TABLED_BYTES = 1 << 20;
const MAX_INT32 = 2 ** 31 - 1;

const NO_TABLE = new Int32Array(0);

/** Gives every pointer the number of its name. Ask once per type and offset. */
export class PointerNames {
  /** Whether pointers of objects have names at all. */
  readonly areKnown: boolean;
  readonly #names = new Names();
  readonly #heap: Heap;
  /** Per type: bytes from element to element; 0 for what is no array, or one of enormous elements. */
  readonly #stride: Int32Array;
  /** Per type: name by word of the value or element. */
  readonly #tables: Int32Array[];
  readonly #wordShift: number;

  constructor(heap: Heap) {
    const { fields, count } = heap.types;
    this.#heap = heap;
    this.areKnown = fields !== undefined;
    this.#stride = new Int32Array(count);
    this.#tables = new Array<Int32Array>(count).fill(NO_TABLE);
    this.#wordShift = heap.dump.pointerSize === 4 ? 2 : 3;
    if (fields === undefined) return;
    for (let type = 0; type < count; type++) {
      const stride = fields.stride(type);
      if (stride <= MAX_INT32) this.#stride[type] = stride;
    }
  }

  get names(): readonly string[] {
    return this.#names.values;
  }

  /** The name of edge `edge` of object `from`, as index into `names`, or NAMELESS. */
  ofEdge(from: number, edge: number): number {
    if (!this.areKnown) return NAMELESS;
    const type = this.#heap.objects.type[from]!;
    const stride = this.#stride[type]!;
    let offset = offsetInValue(this.#heap, from, edge);
    // Integers only: the remainder of other numbers is a function call.
    if (stride > 0 && offset >= stride && offset <= MAX_INT32) offset = (offset | 0) % stride;
    if (offset < 0 || offset >= TABLED_BYTES) return this.#lookUp(from, edge);
    const word = offset >>> this.#wordShift;
    let table = this.#tables[type]!;
    if (word >= table.length) {
      table = new Int32Array(Math.max(word + 1, 2 * table.length)).fill(UNKNOWN);
      table.set(this.#tables[type]!);
      this.#tables[type] = table;
    }
    let name = table[word]!;
    if (name === UNKNOWN) {
      name = this.#lookUp(from, edge);
      table[word] = name;
    }
    return name;
  }

  /**
   * The same of `count` edges from `first` on, in their order: several times as quick.
   * @param objects that they go from
   */
  ofEdges(objects: Int32Array, first: number, count: number, out: Int32Array): void {
    if (!this.areKnown) {
      out.fill(NAMELESS, 0, count);
      return;
    }
    const { type } = this.#heap.objects;
    const { offset: offsets } = this.#heap.edges;
    const strides = this.#stride;
    const shift = this.#wordShift;
    let object = -1;
    let header = 0;
    let stride = 0;
    let table: Int32Array = NO_TABLE;
    for (let i = 0; i < count; i++) {
      // Neighbours are mostly of one object.
      if (objects[i] !== object) {
        object = objects[i]!;
        header = valueOffset(this.#heap.objects, object);
        stride = strides[type[object]!]!;
        table = this.#tables[type[object]!]!;
      }
      let offset = offsets[first + i]! - header;
      if (stride > 0 && offset >= stride && offset <= MAX_INT32) offset = (offset | 0) % stride;
      const isTabled = offset >= 0 && offset < TABLED_BYTES && offset >>> shift < table.length;
      let name = isTabled ? table[offset >>> shift]! : UNKNOWN;
      if (name === UNKNOWN) {
        name = this.ofEdge(object, first + i);
        table = this.#tables[type[object]!]!;
      }
      out[i] = name;
    }
  }

  /**
   * The same of a root edge. What has no name is called by its place in the frame or segment, "sp+0x28".
   * @param kind RootVertexKind of the vertex it goes from
   * @param isOneOfMany calls it by no place of its own: "sp+…"
   */
  ofRootEdge(edge: number, kind: number, isOneOfMany = false): number {
    const { roots } = this.#heap;
    const name = roots.edgeName?.(edge);
    if (name !== undefined) return this.#intern(name);
    const place = isOneOfMany ? "+…" : `+0x${roots.offset[edge]!.toString(16)}`;
    // Symbols name a variable, and nothing in it.
    if (kind === RootVertexKind.VARIABLE)
      return roots.offset[edge] === 0 || isOneOfMany ? NAMELESS : this.#intern(place);
    switch (roots.kind[edge]) {
      case RootKind.DATA:
      case RootKind.BSS:
        return this.#intern(ROOT_KIND_NAMES[roots.kind[edge]!]! + place);
      case RootKind.FRAME:
      case RootKind.FRAME_CONSERVATIVE:
        return this.#intern(`sp${place}`);
      case RootKind.UNREACHABLE:
        return NAMELESS;
      default:
        return this.#intern(ROOT_KIND_NAMES[roots.kind[edge]!]!);
    }
  }

  #lookUp(from: number, edge: number): number {
    const name = edgeName(this.#heap, from, edge, false);
    return name === undefined ? NAMELESS : this.#intern(name);
  }

  #intern(name: string): number {
    if (name === "") return NAMELESS;
    return this.#names.number(name.replaceAll(/\[\d+\]/g, "[]"));
  }
}
