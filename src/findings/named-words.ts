/** Pointers by the name of their field, in the few structures of the standard library that inspections know. */
import type { Heap } from "../heap/heap.ts";
import { NO_OBJECT, valueOffset } from "../heap/objects.ts";

export class NamedWords {
  readonly #heap: Heap;
  /** By row, then by field. */
  readonly #offsets = new Map<number, Map<string, number>>();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Rows of the type table with one of these names, of single values and of many. */
  rowsOf(names: readonly string[]): number[] {
    const wanted = new Set(names.flatMap((name) => [name, `[]${name}`]));
    return [...this.#heap.types.names.keys()].filter((row) => wanted.has(this.#heap.types.names[row]!));
  }

  /**
   * The object that a field of an object leads to; NO_OBJECT if there is no such field, or it leads to no object.
   * @param field the last name of its path: "arg" for "r.arg"
   */
  follow(object: number, field: string): number {
    const edge = this.edgeOf(object, field);
    return edge < 0 ? NO_OBJECT : this.#heap.edges.to[edge]!;
  }

  /** The edge that a field of an object is; -1 if it is none. */
  edgeOf(object: number, field: string): number {
    const { objects, edges } = this.#heap;
    const offset = this.#offsetOf(objects.type[object]!, field);
    if (offset < 0) return -1;
    const at = offset + valueOffset(objects, object);
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      if (edges.offset[edge] === at) return edge;
    }
    return -1;
  }

  #offsetOf(row: number, field: string): number {
    let ofRow = this.#offsets.get(row);
    if (ofRow === undefined) {
      ofRow = new Map();
      this.#offsets.set(row, ofRow);
    }
    let offset = ofRow.get(field);
    if (offset === undefined) {
      const layout = this.#heap.types.layouts?.of(row);
      const word = layout?.offset.findIndex((_, i) => layout.name(i).text.endsWith(`.${field}`)) ?? -1;
      offset = word < 0 ? -1 : layout!.offset[word]!;
      ofRow.set(field, offset);
    }
    return offset;
  }
}
