/** GoroutineField: one field of the runtime.g of goroutines, as an executable tells where it is; and whose g an object is. runtime/runtime2.go: type g struct. */
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, valueOffset } from "../../heap/objects.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";

/** The words that are read are in objects far apart. */
const WINDOW_SIZE = 1 << 12;

export class GoroutineField {
  readonly #heap: Heap;
  readonly #name: string;
  readonly #size: number;
  readonly #reader: SequentialReader;
  /** By row of the type table: where the field is, -1 if there is none. Details are made anew for who asks, and a g has dozens of fields. */
  readonly #offsets = new Map<number, number>();

  /** @param words that the field is long; one of another length is another field */
  constructor(heap: Heap, name: string, words: number) {
    this.#heap = heap;
    this.#name = name;
    this.#size = words * heap.dump.pointerSize;
    this.#reader = new SequentialReader(heap, WINDOW_SIZE);
  }

  /** The byte of the dump at which a goroutine has the field; undefined if nothing tells. */
  positionOf(goroutine: number): number | undefined {
    const { goroutines, objects, types } = this.#heap;
    if (types.details === undefined) return undefined;
    const object = this.#heap.findObject(goroutines.address[goroutine]!);
    if (object === NO_OBJECT) return undefined;
    const row = objects.type[object]!;
    let offset = this.#offsets.get(row);
    if (offset === undefined) {
      const isIt = (field: { readonly name: string; readonly type: { readonly size: number } }): boolean =>
        field.name === this.#name && field.type.size === this.#size;
      offset = types.details(row)?.fields.find(isIt)?.offset ?? -1;
      this.#offsets.set(row, offset);
    }
    return offset < 0 ? undefined : objects.position[object]! + valueOffset(objects, object) + offset;
  }

  /** The word at a position, as an address; 0 behind the dump's end. */
  address(position: number): number {
    return this.#reader.address(position);
  }
}

/** Goroutines by the object that describes each. */
export function findDescriptors(heap: Heap): Map<number, number> {
  const { goroutines } = heap;
  const goroutineAt = new Map<number, number>();
  for (let i = 0; i < goroutines.count; i++) {
    const object = heap.findObject(goroutines.address[i]!);
    if (object !== NO_OBJECT) goroutineAt.set(object, i);
  }
  return goroutineAt;
}
