/** SequentialReader: words of a dump that is walked from front to back, through a window of the file. */
import { readAddress } from "../format/records/address.ts";
import type { Heap } from "../heap/heap.ts";

/** What is read at once on the way through the whole dump. */
const WINDOW_SIZE = 1 << 20;
const TWO_32 = 2 ** 32;

/** Reads contents of objects from the dump in the order of their positions, through one window. */
export class SequentialReader {
  /** The window, and the byte of the dump at which it begins. Good until the window moves. */
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  readonly #heap: Heap;
  readonly #windowSize: number;
  #memory = new Uint8Array(0);
  readonly #littleEndian: boolean;
  readonly #pointerSize: number;
  readonly #addressBaseHigh: number;

  /** @param windowSize bytes that are read at once */
  constructor(heap: Heap, windowSize = WINDOW_SIZE) {
    this.#heap = heap;
    this.#windowSize = windowSize;
    this.#littleEndian = !heap.dump.bigEndian;
    this.#pointerSize = heap.dump.pointerSize;
    this.#addressBaseHigh = Number(heap.dump.addressBase >> 32n);
  }

  /** Moves the window so that it holds `length` bytes from `position`, as far as the dump has them and a window can. */
  ensure(position: number, length: number): void {
    if (position >= this.start && position + length <= this.start + this.view.byteLength) return;
    const size = Math.max(this.#windowSize, Math.min(length, 2 * WINDOW_SIZE));
    // The same memory again: to get new memory for every window takes as long as to read it.
    if (this.#memory.length < size) this.#memory = new Uint8Array(size);
    const bytes = this.#heap.readBytes(position, size, this.#memory);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = position;
  }

  /** Whether the window holds `length` bytes from `position`. */
  has(position: number, length: number): boolean {
    return position >= this.start && position + length <= this.start + this.view.byteLength;
  }

  /**
   * The pointer-sized word at a position as an unsigned number, such as a length; rounded above 2^53. 0 behind the dump's
   * end.
   */
  number(position: number): number {
    return this.integer(position, this.#pointerSize);
  }

  /** The pointer-sized word at a position as an address; 0 behind the dump's end. */
  address(position: number): number {
    const size = this.#pointerSize;
    if (!this.has(position, size)) this.ensure(position, size);
    const at = position - this.start;
    if (at + size > this.view.byteLength) return 0;
    return readAddress(this.view, at, size === 8, this.#littleEndian, this.#addressBaseHigh);
  }

  /** The unsigned integer of 1, 2, 4 or 8 bytes at a position; 0 behind the dump's end. */
  integer(position: number, size: number): number {
    if (!this.has(position, size)) this.ensure(position, size);
    const at = position - this.start;
    const { view } = this;
    const little = this.#littleEndian;
    if (at + size > view.byteLength) return 0;
    switch (size) {
      case 8:
        return view.getUint32(little ? at : at + 4, little) + TWO_32 * view.getUint32(little ? at + 4 : at, little);
      case 4:
        return view.getUint32(at, little);
      case 2:
        return view.getUint16(at, little);
      default:
        return size === 1 ? view.getUint8(at) : 0;
    }
  }
}
