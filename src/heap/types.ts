/**
 * The type table: what `objects.type` points into. Without an executable a dump names few types, so most rows are
 * fallbacks: the slot's size and pointer mask, stable between dumps of one program.
 */
import type { ValueLayouts } from "./value-layouts.ts";

/** What a row of the type table is. */
export const TypeKind = {
  /** A Go type whose name is known. */
  NAMED: 0,
  /** A Go type that the dump tells apart by its descriptor's address, with at best a package name. */
  ADDRESS: 1,
  /** A size and a pointer mask; not a type, but a stable fallback. */
  SHAPE: 2,
  /** Bytes of strings: the contents are text. */
  STRING: 3,
  /** A part of a map that only the runtime knows, and that holds no entries: directory, table, overflow list. */
  INTERNAL: 4,
} as const;

/** The name of the type that slots have which several small values without pointers share. */
export const TINY_BLOCK = "(tiny block)";

/** Before the names of types that were guessed from shape and contents, wherever a name has to say it. */
export const INFERRED_MARK = "~";

/** Names for pointers, by type and offset. */
export interface FieldNames {
  /** Bytes from one element to the next, for arrays; else 0. */
  stride(type: number): number;
  /**
   * Path of the field at `offset` of a value (of an element, for arrays): "next", "items[3].key", "" where the value is
   * one word. Undefined if the type is not known.
   */
  name(type: number, offset: number): string | undefined;
  /** Better names from contents; there only if the dump can be asked for them. */
  readonly entries?: EntryNames;
}

/** Names for pointers that depend on contents: of maps' entries by their key, of channels' values by their turn. Reads the dump. */
export interface EntryNames {
  /** Whether objects of a type can have such pointers. O(1). */
  has(type: number): boolean;
  /**
   * Name of the pointer at `offset` of the value of an object of such a type: `["user17"]` for the entry's value,
   * `["user17"].name` inside it, `key:"user17"` for its key; `queue[0]` for what a channel gives next. Undefined for
   * pointers of no entry, and where the key's bytes are nowhere to be read. Long keys are cut.
   */
  name(object: number, offset: number): string | undefined;
}

/** What the executable tells of a Go type beside its name. */
export interface TypeDetails {
  /** Bytes of one value; of an element, for rows that stand for many. */
  readonly size: number;
  /** Go's kind in lower case, "struct"; "" for the runtime's own layouts that have no descriptor. */
  readonly kind: string;
  /** Import path of the package that declares it; "" if none is known, or none does. */
  readonly packagePath: string;
  /** Element of a pointer, slice, array, channel or map; for rows that stand for many of a type, that type. */
  readonly element?: TypeReference;
  /** Fields of a struct by ascending offset; those inside its fields are theirs. */
  readonly fields: readonly FieldDetails[];
}

/** A field of a struct. */
export interface FieldDetails {
  readonly name: string;
  /** Bytes from the beginning of the value. */
  readonly offset: number;
  readonly isEmbedded: boolean;
  readonly type: TypeReference;
}

/** A type that may or may not be some object's. */
export interface TypeReference {
  readonly name: string;
  /** Bytes of one value. */
  readonly size: number;
  /** Row of the type table, if objects of the type are there. */
  readonly row?: number;
}

/** The types of a heap's objects, as columns. `objects.type` has rows of it. */
export interface TypeTable {
  readonly count: number;
  /** Display names; not necessarily unique. */
  readonly names: readonly string[];
  /** TypeKind per type. */
  readonly kind: Uint8Array;
  /** Only when the heap was typed from an executable. */
  readonly fields?: FieldNames;
  /** What is known of a row's type; undefined for rows that are no Go type. There only together with `fields`. */
  readonly details?: (type: number) => TypeDetails | undefined;
  /** Where values and counts are in objects of a type. There only together with `fields`. */
  readonly layouts?: ValueLayouts;
  /** Paths of the modules that the program depends on. There only together with `fields`; none where the executable does not say. */
  readonly dependencies?: readonly string[];
  /** What packages call themselves, by import path, where that ends otherwise. There only together with `fields`. */
  readonly packageNames?: ReadonlyMap<string, string>;
  /** Import path of the main package; only where the executable says it. */
  readonly mainPackage?: string;
}

/**
 * The name of a row for lists: a slice's own three words, as they lie in an interface or behind a pointer, are told apart
 * from its array, and a string's two words from its bytes.
 */
export function listedTypeName({ names, kind, details }: TypeTable, row: number): string {
  const name = names[row]!;
  if (kind[row] === TypeKind.STRING) return `${name} (its bytes)`;
  return kind[row] === TypeKind.NAMED && details?.(row)?.kind === "slice" ? `${name} (slice header)` : name;
}
