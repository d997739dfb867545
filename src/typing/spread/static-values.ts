/**
 * StaticValues: values in data and bss whose type is known, by declaration or because something typed points to them
 * (composite literals of package variables, `..stmp_7`). What they point to gets its type from them, in the heap and in
 * data and bss themselves.
 */
import type { Heap } from "../../heap/heap.ts";
import { NOWHERE } from "../decision/claims.ts";
import { isPreferred } from "../decision/node-order.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import { NO_ROW, type SegmentWords } from "../evidence/segment-words.ts";
import { LeafKind, leafAt } from "../universe/leaves.ts";
import { isArray, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { NO_POSITION, type RootClaims } from "./root-claims.ts";

/** Values that wait and values that were followed; real programs have some ten thousands. */
const MAX_VALUES = 1 << 20;
/** Values in values. */
const MAX_NESTING = 64;

/** Values, one behind another, of one type. */
export interface StaticValue {
  /** Run-time address of the first. */
  readonly address: number;
  readonly node: TypeNode;
  readonly count: number;
  /** TypeSource of what follows from it. */
  readonly source: number;
  /** Debug information says so. */
  readonly isDeclared: boolean;
  /** Word of data or bss that points to it, an index of `SegmentWords`; NO_WORD if it was declared, or only objects do. */
  via: number;
}

/** In `StaticValue.via`. */
export const NO_WORD = -1;

export class StaticValues {
  readonly #pointerSize: number;
  readonly #universe: TypeUniverse;
  readonly #contents: ContentsReader;
  readonly #words: SegmentWords;
  /** First come, first served: the first way to a value is the shortest. */
  #waiting: StaticValue[] = [];
  /** By the ids of their nodes, then by address. */
  readonly #seen = new Map<number, Map<number, StaticValue>>();
  #seenCount = 0;
  /** By address: what is said of what is there. */
  readonly #known = new Map<number, StaticValue>();
  /** `#known` by ascending address, once it was asked what covers an address; made anew where something else is known. */
  #sorted: SortedValues | undefined;

  constructor(heap: Heap, universe: TypeUniverse, contents: ContentsReader, words: SegmentWords) {
    this.#pointerSize = heap.dump.pointerSize;
    this.#universe = universe;
    this.#contents = contents;
    this.#words = words;
  }

  /** What is known to begin at a run-time address. */
  at(address: number): StaticValue | undefined {
    return this.#known.get(address);
  }

  /**
   * The innermost value that covers a run-time address, as far as there is one.
   * @param isMeant of which values; left out, of all
   */
  covering(address: number, isMeant?: (value: StaticValue) => boolean): StaticValue | undefined {
    this.#sorted ??= sortValues(this.#known);
    const { values, outer } = this.#sorted;
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (values[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    let at = low - 1;
    for (let steps = 0; at >= 0 && steps < MAX_NESTING; steps++, at = outer[at]!) {
      const value = values[at]!;
      if (address < endOf(value) && (isMeant === undefined || isMeant(value))) return value;
    }
    return undefined;
  }

  /** Says that `count` values of a type begin at a run-time address; passed over unless that is in data or bss. */
  add(address: number, node: TypeNode, count: number, source: number, via = NO_WORD, isDeclared = false): void {
    if (isArray(node)) {
      const element = this.#universe.elementOf(node);
      if (element !== undefined && element.size > 0) {
        this.add(address, element, count * Math.floor(node.size / element.size), source, via, isDeclared);
      }
      return;
    }
    const segment = this.#words.segmentOf(address);
    if (segment === undefined || node.size === 0 || node.leaves.offset.length === 0) return;
    let byAddress = this.#seen.get(node.id);
    if (byAddress === undefined) {
      byAddress = new Map();
      this.#seen.set(node.id, byAddress);
    }
    const seen = byAddress.get(address);
    if (seen !== undefined) {
      // An object has pointed to it before.
      if (seen.via === NO_WORD) seen.via = via;
      return;
    }
    if (this.#seenCount >= MAX_VALUES) return;
    this.#seenCount++;
    const room = Math.floor((segment.address + segment.size - address) / node.size);
    const value = { address, node, count: Math.min(count, room), source, isDeclared, via };
    byAddress.set(address, value);
    this.#waiting.push(value);
  }

  /**
   * Follows all values that were added since the last time, and those that they lead to.
   * @returns whether there were any
   */
  run(claims: RootClaims): boolean {
    const isAny = this.#waiting.length > 0;
    for (let i = 0; i < this.#waiting.length; i++) this.#follow(this.#waiting[i]!, claims);
    this.#waiting = [];
    return isAny;
  }

  #follow(value: StaticValue, claims: RootClaims): void {
    const { address, node, count, source, isDeclared } = value;
    const words = this.#words;
    const first = words.firstFrom(address);
    const after = words.firstFrom(address + count * node.size);
    const { offset, kind, elem } = node.leaves;
    for (let i = first; i < after; i++) {
      // What points to the heap where the type has no pointer is of another type.
      if (words.row[i] !== NO_ROW && leafAt(offset, (words.address[i]! - address) % node.size) < 0 && !isDeclared)
        return;
    }
    const known = this.#known.get(address);
    if (known === undefined || isBetter(value, known)) {
      this.#known.set(address, value);
      this.#sorted = undefined;
    }
    for (let i = first; i < after; i++) {
      const leaf = leafAt(offset, (words.address[i]! - address) % node.size);
      if (leaf < 0) continue;
      const position = words.positionOf(words.address[i]!)!;
      const typePosition = kind[leaf] === LeafKind.INTERFACE ? position - this.#pointerSize : NO_POSITION;
      if (words.row[i] === NO_ROW) {
        const type = kind[leaf] === LeafKind.INTERFACE ? claims.dynamicType(typePosition) : elem[leaf];
        const capacity = (): number => this.#contents.wordAt(position + 2 * this.#pointerSize);
        if (type !== undefined) this.addTarget(words.target[i]!, kind[leaf]!, type, source, capacity, i);
      } else {
        const capacityAt = kind[leaf] === LeafKind.SLICE ? position + 2 * this.#pointerSize : NOWHERE;
        claims.claim(words.row[i]!, position, kind[leaf]!, elem[leaf], typePosition, source, capacityAt);
      }
    }
  }

  /**
   * Says what a pointer of a known kind, wherever it is, tells of what it leads to in data or bss.
   * @param elem what a pointer or a slice is of; an interface's dynamic type
   * @param capacity reads the capacity of a slice
   */
  addTarget(target: number, kind: number, elem: TypeNode, source: number, capacity: () => number, via = NO_WORD): void {
    switch (kind) {
      case LeafKind.POINTER:
        this.add(target, elem, 1, source, via);
        break;
      case LeafKind.SLICE:
        this.add(target, elem, capacity(), source, via);
        break;
      case LeafKind.INTERFACE: {
        if (elem.type?.isDirect !== true) {
          this.add(target, elem, 1, source, via);
          break;
        }
        const { leaves } = elem;
        const pointee = leaves.elem[0];
        if (leaves.kind[0] === LeafKind.POINTER && pointee !== undefined) this.add(target, pointee, 1, source, via);
        break;
      }
    }
  }
}

interface SortedValues {
  readonly values: readonly StaticValue[];
  /** Of each value the nearest before it that ends behind where it begins; -1 if none does. What covers it is on the way along these. */
  readonly outer: Int32Array;
}

/** Sorts values by address, and finds what each may be in. n log n. */
function sortValues(known: ReadonlyMap<number, StaticValue>): SortedValues {
  const values = [...known.values()].sort((a, b) => a.address - b.address);
  const outer = new Int32Array(values.length).fill(-1);
  for (let i = 1; i < values.length; i++) {
    let before = i - 1;
    while (before >= 0 && endOf(values[before]!) <= values[i]!.address) before = outer[before]!;
    outer[i] = before;
  }
  return { values, outer };
}

function endOf({ address, count, node }: StaticValue): number {
  return address + count * node.size;
}

function isBetter({ node, isDeclared }: StaticValue, known: StaticValue): boolean {
  return isDeclared === known.isDeclared ? isPreferred(node, known.node) : isDeclared;
}
