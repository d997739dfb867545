/** ValueBatch: values as the walk shows them, many at a time. */

/** A batch is shown once it has so many values; the last object may add some more. */
export const BATCH_SIZE = 1 << 12;

/**
 * The values of one batch, as columns that are filled anew for the next: what is needed later has to be copied. Row k is
 * the value that begins with the pointer word at `offset[k]` of `holder[k]`.
 */
export interface ValueBatch {
  readonly count: number;
  /** The object that has the value, or objects.count + root vertex for variables and frames. */
  readonly holder: Int32Array;
  /** Byte offset of the pointer word in the object's slot, the variable or the frame. */
  readonly offset: Float64Array;
  /** Word of the layout that it is, for objects; root edge, for variables and frames. */
  readonly word: Int32Array;
  /** WordKind. Plain pointers are shown only where they lead to one of many elements. */
  readonly kind: Uint8Array;
  /** The object that it leads to; NO_OBJECT for memory that is not on the heap, such as constants. */
  readonly target: Int32Array;
  /** Bytes from the beginning of the target's value to where it leads. */
  readonly inside: Float64Array;
  /** Bytes of strings, elements of slices; 1 for pointers, 0 for all else: the target knows more. */
  readonly length: Float64Array;
  /** Elements that a slice has room for; else as `length`. */
  readonly capacity: Float64Array;
  /** Bytes of an element; 0 where that is not known. */
  readonly elementSize: Float64Array;
}

/** A batch as the walk fills it. */
export class BatchBuilder implements ValueBatch {
  count = 0;
  readonly holder: Int32Array;
  readonly offset: Float64Array;
  readonly word: Int32Array;
  readonly kind: Uint8Array;
  readonly target: Int32Array;
  readonly inside: Float64Array;
  readonly length: Float64Array;
  readonly capacity: Float64Array;
  readonly elementSize: Float64Array;

  /** @param room values that it can hold */
  constructor(room: number) {
    this.holder = new Int32Array(room);
    this.offset = new Float64Array(room);
    this.word = new Int32Array(room);
    this.kind = new Uint8Array(room);
    this.target = new Int32Array(room);
    this.inside = new Float64Array(room);
    this.length = new Float64Array(room);
    this.capacity = new Float64Array(room);
    this.elementSize = new Float64Array(room);
  }

  add(
    holder: number,
    offset: number,
    word: number,
    kind: number,
    target: number,
    inside: number,
    length: number,
    capacity: number,
    elementSize: number,
  ): void {
    const row = this.count++;
    this.holder[row] = holder;
    this.offset[row] = offset;
    this.word[row] = word;
    this.kind[row] = kind;
    this.target[row] = target;
    this.inside[row] = inside;
    this.length[row] = length;
    this.capacity[row] = capacity;
    this.elementSize[row] = elementSize;
  }
}
