/**
 * Settling: types that only debug information knows read it when they are asked, and remember the answers. Before it is let
 * go, those that some object has are asked for all that names and descriptions of them will need.
 */
import type { Type } from "../../binary/index.ts";
import type { TypeNode } from "./type-node.ts";

/** Structs in structs. */
const MAX_DEPTH = 64;

/**
 * Reads the members of types without a descriptor; those with one are read from the executable at any time.
 * @returns number of such types
 */
export function settleTypes(nodes: readonly (TypeNode | undefined)[]): number {
  const settled = new Map<Type, string>();
  for (const node of nodes) if (node?.type !== undefined) settle(node.type, settled, 0);
  return settled.size;
}

function settle(type: Type, settled: Map<Type, string>, depth: number): void {
  if (type.address !== 0 || settled.has(type) || depth > MAX_DEPTH) return;
  settled.set(type, `${type.packagePath} ${type.name} ${type.length}`);
  if (type.elem !== undefined) settle(type.elem, settled, depth + 1);
  for (const field of type.fields) settle(field.type, settled, depth + 1);
}
