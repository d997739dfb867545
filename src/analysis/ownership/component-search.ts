/**
 * ComponentSearch: objects in the order of their strongly connected components, each component after all that it leads to; and which of
 * up to 31 target objects each leads to, as a bit each: the members of a component lead to the same ones, and a component knows its own
 * once all are done that it leads to. One depth-first search, by R. E. Tarjan, "Depth-First Search and Linear Graph Algorithms",
 * SIAM J. Comput. 1(2), 1972, without recursion.
 */
import type { Edges } from "../../heap/objects.ts";
import { grow } from "../grow.ts";

/** Targets that one search can tell apart: as many as an element has bits beside its sign. */
export const MOST_TARGETS = 31;

/** In `#state`: a target that is not reached yet. No object has so high a number. */
const TARGET = 2 ** 31 - 1;

/** Objects on the way for which there is room at first. */
const FIRST_DEPTH = 1 << 12;

/** Objects in the order of their components, each component after all that it leads to. */
export interface ComponentOrder {
  /** The objects, without those that have no edges; the last of each component is told as `~object`. */
  readonly order: Int32Array;
  /** Elements of `order` that count. */
  readonly count: number;
}

/** What a search is asked, of a graph in CSR over the objects. */
export interface ComponentQuestion extends Pick<Edges, "start" | "to"> {
  /** Objects, at most MOST_TARGETS. */
  readonly targets: readonly number[];
  /** Whether the order is wanted. */
  readonly isOrdered: boolean;
}

/**
 * Fills the column of states for a search. Linear.
 * @param isBarred whether an object is never begun at, and no edge to it counts
 */
export function beginComponents(
  start: Uint32Array,
  isBarred: (object: number) => boolean,
  state: Int32Array,
): Int32Array {
  // Those without edges are components of their own, which lead nowhere.
  for (let i = 0; i < state.length; i++) state[i] = start[i] === start[i + 1] || isBarred(i) ? ~0 : 0;
  return state;
}

export class ComponentSearch implements ComponentOrder {
  /** From the front as told; from the back, while the search goes on, what was left behind but is in a component of what is on the way. */
  readonly order: Int32Array;
  count = 0;
  readonly #start: Uint32Array;
  readonly #to: Int32Array;
  readonly #isOrdered: boolean;
  /**
   * Per object: 0 if it is not reached yet, TARGET if it is one, too; else above 0, its number in the order in which they were; below, `~` of the bits of the
   * targets that it leads to, once that is known.
   */
  readonly #state: Int32Array;
  /** The bits of each target. */
  readonly #targets = new Map<number, number>();
  #reached = 0;
  #waitingCount = 0;
  /** On the way: the object, its next edge, the bits found so far, and the least number among those that it leads to. */
  #object: Int32Array = new Int32Array(FIRST_DEPTH);
  #edge: Uint32Array = new Uint32Array(FIRST_DEPTH);
  #bits: Int32Array = new Int32Array(FIRST_DEPTH);
  #least: Int32Array = new Int32Array(FIRST_DEPTH);
  #depth = -1;

  /**
   * 16 bytes for each object on the longest way, beside the columns.
   * @param state as `beginComponents` leaves it; an element per object
   * @param order written over; as long. Where the order is not wanted, hardly any of it is touched
   */
  constructor(
    { start, to, targets, isOrdered }: ComponentQuestion,
    { state, order }: { readonly state: Int32Array; readonly order: Int32Array },
  ) {
    if (targets.length > MOST_TARGETS) throw new Error(`bug: ${targets.length} targets at once`);
    this.#start = start;
    this.#to = to;
    this.#state = state;
    this.order = order;
    this.#isOrdered = isOrdered;
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
        least = ++this.#reached;
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
    this.#least[0] = ++this.#reached;
    this.#state[object] = this.#reached;
  }

  #leaveBehind(object: number): void {
    this.order[this.order.length - ++this.#waitingCount] = object;
  }

  /** All of a component leads to the same targets: the object with the least number, and what was left behind after it. */
  #close(object: number, number: number, bits: number): void {
    const { order } = this;
    const state = this.#state;
    for (; this.#waitingCount > 0; this.#waitingCount--) {
      const member = order[order.length - this.#waitingCount]!;
      if (state[member]! < number) break;
      state[member] = ~bits;
      if (this.#isOrdered) order[this.count++] = member;
    }
    state[object] = ~bits;
    if (this.#isOrdered) order[this.count++] = ~object;
  }

  #growWay(): void {
    this.#object = grow(this.#object);
    this.#edge = grow(this.#edge);
    this.#bits = grow(this.#bits);
    this.#least = grow(this.#least);
  }
}
