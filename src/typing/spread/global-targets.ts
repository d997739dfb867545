/**
 * GlobalTargets: what typed objects point to in data and bss. Few objects do; of each it is known in a bit, because every
 * object that gets a type is asked.
 */
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { LeafKind, leafAt } from "../universe/leaves.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { StaticValues } from "./static-values.ts";

export class GlobalTargets {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #contents: ContentsReader;
  readonly #statics: StaticValues;
  /** One bit an object. */
  readonly #bits: Int32Array;
  /** Row behind those of the object that was followed last: most are followed in their order. */
  #behind = 0;

  constructor(heap: Heap, executable: ExecutableTypes, contents: ContentsReader, statics: StaticValues) {
    this.#heap = heap;
    this.#executable = executable;
    this.#contents = contents;
    this.#statics = statics;
    this.#bits = new Int32Array((heap.objects.count >>> 5) + 1);
    for (const object of heap.globalPointers?.object ?? []) this.#bits[object >>> 5]! |= 1 << (object & 31);
  }

  /** Whether an object points into data or bss. O(1). */
  has(object: number): boolean {
    return (this.#bits[object >>> 5]! & (1 << (object & 31))) !== 0;
  }

  /** Says what such an object's pointers lead to, if its values are of a type. */
  follow(object: number, node: TypeNode, source: number): void {
    const { object: owner, offset, address, count } = this.#heap.globalPointers!;
    const { pointerSize } = this.#heap.dump;
    const { leaves, size } = node;
    if (size === 0 || leaves.offset.length === 0) return;
    const start = valueOffset(this.#heap.objects, object);
    let i = firstFrom(owner, object, this.#behind);
    for (; i < count && owner[i] === object; i++) {
      const at = offset[i]!;
      const leaf = at < start ? -1 : leafAt(leaves.offset, (at - start) % size);
      if (leaf < 0) continue;
      const kind = leaves.kind[leaf]!;
      const type = kind === LeafKind.INTERFACE ? this.#dynamicType(object, at - pointerSize) : leaves.elem[leaf];
      if (type === undefined) continue;
      this.#statics.addTarget(address[i]!, kind, type, source, () => this.#contents.word(object, at + 2 * pointerSize));
    }
    this.#behind = i;
  }

  #dynamicType(object: number, offset: number): TypeNode | undefined {
    const id = offset < 0 ? -1 : this.#executable.dynamicType(this.#contents.word(object, offset));
    return id < 0 ? undefined : this.#executable.universe.nodes[id];
  }
}

/** Index of the first element that is at least `wanted`, of ascending ones; quick if it is near `guess`. */
function firstFrom(column: Int32Array, wanted: number, guess: number): number {
  let low = guess > 0 && column[guess - 1]! < wanted ? guess : 0;
  let step = 1;
  for (; low + step <= column.length && column[low + step - 1]! < wanted; step *= 2) low += step;
  let high = Math.min(column.length, low + step);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
