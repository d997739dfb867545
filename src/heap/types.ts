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

export interface TypeTable {
  readonly count: number;
  /** Display names; not necessarily unique. */
  readonly names: readonly string[];
  /** TypeKind per type. */
  readonly kind: Uint8Array;
}
