/**
 * The walk over a type that lists its pointer words, and the knowledge of what the standard library's own types point to
 * where their descriptors do not say it (unsafe.Pointer).
 */
import { Kind, type Type } from "../../binary/index.ts";
import { atomicPointerElem, isTrieNode, isWeakPointer, WEAK_HANDLES } from "./known-types.ts";
import { LeafKind, type LeavesBuilder } from "./leaves.ts";
import type { TypeNode } from "./type-node.ts";

/** Structs in structs; deeper nesting is a damaged executable's. */
export const MAX_DEPTH = 64;

/** What a pointer says of where it leads. */
export interface PointerLeaf {
  /** LeafKind. */
  readonly kind: number;
  readonly elem: TypeNode | undefined;
}

/** What the walk asks of the universe. */
export interface NodeSource {
  readonly pointerSize: number;
  /** The node of a Go type. */
  of(type: Type): TypeNode;
  /** What a pointer to a Go type is. */
  pointerTo(type: Type): PointerLeaf;
  /** A type by its full name. */
  named(name: string): TypeNode | undefined;
}

/** Adds the pointer words of a value of `type` that begins at `base`, ascending, as long as there is room. */
export function walkLeaves(type: Type, base: number, nodes: NodeSource, leaves: LeavesBuilder, depth = 0): void {
  // Pointers to memory outside the heap have no bit in the mask, and their types no pointer bytes.
  if (type.pointerBytes === 0 || !leaves.hasRoom || depth > MAX_DEPTH) return;
  switch (type.kind) {
    case Kind.Pointer:
      if (type.elem === undefined) leaves.add(base, LeafKind.UNSAFE);
      else addLeaf(leaves, base, nodes.pointerTo(type.elem));
      break;
    case Kind.String:
      leaves.add(base, LeafKind.STRING);
      break;
    case Kind.Slice:
      leaves.add(base, type.elem === undefined ? LeafKind.UNSAFE : LeafKind.SLICE, elemOf(type, nodes));
      break;
    case Kind.Interface:
      // Until Go 1.10 the type word counts as a pointer too.
      if (type.pointers.words.length > 1) leaves.add(base, LeafKind.UNSAFE);
      leaves.add(base + nodes.pointerSize, LeafKind.INTERFACE);
      break;
    case Kind.Map:
      leaves.add(base, LeafKind.MAP, nodes.of(type));
      break;
    case Kind.Chan:
      leaves.add(base, type.elem === undefined ? LeafKind.UNSAFE : LeafKind.CHANNEL, elemOf(type, nodes));
      break;
    case Kind.Func:
      leaves.add(base, LeafKind.FUNC);
      break;
    case Kind.Array:
      walkArray(type, base, nodes, leaves, depth);
      break;
    case Kind.Struct:
      walkStruct(type, base, nodes, leaves, depth);
      break;
    default:
      leaves.add(base, LeafKind.UNSAFE);
  }
}

/** Adds a pointer word; without a target it says nothing. */
export function addPointer(leaves: LeavesBuilder, offset: number, target: TypeNode | undefined): void {
  addLeaf(leaves, offset, leafOfPointer(target));
}

/** What a pointer to a node is; without one it says nothing. */
export function leafOfPointer(target: TypeNode | undefined): PointerLeaf {
  if (target === undefined) return { kind: LeafKind.UNSAFE, elem: undefined };
  return { kind: isTrieNode(target.type) ? LeafKind.TRIE_NODE : LeafKind.POINTER, elem: target };
}

function addLeaf(leaves: LeavesBuilder, offset: number, { kind, elem }: PointerLeaf): void {
  leaves.add(offset, kind, elem);
}

/** Adds a pointer to an array that fills an object; without an element it says nothing. */
export function addArray(leaves: LeavesBuilder, offset: number, elem: TypeNode | undefined): void {
  leaves.add(offset, elem === undefined ? LeafKind.UNSAFE : LeafKind.ARRAY, elem);
}

/** The element's node; undefined where a damaged executable does not tell it. */
function elemOf({ elem }: Type, nodes: NodeSource): TypeNode | undefined {
  return elem === undefined ? undefined : nodes.of(elem);
}

function walkArray(
  { elem, length }: Type,
  base: number,
  nodes: NodeSource,
  leaves: LeavesBuilder,
  depth: number,
): void {
  if (elem === undefined || elem.pointerBytes === 0) return;
  for (let i = 0; i < length && leaves.hasRoom; i++) {
    const before = leaves.count;
    walkLeaves(elem, base + i * elem.size, nodes, leaves, depth + 1);
    if (leaves.count === before) break;
  }
}

function walkStruct(type: Type, base: number, nodes: NodeSource, leaves: LeavesBuilder, depth: number): void {
  if (isInterfaceParts(type)) {
    leaves.add(base, LeafKind.UNSAFE);
    leaves.add(base + nodes.pointerSize, LeafKind.INTERFACE);
    return;
  }
  for (const field of type.fields) {
    const target = field.type.kind === Kind.UnsafePointer ? unsafeTarget(type, field.name, nodes) : undefined;
    if (target !== undefined && isPool(type)) addArray(leaves, base + field.offset, target);
    else if (target !== undefined) addPointer(leaves, base + field.offset, target);
    else walkLeaves(field.type, base + field.offset, nodes, leaves, depth + 1);
  }
}

/** What an unsafe.Pointer of a known structure really points to. */
function unsafeTarget(type: Type, field: string, nodes: NodeSource): TypeNode | undefined {
  const { name } = type;
  // type Pointer[T any] struct { _ [0]*T; _ noCopy; v unsafe.Pointer }
  if (field === "v") {
    const elem = atomicPointerElem(type);
    return elem === undefined ? undefined : nodes.of(elem);
  }
  // The last word of a bucket leads to its overflow bucket.
  if (field === "overflow" && type.string.startsWith("map.bucket[")) return nodes.of(type);
  // An array of one per P.
  if (isPool(type) && (field === "local" || field === "victim")) return nodes.named("sync.poolLocal");
  if (field === "u" && isWeakPointer(type)) return weakHandle(nodes);
  // Until Go 1.19: *interface{}.
  if (name === "sync.entry" && field === "p") return nodes.named("interface {}");
  return undefined;
}

/** What is in a pool: an interface{}, as type eface struct { typ, val unsafe.Pointer }. sync/poolqueue.go. */
function isInterfaceParts({ name, fields }: Type): boolean {
  return name === "sync.eface" && fields.length === 2 && fields.every(({ type }) => type.kind === Kind.UnsafePointer);
}

function isPool({ name }: Type): boolean {
  return name === "sync.Pool";
}

function weakHandle(nodes: NodeSource): TypeNode | undefined {
  for (const name of WEAK_HANDLES) {
    const node = nodes.named(name);
    if (node !== undefined) return node;
  }
  return undefined;
}
