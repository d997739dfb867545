/** The typed heap's type table: the dump's own rows, kept for what stays untyped, and behind them a row per Go type in use. */
import { copyColumn } from "../column-memory.ts";
import type { Heap } from "../heap/heap.ts";
import { TypeSource } from "../heap/objects.ts";
import { TypeKind, type TypeTable } from "../heap/types.ts";
import type { Claims } from "./decision/claims.ts";
import { visitKnownParts } from "./decision/known-parts.ts";
import { createFieldNames } from "./names/field-names.ts";
import { createTypeDetails } from "./universe/type-details.ts";
import { NodeKind, type TypeNode } from "./universe/type-node.ts";
import type { TypeUniverse } from "./universe/type-universe.ts";

export interface TypedColumns {
  readonly types: TypeTable;
  readonly type: Int32Array;
  readonly typeSource: Uint8Array;
  /** Node of each row of `types`; undefined for the dump's own. */
  readonly nodes: readonly (TypeNode | undefined)[];
  /** 1 for rows of `types` that stand for many values side by side. */
  readonly isMany: Uint8Array;
}

/**
 * Turns what was found into a compact table. Objects without a type keep what the dump said of them; those of which a part is
 * known are called by it, beside their shape.
 */
export function buildTypedColumns(heap: Heap, universe: TypeUniverse, { assignments, parts }: Claims): TypedColumns {
  const names = [...heap.types.names];
  const kinds = [...heap.types.kind];
  const nodes: (TypeNode | undefined)[] = names.map(() => undefined);
  const many = names.map(() => 0);
  const rows = new Int32Array(universe.nodes.length * 2).fill(-1);
  const type = copyColumn(heap.objects.type);
  const typeSource = copyColumn(heap.objects.typeSource);
  for (let object = 0; object < assignments.count; object++) {
    const id = assignments.nodeId(object);
    if (id < 0) continue;
    const isMany = assignments.isArray(object);
    const key = 2 * id + (isMany ? 1 : 0);
    let index = rows[key]!;
    if (index < 0) {
      const node = universe.nodes[id]!;
      index = names.length;
      names.push(rowName(node, isMany));
      kinds.push(kindOf(node));
      nodes.push(node);
      many.push(isMany ? 1 : 0);
      rows[key] = index;
    }
    type[object] = index;
    typeSource[object] = assignments.source(object);
  }
  const partRows = new Map<string, number>();
  visitKnownParts(parts, universe, assignments, (object, part, isFirst) => {
    const shape = heap.shapes!.of[object]!;
    const name = `${heap.types.names[shape]} ${isFirst ? "beginning with" : "containing"} ${part.name}`;
    let index = partRows.get(name);
    if (index === undefined) {
      index = names.length;
      names.push(name);
      kinds.push(TypeKind.SHAPE);
      nodes.push(undefined);
      many.push(0);
      partRows.set(name, index);
    }
    type[object] = index;
    typeSource[object] = TypeSource.NONE;
  });
  const isMany = Uint8Array.from(many);
  return {
    types: {
      count: names.length,
      names,
      kind: Uint8Array.from(kinds),
      fields: createFieldNames(nodes, isMany),
      details: createTypeDetails(nodes, isMany),
    },
    type,
    typeSource,
    nodes,
    isMany,
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
