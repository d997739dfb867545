/** ObjectSet: some of a heap's objects, numbered without gaps, so that columns about them need no room for the others. */

export class ObjectSet {
  /** Number of objects in it. */
  readonly count: number;
  readonly #bits: Int32Array;
  /** Objects of the set before each word of bits. */
  readonly #before: Uint32Array;

  /** @param bits one for each object, as `bitsOfTypes` or `bitsOfObjects` makes them */
  constructor(bits: Int32Array) {
    this.#bits = bits;
    this.#before = new Uint32Array(this.#bits.length);
    let count = 0;
    for (let word = 0; word < this.#bits.length; word++) {
      this.#before[word] = count;
      count += countBits(this.#bits[word]!);
    }
    this.count = count;
  }

  /** Number of an object in the set, ascending with it; -1 if it is not in it. O(1). */
  indexOf(object: number): number {
    const bits = this.#bits[object >>> 5]!;
    const mask = 1 << (object & 31);
    return (bits & mask) === 0 ? -1 : this.#before[object >>> 5]! + countBits(bits & (mask - 1));
  }

  /** The next object of the set behind `object` (-1: the first); -1 if there is none. Its number is one more. */
  next(object: number): number {
    const bits = this.#bits;
    let word = (object + 1) >>> 5;
    let rest = word < bits.length ? bits[word]! & (-1 << ((object + 1) & 31)) : 0;
    while (rest === 0) {
      if (++word >= bits.length) return -1;
      rest = bits[word]!;
    }
    return (word << 5) + 31 - Math.clz32(rest & -rest);
  }
}

/**
 * A bit for each object, which stays in the cache as the types of all objects do not.
 * @param type of each object
 * @param contains 1 for the types whose objects get theirs, by row
 */
export function bitsOfTypes(type: Int32Array, contains: Uint8Array): Int32Array {
  const bits = new Int32Array((type.length >>> 5) + 1);
  let word = 0;
  for (let i = 0; i < type.length; i++) {
    word |= contains[type[i]!]! << (i & 31);
    if ((i & 31) !== 31) continue;
    bits[i >>> 5] = word;
    word = 0;
  }
  bits[type.length >>> 5] = word;
  return bits;
}

/**
 * The same for some objects.
 * @param count of the heap's objects
 */
export function bitsOfObjects(objects: Int32Array, count: number): Int32Array {
  const bits = new Int32Array((count >>> 5) + 1);
  for (const object of objects) bits[object >>> 5]! |= 1 << (object & 31);
  return bits;
}

function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
