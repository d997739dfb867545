/**
 * FieldTable: what pointers are called, as numbers. A name costs a look at the type, so it is looked up once per type and
 * offset; from then on it is a number in a table by word. Names come from types alone, never from contents.
 *
 * Perfetto gives a name to the references that it has read by then, and not to those that come after it. So all names stand at the
 * end of the file.
 */
import type { Heap, TypeTable } from "../../src/index.ts";
import { findFieldType } from "./field-types.ts";
import { toFieldText } from "./names.ts";

/** Elements of an array of pointers that are called by their number … */
const NUMBERED_ELEMENTS = 10_000;
/** … and of an array of something larger, of which each field is a name. */
const NUMBERED_STRUCTS = 64;
/** Bytes of elements that are called by their number, unless it is one. */
const NUMBERED_BYTES = 1 << 20;
/** Offsets in a value or element from here on have no name of their own. */
const NAMED_BYTES = 1 << 16;
/** Names at the most: they are held in memory, here and by whoever reads the file. Less than 2^21, for 3 bytes each. */
const MAX_NAMES = 400_000;

/** In the tables: not looked up yet. */
const UNKNOWN = 0;
const NO_TABLE = new Int32Array(0);

export class FieldTable {
  /** The names; number n is `texts[n - 1]`. */
  readonly texts: string[] = [];
  /** Offset to word: 3 for words of 8 bytes, 2 for those of 4. */
  readonly wordShift: number;
  /** By type: bytes from element to element; 0 for what is no array. */
  readonly stride: Float64Array;
  /** By type: the offset from which on elements are not told apart; none if there are no elements. */
  readonly numberedEnd: Float64Array;
  readonly #numbers = new Map<string, number>();
  readonly #types: TypeTable;
  #beyondNumber = UNKNOWN;
  /** By type: number of the name by word. */
  readonly #near: Int32Array[];
  /** By type: the same for what is in elements that are not told apart, by word of the element. */
  readonly #far: Int32Array[];

  readonly #maxNames: number;

  /** @param maxNames after which what has no name yet is called "…" */
  constructor(heap: Heap, maxNames = MAX_NAMES) {
    const { count, fields } = heap.types;
    this.#maxNames = maxNames;
    this.#types = heap.types;
    this.wordShift = heap.dump.pointerSize === 8 ? 3 : 2;
    this.#near = new Array<Int32Array>(count).fill(NO_TABLE);
    this.#far = new Array<Int32Array>(count).fill(NO_TABLE);
    this.stride = new Float64Array(count);
    this.numberedEnd = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    if (fields === undefined) return;
    for (let type = 0; type < count; type++) {
      const stride = fields.stride(type);
      if (stride <= 0) continue;
      const most = fields.name(type, 0) === "" ? NUMBERED_ELEMENTS : NUMBERED_STRUCTS;
      this.stride[type] = stride;
      this.numberedEnd[type] = stride * Math.max(1, Math.min(most, Math.floor(NUMBERED_BYTES / stride)));
    }
  }

  /** Numbers of a type's names by word, those known so far; 0 where there is none yet. Ask again after `find`. */
  near(type: number): Int32Array {
    return this.#near[type]!;
  }

  /**
   * The number of the name of the pointer at `offset` of a value of `type`, kept for the next time. An offset below 0 is in
   * the malloc header.
   */
  find(type: number, offset: number): number {
    if (offset < 0) return this.intern("", "malloc header");
    const stride = this.stride[type]!;
    const end = this.numberedEnd[type]!;
    const within = stride > 0 ? offset % stride : offset;
    if (within >= NAMED_BYTES) return this.#beyond();
    if (offset < end) return this.#kept(this.#near, type, offset, offset);
    // Whatever is not told apart is called by what it is in the first such element.
    return this.#kept(this.#far, type, within, end + within);
  }

  /** The number of a name. */
  intern(type: string, name: string): number {
    const key = type === "" ? name : `${type}\0${name}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.texts.length >= this.#maxNames - 1 && name !== "…") return this.intern("", "…");
    const number = this.texts.push(toFieldText(type, name));
    this.#numbers.set(key, number);
    return number;
  }

  #kept(tables: Int32Array[], type: number, place: number, offset: number): number {
    const word = place >>> this.wordShift;
    let table = tables[type]!;
    if (word >= table.length) {
      const longer = new Int32Array(Math.max(word + 1, 2 * table.length, 4));
      longer.set(table);
      table = longer;
      tables[type] = table;
    }
    if (table[word] === UNKNOWN) table[word] = this.#look(type, offset);
    return table[word]!;
  }

  #look(type: number, offset: number): number {
    const { fields } = this.#types;
    const stride = this.stride[type]!;
    const element = stride > 0 ? Math.floor(offset / stride) : 0;
    const within = offset - element * stride;
    const path = fields?.name(type, within);
    if (path === undefined) return this.intern("", `+0x${offset.toString(16)}`);
    const fieldType = findFieldType(this.#types, type, within, path);
    if (stride === 0) return this.intern(fieldType, path === "" ? "value" : path);
    const index = offset < this.numberedEnd[type]! ? `[${element}]` : "[…]";
    // What an array's elements are, its own type tells; so arrays of all types share their names.
    return path === "" ? this.intern("", index) : this.intern(fieldType, `${index}.${path}`);
  }

  /** The name of everything that is too far inside its value. */
  #beyond(): number {
    if (this.#beyondNumber === UNKNOWN) this.#beyondNumber = this.intern("", "+…");
    return this.#beyondNumber;
  }
}
