/** TypeEntry: what the entry of a type in .debug_info says, and EntryReader: what can be read of it when asked for. */
import type { PointerRules } from "../types/pointer-layout.ts";
import type { Field, Kind, Type } from "../types/type.ts";

/** What the entry of a type says: numbers, and positions of other entries in .debug_info or NONE. */
export interface TypeEntry {
  readonly position: number;
  readonly kind: Kind;
  readonly size: number;
  /** As the linker spells it, with full import paths; "" if it has no name. */
  readonly name: string;
  readonly elem: number;
  readonly key: number;
  /** The struct by which the compiler describes a map or channel, or the one that an interface is. */
  readonly representation: number;
  /** Has fields, parameters or a length below it. */
  readonly hasChildren: boolean;
}

/** Parameters and results of a func. */
export interface DebugSignature {
  readonly in: readonly Type[];
  readonly out: readonly Type[];
  readonly isVariadic: boolean;
}

/** Reads what the entries of types refer to. Positions may be NONE. */
export interface EntryReader {
  readonly rules: PointerRules;
  /** The type whose entry is at a position; undefined if there is none that makes sense. */
  find(position: number): Type | undefined;
  /** Fields of a struct's entry, by offset. */
  fieldsOf(type: TypeEntry): readonly Field[];
  /** Length of an array's entry. */
  lengthOf(type: TypeEntry, elementSize: number): number;
  /** Parameters and results of a func's entry. */
  signatureOf(type: TypeEntry): DebugSignature;
  /** The type of the memory that holds a map's entries. */
  groupOf(map: TypeEntry): Type | undefined;
  /** Whether an interface's entry has no methods. */
  isEmptyInterface(type: TypeEntry): boolean;
  /** Whether an interface holds a struct of these fields itself. */
  isDirectStruct(fields: readonly Field[]): boolean;
  /** Whether values of a type are only ever outside of the heap. */
  isOutsideHeap(type: Type): boolean;
}
