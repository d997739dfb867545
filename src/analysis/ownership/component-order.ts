/**
 * ComponentOrder: objects in the order of their strongly connected components, each component after all that it leads to. By R. E.
 * Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1(2), 1972, without recursion.
 */
import { longColumn } from "../../column-memory.ts";
import { grow } from "../grow.ts";

/** In `#state`: nothing is to be found out of it, or no more. */
const DONE = -1;

/** Objects on the way for which there is room at first. */
const FIRST_DEPTH = 1 << 12;

export class ComponentOrder {
  /**
   * The objects so far, from the front; the last of each component is told as `~object`. From the back, while the search goes on, what was
   * left behind but is in a component of what is on the way.
   */
  readonly order: Int32Array;
  /** Objects in `order`. */
  count = 0;
  readonly #start: Uint32Array;
  readonly #to: Int32Array;
  /** Per object: 0 if it is not reached yet, DONE, or its number in the order in which they were reached. */
  readonly #state: Int32Array;
  #reached = 0;
  #waitingCount = 0;
  /** On the way: the object, its number, its next edge, and the least number among those that it leads to. */
  #object: Int32Array = new Int32Array(FIRST_DEPTH);
  #number: Int32Array = new Int32Array(FIRST_DEPTH);
  #edge: Uint32Array = new Uint32Array(FIRST_DEPTH);
  #least: Int32Array = new Int32Array(FIRST_DEPTH);
  #depth = -1;

  /**
   * 4 bytes an object, and 16 for each on the longest way.
   * @param start CSR over the objects
   * @param to vertices; those from the number of objects on are no objects, and are passed over
   * @param isBarred per object: 1 if no edge to it counts
   * @param order written over; an element per object
   */
  constructor(start: Uint32Array, to: Int32Array, isBarred: Uint8Array, order: Int32Array) {
    this.#start = start;
    this.#to = to;
    this.order = order;
    // Those without edges are components of their own, which lead nowhere.
    this.#state = longColumn(Int32Array, order.length);
    for (let i = 0; i < order.length; i++) if (isBarred[i] === 1 || start[i] === start[i + 1]) this.#state[i] = DONE;
  }

  /** Begins at an object that has edges, once the search is done with the one before; what is barred may be begun at once. */
  enter(object: number, isBarred: boolean): void {
    if (this.#state[object] !== 0 && !isBarred) return;
    this.#depth = 0;
    this.#put(object, ++this.#reached);
    // Of what is barred the number stays unknown, so that no edge to it counts.
    if (!isBarred) this.#state[object] = this.#reached;
  }

  #put(object: number, number: number): void {
    const depth = this.#depth;
    this.#object[depth] = object;
    this.#number[depth] = number;
    this.#edge[depth] = this.#start[object]!;
    this.#least[depth] = number;
  }

  /** Takes at most so many steps. Returns how many; if less, the search is done. */
  advance(steps: number): number {
    const start = this.#start;
    const to = this.#to;
    const state = this.#state;
    const objectCount = state.length;
    let left = steps;
    while (this.#depth >= 0 && left > 0) {
      left--;
      const depth = this.#depth;
      const end = start[this.#object[depth]! + 1]!;
      let least = this.#least[depth]!;
      let edge = this.#edge[depth]!;
      let next = -1;
      while (edge < end) {
        const target = to[edge++]!;
        if (target >= objectCount) continue;
        const known = state[target]!;
        if (known === 0) {
          next = target;
          break;
        }
        if (known > 0 && known < least) least = known;
      }
      this.#edge[depth] = edge;
      this.#least[depth] = least;
      if (next >= 0) {
        if (++this.#depth === this.#object.length) this.#growWay();
        this.#put(next, ++this.#reached);
        state[next] = this.#reached;
      } else this.#leave(least);
    }
    return steps - left;
  }

  /** Leaves the last object on the way behind, and with it its component, if it is the first of one. */
  #leave(least: number): void {
    const { order } = this;
    const state = this.#state;
    const depth = this.#depth--;
    const object = this.#object[depth]!;
    const number = this.#number[depth]!;
    if (least < number) {
      order[order.length - ++this.#waitingCount] = object;
      if (least < this.#least[depth - 1]!) this.#least[depth - 1] = least;
      return;
    }
    for (; this.#waitingCount > 0; this.#waitingCount--) {
      const member = order[order.length - this.#waitingCount]!;
      if (state[member]! < number) break;
      state[member] = DONE;
      order[this.count++] = member;
    }
    state[object] = DONE;
    order[this.count++] = ~object;
  }

  #growWay(): void {
    this.#object = grow(this.#object);
    this.#number = grow(this.#number);
    this.#edge = grow(this.#edge);
    this.#least = grow(this.#least);
  }
}
