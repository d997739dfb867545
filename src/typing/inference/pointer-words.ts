/**
 * PointerWords: words of objects' contents as pointers, with the objects that they lead to. Many types are tried on one word, so
 * the latest answers are kept.
 */
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import type { ContentsReader } from "../evidence/contents.ts";

/** Words that are kept; a power of two. */
const RECENT = 64;

export class PointerWords {
  /** The address. */
  readonly value = new Float64Array(RECENT);
  /** The object that it leads to, or NO_OBJECT. */
  readonly target = new Int32Array(RECENT);
  readonly #heap: Heap;
  readonly #contents: ContentsReader;
  readonly #object = new Int32Array(RECENT).fill(NO_OBJECT);
  readonly #at = new Float64Array(RECENT);

  constructor(heap: Heap, contents: ContentsReader) {
    this.#heap = heap;
    this.#contents = contents;
  }

  /** The row of the word at an offset of an object's slot; good until the next call. */
  rowOf(object: number, at: number): number {
    const row = (at >>> 2) & (RECENT - 1);
    if (this.#object[row] !== object || this.#at[row] !== at) {
      const value = this.#contents.word(object, at);
      this.#object[row] = object;
      this.#at[row] = at;
      this.value[row] = value;
      this.target[row] = value === 0 ? NO_OBJECT : this.#heap.findObject(value);
    }
    return row;
  }
}
