/**
 * TargetSearch: which of up to 31 target objects an object leads to, as a bit each. One depth-first search, by the strongly
 * connected components of R. E. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1(2), 1972: the members
 * of a component lead to the same targets, and a component is known once all that it leads to is.
 */
import { longColumn } from "../../column-memory.ts";
import { grow } from "../grow.ts";

/** Targets that one search can tell apart: as many as an element has bits beside its sign. */
export const MOST_TARGETS = 31;

/** In `#state`: a target that is not reached yet. No object has so high a number. */
const TARGET = 2 ** 31 - 1;

/** Objects on the way for which there is room at first. */
const FIRST_DEPTH = 1 << 12;

export class TargetSearch {
  readonly #start: Uint32Array;
  readonly #to: Int32Array;
  /**
   * Per object: 0 if it is not reached yet, TARGET if it is one, too; else above 0, its number in the order in which they were; below, `~` of the bits of the
   * targets that it leads to, once that is known.
   */
  readonly #state: Int32Array;
  /** The bits of each target. */
  readonly #targets = new Map<number, number>();
  #count = 0;
  /** On the way: the object, its next edge, the bits found so far, and the least number among those that it leads to. */
  #object: Int32Array = new Int32Array(FIRST_DEPTH);
  #edge: Uint32Array = new Uint32Array(FIRST_DEPTH);
  #bits: Int32Array = new Int32Array(FIRST_DEPTH);
  #least: Int32Array = new Int32Array(FIRST_DEPTH);
  #depth = -1;
  /** Left behind, but in a component of what is on the way. Room for all, because what is not used takes none. */
  readonly #waiting: Int32Array;
  #waitingCount = 0;

  /**
   * 20 bytes for each object on the longest way.
   * @param start CSR over the objects
   * @param isBarred whether nothing behind an object counts
   * @param state written over; an element per object
   */
  constructor(
    start: Uint32Array,
    to: Int32Array,
    targets: readonly number[],
    isBarred: (object: number) => boolean,
    state: Int32Array,
  ) {
    if (targets.length > MOST_TARGETS) throw new Error(`bug: ${targets.length} targets at once`);
    this.#start = start;
    this.#to = to;
    for (let i = 0; i < state.length; i++) state[i] = start[i] === start[i + 1] || isBarred(i) ? ~0 : 0;
    this.#state = state;
    this.#waiting = longColumn(Int32Array, state.length);
    for (const [bit, target] of targets.entries()) {
      this.#targets.set(target, (this.#targets.get(target) ?? 0) | (1 << bit));
    }
    for (const [target, bits] of this.#targets) state[target] = state[target] === 0 ? TARGET : ~bits;
  }

  /** Begins at an object, once the search is done with the one before. */
  enter(object: number): void {
    const known = this.#state[object]!;
    if (known === 0 || known === TARGET) this.#begin(object);
  }

  /** The bits of the targets that an object leads to, itself included; of one that was entered, once the search is done. */
  bitsOf(object: number): number {
    return ~this.#state[object]!;
  }

  /** Takes at most so many steps. Returns how many; if less, the search is done. */
  advance(steps: number): number {
    let depth = this.#depth;
    if (depth < 0) return 0;
    const start = this.#start;
    const to = this.#to;
    const state = this.#state;
    let left = steps;
    // What is known of the last object on the way, and of no other, is in variables.
    let object = this.#object[depth]!;
    let edge = this.#edge[depth]!;
    let end = start[object + 1]!;
    let bits = this.#bits[depth]!;
    let least = this.#least[depth]!;
    for (; left > 0; left--) {
      let next = -1;
      while (edge < end) {
        const target = to[edge++]!;
        const known = state[target]!;
        if (known < 0) bits |= ~known;
        else if (known === 0 || known === TARGET) {
          next = target;
          break;
        } else if (known < least) least = known;
      }
      if (next >= 0) {
        this.#edge[depth] = edge;
        this.#bits[depth] = bits;
        this.#least[depth] = least;
        if (++depth === this.#object.length) this.#growWay();
        object = next;
        this.#object[depth] = object;
        bits = state[object] === TARGET ? this.#targets.get(object)! : 0;
        least = ++this.#count;
        state[object] = least;
        edge = start[object]!;
        end = start[object + 1]!;
        continue;
      }
      const number = state[object]!;
      const isWhole = least === number;
      if (isWhole) this.#close(object, number, bits);
      else this.#leaveBehind(object);
      if (--depth < 0) {
        left--;
        break;
      }
      object = this.#object[depth]!;
      edge = this.#edge[depth]!;
      end = start[object + 1]!;
      bits |= this.#bits[depth]!;
      const before = this.#least[depth]!;
      least = isWhole ? before : Math.min(before, least);
    }
    this.#depth = depth;
    if (depth >= 0) {
      this.#edge[depth] = edge;
      this.#bits[depth] = bits;
      this.#least[depth] = least;
    }
    return steps - left;
  }

  /** Begins with an object that is not reached yet. */
  #begin(object: number): void {
    this.#depth = 0;
    this.#object[0] = object;
    this.#edge[0] = this.#start[object]!;
    this.#bits[0] = this.#state[object] === TARGET ? this.#targets.get(object)! : 0;
    this.#least[0] = ++this.#count;
    this.#state[object] = this.#count;
  }

  #leaveBehind(object: number): void {
    this.#waiting[this.#waitingCount++] = object;
  }

  /** All of a component leads to the same targets: the object with the least number, and what was left behind after it. */
  #close(object: number, number: number, bits: number): void {
    const state = this.#state;
    state[object] = ~bits;
    while (this.#waitingCount > 0 && state[this.#waiting[this.#waitingCount - 1]!]! > number) {
      state[this.#waiting[--this.#waitingCount]!] = ~bits;
    }
  }

  #growWay(): void {
    this.#object = grow(this.#object);
    this.#edge = grow(this.#edge);
    this.#bits = grow(this.#bits);
    this.#least = grow(this.#least);
  }
}
