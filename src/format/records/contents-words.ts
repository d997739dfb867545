/** ContentsWords: words of a record's contents by offset, without holding the contents. */
import { readAddress } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import type { ContentsRange } from "./records.ts";

/** Bytes of contents read at once where they are not in the cursor's window any more. */
const CHUNK_SIZE = 1 << 20;

export interface WordFormat {
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
  readonly addressBaseHigh: number;
}

/**
 * Reads contents that the cursor has passed: out of its window where they are still there, else from the source, in pieces
 * that follow ascending offsets. The cursor does not move.
 */
export class ContentsWords {
  /** Bytes that can be read. */
  readonly size: number;
  readonly #cursor: Cursor;
  readonly #format: WordFormat;
  readonly #position: number;
  #view: DataView;
  #start = 0;
  #end = 0;
  #buffer: Uint8Array<ArrayBuffer> | undefined;

  constructor(cursor: Cursor, contents: ContentsRange, format: WordFormat) {
    this.size = contents.present;
    this.#cursor = cursor;
    this.#format = format;
    this.#position = contents.position;
    this.#view = cursor.view;
  }

  /** The word at `offset`, which is at least a word below `size`, as an address. */
  at(offset: number): number {
    const { pointerSize, bigEndian, addressBaseHigh } = this.#format;
    const inWindow = this.#position + offset - this.#cursor.base;
    if (inWindow >= 0 && inWindow + pointerSize <= this.#cursor.end) {
      return readAddress(this.#cursor.view, inWindow, pointerSize === 8, !bigEndian, addressBaseHigh);
    }
    if (offset < this.#start || offset + pointerSize > this.#end) this.#load(offset);
    return readAddress(this.#view, offset - this.#start, pointerSize === 8, !bigEndian, addressBaseHigh);
  }

  #load(offset: number): void {
    this.#buffer ??= new Uint8Array(Math.min(this.size, CHUNK_SIZE));
    // All, if it fits; else from a little before it, for the word in front of a pointer.
    this.#start = this.size <= CHUNK_SIZE ? 0 : Math.max(0, offset - 16);
    const length = Math.min(this.#buffer.length, this.size - this.#start);
    const read = this.#cursor.source.read(this.#buffer, 0, length, this.#position + this.#start);
    this.#view = new DataView(this.#buffer.buffer);
    this.#end = this.#start + read;
    if (offset + this.#format.pointerSize > this.#end) throw this.#cursor.truncated(this.#format.pointerSize);
  }
}
