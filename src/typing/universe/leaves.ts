/**
 * Leaves: a type's pointer words one by one, with what each points to. The flat form of a type that propagation walks
 * along with an object's edges, both sorted by offset.
 */
import type { Leaves, TypeNode } from "./type-node.ts";

/** What a pointer word is. */
export const LeafKind = {
  /** A pointer to `elem`, or to the first of an array of it. */
  POINTER: 0,
  /** The bytes of a string. */
  STRING: 1,
  /** The array of a slice of `elem`. */
  SLICE: 2,
  /** The data word of an interface; the word in front tells the type. */
  INTERFACE: 3,
  /** A map of type `elem`. */
  MAP: 4,
  /** A channel of type `elem`. */
  CHANNEL: 5,
  /** A closure. */
  FUNC: 6,
  /** Says nothing of what it points to. */
  UNSAFE: 7,
  /** Go ≥ 1.24: one group of map type `elem`, or the directory of its tables. */
  MAP_DIRECTORY: 8,
  /** A node of internal/sync.HashTrieMap: an entry or an indirect node; the target's first byte tells. */
  TRIE_NODE: 9,
  /** All of an array of `elem`, which fills the object. */
  ARRAY: 10,
} as const;

/** Types with more pointer words are not walked; arrays are walked by element and do not count. */
const MAX_LEAVES = 1 << 16;
/** Offsets are held in an Int32Array. */
const MAX_OFFSET = 2 ** 31 - 1;

/** No word that points to a node of a known id. */
export const NO_NODE = -1;

/**
 * A class, so that it has a shape in memory of its own: that of a literal is shared with all others that begin with the same
 * names, and code for it, which is that for every pointer of a dump, is thrown away when one of them has other values there.
 */
class FlatLeaves implements Leaves {
  readonly offset: Int32Array;
  readonly kind: Uint8Array;
  readonly elem: readonly (TypeNode | undefined)[];
  readonly pointee: Int32Array;

  constructor(offset: Int32Array, kind: Uint8Array, elem: readonly (TypeNode | undefined)[]) {
    this.offset = offset;
    this.kind = kind;
    this.elem = elem;
    this.pointee = Int32Array.from(elem, (node, i) =>
      node !== undefined && kind[i] === LeafKind.POINTER ? node.id : NO_NODE,
    );
  }
}

export class LeavesBuilder {
  readonly #offset: number[] = [];
  readonly #kind: number[] = [];
  readonly #elem: (TypeNode | undefined)[] = [];

  get count(): number {
    return this.#offset.length;
  }

  /** False when the type has too many. */
  get hasRoom(): boolean {
    return this.#offset.length < MAX_LEAVES;
  }

  /** Adds a word; passes over those of values so large that no object has them. */
  add(offset: number, kind: number, elem?: TypeNode): void {
    if (offset > MAX_OFFSET) return;
    this.#offset.push(offset);
    this.#kind.push(kind);
    this.#elem.push(elem);
  }

  finish(): Leaves {
    return new FlatLeaves(Int32Array.from(this.#offset), Uint8Array.from(this.#kind), this.#elem);
  }
}

/** Of what has no pointers. */
export const NO_LEAVES: Leaves = new LeavesBuilder().finish();

/** Lists the pointer words that `build` adds, ascending. */
export function listLeaves(build: (leaves: LeavesBuilder) => void): Leaves {
  const builder = new LeavesBuilder();
  build(builder);
  return builder.finish();
}

/** Finds the leaf at an offset among a type's offsets; negative if there is none. O(log n). */
export function leafAt(offsets: Int32Array, offset: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = offsets[middle]!;
    if (at === offset) return middle;
    if (at < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Adds the pointer words of several types whose masks are equal; those of which they say different things say nothing. */
export function addCommonLeaves(nodes: readonly TypeNode[], leaves: LeavesBuilder): void {
  const [first, ...others] = nodes.map((node) => node.leaves) as [Leaves, ...Leaves[]];
  for (let leaf = 0; leaf < first.offset.length; leaf++) {
    const kind = first.kind[leaf]!;
    const elem = first.elem[leaf];
    const isCommon = others.every((other) => other.kind[leaf] === kind && other.elem[leaf] === elem);
    leaves.add(first.offset[leaf]!, isCommon ? kind : LeafKind.UNSAFE, isCommon ? elem : undefined);
  }
}
