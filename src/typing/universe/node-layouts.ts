/**
 * NodeLayouts: types by their size and where their pointers are. Whether a type fits a shape is a matter of that alone
 * (channels excepted), and thousands of types share a few layouts.
 */
import type { TypeNode } from "./type-node.ts";

const OFFSET_FACTOR = 0x9e37_79b1 | 0;

export class NodeLayouts {
  /** By node id: the layout's number + 1; 0 where it is not known yet. */
  #known = new Int32Array(1 << 10);
  /** The first node of each layout. */
  readonly #first: TypeNode[] = [];
  /** Layouts by the hash of what they are. */
  readonly #byHash = new Map<number, number[]>();

  /** Number of a node's layout, dense. */
  of(node: TypeNode): number {
    const known = node.id < this.#known.length ? this.#known[node.id]! : 0;
    return known === 0 ? this.#find(node) : known - 1;
  }

  #find(node: TypeNode): number {
    if (node.id >= this.#known.length) {
      const larger = new Int32Array(Math.max(node.id + 1, 2 * this.#known.length));
      larger.set(this.#known);
      this.#known = larger;
    }
    const hash = hashOf(node);
    let layouts = this.#byHash.get(hash);
    if (layouts === undefined) {
      layouts = [];
      this.#byHash.set(hash, layouts);
    }
    let layout = layouts.find((candidate) => areLaidOutAlike(this.#first[candidate]!, node));
    if (layout === undefined) {
      layout = this.#first.length;
      this.#first.push(node);
      layouts.push(layout);
    }
    this.#known[node.id] = layout + 1;
    return layout;
  }
}

function hashOf({ size, leaves }: TypeNode): number {
  let hash = size | 0;
  for (const offset of leaves.offset) hash = (Math.imul(hash, OFFSET_FACTOR) + offset) ^ (hash >>> 15);
  return hash | 0;
}

function areLaidOutAlike(a: TypeNode, b: TypeNode): boolean {
  const { offset } = a.leaves;
  const other = b.leaves.offset;
  if (a.size !== b.size || offset.length !== other.length) return false;
  for (let i = 0; i < offset.length; i++) if (offset[i] !== other[i]) return false;
  return true;
}
