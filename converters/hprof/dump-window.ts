/** DumpWindow: bytes of a dump that is read from front to back, a window at a time. */
import type { Heap } from "../../src/index.ts";

const WINDOW_SIZE = 1 << 20;

export class DumpWindow {
  /** The window, and the byte of the dump at which it begins. */
  bytes = new Uint8Array(0);
  start = 0;
  readonly #heap: Heap;
  #memory = new Uint8Array(WINDOW_SIZE);

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /**
   * Moves the window so that it holds `length` bytes from `position`, at most 1 MiB, and tells where in `bytes` they begin.
   * Behind the dump's end there are zeros.
   */
  seek(position: number, length: number): number {
    const at = position - this.start;
    if (at >= 0 && at + length <= this.bytes.length) return at;
    const read = this.#heap.readBytes(position, WINDOW_SIZE, this.#memory);
    if (read.length < length) this.#memory.fill(0, read.length, length);
    this.bytes = this.#memory.subarray(0, Math.max(read.length, length));
    this.start = position;
    return 0;
  }
}
