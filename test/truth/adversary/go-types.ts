/**
 * Go types as the generator needs them: how they are written, their sizes and pointer words as the compiler lays them out on
 * a 64-bit machine, and which could be taken for which.
 */
import { slotSizeFor } from "../../../src/heap/facts/size-classes.ts";

const WORD = 8;
/** Pointer words that are listed; types with more are only ever met behind a malloc header or as large objects. */
const MAX_POINTERS = 4096;

export type GoKind =
  | "basic"
  | "string"
  | "pointer"
  | "slice"
  | "array"
  | "map"
  | "chan"
  | "func"
  | "interface"
  | "struct";

export interface GoField {
  /** As it is selected; the type's name for an embedded one. */
  readonly name: string;
  readonly isEmbedded: boolean;
  readonly type: GoType;
  readonly offset: number;
}

export interface GoType {
  /** As it is written in the program. */
  readonly text: string;
  readonly kind: GoKind;
  readonly size: number;
  readonly align: number;
  /** Offsets of the pointer words, ascending. */
  readonly pointers: readonly number[];
  readonly isComparable: boolean;
  /** Of pointers, slices, arrays, maps and channels. */
  readonly elem?: GoType;
  readonly key?: GoType;
  readonly length?: number;
  readonly fields?: readonly GoField[];
}

function type(
  text: string,
  kind: GoKind,
  size: number,
  align: number,
  pointers: readonly number[],
  rest: Partial<GoType> = {},
): GoType {
  return { text, kind, size, align, pointers, isComparable: true, ...rest };
}

export const basic = (text: string, size: number, align = size): GoType => type(text, "basic", size, align, []);
export const STRING = type("string", "string", 2 * WORD, WORD, [0]);
export const UNSAFE = type("unsafe.Pointer", "pointer", WORD, WORD, [0]);
export const ANY = type("any", "interface", 2 * WORD, WORD, [WORD]);

export const pointerTo = (elem: GoType): GoType => type(`*${elem.text}`, "pointer", WORD, WORD, [0], { elem });

export const sliceOf = (elem: GoType): GoType =>
  type(`[]${elem.text}`, "slice", 3 * WORD, WORD, [0], { elem, isComparable: false });

export const mapOf = (key: GoType, elem: GoType): GoType =>
  type(`map[${key.text}]${elem.text}`, "map", WORD, WORD, [0], { key, elem, isComparable: false });

export const chanOf = (elem: GoType): GoType => type(`chan ${elem.text}`, "chan", WORD, WORD, [0], { elem });

export const funcType = (text: string): GoType => type(text, "func", WORD, WORD, [0], { isComparable: false });

export const interfaceType = (text: string): GoType => type(text, "interface", 2 * WORD, WORD, [WORD]);

export function arrayOf(length: number, elem: GoType): GoType {
  const pointers: number[] = [];
  for (let i = 0; i < length && pointers.length < MAX_POINTERS; i++) {
    for (const offset of elem.pointers) pointers.push(i * elem.size + offset);
    if (elem.pointers.length === 0) break;
  }
  return type(`[${length}]${elem.text}`, "array", length * elem.size, elem.align, pointers, {
    elem,
    length,
    isComparable: elem.isComparable,
  });
}

/** A struct as it is written, with its fields' offsets. */
export function structOf(text: string, fields: readonly Omit<GoField, "offset">[]): GoType {
  let offset = 0;
  let align = 1;
  const placed: GoField[] = [];
  const pointers: number[] = [];
  for (const field of fields) {
    offset = Math.ceil(offset / field.type.align) * field.type.align;
    placed.push({ ...field, offset });
    for (const at of field.type.pointers) pointers.push(offset + at);
    offset += field.type.size;
    align = Math.max(align, field.type.align);
  }
  // A pointer to an empty last field must not lead to the next object.
  if (offset > 0 && fields.at(-1)?.type.size === 0) offset++;
  const size = Math.ceil(offset / align) * align;
  const isComparable = fields.every((field) => field.type.isComparable);
  return type(text, "struct", size, align, pointers, { fields: placed, isComparable });
}

/** The same under a name of its own. */
export const named = (text: string, underlying: GoType): GoType => ({ ...underlying, text });

/** Whether a value of `outer` has one of `inner` at its beginning. */
function beginsWith(outer: GoType, inner: GoType): boolean {
  for (const field of outer.fields ?? []) {
    if (field.offset > 0) break;
    if (field.type.text === inner.text || beginsWith(field.type, inner)) return true;
  }
  if (outer.kind !== "array" || outer.length === 0) return false;
  return outer.elem!.text === inner.text || beginsWith(outer.elem!, inner);
}

/** Whether a pointer to `inner` and an object of its size may as well be one to the beginning of an `outer`. */
export function mayBeginOf(inner: GoType, outer: GoType): boolean {
  return (
    inner.text !== outer.text &&
    slotSizeFor(inner.size) === slotSizeFor(outer.size) &&
    inner.pointers.join() === outer.pointers.join() &&
    beginsWith(outer, inner)
  );
}

/** A part of a value that has an address of its own. */
export interface Part {
  /** As it is selected from the value: ".F2[3]". */
  readonly path: string;
  readonly type: GoType;
  readonly offset: number;
}

/** The parts of a value, and theirs; elements of arrays only here and there. */
export function partsOf(whole: GoType, depth = 3): readonly Part[] {
  const parts: Part[] = [];
  const add = (path: string, inner: GoType, offset: number): void => {
    if (inner.size === 0) return;
    parts.push({ path, type: inner, offset });
    if (depth === 0) return;
    for (const part of partsOf(inner, depth - 1)) {
      parts.push({ path: path + part.path, type: part.type, offset: offset + part.offset });
    }
  };
  for (const field of whole.fields ?? []) add(`.${field.name}`, field.type, field.offset);
  if (whole.kind === "array") {
    for (const i of new Set([0, whole.length! - 1])) {
      if (i >= 0) add(`[${i}]`, whole.elem!, i * whole.elem!.size);
    }
  }
  return parts;
}
