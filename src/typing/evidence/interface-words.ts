/**
 * InterfaceWords: which pointers are the data words of interfaces, and what they hold. One walk over the contents of all
 * objects with pointers: where the word in front of a pointer is an itab or a type descriptor, it is kept, by edge.
 */
import { readAddress } from "../../format/records/address.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import type { TypeNode } from "../universe/type-node.ts";

/** Most bytes read at once, and how many beyond the object at hand. */
const WINDOW_SIZE = 1 << 20;
const READ_AHEAD = 12 << 10;
/** Edges are looked up by blocks of so many, as a power of two. */
const BLOCK_SHIFT = 6;

export class InterfaceWords {
  #count = 0;
  #edge = new Uint32Array(1 << 12);
  #type = new Int32Array(1 << 12);
  /** First interface of every block of edges, and one more. */
  #blockStart = new Uint32Array(1);
  readonly #executable: ExecutableTypes;

  constructor(executable: ExecutableTypes) {
    this.#executable = executable;
  }

  /** The dynamic type of the interface whose data word is this edge. O(1). */
  typeOf(edge: number): TypeNode | undefined {
    const block = edge >>> BLOCK_SHIFT;
    const after = this.#blockStart[block + 1]!;
    for (let i = this.#blockStart[block]!; i < after; i++) {
      if (this.#edge[i] === edge) return this.#executable.universe.nodes[this.#type[i]!];
    }
    return undefined;
  }

  /** Walks all objects in address order. Linear in the dump. */
  async collect(heap: Heap, progress: Progress): Promise<void> {
    const { objects, edges, dump } = heap;
    const { count, position, flags, size } = objects;
    const { start, offset } = edges;
    const pointerSize = dump.pointerSize;
    const wide = pointerSize === 8;
    const littleEndian = !dump.bigEndian;
    const baseHigh = Number(dump.addressBase >> 32n);
    const executable = this.#executable;
    const [typesStart, typesEnd, firstItab, lastItab] = executable.dynamicTypeRanges;
    const buffer = new Uint8Array(WINDOW_SIZE);
    const window = new DataView(buffer.buffer);
    let windowStart = 0;
    let windowLength = 0;
    progress.phase("looking for interfaces", count, "objects");
    for (let object = 0; object < count; object++) {
      if ((object & 0x3_ffff) === 0) {
        progress.update(object);
        await breathe(progress);
      }
      if ((flags[object]! & HAS_POINTERS) === 0) continue;
      const first = start[object]!;
      const after = start[object + 1]!;
      if (first === after) continue;
      const contents = position[object]!;
      for (let edge = first; edge < after; edge++) {
        const at = contents + offset[edge]! - pointerSize;
        if (offset[edge]! < pointerSize) continue;
        let inWindow = at - windowStart;
        if (inWindow < 0 || inWindow + pointerSize > windowLength) {
          // What is left of the object and some of its neighbours: spans are not in address order in the dump, so what
          // is read far ahead is read in vain.
          const length = Math.min(WINDOW_SIZE, size[object]! - offset[edge]! + READ_AHEAD);
          windowLength = heap.readBytes(at, length, buffer).length;
          windowStart = at;
          inWindow = 0;
          if (windowLength < pointerSize) break;
        }
        const word = +readAddress(window, inWindow, wide, littleEndian, baseHigh);
        // Most words are neither.
        if (!(word >= typesStart && word < typesEnd) && !(word >= firstItab && word <= lastItab)) continue;
        const node = executable.dynamicType(word);
        if (node >= 0) this.#add(edge, node);
      }
    }
    this.#indexBlocks(edges.count);
  }

  #indexBlocks(edgeCount: number): void {
    this.#blockStart = new Uint32Array((edgeCount >>> BLOCK_SHIFT) + 2);
    let next = 0;
    for (let block = 0; block < this.#blockStart.length; block++) {
      while (next < this.#count && this.#edge[next]! >>> BLOCK_SHIFT < block) next++;
      this.#blockStart[block] = next;
    }
  }

  /** Visits all of them by ascending edge: source object, edge, dynamic type. */
  visit(heap: Heap, visitor: (object: number, edge: number, dynamic: TypeNode) => void): void {
    const { start } = heap.edges;
    const { nodes } = this.#executable.universe;
    let object = 0;
    for (let i = 0; i < this.#count; i++) {
      const edge = this.#edge[i]!;
      while (start[object + 1]! <= edge) object++;
      visitor(object, edge, nodes[this.#type[i]!]!);
    }
  }

  #add(edge: number, node: number): void {
    if (this.#count === this.#edge.length) {
      const edges = new Uint32Array(this.#count * 2);
      edges.set(this.#edge);
      this.#edge = edges;
      const types = new Int32Array(this.#count * 2);
      types.set(this.#type);
      this.#type = types;
    }
    this.#edge[this.#count] = edge;
    this.#type[this.#count++] = node;
  }
}
