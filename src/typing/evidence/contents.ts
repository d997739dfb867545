/**
 * ContentsReader: words of objects' contents. The graph answers most of typing's questions; the rest needs a word here
 * and there. A small cache of file blocks makes a walk in address order, and one that stays near, cost little.
 */
import { readAddress } from "../../format/records/address.ts";
import type { Heap } from "../../heap/heap.ts";

/**
 * Blocks are read whole; so many are kept, each at a place that its position gives. Larger ones are slower even for a walk
 * over all objects, because addresses follow one another in the dump for a span only.
 */
const BLOCK_SIZE = 1 << 12;
const BLOCK_COUNT = 1 << 10;
/** A word can reach into the next block. */
const OVERLAP = 8;

export class ContentsReader {
  readonly #heap: Heap;
  readonly #blocks: Uint8Array[] = [];
  readonly #views: DataView[] = [];
  readonly #numbers = new Float64Array(BLOCK_COUNT).fill(-1);
  readonly #wide: boolean;
  readonly #littleEndian: boolean;
  readonly #addressBaseHigh: number;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#wide = heap.dump.pointerSize === 8;
    this.#littleEndian = !heap.dump.bigEndian;
    this.#addressBaseHigh = Number(heap.dump.addressBase >> 32n);
  }

  /** The pointer-sized word at `offset` of an object's slot, as an address. The slot must hold it. */
  word(object: number, offset: number): number {
    return this.wordAt(this.#heap.objects.position[object]! + offset);
  }

  /** The pointer-sized word at a position of the dump, as an address; 0 at the dump's end. */
  wordAt(position: number): number {
    const slot = this.#load(position);
    const at = position % BLOCK_SIZE;
    const view = this.#views[slot]!;
    if (at + (this.#wide ? 8 : 4) > view.byteLength) return 0;
    return readAddress(view, at, this.#wide, this.#littleEndian, this.#addressBaseHigh);
  }

  /** The byte at `offset` of an object's slot. */
  byte(object: number, offset: number): number {
    const position = this.#heap.objects.position[object]! + offset;
    const slot = this.#load(position);
    return this.#blocks[slot]![position % BLOCK_SIZE] ?? 0;
  }

  /** Whether the bytes of an object's slot from `offset` to `end`, a multiple of words, are zero. */
  isZero(object: number, offset: number, end: number): boolean {
    const step = this.#wide ? 8 : 4;
    let at = offset;
    for (; at < end && at % step !== 0; at++) if (this.byte(object, at) !== 0) return false;
    for (; at + step <= end; at += step) if (this.word(object, at) !== 0) return false;
    return true;
  }

  /** Fills `bytes` from a position of the dump; zeros behind the dump's end. */
  copy(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = (position + done) % BLOCK_SIZE;
      const length = Math.min(BLOCK_SIZE - at, bytes.length - done);
      const block = this.#blocks[this.#load(position + done)]!;
      const present = Math.max(0, Math.min(length, block.length - at));
      bytes.set(block.subarray(at, at + present), done);
      bytes.fill(0, done + present, done + length);
      done += length;
    }
  }

  #load(position: number): number {
    const number = Math.floor(position / BLOCK_SIZE);
    const slot = number % BLOCK_COUNT;
    if (this.#numbers[slot] !== number) {
      const block = this.#heap.readBytes(number * BLOCK_SIZE, BLOCK_SIZE + OVERLAP);
      this.#blocks[slot] = block;
      this.#views[slot] = new DataView(block.buffer, block.byteOffset, block.byteLength);
      this.#numbers[slot] = number;
    }
    return slot;
  }
}
