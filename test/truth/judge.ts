/** Judge: whether the type that gohd finds for an object is the one that the runtime allocated there. */
import { Kind, type Type } from "../../src/binary/index.ts";
import { objectSize, valueOffset } from "../../src/heap/objects.ts";
import type { TypedHeap } from "../../src/typing/type-heap.ts";
import { NodeKind, type TypeNode } from "../../src/typing/universe/type-node.ts";
import type { Truth } from "./truth-file.ts";

/** Structs in structs that are compared. */
const MAX_DEPTH = 16;

/** Whether the type of an object that has one is right, and the number of its values. */
export function isRight(typed: TypedHeap, object: number, expected: Truth): boolean {
  const { objects, types } = typed.heap;
  const row = objects.type[object]!;
  const node = typed.nodes[row]!;
  if (expected.type === 0 || (expected.isTiny && expected.pointerBytes === 0)) return isBytes(node, expected);
  const structure = isStructure(node, expected);
  if (structure !== undefined) return structure;
  if (node.kind === NodeKind.TINY) return expected.pointerBytes === 0;
  const declared = node.kind === NodeKind.NAMED_ARRAY ? node.subject!.type! : node.type!;
  const allocated = typed.executable.types.typeAt(expected.type)?.type;
  if (!isSameType(flatten(declared), allocated === undefined ? undefined : flatten(allocated), expected)) return false;
  // Of arrays: as many values as were allocated, or what more the slot has room for.
  const size = elementSize(declared);
  const count = Math.floor(expected.size / (allocated === undefined ? expected.typeSize : elementSize(allocated)));
  const room = Math.floor((objectSize(objects, object) - valueOffset(objects, object)) / size);
  const isMany = types.details?.(row)?.kind === "array" && node.kind !== NodeKind.NAMED_ARRAY;
  return isMany
    ? count === 1
      ? room === 1 || declared.kind === Kind.Array
      : count <= room
    : declared.size / size === count;
}

/** Whether a type says of a map's entries only what their keys are, `map.group[string]?`, and whether that is so; undefined for others. */
export function hasRightKeys(node: TypeNode, { name }: Truth): boolean | undefined {
  const known = /^(.*\])\?$/.exec(node.type?.string ?? "")?.[1];
  return known === undefined ? undefined : normalise(name.replace(/^(\[\d+\])+/, "")).startsWith(normalise(known));
}

/** Memory that the runtime allocates without a type: text, and what has no pointers and grew; and blocks of tiny values. */
function isBytes(node: TypeNode, { kind }: Truth): boolean {
  if (kind === "string" || kind === "cut") {
    return node.kind === NodeKind.STRING || node.kind === NodeKind.TINY || node.size === 1;
  }
  return node.leaves.offset.length === 0 || node.kind === NodeKind.CHANNEL;
}

/** Of the runtime's own structures, which have no type for each map and channel; undefined for others. */
function isStructure(node: TypeNode, { name, pointerBytes, typeSize }: Truth): boolean | undefined {
  switch (node.kind) {
    case NodeKind.MAP_HEADER:
      return name === "runtime.hmap" || name === "maps.Map";
    case NodeKind.CHANNEL:
      return name === "runtime.hchan";
    case NodeKind.MAP_TABLE:
      return name === "maps.table";
    case NodeKind.MAP_DIRECTORY:
      return name === "*maps.table" || name.endsWith("]*maps.table");
    case NodeKind.MAP_EXTRA:
      return name === "runtime.mapextra";
    case NodeKind.CLOSURE:
      return name.startsWith("struct { F uintptr") || name.startsWith("struct { .F uintptr");
    case NodeKind.STRING:
      return pointerBytes === 0 && (name === "uint8" || name === "string" || typeSize === 1);
    default:
      return undefined;
  }
}

function isSameType(own: Type, allocated: Type | undefined, { name, kind }: Truth): boolean {
  if (allocated === undefined) return normalise(own.string) === normalise(name.replace(/^(\[\d+\])+/, ""));
  if (own === allocated || normalise(own.string) === normalise(allocated.string)) return true;
  // All that refers to it says that it is what it was converted to.
  if (kind === "?converted") return areAlike(own, allocated, 0);
  // What the runtime boxes by itself has types of its own, also for structs and arrays of one such value.
  if (/^runtime\..*InterfacePtr$/.test(name)) return own.size === allocated.size && areAlike(unwrap(own), allocated, 0);
  if (!allocated.string.includes("go.shape.")) return false;
  // The compiler's stand-in for several instantiations, for the one that it was.
  const generic = /^[\w./*]+(?=\[)/.exec(allocated.string)?.[0];
  if (generic !== undefined && generic !== /^[\w./*]+(?=\[)/.exec(own.string)?.[0]) return false;
  return areAlike(own, allocated, 0);
}

/** Whether two types have the same fields at the same places, whatever their names and what they point to. */
function areAlike(a: Type, b: Type, depth: number): boolean {
  if (a.kind !== b.kind || a.size !== b.size || a.fields.length !== b.fields.length || a.length !== b.length)
    return false;
  if (depth > MAX_DEPTH) return true;
  if (a.kind === Kind.Array) return areAlike(a.elem!, b.elem!, depth + 1);
  return a.fields.every(
    ({ offset, type }, i) => offset === b.fields[i]!.offset && areAlike(type, b.fields[i]!.type, depth + 1),
  );
}

/** The one value that a struct or an array has: the compiler passes both as it passes that. */
function unwrap(type: Type): Type {
  let inner = type;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const only =
      inner.kind === Kind.Struct && inner.fields.length === 1
        ? inner.fields[0]!.type
        : inner.kind === Kind.Array && inner.length === 1
          ? inner.elem
          : undefined;
    if (only === undefined) break;
    inner = only;
  }
  return inner;
}

/** What an array of arrays is made of in the end. */
function flatten(type: Type): Type {
  let element = type;
  for (let depth = 0; element.kind === Kind.Array && depth < MAX_DEPTH; depth++) element = element.elem!;
  return element;
}

function elementSize(type: Type): number {
  return flatten(type).size;
}

/** Without the directories of import paths. */
function normalise(name: string): string {
  return name.replace(/[\w.-]+\//g, "");
}
