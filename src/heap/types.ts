/**
 * The type table: what `objects.type` points into. Without an executable a dump names few types, so most rows are
 * fallbacks: the slot's size and pointer mask, stable between dumps of one program.
 */

export const TypeKind = {
  /** A Go type whose name is known. */
  NAMED: 0,
  /** A Go type that the dump tells apart by its descriptor's address, with at best a package name. */
  ADDRESS: 1,
  /** A size and a pointer mask; not a type, but a stable fallback. */
  SHAPE: 2,
  /** Bytes of strings: the contents are text. */
  STRING: 3,
} as const;

/** Names for pointers, by type and offset. */
export interface FieldNames {
  /** Bytes from one element to the next, for arrays; else 0. */
  stride(type: number): number;
  /**
   * Path of the field at `offset` of a value (of an element, for arrays): "next", "items[3].key", "" where the value is
   * one word. Undefined if the type is not known.
   */
  name(type: number, offset: number): string | undefined;
}

export interface TypeTable {
  readonly count: number;
  /** Display names; not necessarily unique. */
  readonly names: readonly string[];
  /** TypeKind per type. */
  readonly kind: Uint8Array;
  /** Only when the heap was typed from an executable. */
  readonly fields?: FieldNames;
}
