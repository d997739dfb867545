/**
 * EdgeNames: what the pointers of typed objects are called. A name costs a string in the table and a look at the type, so
 * it is made once per type and offset; from then on it is a number in a table by offset. Names of map entries come from
 * the contents and are made one by one, as long as there are not too many.
 */
import type { EntryNames, FieldNames, Heap } from "../../src/index.ts";
import { EdgeType } from "./layout.ts";
import { toWellFormed } from "./names.ts";
import type { StringTable } from "./strings.ts";

/** Edge type in the low bits of a label, name's string index or number above. */
export const LABEL_TYPE_BITS = 3;
export const LABEL_TYPE_MASK = (1 << LABEL_TYPE_BITS) - 1;

/** Not looked up yet. No label is 0: `context` edges are not written. */
const UNKNOWN = 0;
/** Has no name: a `hidden` edge that is called by its offset. */
export const NAMELESS = EdgeType.HIDDEN;

/** Elements of an array whose pointers get a name each, `[3].next`; of further ones all are called by the index. */
const NAMED_ELEMENTS = 64;
/** Offsets from here on get no name of their own. */
const NAMED_BYTES = 1 << 20;
/** Names by type and offset, … */
const MAX_FIELD_NAMES = 1_000_000;
/** … and names from contents. */
const MAX_ENTRY_NAMES = 500_000;

export class EdgeNames {
  /** Bytes from element to element, by type; 0 for what is no array. */
  readonly stride: Float64Array;
  /** Offset from which on pointers are called by their element, by type: 0 for types without names, never for many. */
  readonly namedEnd: Float64Array;
  /** Pointers of maps' entries that got no name of their own. */
  omittedCount = 0;
  #fieldCount = 0;
  #entryCount = 0;
  readonly #heap: Heap;
  readonly #fields: FieldNames;
  readonly #entries: EntryNames | undefined;
  readonly #strings: StringTable;
  /** By type: a label per word. */
  readonly #labels: Int32Array[];
  /** Offset to word: 3 for words of 8 bytes, 2 for those of 4. */
  readonly wordShift: number;

  readonly #maxEntryNames: number;

  /**
   * @param withEntries whether the dump is asked for the keys of maps
   * @param maxEntryNames names of map entries, before those are called by their slots
   */
  constructor(
    heap: Heap,
    fields: FieldNames,
    strings: StringTable,
    withEntries: boolean,
    maxEntryNames = MAX_ENTRY_NAMES,
  ) {
    const { count } = heap.types;
    this.#maxEntryNames = maxEntryNames;
    this.#heap = heap;
    this.#fields = fields;
    this.#entries = withEntries ? fields.entries : undefined;
    this.#strings = strings;
    this.wordShift = heap.dump.pointerSize === 8 ? 3 : 2;
    this.#labels = new Array<Int32Array>(count).fill(NO_LABELS);
    this.stride = new Float64Array(count);
    this.namedEnd = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    for (let type = 0; type < count; type++) {
      const stride = fields.stride(type);
      this.stride[type] = stride;
      if (fields.name(type, 0) === undefined) this.namedEnd[type] = 0;
      else if (stride > 0 && this.#entries?.has(type) !== true) this.namedEnd[type] = stride * NAMED_ELEMENTS;
    }
  }

  /**
   * Labels of a type by word, those known so far; 0 where there is none yet. Ask again after `find`, which may replace it.
   * Empty for types whose names come from contents.
   */
  labels(type: number): Int32Array {
    return this.#labels[type]!;
  }

  /** The label of the pointer at `offset` of an object's value, looked up, and kept where it depends on the type alone. */
  find(object: number, offset: number): number {
    const type = this.#heap.objects.type[object]!;
    if (this.#entries?.has(type) === true) {
      const label = this.#findEntry(object, offset, this.#entries);
      if (label !== UNKNOWN) return label;
      // Nothing may be kept for the type, because kept labels are not looked up again.
      return this.#findField(type, offset);
    }
    const word = offset >>> this.wordShift;
    if (offset >= NAMED_BYTES) return this.#findField(type, offset);
    let labels = this.#labels[type]!;
    if (word >= labels.length) {
      const longer = new Int32Array(Math.max(word + 1, labels.length * 2, 4));
      longer.set(labels);
      labels = longer;
      this.#labels[type] = labels;
    }
    if (labels[word] === UNKNOWN) labels[word] = this.#findField(type, offset);
    return labels[word]!;
  }

  /** The same as text, for edges that need another type; undefined where the pointer has no name. */
  text(object: number, offset: number): string | undefined {
    const type = this.#heap.objects.type[object]!;
    const stride = this.stride[type]!;
    const element = stride > 0 ? Math.floor(offset / stride) : 0;
    const path = this.#fields.name(type, offset - element * stride);
    if (path === undefined || element >= NAMED_ELEMENTS || offset >= NAMED_BYTES) return undefined;
    if (stride > 0) return toWellFormed(path === "" ? `[${element}]` : `[${element}].${path}`);
    return toWellFormed(path === "" ? "value" : path);
  }

  #findEntry(object: number, offset: number, entries: EntryNames): number {
    if (this.#entryCount >= this.#maxEntryNames) {
      this.omittedCount++;
      return UNKNOWN;
    }
    const name = entries.name(object, offset);
    if (name === undefined) return UNKNOWN;
    this.#entryCount++;
    return this.#named(EdgeType.PROPERTY, name);
  }

  #findField(type: number, offset: number): number {
    const stride = this.stride[type]!;
    const element = stride > 0 ? Math.floor(offset / stride) : 0;
    const path = this.#fields.name(type, offset - element * stride);
    if (path === undefined || path.startsWith("+")) return NAMELESS;
    if (stride > 0 && (path === "" || element >= NAMED_ELEMENTS || offset >= NAMED_BYTES)) {
      return numbered(EdgeType.ELEMENT, element);
    }
    if (offset >= NAMED_BYTES || this.#fieldCount >= MAX_FIELD_NAMES) return NAMELESS;
    this.#fieldCount++;
    if (stride > 0) return this.#named(EdgeType.PROPERTY, `[${element}].${path}`);
    return path === "" ? this.#named(EdgeType.INTERNAL, "value") : this.#named(EdgeType.PROPERTY, path);
  }

  #named(type: number, name: string): number {
    return numbered(type, this.#strings.intern(toWellFormed(name)));
  }
}

const NO_LABELS = new Int32Array(0);

function numbered(type: number, value: number): number {
  return value * (1 << LABEL_TYPE_BITS) + type;
}
