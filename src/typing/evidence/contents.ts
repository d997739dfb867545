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

/** Bytes from one block to the next in memory. */
const STRIDE = BLOCK_SIZE + OVERLAP;

export class ContentsReader {
  readonly #heap: Heap;
  /** All blocks that are kept, one behind the other. */
  readonly #bytes = new Uint8Array(BLOCK_COUNT * STRIDE);
  readonly #view = new DataView(this.#bytes.buffer);
  /** Number of the block at each place, and how many bytes it has: fewer at the dump's end. */
  readonly #numbers = new Float64Array(BLOCK_COUNT).fill(-1);
  readonly #lengths = new Int32Array(BLOCK_COUNT);
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
    if (at + (this.#wide ? 8 : 4) > this.#lengths[slot]!) return 0;
    return readAddress(this.#view, slot * STRIDE + at, this.#wide, this.#littleEndian, this.#addressBaseHigh);
  }

  /** The byte at `offset` of an object's slot; 0 behind the dump's end. */
  byte(object: number, offset: number): number {
    const position = this.#heap.objects.position[object]! + offset;
    const slot = this.#load(position);
    const at = position % BLOCK_SIZE;
    return at < this.#lengths[slot]! ? this.#bytes[slot * STRIDE + at]! : 0;
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
      const slot = this.#load(position + done);
      const present = Math.max(0, Math.min(length, this.#lengths[slot]! - at));
      const from = slot * STRIDE + at;
      bytes.set(this.#bytes.subarray(from, from + present), done);
      bytes.fill(0, done + present, done + length);
      done += length;
    }
  }

  #load(position: number): number {
    const number = Math.floor(position / BLOCK_SIZE);
    const slot = number % BLOCK_COUNT;
    if (this.#numbers[slot] !== number) this.#read(number, slot);
    return slot;
  }

  #read(number: number, slot: number): void {
    const into = this.#bytes.subarray(slot * STRIDE, (slot + 1) * STRIDE);
    // If it cannot be read, what was there is there no more.
    this.#numbers[slot] = -1;
    this.#lengths[slot] = this.#heap.readBytes(number * BLOCK_SIZE, STRIDE, into).length;
    this.#numbers[slot] = number;
  }
}
