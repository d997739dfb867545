/**
 * Assignments: the type of every object so far, and how it was found. All that is known of an object is in one word: they
 * are met in no order, and each is in memory only once.
 */

/** Types that fit into a word beside the rest; no program has a tenth of them. */
const MAX_NODES = (1 << 21) - 1;

const ARRAY = 1;
const QUEUED = 2;
const SOURCE_SHIFT = 2;
const SOURCE_MASK = 3;
const RANK_SHIFT = 4;
const MAX_RANK = 127;
const NODE_SHIFT = 11;

export class Assignments {
  /** Number of objects. */
  readonly count: number;
  /** Objects that have a type. */
  typedCount = 0;
  readonly #words: Int32Array;

  constructor(count: number) {
    this.count = count;
    this.#words = new Int32Array(count);
  }

  isTyped(object: number): boolean {
    return this.#words[object]! >>> NODE_SHIFT !== 0;
  }

  /** Id of an object's type node; -1 if it has none. */
  nodeId(object: number): number {
    return (this.#words[object]! >>> NODE_SHIFT) - 1;
  }

  /** Whether it is an array of the type. */
  isArray(object: number): boolean {
    return (this.#words[object]! & ARRAY) !== 0;
  }

  /** What the evidence for the type is worth; 0 without a type. */
  rank(object: number): number {
    return (this.#words[object]! >>> RANK_SHIFT) & MAX_RANK;
  }

  /** TypeSource of the type. */
  source(object: number): number {
    return (this.#words[object]! >>> SOURCE_SHIFT) & SOURCE_MASK;
  }

  /** Gives an object a type; what can be told apart no more (a rank below 0, one type too many) is cut. */
  set(object: number, nodeId: number, asArray: boolean, rank: number, source: number): void {
    if (nodeId >= MAX_NODES) return;
    const word = this.#words[object]!;
    if (word >>> NODE_SHIFT === 0) this.typedCount++;
    this.#words[object] =
      ((nodeId + 1) << NODE_SHIFT) |
      (Math.max(0, Math.min(MAX_RANK, rank)) << RANK_SHIFT) |
      (source << SOURCE_SHIFT) |
      (word & QUEUED) |
      (asArray ? ARRAY : 0);
  }

  /** Notes that there is better evidence for the type that an object has. */
  raiseRank(object: number, rank: number): void {
    const word = this.#words[object]!;
    if (rank <= ((word >>> RANK_SHIFT) & MAX_RANK)) return;
    this.#words[object] = (word & ~(MAX_RANK << RANK_SHIFT)) | (Math.min(MAX_RANK, rank) << RANK_SHIFT);
  }

  /** Marks an object as waiting; false if it was already. */
  enqueue(object: number): boolean {
    if ((this.#words[object]! & QUEUED) !== 0) return false;
    this.#words[object]! |= QUEUED;
    return true;
  }

  dequeue(object: number): void {
    this.#words[object]! &= ~QUEUED;
  }
}
