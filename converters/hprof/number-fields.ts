/**
 * Number fields: the words of a Go value that are no pointers, as fields of primitive Java types, named as far as the
 * types name them: "count", "Header.size", "name.len". What nothing is known of has its byte offset for a name.
 */
import type { TypeDetails, TypeTable } from "../../src/index.ts";
import { JAVA_TYPE_SIZE, JavaType } from "./constants.ts";

export interface NumberField {
  readonly name: string;
  /** Bytes from the beginning of the value. */
  readonly offset: number;
  /** Bytes in the dump, the same as in Java. */
  readonly size: number;
  /** JavaType. */
  readonly type: number;
}

/** Go's kinds of fixed size. Unsigned ones are signed in Java. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ["bool", JavaType.BOOLEAN],
  ["int8", JavaType.BYTE],
  ["uint8", JavaType.BYTE],
  ["byte", JavaType.BYTE],
  ["int16", JavaType.SHORT],
  ["uint16", JavaType.SHORT],
  ["int32", JavaType.INT],
  ["uint32", JavaType.INT],
  ["rune", JavaType.INT],
  ["float32", JavaType.FLOAT],
  ["float64", JavaType.DOUBLE],
  ["int64", JavaType.LONG],
  ["uint64", JavaType.LONG],
]);
/** Kinds as large as a pointer. */
const WORDS: ReadonlySet<string> = new Set(["int", "uint", "uintptr"]);

/** Types whose values are pointers, or two words of which the second is one. */
const POINTER_NAMES: ReadonlySet<string> = new Set(["error", "any", "unsafe.Pointer"]);
const POINTER_PREFIX = /^(?:\*|map\[|chan |<-chan |chan<- |func\(|interface \{)/;

/** Java's integers by size. */
const INTEGERS: Readonly<Record<number, number>> = {
  1: JavaType.BYTE,
  2: JavaType.SHORT,
  4: JavaType.INT,
  8: JavaType.LONG,
};

/** Structs in structs; no Go program has more. */
const MAX_DEPTH = 16;

/** The JavaType of elements of a Go type or kind; undefined if it is none of fixed size. */
export function primitiveOf(kind: string, pointerSize: number): number | undefined {
  return WORDS.has(kind) ? INTEGERS[pointerSize] : KINDS.get(kind);
}

/** What a field's value is. */
interface Part {
  readonly name: string;
  readonly typeName: string;
  readonly size: number;
  readonly row: number | undefined;
}

export class NumberFields {
  readonly #types: TypeTable;
  readonly #pointerSize: number;
  readonly #isPointer: (offset: number) => boolean;
  readonly #found: NumberField[] = [];
  #room: number;

  /**
   * @param isPointer whether a pointer is at an offset of the value
   * @param room bytes that the fields may take
   */
  constructor(types: TypeTable, pointerSize: number, isPointer: (offset: number) => boolean, room: number) {
    this.#types = types;
    this.#pointerSize = pointerSize;
    this.#isPointer = isPointer;
    this.#room = room;
  }

  /** The fields of a row's values, in the order of their offsets, as many as there is room for. */
  list(row: number, size: number): readonly NumberField[] {
    this.#addValue({ name: "", typeName: this.#types.names[row]!, size, row }, 0, 0);
    return this.#found;
  }

  #addValue({ name, typeName, size, row }: Part, offset: number, depth: number): void {
    if (this.#room === 0) return;
    const details = row === undefined ? undefined : this.#types.details?.(row);
    const kind = details?.kind ?? kindOf(typeName);
    const type = primitiveOf(kind, this.#pointerSize);
    // A damaged executable may tell another size than the kind's.
    if (type !== undefined && JAVA_TYPE_SIZE[type] === size) this.#add(name || "value", offset, size, type);
    else if (kind === "string") this.#addCounts(name, offset, ["len"]);
    else if (kind === "slice") this.#addCounts(name, offset, ["len", "cap"]);
    else if (kind === "struct" && details !== undefined && depth < MAX_DEPTH)
      this.#addStruct(name, details, offset, depth);
    else if (kind === "" || type !== undefined) this.#addWords(name, offset, size);
  }

  #addStruct(name: string, { fields }: TypeDetails, offset: number, depth: number): void {
    for (const field of fields) {
      const { type } = field;
      const path = name === "" ? field.name : `${name}.${field.name}`;
      this.#addValue(
        { name: path, typeName: type.name, size: type.size, row: type.row },
        offset + field.offset,
        depth + 1,
      );
    }
  }

  /** The words behind the pointer of a string or slice. */
  #addCounts(name: string, offset: number, counts: readonly string[]): void {
    const size = this.#pointerSize;
    for (const [i, count] of counts.entries()) {
      this.#add(name === "" ? count : `${name}.${count}`, offset + size * (i + 1), size, INTEGERS[size]!);
    }
  }

  /** What nothing is known of: word by word, but for pointers. */
  #addWords(name: string, offset: number, size: number): void {
    const type = INTEGERS[size];
    if (type !== undefined && size <= this.#pointerSize) {
      if (!this.#isPointer(offset)) this.#add(name || `+${offset}`, offset, size, type);
      return;
    }
    const word = this.#pointerSize;
    for (let at = 0; at + word <= size && this.#room > 0; at += word) {
      if (!this.#isPointer(offset + at)) this.#add(`${name}+${at}`, offset + at, word, INTEGERS[word]!);
    }
  }

  #add(name: string, offset: number, size: number, type: number): void {
    if (size > this.#room) return;
    this.#room -= size;
    this.#found.push({ name, offset, size, type });
  }
}

/** The kind that a type's name tells; "" if it tells none. */
function kindOf(name: string): string {
  if (name === "string" || KINDS.has(name) || WORDS.has(name)) return name;
  if (name.startsWith("[]")) return "slice";
  return POINTER_NAMES.has(name) || POINTER_PREFIX.test(name) ? "pointer" : "";
}
