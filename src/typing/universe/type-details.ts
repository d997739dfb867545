/** What the executable's descriptors tell of the types in a heap, beside their names: for tables and descriptions. */
import { Kind } from "../../binary/index.ts";
import type { TypeDetails, TypeReference } from "../../heap/types.ts";
import type { DescribedNode, DescribedType } from "./described-type.ts";
import { NodeKind } from "./type-node.ts";

const KIND_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Kind).map(([name, kind]) => [kind, name === "UnsafePointer" ? "unsafe.Pointer" : name.toLowerCase()]),
);

/**
 * Makes the function that tells a row's details. They are made anew at every call; rows are found by a table that the
 * first call builds.
 * @param nodes of each row of the type table; undefined for rows that are no Go type
 * @param many 1 for rows that stand for many values of the type side by side
 */
export function createTypeDetails(
  nodes: readonly (DescribedNode | undefined)[],
  many: ArrayLike<number>,
): (row: number) => TypeDetails | undefined {
  let rows: ReadonlyMap<DescribedType, number> | undefined;

  function refer(type: DescribedType): TypeReference {
    rows ??= findRows(nodes, many);
    const row = rows.get(type);
    return { name: type.name, size: type.size, ...(row === undefined ? {} : { row }) };
  }

  return (row) => {
    const node = nodes[row];
    if (node === undefined) return undefined;
    const { type, size } = node;
    if (type === undefined) return { size, kind: "", packagePath: "", fields: [] };
    const isMany = many[row] === 1;
    const element = isMany ? type : type.elem;
    return {
      size,
      kind: isMany ? "array" : (KIND_NAMES.get(type.kind) ?? ""),
      packagePath: (node.kind === NodeKind.NAMED_ARRAY ? node.subject! : node).type!.packagePath,
      ...(element === undefined ? {} : { element: refer(element) }),
      // Those of a row that stands for many are its element's, which need not be any object's type by itself.
      fields: type.fields.map((field) => ({
        name: field.name,
        offset: field.offset,
        isEmbedded: field.embedded,
        type: refer(field.type),
      })),
    };
  };
}

/** The row of each type that stands for one value of it. */
function findRows(
  nodes: readonly (DescribedNode | undefined)[],
  many: ArrayLike<number>,
): ReadonlyMap<DescribedType, number> {
  const rows = new Map<DescribedType, number>();
  for (let row = 0; row < nodes.length; row++) {
    const type = nodes[row]?.type;
    if (type === undefined || many[row] === 1 || nodes[row]!.subject !== undefined) continue;
    if (!rows.has(type)) rows.set(type, row);
  }
  return rows;
}
