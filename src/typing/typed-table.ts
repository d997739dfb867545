/** The typed heap's type table: the dump's own rows, kept for what stays untyped, and behind them a row per Go type in use. */
import { type Heap, TypeSource } from "../heap/heap.ts";
import { TypeKind, type TypeTable } from "../heap/types.ts";
import { createFieldNames } from "./field-names.ts";
import { type Propagation, UNTYPED } from "./propagation.ts";
import { NodeKind, type TypeNode } from "./type-node.ts";
import type { TypeUniverse } from "./type-universe.ts";

export interface TypedColumns {
  readonly types: TypeTable;
  readonly type: Int32Array;
  readonly typeSource: Uint8Array;
  /** Node of each row of `types`; undefined for the dump's own. */
  readonly nodes: readonly (TypeNode | undefined)[];
}

/** Turns propagation's rows into a compact table; objects without a type keep what the dump said of them. */
export function buildTypedColumns(heap: Heap, universe: TypeUniverse, propagation: Propagation): TypedColumns {
  const names = [...heap.types.names];
  const kinds = [...heap.types.kind];
  const nodes: (TypeNode | undefined)[] = names.map(() => undefined);
  const many = names.map(() => 0);
  const rows = new Int32Array(universe.nodes.length * 2).fill(-1);
  const { row, source } = propagation;
  const type = heap.objects.type.slice();
  const typeSource = heap.objects.typeSource.slice();
  for (let object = 0; object < row.length; object++) {
    const typed = row[object]!;
    if (typed === UNTYPED) continue;
    let index = rows[typed]!;
    if (index < 0) {
      const node = universe.nodes[typed >> 1]!;
      index = names.length;
      names.push(rowName(node, (typed & 1) === 1));
      kinds.push(kindOf(node));
      nodes.push(node);
      many.push(typed & 1);
      rows[typed] = index;
    }
    type[object] = index;
    typeSource[object] = source[object] === TypeSource.NONE ? TypeSource.PROPAGATED : source[object]!;
  }
  return {
    types: {
      count: names.length,
      names,
      kind: Uint8Array.from(kinds),
      fields: createFieldNames(nodes, Uint8Array.from(many)),
    },
    type,
    typeSource,
    nodes,
  };
}

const MAP_INTERNALS: ReadonlySet<number> = new Set([NodeKind.MAP_DIRECTORY, NodeKind.MAP_TABLE, NodeKind.MAP_EXTRA]);

function kindOf(node: TypeNode): number {
  if (node.kind === NodeKind.STRING) return TypeKind.STRING;
  return MAP_INTERNALS.has(node.kind) ? TypeKind.INTERNAL : TypeKind.NAMED;
}

function rowName(node: TypeNode, isMany: boolean): string {
  const isPlain = node.kind === NodeKind.TYPE;
  return isMany && isPlain ? `[]${node.name}` : node.name;
}
