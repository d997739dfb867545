/**
 * ClassTable: the classes that objects have. A Go type is a class by its name, with "~" before it where the type was guessed;
 * a root is of a class of its name, because roots themselves have none.
 */
import { type Heap, INFERRED_MARK, listedTypeName } from "../../src/index.ts";
import { toClassName } from "./names.ts";

/** HeapGraphType.Kind. */
export const ClassKind = { NORMAL: 1, ARRAY: 4 } as const;

export class ClassTable {
  /** Class n is called `names[n - 1]` … */
  readonly names: string[] = [];
  /** … and is of this ClassKind. */
  readonly kinds: number[] = [];
  /** Class by type, … */
  readonly ofType: Int32Array;
  /** … and that of objects of which the type was guessed; 0 until there is one. */
  readonly #inferred: Int32Array;
  /** By names as they come, … */
  readonly #numbers = new Map<string, number>();
  /** … and as they are written. */
  readonly #ofText = new Map<string, number>();
  readonly #heap: Heap;

  constructor(heap: Heap) {
    const { types } = heap;
    this.#heap = heap;
    this.ofType = new Int32Array(types.count);
    for (let type = 0; type < types.count; type++) {
      this.ofType[type] = this.intern(listedTypeName(types, type), kindOf(heap, type));
    }
    this.#inferred = new Int32Array(types.count);
  }

  /** The class of objects that were guessed to be of `type`. */
  inferred(type: number): number {
    if (this.#inferred[type] === 0) {
      const name = INFERRED_MARK + listedTypeName(this.#heap.types, type);
      this.#inferred[type] = this.intern(name, kindOf(this.#heap, type));
    }
    return this.#inferred[type]!;
  }

  /** The class of a name. */
  intern(name: string, kind: number): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const text = toClassName(name);
    let number = this.#ofText.get(text);
    if (number === undefined) {
      number = this.names.push(text);
      this.kinds.push(kind);
      this.#ofText.set(text, number);
    }
    this.#numbers.set(name, number);
    return number;
  }
}

function kindOf({ types }: Heap, type: number): number {
  return (types.fields?.stride(type) ?? 0) > 0 ? ClassKind.ARRAY : ClassKind.NORMAL;
}
