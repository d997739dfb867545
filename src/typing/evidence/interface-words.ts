/**
 * InterfaceWords: which pointers are the data words of interfaces, and what they hold. One walk over the contents of all
 * objects with pointers: where the word in front of a pointer is an itab or a type descriptor, it is kept, by edge.
 */
import type { Heap } from "../../heap/heap.ts";
import { bytesOf } from "../../heap/kernel-bytes.ts";
import type { Progress } from "../../progress.ts";
import { withCrew } from "../../workers/current.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import type { TypeNode } from "../universe/type-node.ts";
import { FIND_TYPE_WORDS, type TypeWords } from "./type-words.ts";

/** Edges are looked up by blocks of so many, as a power of two. */
const BLOCK_SHIFT = 4;

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

  /** Walks all objects in address order, several threads at once. Linear in the dump. */
  async collect(heap: Heap, progress: Progress): Promise<void> {
    const { objects, edges, dump } = heap;
    const { position, flags, size } = objects;
    const { start, offset } = edges;
    const columns = {
      position,
      flags,
      size,
      start,
      offset,
      pointerSize: dump.pointerSize,
      bigEndian: dump.bigEndian,
      addressBaseHigh: Number(dump.addressBase >> 32n),
      ranges: this.#executable.dynamicTypeRanges,
    };
    progress.phase("looking for interfaces", objects.count, "objects");
    const onRows = (done: number): void => progress.update(done);
    const work = { rows: objects.count, steps: edges.count, bytes: bytesOf(heap), onRows };
    const parts = await withCrew(edges.count, (crew) => crew.share(FIND_TYPE_WORDS, columns, work, progress));
    for (const part of parts) this.#addKnown(part);
    this.#indexBlocks(edges.count);
  }

  #addKnown({ edge, word }: TypeWords): void {
    for (let i = 0; i < edge.length; i++) {
      const node = this.#executable.dynamicType(word[i]!);
      if (node >= 0) this.#add(edge[i]!, node);
    }
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
