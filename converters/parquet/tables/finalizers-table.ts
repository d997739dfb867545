/** The table of finalizers: one row per object that has one, or for which one is about to be called. */
import { type Heap, RootKind, RootVertexKind } from "../../../src/index.ts";
import { addressColumn } from "./column.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { booleanColumn, numberColumn, textColumn } from "./value-columns.ts";

/** Per row: the object, and the index of its finalizer. */
interface FinalizerRows {
  readonly object: readonly number[];
  readonly finalizer: readonly number[];
}

type Finalizer = Heap["roots"]["finalizers"][number];

/** A function from row to finalizer. */
function finalizerOf(source: TableSource): (row: number) => Finalizer {
  const { finalizer } = source.once(listFinalizers);
  const { finalizers } = source.heap.roots;
  return (row) => finalizers[finalizer[row]!]!;
}

function addresses(name: string, pick: (finalizer: Finalizer) => number): Table["columns"][number] {
  return addressColumn(name, (source) => {
    const of = finalizerOf(source);
    return (from, count, out) => {
      for (let i = 0; i < count; i++) out[i] = pick(of(from + i)) || Number.NaN;
    };
  });
}

export const finalizersTable: Table = {
  name: "finalizers",
  rowCount: (source) => source.once(listFinalizers).object.length,
  columns: [
    numberColumn("object_id", "INTEGER", (source) => {
      const { object } = source.once(listFinalizers);
      return (row) => object[row]!;
    }),
    booleanColumn("queued", (source) => {
      const of = finalizerOf(source);
      return (row) => of(row).isQueued;
    }),
    addresses("type_address", ({ type }) => type),
    addresses("function_address", ({ function: code }) => code),
    textColumn("function", (source) => {
      const of = finalizerOf(source);
      return (row) => of(row).functionName;
    }),
    booleanColumn("never_finalized", (source) => {
      const of = finalizerOf(source);
      return (row) => of(row).isNeverFinalized;
    }),
    numberColumn("vertex_id", "INTEGER", (source) => {
      const { finalizer } = source.once(listFinalizers);
      const first = source.heap.objects.count + source.heap.roots.vertices.kind.indexOf(RootVertexKind.FINALIZER);
      return (row) => first + finalizer[row]!;
    }),
  ],
};

function listFinalizers({ heap: { roots } }: TableSource): FinalizerRows {
  const object = Array.from(roots.finalizedObjects);
  const finalizer = Array.from(roots.finalizedBy);
  const { kind, item, edgeStart, count } = roots.vertices;
  for (let vertex = 0; vertex < count; vertex++) {
    if (kind[vertex] !== RootVertexKind.FINALIZER) continue;
    for (let edge = edgeStart[vertex]!; edge < edgeStart[vertex + 1]!; edge++) {
      if (roots.kind[edge] !== RootKind.QUEUED_FINALIZER) continue;
      object.push(roots.to[edge]!);
      finalizer.push(item[vertex]!);
    }
  }
  return { object, finalizer };
}
