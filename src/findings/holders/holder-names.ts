/** HolderNames: what a holder is called: its path from a root as Go writes it, and its type. */
import type { OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { wholeTypeName } from "../../analysis/paths/library-maps.ts";
import { type Pointer, writePath } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { isTypeGuessed } from "../guessed.ts";
import { OwnerPaths } from "./owner-path.ts";

/** See `Holder`. */
export interface HolderPath {
  readonly path: string;
  readonly pathWithoutKeys: string;
  readonly where: string;
  /** Whether the type of something on the way there is guessed, so that the names of its fields are, too. */
  readonly isPathGuessed: boolean;
}

export class HolderNames {
  readonly #heap: Heap;
  readonly #paths: OwnerPaths;
  readonly #container: Int32Array | undefined;

  /**
   * @param container per object the one that stands for what it is a part of
   * @param scratch written over; an element per object
   */
  constructor(heap: Heap, { owner }: OwnerTree, container: Int32Array | undefined, scratch?: Int32Array) {
    this.#heap = heap;
    this.#paths = new OwnerPaths(heap, owner, scratch);
    this.#container = container;
  }

  /**
   * The path to a vertex from the root that owns it.
   * @param then a pointer that goes on from there
   */
  pathTo(vertex: number, then: readonly Pointer[] = []): HolderPath {
    const heap = this.#heap;
    const isObject = vertex < heap.objects.count;
    if (!isObject && then.length === 0) {
      const path = rootVertexName(heap, vertex - heap.objects.count);
      return { path, pathWithoutKeys: path, where: "", isPathGuessed: false };
    }
    const pointers = isObject ? [...this.#paths.to(vertex), ...then] : then;
    const options = { container: this.#container, namesTypes: true, withElements: true };
    const { expression: path, where } = writePath(heap, pointers, options);
    const { expression: pathWithoutKeys } = writePath(heap, pointers, { ...options, withKeys: false });
    return {
      path,
      pathWithoutKeys,
      where,
      isPathGuessed: pointers.some(({ from }) => isTypeGuessed(heap.objects, from)),
    };
  }

  /** The type of an object, of a library's map that map's; of a variable its own, where that is known; "" of other roots. */
  typeOf(vertex: number): string {
    const { objects, types, roots, variables } = this.#heap;
    if (vertex >= objects.count) {
      const { kind, item } = roots.vertices;
      const root = vertex - objects.count;
      return kind[root] === RootVertexKind.VARIABLE ? (variables?.[item[root]!]?.type ?? "") : "";
    }
    const type = types.names[objects.type[vertex]!]!;
    return wholeTypeName(type);
  }
}
