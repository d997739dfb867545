/** Value layouts of a typed heap's rows: what the walk of values knows of types. */
import { listForRows } from "../../heap/row-list.ts";
import type { TypeTable } from "../../heap/types.ts";
import { Structure, type ValueLayout, type ValueLayouts, WordKind, type WordName } from "../../heap/value-layouts.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { fieldPath } from "../names/field-names.ts";
import { isWeakPointer, WEAK_HANDLES } from "../universe/known-types.ts";
import { elementSizeOf, wordKindOf } from "../universe/leaf-words.ts";
import { LeafKind } from "../universe/leaves.ts";
import type { RuntimeFields } from "../universe/runtime-fields.ts";
import { NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { layOutChannel, layOutGroups, layOutMap, layOutTable, structureOf } from "./structures.ts";
import { wordName } from "./word-names.ts";

/**
 * @param types the typed heap's table
 * @param nodes of each of its rows; undefined for rows that are no Go type
 */
export function createValueLayouts(
  types: TypeTable,
  nodes: readonly (TypeNode | undefined)[],
  executable: ExecutableTypes,
): ValueLayouts {
  const layouts = listForRows<ValueLayout>(nodes.length);
  const { universe } = executable;
  const structure = Uint8Array.from(nodes, (node) => (node === undefined ? Structure.NONE : structureOf(node)));
  /** Layouts of the rows of one structure, all at once, so that what an executable lacks is known before it is told. */
  const layOut = <T>(wanted: number, make: (node: TypeNode, universe: TypeUniverse) => T | undefined) => {
    const rows = nodes.map((node, row) => (structure[row] === wanted ? make(node!, universe) : undefined));
    return (row: number): T | undefined => rows[row];
  };
  return {
    of(row) {
      const node = nodes[row];
      if (node === undefined) return undefined;
      layouts[row] ??= createLayout(node, types.fields!.stride(row) > 0, universe.runtime);
      return layouts[row];
    },
    structure,
    isLink: Uint8Array.from(nodes, (node, row) => (node !== undefined && isLink(node, types, row) ? 1 : 0)),
    listField: Int32Array.from(nodes, (node) => (node === undefined ? -1 : listFieldOf(node))),
    weakWords: (row) => (nodes[row] === undefined ? undefined : listWeakWords(nodes[row])),
    map: layOut(Structure.MAP, layOutMap),
    mapTable: layOut(Structure.MAP_TABLE, layOutTable),
    mapGroups: layOut(Structure.MAP_GROUPS, layOutGroups),
    channel: layOut(Structure.CHANNEL, layOutChannel),
    dynamicType(word) {
      const type = universe.nodes[executable.dynamicType(word)]?.type;
      return type && { name: type.name, size: type.size, isDirect: type.isDirect };
    },
  };
}

function createLayout(node: TypeNode, isMany: boolean, runtime: RuntimeFields): ValueLayout {
  const { leaves, size } = node;
  // What the runtime's structures hold is counted elsewhere in them than behind the pointer.
  const isStructure =
    node.kind !== NodeKind.TYPE && node.kind !== NodeKind.NAMED_ARRAY && node.kind !== NodeKind.CLOSURE;
  const kinds = leaves.kind.map(wordKindOf);
  const names: WordName[] = [];
  return {
    size,
    isMany,
    offset: leaves.offset,
    kind: isStructure ? kinds.map((kind) => (kind === WordKind.SLICE ? WordKind.POINTER : kind)) : kinds,
    elementSize: Float64Array.from(leaves.kind, (kind, leaf) => elementSizeOf(kind, leaves.elem[leaf])),
    name(word) {
      names[word] ??= wordName(node, isMany, leaves.offset[word]!, runtime);
      return names[word];
    },
  };
}

/** The words of a node's values that are those of weak pointers; undefined if there are none. */
function listWeakWords({ type, leaves }: TypeNode): readonly number[] | undefined {
  if (type === undefined) return undefined;
  const words: number[] = [];
  for (const [word, offset] of leaves.offset.entries()) {
    // Other things may point to a word as well.
    if (!WEAK_HANDLES.includes(leaves.elem[word]?.name ?? "")) continue;
    if (fieldPath(type, offset, isWeakPointer) !== fieldPath(type, offset)) words.push(word);
  }
  return words.length === 0 ? undefined : words;
}

/** Whether a row is of single values with a pointer to their like. */
function isLink(node: TypeNode, types: TypeTable, row: number): boolean {
  if (node.kind !== NodeKind.TYPE || types.fields!.stride(row) > 0) return false;
  const { kind, elem } = node.leaves;
  return kind.some((leafKind, leaf) => leafKind === LeafKind.POINTER && elem[leaf] === node);
}

/** type Element struct { next, prev *Element; list *List; Value any } */
function listFieldOf({ name, kind, type }: TypeNode): number {
  if (kind !== NodeKind.TYPE || name !== "container/list.Element") return -1;
  return type?.fields.find((field) => field.name === "list")?.offset ?? -1;
}
