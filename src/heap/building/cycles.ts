/** Cycles: which objects lead back to themselves by way of others. Gabow, "Path-based depth-first search", 2000. */
import { longColumn } from "../../column-memory.ts";
import { type Edges, HAS_POINTERS } from "../objects.ts";

/** In `order`: the component of the object is complete. */
const DONE = 0x7fff_ffff;

/**
 * Tells of each of `starts` whether it is reachable from another object that it leads to. A pointer of an object to itself
 * is no way back. Linear in what they lead to; 5 bytes per object of the heap and up to 16 per object that they lead to,
 * while it runs.
 * @param flags of the objects
 * @returns per start 1 or 0
 */
export function findInCycles({ start, to }: Edges, flags: Uint8Array, starts: Int32Array): Uint8Array {
  const inCycle = new Uint8Array(starts.length);
  if (starts.length === 0) return inCycle;
  const isCyclic = longColumn(Uint8Array, flags.length);
  /** 0 before an object is seen, then its number. */
  const order = longColumn(Int32Array, flags.length);
  let seen = 0;
  /** Objects whose component is not complete, and of them those that may begin one. */
  const open = new Stack();
  const bounds = new Stack();
  const path = new Stack();
  const nextEdge = new Stack();

  const enter = (object: number): void => {
    order[object] = ++seen;
    open.push(object);
    bounds.push(object);
    path.push(object);
    nextEdge.push(start[object]!);
  };
  const leave = (object: number): void => {
    path.pop();
    nextEdge.pop();
    if (bounds.top !== object) return;
    bounds.pop();
    const isAlone = open.top === object;
    for (;;) {
      const member = open.pop();
      order[member] = DONE;
      if (!isAlone) isCyclic[member] = 1;
      if (member === object) return;
    }
  };

  for (const first of starts) {
    if (order[first] !== 0) continue;
    enter(first);
    while (path.size > 0) {
      const object = path.top;
      const edge = nextEdge.top;
      if (edge === start[object + 1]!) {
        leave(object);
        continue;
      }
      nextEdge.top = edge + 1;
      const target = to[edge]!;
      if (target === object || (flags[target]! & HAS_POINTERS) === 0) continue;
      if (order[target] === 0) enter(target);
      else if (order[target] !== DONE) while (order[bounds.top]! > order[target]!) bounds.pop();
    }
  }
  for (let i = 0; i < starts.length; i++) inCycle[i] = isCyclic[starts[i]!]!;
  return inCycle;
}

/** Numbers, the last one first; grows. */
class Stack {
  size = 0;
  #values = new Uint32Array(64);

  get top(): number {
    return this.#values[this.size - 1]!;
  }

  set top(value: number) {
    this.#values[this.size - 1] = value;
  }

  push(value: number): void {
    if (this.size === this.#values.length) {
      const larger = new Uint32Array(this.size * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.size++] = value;
  }

  pop(): number {
    return this.#values[--this.size]!;
  }
}
