/**
 * InterfaceWords: which pointers are the data words of interfaces, and what they hold. One walk over the contents of all
 * objects with pointers: where the word in front of a pointer is an itab or a type descriptor, it is kept, by edge.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { bytesOf } from "../../heap/kernel-bytes.ts";
import type { Progress } from "../../progress.ts";
import { newColumn, withCrew } from "../../workers/current.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import type { TypeNode } from "../universe/type-node.ts";
import { FileRuns } from "./file-runs.ts";
import { FIND_TYPE_WORDS, type FoundWords, type TypeWords } from "./type-words.ts";

export class InterfaceWords {
  #count = 0;
  /** Ids of their types' nodes, by ascending edge. */
  #type = new Int32Array(0);
  /** One bit an edge. */
  #bits = new Int32Array(0);
  /** How many there are before each word of bits. */
  #before = new Uint32Array(0);
  readonly #executable: ExecutableTypes;

  constructor(executable: ExecutableTypes) {
    this.#executable = executable;
  }

  /** The dynamic type of the interface whose data word is this edge. O(1). */
  typeOf(edge: number): TypeNode | undefined {
    if ((this.#bits[edge >>> 5]! & (1 << (edge & 31))) === 0) return undefined;
    return this.#executable.universe.nodes[this.#type[this.#numberOf(edge)]!];
  }

  /** Walks all objects in the order of the dump, several threads at once. Linear in the dump. */
  async collect(heap: Heap, progress: Progress): Promise<void> {
    const { objects, edges, dump } = heap;
    const { position, flags } = objects;
    const { start, offset } = edges;
    progress.phase("looking for interfaces", objects.count, "objects");
    const { first, order, end } = new FileRuns(objects);
    const words = { foundEdge: newColumn(Uint32Array, edges.count), foundWord: newColumn(Float64Array, edges.count) };
    const columns = {
      ...words,
      room: roomOfRuns(first, order, start),
      ...{ position, flags, start, offset, first, order, end },
      pointerSize: dump.pointerSize,
      bigEndian: dump.bigEndian,
      addressBaseHigh: Number(dump.addressBase >> 32n),
      ranges: this.#executable.dynamicTypeRanges,
    };
    const onRows = (done: number): void => progress.update((objects.count * done) / order.length);
    const work = { rows: order.length, steps: edges.count, bytes: bytesOf(heap), onRows };
    const parts = await withCrew(edges.count, (crew) => crew.share(FIND_TYPE_WORDS, columns, work, progress));
    this.#bits = new Int32Array((edges.count + 31) >>> 5);
    // The number of a node takes the place of the word, which is twice as long.
    const nodes = new Int32Array(words.foundWord.buffer, 0, 2 * edges.count);
    for (const part of parts) this.#markKnown(words, nodes, part);
    this.#countBits();
    this.#type = longColumn(Int32Array, this.#count);
    for (const part of parts) this.#keepKnown(words, nodes, part);
  }

  /** Marks the edges of interfaces among those found. @param nodes gets the ids of their nodes, or -1 */
  #markKnown({ foundEdge: edge, foundWord: word }: TypeWords, nodes: Int32Array, { at, end }: FoundWords): void {
    const bits = this.#bits;
    let latest = Number.NaN;
    let node = -1;
    for (let i = at; i < end; i++) {
      // Neighbours are often of one type.
      if (word[i] !== latest) {
        latest = word[i]!;
        node = this.#executable.dynamicType(latest);
      }
      nodes[2 * i] = node;
      if (node >= 0) bits[edge[i]! >>> 5]! |= 1 << (edge[i]! & 31);
    }
  }

  #keepKnown({ foundEdge: edge }: TypeWords, nodes: Int32Array, { at, end }: FoundWords): void {
    const types = this.#type;
    for (let i = at; i < end; i++) if (nodes[2 * i]! >= 0) types[this.#numberOf(edge[i]!)] = nodes[2 * i]!;
  }

  /** How many interfaces there are before an edge. */
  #numberOf(edge: number): number {
    return this.#before[edge >>> 5]! + countBits(this.#bits[edge >>> 5]! & ((1 << (edge & 31)) - 1));
  }

  #countBits(): void {
    const bits = this.#bits;
    const before = new Uint32Array(bits.length);
    let count = 0;
    for (let i = 0; i < bits.length; i++) {
      before[i] = count;
      count += countBits(bits[i]!);
    }
    this.#before = before;
    this.#count = count;
  }

  /** Visits all of them by ascending edge: edge, dynamic type. */
  visit(visitor: (edge: number, dynamic: TypeNode) => void): void {
    const { nodes } = this.#executable.universe;
    let number = 0;
    for (let word = 0; word < this.#bits.length; word++) {
      for (let rest = this.#bits[word]!; rest !== 0; rest &= rest - 1) {
        visitor((word << 5) + 31 - Math.clz32(rest & -rest), nodes[this.#type[number++]!]!);
      }
    }
  }
}

/** Where the edges of each run have room, in the order of the dump. */
function roomOfRuns(first: Uint32Array, order: Uint32Array, start: Uint32Array): Uint32Array {
  const room = newColumn(Uint32Array, order.length);
  let next = 0;
  for (let place = 0; place < order.length; place++) {
    room[place] = next;
    next += start[first[order[place]! + 1]!]! - start[first[order[place]!]!]!;
  }
  return room;
}

/** Bits of a word that are set. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
