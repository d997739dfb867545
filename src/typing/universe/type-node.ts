/**
 * TypeNode: what an object can be. Most nodes are Go types with a descriptor; the others are what the runtime builds
 * without one of their own: the header of a map of a certain type, a channel of a certain element, a closure of a certain
 * function, the bytes of strings.
 */
import { Kind, type Type } from "../../binary/index.ts";

export const NodeKind = {
  /** A Go type. */
  TYPE: 0,
  /** Bytes of a string, or several that share them. */
  STRING: 1,
  /** The header of a map; `subject` is the map type. */
  MAP_HEADER: 2,
  /** Go ≥ 1.24: a map's directory, pointers to its tables. */
  MAP_DIRECTORY: 3,
  /** Go ≥ 1.24: one table of a map. */
  MAP_TABLE: 4,
  /** Go ≤ 1.23: what a map keeps of its overflow buckets. */
  MAP_EXTRA: 5,
  /** A channel; `subject` is the channel type or its element's. */
  CHANNEL: 6,
  /** A closure; its function is in the name. */
  CLOSURE: 7,
  /** A 16-byte block that several small values without pointers share. */
  TINY: 8,
  /** One array of a type with a name of its own; `type` is that of its elements, `subject` the array's. */
  NAMED_ARRAY: 9,
} as const;

/** A type's pointer words one by one, with what each points to. */
export interface Leaves {
  /** Byte offsets of the pointer words, ascending. */
  readonly offset: Int32Array;
  /** LeafKind of each. */
  readonly kind: Uint8Array;
  /** What it points to; undefined for STRING, INTERFACE, FUNC and UNSAFE. */
  readonly elem: readonly (TypeNode | undefined)[];
  /** Id of that node where the word is a POINTER, otherwise -1: what most words are is asked for every pointer of a dump. */
  readonly pointee: Int32Array;
}

export interface TypeNode {
  /** Dense. */
  readonly id: number;
  readonly kind: number;
  /** For people, with full import paths. */
  readonly name: string;
  /** Bytes of one value. */
  readonly size: number;
  /** Whether it is the compiler's stand-in for several instantiations of a generic type: its name has "go.shape." in it. */
  readonly isShape: boolean;
  /** The Go type; for the runtime's own structures, the descriptor of their layout, if it has one. */
  readonly type: Type | undefined;
  /** The map, channel or array that it belongs to. */
  readonly subject: TypeNode | undefined;
  /** Its pointer words; computed on first use. */
  readonly leaves: Leaves;
}

/** Whether a type is a Go array, which is walked by element. */
export function isArray(node: TypeNode): boolean {
  return node.kind === NodeKind.TYPE && node.type?.kind === Kind.Array;
}

/** Whether `known` is the compiler's stand-in ("go.shape…") for a generic instantiation that `node` names. */
export function isShapeOf(known: TypeNode, node: TypeNode): boolean {
  if (!known.isShape || node.isShape) return false;
  if (known.size !== node.size || known.leaves.offset.length !== node.leaves.offset.length) return false;
  return known.leaves.offset.every((offset, i) => offset === node.leaves.offset[i]);
}

/** Go ≥ 1.24: the type of the tables that a map's directory points to. */
export const MAP_TABLE_NAME = "internal/runtime/maps.table";

/** Whether `known` is a structure of the runtime's by its layout alone, and `node` the same as a certain map's or channel's. */
export function isLayoutOf(known: TypeNode, node: TypeNode): boolean {
  if (known.kind !== NodeKind.TYPE || isElements(node) || known.type === undefined) return false;
  if (node.kind === NodeKind.MAP_DIRECTORY) return known.type.elem?.name === MAP_TABLE_NAME;
  return node.type === known.type;
}

/** The runtime's structures of maps whose types do not tell the map. */
const BARE_LAYOUTS: ReadonlySet<string> = new Set(["runtime.hmap", "internal/runtime/maps.Map", MAP_TABLE_NAME]);

/** Whether a node is a structure of some map's by its layout alone, so that there may be a better type for its objects. */
export function isBareLayout({ kind, type }: TypeNode): boolean {
  if (type === undefined) return false;
  return (kind === NodeKind.TYPE && BARE_LAYOUTS.has(type.name)) || type.elem?.name === MAP_TABLE_NAME;
}

/** Whether both are values of one type: elements and a named array of them are. */
export function areAlike(a: TypeNode, b: TypeNode): boolean {
  return a === b || (a.type !== undefined && a.type === b.type && isElements(a) && isElements(b));
}

function isElements({ kind }: TypeNode): boolean {
  return kind === NodeKind.TYPE || kind === NodeKind.NAMED_ARRAY;
}

/** Whether `outer` begins with a value of `inner`. */
export function contains(outer: TypeNode, inner: TypeNode): boolean {
  let { type } = outer;
  for (let depth = 0; depth < 6 && type !== undefined; depth++) {
    if (type === inner.type) return depth > 0;
    if (type.kind === Kind.Struct) type = type.fields[0]?.type;
    else if (type.kind === Kind.Array) type = type.elem;
    else return false;
  }
  return false;
}
