/**
 * The order of types: which of two that say the same of an object, with the same right, it is called by. Total, so that it
 * does not matter which of them was said first.
 */
import { Kind } from "../../binary/index.ts";
import { NodeKind, type TypeNode } from "../universe/type-node.ts";

/** Structs in structs that are looked into. */
const MAX_DEPTH = 16;

/**
 * Whether an object that was called `known` is rather a `node`. Of two different nodes exactly one is preferred.
 * The runtime's own structures come before their layouts, real instantiations before the compiler's stand-ins, larger types
 * before smaller ones, arrays with names before their elements, outer types before what they begin with.
 */
export function isPreferred(node: TypeNode, known: TypeNode): boolean {
  if (node === known) return false;
  const order =
    Number(isOwn(node)) - Number(isOwn(known)) ||
    Number(known.isShape) - Number(node.isShape) ||
    node.size - known.size ||
    Number(node.kind === NodeKind.NAMED_ARRAY) - Number(known.kind === NodeKind.NAMED_ARRAY) ||
    nesting(node) - nesting(known) ||
    (known.type?.address || Number.MAX_VALUE) - (node.type?.address || Number.MAX_VALUE);
  // Nodes are numbered as they are met, which is no order of theirs.
  return order === 0 ? node.name < known.name : order > 0;
}

function isOwn({ kind }: TypeNode): boolean {
  return kind !== NodeKind.TYPE && kind !== NodeKind.NAMED_ARRAY;
}

/** How many values begin where one of the type begins. */
function nesting(node: TypeNode): number {
  let { type } = node;
  let depth = 0;
  while (type !== undefined && depth < MAX_DEPTH && (type.kind === Kind.Struct || type.kind === Kind.Array)) {
    type = type.kind === Kind.Struct ? type.fields[0]?.type : type.elem;
    depth++;
  }
  return depth;
}
