/**
 * FrameWords: words of the contents of stack frames that the cursor has passed, through one window: the frames of a goroutine stand one behind
 * the other in the dump, and each is small.
 */
import { readAddress } from "../../format/records/address.ts";
import type { WordFormat } from "../../format/records/contents-words.ts";
import type { Cursor } from "../../format/records/cursor.ts";

/** Read at once at the most: some frames. */
const WINDOW_SIZE = 1 << 16;
/** … and at the least. */
const LEAST_SIZE = 1 << 10;
/** Where less than this part of a window was of use, words are far from one another, and the next one is half as large. */
const LEAST_USE = 1 / 8;

/** Bytes of the dump. */
export interface PositionRange {
  readonly start: number;
  readonly end: number;
}

export class FrameWords {
  readonly #cursor: Cursor;
  readonly #format: WordFormat;
  readonly #memory = new Uint8Array(WINDOW_SIZE);
  readonly #view = new DataView(this.#memory.buffer);
  /** What of the dump is in the window. */
  #start = 0;
  #end = 0;
  /** What of that was asked for is between these. */
  #lowest = 0;
  #highest = 0;
  #size = WINDOW_SIZE;

  constructor(cursor: Cursor, format: WordFormat) {
    this.#cursor = cursor;
    this.#format = format;
  }

  /**
   * The word at a position of the dump, as an address. Fast for words that are near one another.
   * @param stacksBefore what else will be asked for, as far as it begins before a position; asked only to move the window
   */
  at(position: number, stacksBefore: (position: number) => PositionRange): number {
    const { pointerSize, bigEndian, addressBaseHigh } = this.#format;
    if (position < this.#start || position + pointerSize > this.#end) {
      this.#resize();
      this.#load(position, stacksBefore(position + this.#size / 2));
    }
    if (position < this.#lowest) this.#lowest = position;
    else if (position > this.#highest) this.#highest = position;
    return readAddress(this.#view, position - this.#start, pointerSize === 8, !bigEndian, addressBaseHigh);
  }

  /** Pointers that lead back and forth between frames far apart must not cost a large window each. */
  #resize(): void {
    const isUsed = this.#highest - this.#lowest >= LEAST_USE * (this.#end - this.#start);
    this.#size = isUsed ? Math.min(WINDOW_SIZE, 2 * this.#size) : Math.max(LEAST_SIZE, this.#size / 2);
  }

  /** Moves the window to what will be asked for around a position: pointers of a stack lead back and forth. */
  #load(position: number, { start, end }: PositionRange): void {
    this.#start = Math.max(start, position - this.#size / 2);
    const length = Math.min(end - this.#start, this.#size);
    this.#end = this.#start + this.#cursor.source.read(this.#memory, 0, length, this.#start);
    this.#lowest = position;
    this.#highest = position;
    const { pointerSize } = this.#format;
    if (position + pointerSize > this.#end) throw this.#cursor.truncated(pointerSize);
  }
}
