/**
 * StaticValues: values in data and bss whose type is known, by declaration or because something typed points to them
 * (composite literals of package variables, `..stmp_7`). What they point to gets its type from them, in the heap and in
 * data and bss themselves. typing.md §4.4.
 */
import type { Heap } from "../heap/heap.ts";
import type { ContentsReader } from "./contents.ts";
import { fieldPath } from "./field-names.ts";
import { LeafKind } from "./leaves.ts";
import { Rank } from "./rank.ts";
import { NO_POSITION, type RootClaims } from "./root-claims.ts";
import { NO_ROW, type SegmentWords } from "./segment-words.ts";
import { isArray, type TypeNode } from "./type-node.ts";
import type { TypeUniverse } from "./type-universe.ts";

/** Values that wait and values that were followed; real programs have some ten thousands. */
const MAX_VALUES = 1 << 20;

interface StaticValue {
  readonly address: number;
  readonly node: TypeNode;
  readonly count: number;
  readonly rank: number;
}

export class StaticValues {
  readonly #pointerSize: number;
  readonly #universe: TypeUniverse;
  readonly #contents: ContentsReader;
  readonly #words: SegmentWords;
  readonly #waiting: StaticValue[] = [];
  readonly #seen = new Set<string>();
  /** By address: what was said first of what is there. */
  readonly #types = new Map<number, TypeNode>();

  constructor(heap: Heap, universe: TypeUniverse, contents: ContentsReader, words: SegmentWords) {
    this.#pointerSize = heap.dump.pointerSize;
    this.#universe = universe;
    this.#contents = contents;
    this.#words = words;
  }

  /**
   * Path of the word at `offset` of the value or values, `size` bytes in all, that begin at a run-time address: "next",
   * "[3].key". Undefined if nothing is known of them.
   */
  pathAt(address: number, offset: number, size: number): string | undefined {
    const node = this.#types.get(address);
    if (node?.type === undefined) return undefined;
    if (size < 2 * node.size) return fieldPath(node.type, offset);
    const index = Math.floor(offset / node.size);
    const path = fieldPath(node.type, offset - index * node.size);
    return path === "" || path.startsWith("[") ? `[${index}]${path}` : `[${index}].${path}`;
  }

  /** Says that `count` values of a type begin at a run-time address; passed over unless that is in data or bss. */
  add(address: number, node: TypeNode, count: number, rank: number): void {
    if (isArray(node)) {
      const element = this.#universe.elementOf(node);
      if (element !== undefined && element.size > 0) {
        this.add(address, element, count * Math.floor(node.size / element.size), rank);
      }
      return;
    }
    const segment = this.#words.segmentOf(address);
    if (segment === undefined || node.size === 0 || node.leaves.offset.length === 0) return;
    const key = `${address} ${node.id}`;
    if (this.#seen.has(key) || this.#seen.size >= MAX_VALUES) return;
    this.#seen.add(key);
    const room = Math.floor((segment.address + segment.size - address) / node.size);
    this.#waiting.push({ address, node, count: Math.min(count, room), rank });
  }

  /** Follows all values that were added since the last time, and those that they lead to. */
  run(claims: RootClaims): void {
    for (let value = this.#waiting.pop(); value !== undefined; value = this.#waiting.pop()) this.#follow(value, claims);
  }

  #follow({ address, node, count, rank }: StaticValue, claims: RootClaims): void {
    const words = this.#words;
    const first = words.firstFrom(address);
    const after = words.firstFrom(address + count * node.size);
    const { offset, kind, elem } = node.leaves;
    const isDeclared = rank >= Rank.GLOBAL;
    for (let i = first; i < after; i++) {
      // What points to the heap where the type has no pointer is of another type.
      if (words.row[i] !== NO_ROW && leafAt(offset, (words.address[i]! - address) % node.size) < 0 && !isDeclared)
        return;
    }
    if (!this.#types.has(address)) this.#types.set(address, node);
    for (let i = first; i < after; i++) {
      const leaf = leafAt(offset, (words.address[i]! - address) % node.size);
      if (leaf < 0) continue;
      const position = words.positionOf(words.address[i]!)!;
      const typePosition = kind[leaf] === LeafKind.INTERFACE ? position - this.#pointerSize : NO_POSITION;
      if (words.row[i] === NO_ROW) {
        const type = kind[leaf] === LeafKind.INTERFACE ? claims.dynamicType(typePosition) : elem[leaf];
        this.#followInside(words.target[i]!, position, kind[leaf]!, type, rank);
      } else {
        claims.claim(words.row[i]!, position, kind[leaf]!, elem[leaf], typePosition, rank);
      }
    }
  }

  /** Follows a pointer of data or bss, at `position` of the dump, into data or bss. */
  #followInside(target: number, position: number, kind: number, elem: TypeNode | undefined, rank: number): void {
    if (elem === undefined) return;
    this.addTarget(target, kind, elem, rank, () => this.#contents.wordAt(position + 2 * this.#pointerSize));
  }

  /**
   * Says what a pointer of a known kind, wherever it is, tells of what it leads to in data or bss.
   * @param elem what a pointer or a slice is of; an interface's dynamic type
   * @param capacity reads the capacity of a slice
   */
  addTarget(target: number, kind: number, elem: TypeNode, rank: number, capacity: () => number): void {
    switch (kind) {
      case LeafKind.POINTER:
        this.add(target, elem, 1, rank);
        break;
      case LeafKind.SLICE:
        this.add(target, elem, capacity(), rank);
        break;
      case LeafKind.INTERFACE: {
        if (elem.type?.isDirect !== true) {
          this.add(target, elem, 1, rank);
          break;
        }
        const { leaves } = elem;
        const pointee = leaves.elem[0];
        if (leaves.kind[0] === LeafKind.POINTER && pointee !== undefined) this.add(target, pointee, 1, rank);
        break;
      }
    }
  }
}

/** Index of the leaf at an offset; negative if there is none. */
function leafAt(offsets: Int32Array, offset: number): number {
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
