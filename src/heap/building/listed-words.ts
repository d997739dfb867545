/** ListedWords: whether the pointer lists of stack frames have a word. */

export class ListedWords {
  /** Per frame, and behind the last: the number of its first slot. */
  readonly #first: Uint32Array;
  /** Per slot; those of a frame ascend once it was asked for. */
  readonly #offset: Float64Array;
  readonly #isSorted: Uint8Array;
  /** What was asked for last, and the first slot of that frame that is not below. */
  #frame = -1;
  #asked = 0;
  #next = 0;

  /**
   * 8 bytes a slot, 5 a frame.
   * @param slotFrame per slot its frame, ascending
   * @param slotOffset per slot where it is in the frame; kept, and sorted as frames are asked for
   */
  constructor(frameCount: number, slotFrame: Int32Array, slotOffset: Float64Array) {
    this.#first = new Uint32Array(frameCount + 1);
    for (let slot = 0; slot < slotFrame.length; slot++) this.#first[slotFrame[slot]! + 1]!++;
    for (let frame = 0; frame < frameCount; frame++) this.#first[frame + 1]! += this.#first[frame]!;
    this.#offset = slotOffset;
    this.#isSorted = new Uint8Array(frameCount);
  }

  /** Whether a frame's list has the word at an offset. O(log n) in the list; less where the offsets of one frame ascend. */
  has(frame: number, offset: number): boolean {
    if (frame !== this.#frame || offset < this.#asked) this.#seek(frame, offset);
    this.#asked = offset;
    const end = this.#first[frame + 1]!;
    while (this.#next < end && this.#offset[this.#next]! < offset) this.#next++;
    return this.#next < end && this.#offset[this.#next] === offset;
  }

  #seek(frame: number, offset: number): void {
    let low = this.#first[frame]!;
    let high = this.#first[frame + 1]!;
    if (this.#isSorted[frame] === 0) {
      // Arguments are listed before locals, which are below them.
      this.#offset.subarray(low, high).sort();
      this.#isSorted[frame] = 1;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offset[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    this.#frame = frame;
    this.#next = low;
  }
}
