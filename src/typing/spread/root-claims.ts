/**
 * RootClaims: what the declared type of a word outside the heap, in a package variable or a frame, says of the object that
 * it points to.
 */
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, valueAddress } from "../../heap/objects.ts";
import { NOWHERE } from "../decision/claims.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { LeafKind } from "../universe/leaves.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { Targets } from "./targets.ts";

/** No such word. */
export const NO_POSITION = -1;

export class RootClaims {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #contents: ContentsReader;
  readonly #targets: Targets;

  constructor(heap: Heap, executable: ExecutableTypes, contents: ContentsReader, targets: Targets) {
    this.#heap = heap;
    this.#executable = executable;
    this.#contents = contents;
    this.#targets = targets;
  }

  /**
   * Claims what root edge `row` leads to.
   * @param position of the pointer in the dump
   * @param kind LeafKind of the word; `elem` is what it points to
   * @param typePosition of an interface's first word in the dump, or NO_POSITION
   * @param capacityAt where in the dump a slice's capacity is, or NOWHERE
   */
  claim(
    row: number,
    position: number,
    kind: number,
    elem: TypeNode | undefined,
    typePosition: number,
    source: number,
    capacityAt = NOWHERE,
  ): void {
    const target = this.#heap.roots.to[row]!;
    if (target === NO_OBJECT) return;
    const inside = this.#contents.wordAt(position) - valueAddress(this.#heap.objects, target);
    if (kind !== LeafKind.INTERFACE) {
      this.#targets.add(target, inside, kind, elem, source, capacityAt);
      return;
    }
    const dynamic = this.dynamicType(typePosition);
    if (dynamic !== undefined) this.#targets.addInterface(target, inside, dynamic, source);
  }

  /** The dynamic type of the interface whose first word is at a position of the dump. */
  dynamicType(position: number): TypeNode | undefined {
    if (position === NO_POSITION) return undefined;
    const id = this.#executable.dynamicType(this.#contents.wordAt(position));
    return id < 0 ? undefined : this.#executable.universe.nodes[id];
  }
}
