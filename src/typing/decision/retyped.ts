/**
 * Retyped: better types for objects from whose type others follow already. They wait for the end of the generation, so that
 * within one it does not matter who speaks first.
 */
import { int32Column } from "../../heap/columns.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { isPreferred } from "./node-order.ts";

const MANY = 1;
const SOURCE_SHIFT = 1;
const SOURCE_MASK = 3;
const STANDING_SHIFT = 3;

export class Retyped {
  readonly #universe: TypeUniverse;
  readonly #object = int32Column();
  readonly #node = int32Column();
  readonly #bits = int32Column();

  constructor(universe: TypeUniverse) {
    this.#universe = universe;
  }

  add(object: number, node: TypeNode, isMany: boolean, source: number, standing: number): void {
    this.#object.push(object);
    this.#node.push(node.id);
    this.#bits.push((isMany ? MANY : 0) | (source << SOURCE_SHIFT) | (standing << STANDING_SHIFT));
  }

  /** Visits all that were added since the last time, those of an object side by side, the best first. */
  take(visitor: (object: number, node: TypeNode, isMany: boolean, source: number, standing: number) => void): void {
    const { count } = this.#object;
    if (count === 0) return;
    const { nodes } = this.#universe;
    const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => {
      const byObject = this.#object.get(a) - this.#object.get(b);
      if (byObject !== 0) return byObject;
      const byBits = this.#bits.get(b) - this.#bits.get(a);
      if (byBits !== 0 || this.#node.get(a) === this.#node.get(b)) return byBits;
      return isPreferred(nodes[this.#node.get(a)]!, nodes[this.#node.get(b)]!) ? -1 : 1;
    });
    for (const i of order) {
      const bits = this.#bits.get(i);
      const isMany = (bits & MANY) !== 0;
      const source = (bits >>> SOURCE_SHIFT) & SOURCE_MASK;
      visitor(this.#object.get(i), nodes[this.#node.get(i)]!, isMany, source, bits >>> STANDING_SHIFT);
    }
    this.#object.count = 0;
    this.#node.count = 0;
    this.#bits.count = 0;
  }
}
