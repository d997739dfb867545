/**
 * Generations: the objects that got a type since the last time, and whose pointers are to be followed. A large generation comes
 * in address order, in which their pointers are in memory.
 */
import { longColumn } from "../../column-memory.ts";

/** A generation of one object in so many is put in order. */
const LARGE_SHARE = 64;

export class Generations {
  readonly #count: number;
  /** The generation that is being followed, and the next one, which fills up meanwhile. */
  #current = new Int32Array(1 << 10);
  #next = new Int32Array(1 << 10);
  #length = 0;
  /** One bit an object; made when it is first needed. */
  #bits: Int32Array | undefined;

  /** @param count of all objects */
  constructor(count: number) {
    this.#count = count;
  }

  /** Adds an object to the next generation. It must not be in it. */
  add(object: number): void {
    if (this.#length === this.#next.length) {
      const larger = longColumn(Int32Array, Math.min(2 * this.#length, this.#count));
      larger.set(this.#next);
      this.#next = larger;
    }
    this.#next[this.#length++] = object;
  }

  /** The next generation; good until it is called again. */
  take(): Int32Array {
    const taken = this.#next.subarray(0, this.#length);
    if (this.#length * LARGE_SHARE > this.#count) this.#sort(taken);
    const empty = this.#current;
    this.#current = this.#next;
    this.#next = empty;
    this.#length = 0;
    return taken;
  }

  #sort(objects: Int32Array): void {
    this.#bits ??= new Int32Array((this.#count >>> 5) + 1);
    const bits = this.#bits;
    for (let i = 0; i < objects.length; i++) bits[objects[i]! >>> 5]! |= 1 << (objects[i]! & 31);
    let at = 0;
    for (let word = 0; word < bits.length; word++) {
      for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) {
        objects[at++] = (word << 5) + 31 - Math.clz32(rest & -rest);
      }
      bits[word] = 0;
    }
  }
}
