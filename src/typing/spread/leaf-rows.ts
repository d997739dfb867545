/**
 * LeafRows: the pointer words of all types whose objects are followed, in one table: a type's words are rows side by side. Who
 * walks millions of objects of many types along with their edges reads a few columns, and no object of JavaScript's.
 */
import type { TypeNode } from "../universe/type-node.ts";

/** In `first`: not listed yet. */
export const UNLISTED = -1;

export class LeafRows {
  /** By node id: the first row, UNLISTED at first; … */
  first = new Int32Array(1 << 10).fill(UNLISTED);
  /** … the row behind the last; … */
  end = new Int32Array(1 << 10);
  /** … bytes of a value, or what is more than any offset. */
  size = new Uint32Array(1 << 10);
  /** By row, as in `Leaves`. */
  offset = new Uint32Array(1 << 12);
  kind = new Uint8Array(1 << 12);
  pointee = new Int32Array(1 << 12);
  readonly elem: (TypeNode | undefined)[] = [];
  readonly #nodes: readonly TypeNode[];

  /** @param nodes by id */
  constructor(nodes: readonly TypeNode[]) {
    this.#nodes = nodes;
  }

  /** Lists a node's words, unless they are already. */
  list(nodeId: number): void {
    if (nodeId < this.first.length && this.first[nodeId] !== UNLISTED) return;
    this.#makeRoom(nodeId);
    const { leaves, size } = this.#nodes[nodeId]!;
    const first = this.elem.length;
    this.first[nodeId] = first;
    this.end[nodeId] = first + leaves.offset.length;
    this.size[nodeId] = Math.min(size, 0xffff_ffff);
    this.offset = roomFor(this.offset, this.end[nodeId]!);
    this.kind = roomFor(this.kind, this.end[nodeId]!);
    this.pointee = roomFor(this.pointee, this.end[nodeId]!);
    this.offset.set(leaves.offset, first);
    this.kind.set(leaves.kind, first);
    this.pointee.set(leaves.pointee, first);
    for (const elem of leaves.elem) this.elem.push(elem);
  }

  #makeRoom(nodeId: number): void {
    const listed = this.first.length;
    this.first = roomFor(this.first, nodeId + 1);
    this.first.fill(UNLISTED, listed);
    this.end = roomFor(this.end, nodeId + 1);
    this.size = roomFor(this.size, nodeId + 1);
  }
}

function roomFor<T extends Int32Array | Uint32Array | Uint8Array>(column: T, length: number): T {
  if (length <= column.length) return column;
  const larger = new (column.constructor as new (length: number) => T)(Math.max(length, 2 * column.length));
  larger.set(column);
  return larger;
}
