/**
 * Types without an executable. The dump names few: what interfaces hold (their itab or type word stands in front of the
 * pointer), what malloc headers say, and, in go1.3, every object's. All others keep their shape as a stable fallback:
 * slot size and pointer mask, `noscan/48` or `obj/64{p..p.p..}`.
 */
import { HEADER_SIZE } from "../../format/objects/object-format.ts";
import { type Shape, ShapeKind, type ShapeTable } from "../../format/objects/shapes.ts";
import { Go13ObjectKind } from "../../format/records/tags.ts";
import type { DynamicType, DynamicTypes } from "../facts/dynamic-types.ts";
import { slotSizeFor } from "../facts/size-classes.ts";
import { HAS_HEADER, HAS_POINTERS, TypeSource } from "../objects.ts";
import { TypeKind, type TypeTable } from "../types.ts";

/** Masks of more words are described, not drawn, … */
const MAX_DRAWN_WORDS = 64;
/** … and of more than these, of 512 KiB with 8-byte pointers, no period is looked for. */
const MAX_PERIODIC_WORDS = 1 << 16;

/** Answers of `rowOfInterfaceTarget` that are kept, a power of two. */
const SETTLED = 1 << 12;

interface TypeRow {
  readonly name: string;
  readonly kind: number;
  readonly source: number;
}

/** Type rows: first one per shape, then what interfaces add. */
export class DumpTypes {
  readonly #dynamic: DynamicTypes;
  readonly #pointerSize: number;
  readonly #hasClass24: boolean;
  readonly #rows: TypeRow[] = [];
  /** HAS_POINTERS and HAS_HEADER, by shape. */
  readonly shapeFlags: Uint8Array;
  /** TypeSource, by shape. */
  readonly shapeSource: Uint8Array;
  readonly #targetRows = new Map<DynamicType, number>();
  /** The latest answers of `rowOfInterfaceTarget`, and what was asked. */
  readonly #settledKey = new Float64Array(SETTLED).fill(-1);
  readonly #settledRow = new Int32Array(SETTLED);
  readonly #packageNames: ReadonlyMap<number, string>;

  constructor(shapes: ShapeTable, dynamic: DynamicTypes, pointerSize: number) {
    this.#hasClass24 = hasSlotsOf24(shapes);
    this.#dynamic = dynamic;
    this.#pointerSize = pointerSize;
    this.#packageNames = numberWithinPackages(dynamic);
    this.shapeFlags = new Uint8Array(shapes.count);
    this.shapeSource = new Uint8Array(shapes.count);
    for (let i = 0; i < shapes.count; i++) {
      const shape = shapes.get(i);
      const row = this.#rowOfShape(shape);
      this.#rows.push(row);
      this.shapeSource[i] = row.source;
      this.shapeFlags[i] =
        (shape.pointerCount > 0 ? HAS_POINTERS : 0) | (shape.kind === ShapeKind.HEADER ? HAS_HEADER : 0);
    }
  }

  /**
   * The type row of an object that interfaces of a dynamic type point to, or -1 where that does not settle it.
   * @param size of the object's slot
   * @param flags of the object
   */
  rowOfInterfaceTarget(dynamicType: number, size: number, flags: number): number {
    const key = (dynamicType * 0x1_0000_0000 + size) * 4 + (flags & (HAS_POINTERS | HAS_HEADER));
    const at = (Math.imul(dynamicType, 31) + (size >>> 3)) & (SETTLED - 1);
    if (this.#settledKey[at] !== key) {
      this.#settledKey[at] = key;
      this.#settledRow[at] = this.#settle(dynamicType, size, flags);
    }
    return this.#settledRow[at]!;
  }

  #settle(dynamicType: number, size: number, flags: number): number {
    const type = this.#dynamic.types[dynamicType]!;
    if (type.name === undefined || type.size === undefined) return -1;
    const header = (flags & HAS_HEADER) === 0 ? 0 : HEADER_SIZE;
    if (type.size !== this.#pointerSize) {
      // The data word points to a boxed value.
      return slotSizeFor(type.size + header, this.#hasClass24) === size && type.name !== ""
        ? this.#targetRow(type, type.name)
        : -1;
    }
    if (isNamelessPointer(type.name)) {
      const name = this.#packageNames.get(type.address)!;
      return this.#targetRow(type, name, TypeKind.ADDRESS);
    }
    if (type.name.startsWith("*")) return this.#targetRow(type, type.name.slice(1));
    // A word long: boxed (then the slot holds nothing but it), or a function, map or channel that is the pointer itself.
    const boxed = (flags & HAS_POINTERS) === 0 && size === slotSizeFor(type.size, this.#hasClass24);
    return boxed ? this.#targetRow(type, type.name) : -1;
  }

  finish(): TypeTable {
    return {
      count: this.#rows.length,
      names: this.#rows.map((row) => row.name),
      kind: Uint8Array.from(this.#rows, (row) => row.kind),
    };
  }

  #targetRow(type: DynamicType, name: string, kind: number = TypeKind.NAMED): number {
    let row = this.#targetRows.get(type);
    if (row === undefined) {
      row = this.#rows.length;
      this.#rows.push({ name, kind, source: TypeSource.PROPAGATED });
      this.#targetRows.set(type, row);
    }
    return row;
  }

  #rowOfShape(shape: Shape): TypeRow {
    switch (shape.kind) {
      case ShapeKind.HEADER:
        return this.#rowOfHeader(shape);
      case ShapeKind.GO13:
        return this.#rowOfGo13(shape);
      default:
        return { name: maskName(shape, this.#pointerSize), kind: TypeKind.SHAPE, source: TypeSource.NONE };
    }
  }

  /** The header's type is that of one element; a slot of the next size class holds one, a larger one an array. */
  #rowOfHeader({ size, typeAddress }: Shape): TypeRow {
    const type = this.#dynamic.at(typeAddress);
    if (type?.name && type.size !== undefined) {
      const named = isNamelessPointer(type.name) ? `*${this.#packageNames.get(typeAddress)}` : type.name;
      const name = slotSizeFor(type.size + 8) === size ? named : `[]${named}`;
      return { name, kind: TypeKind.NAMED, source: TypeSource.EXACT };
    }
    return {
      name: `obj/${size} of type@0x${typeAddress.toString(16)}`,
      kind: TypeKind.ADDRESS,
      source: TypeSource.NONE,
    };
  }

  #rowOfGo13({ size, typeAddress, objectKind }: Shape): TypeRow {
    const type = typeAddress === 0 ? undefined : this.#dynamic.at(typeAddress);
    if (type?.name) {
      const prefix = objectKind === Go13ObjectKind.ARRAY ? "[]" : objectKind === Go13ObjectKind.CHANNEL ? "chan " : "";
      return { name: prefix + type.name, kind: TypeKind.NAMED, source: TypeSource.EXACT };
    }
    const name = objectKind === Go13ObjectKind.CONSERVATIVE ? `obj/${size} (conservative)` : `noscan/${size}`;
    return { name, kind: TypeKind.SHAPE, source: TypeSource.NONE };
  }
}

/** Every program of Go ≥ 1.16 has slots of 24 bytes; before there was no such class. */
export function hasSlotsOf24(shapes: ShapeTable): boolean {
  for (let shape = 0; shape < shapes.count; shape++) if (shapes.get(shape).size === 24) return true;
  return false;
}

/** Since Go 1.7 the record of a pointer type with methods has only its package: "net/http.". */
function isNamelessPointer(name: string): boolean {
  return name.endsWith(".");
}

/** Names for what nameless pointer types point to: "net/http.#3", numbered by address, which one build keeps. */
function numberWithinPackages(dynamic: DynamicTypes): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const next = new Map<string, number>();
  const nameless = dynamic.types.filter((type) => type.name !== undefined && isNamelessPointer(type.name));
  nameless.sort((a, b) => a.address - b.address);
  for (const { address, name } of nameless) {
    const number = (next.get(name!) ?? 0) + 1;
    next.set(name!, number);
    names.set(address, `${name}#${number}`);
  }
  return names;
}

function maskName({ size, pointerCount, mask, hash }: Shape, pointerSize: number): string {
  if (pointerCount === 0) return `noscan/${size}`;
  const words = Math.floor(size / pointerSize);
  const described = `obj/${size}{${pointerCount} pointers #${(hash >>> 0).toString(16).padStart(8, "0")}}`;
  if (mask === undefined || words > MAX_PERIODIC_WORDS) return described;
  const drawn = drawMask(mask, words, pointerSize);
  const period = shortestPeriod(drawn);
  if (period.length * 2 <= drawn.length) {
    return `obj/${size}{(${period})×${Math.floor(words / period.length)}}`;
  }
  if (words <= MAX_DRAWN_WORDS) return `obj/${size}{${drawn}}`;
  return described;
}

/** One letter a word: p pointer, i and e the two words of an interface (go1.4), . anything else. */
function drawMask(mask: Uint8Array, words: number, pointerSize: number): string {
  const letters = new Array<string>(words).fill(".");
  for (let at = 0; at < mask.length; ) {
    const kind = mask[at++]!;
    let offset = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = mask[at++]!;
      offset |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const word = offset / pointerSize;
    letters[word] = kind === 1 ? "p" : kind === 2 ? "i" : "e";
    if (kind !== 1) letters[word + 1] = letters[word]!;
  }
  return letters.join("");
}

/** The shortest string of which `text` is a repetition, the last one perhaps cut short. Linear (Knuth–Morris–Pratt). */
function shortestPeriod(text: string): string {
  const border = new Int32Array(text.length + 1);
  let length = 0;
  for (let i = 1; i < text.length; i++) {
    while (length > 0 && text[i] !== text[length]) length = border[length]!;
    if (text[i] === text[length]) length++;
    border[i + 1] = length;
  }
  return text.slice(0, text.length - border[text.length]!);
}
