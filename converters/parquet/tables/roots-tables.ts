/** The tables of the GC roots: `roots`, one row per root edge, and `root_vertices`, the tree that tells whose they are. */
import { ROOT_KIND_NAMES, RootVertexKind, rootEdgeName, rootVertexName } from "../../../src/index.ts";
import { addressColumn, arrayColumn, byteColumn, rowNumberColumn, unsignedColumn, valuesOf } from "./column.ts";
import { namesOf } from "./enum-names.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { numberColumn, textColumn } from "./value-columns.ts";

export const rootsTable: Table = {
  name: "roots",
  rowCount: ({ heap }) => heap.roots.count,
  columns: [
    rowNumberColumn("id"),
    arrayColumn("kind", ROOT_KIND_NAMES, ({ heap }) => heap.roots.kind),
    arrayColumn("vertex_id", "INTEGER", (source) => source.once(verticesOfRoots)),
    arrayColumn("object_id", "INTEGER", ({ heap }) => heap.roots.to),
    unsignedColumn(
      "offset",
      valuesOf(({ heap }) => heap.roots.offset),
    ),
    textColumn("name", (source) => {
      const { heap } = source;
      const vertices = source.once(verticesOfRoots);
      return (row) => rootEdgeName(heap, vertices[row]! - heap.objects.count, row);
    }),
  ],
};

const KIND_NAMES = namesOf(RootVertexKind);

/** The item of a root vertex if it is of that kind. */
const itemOf = (wanted: number) => (source: TableSource) => {
  const { kind, item } = source.heap.roots.vertices;
  return (row: number) => (kind[row] === wanted ? item[row]! : undefined);
};

export const rootVerticesTable: Table = {
  name: "root_vertices",
  rowCount: ({ heap }) => heap.roots.vertices.count,
  columns: [
    numberColumn(
      "id",
      "INTEGER",
      ({ heap }) =>
        (row) =>
          heap.objects.count + row,
    ),
    arrayColumn("kind", KIND_NAMES, ({ heap }) => heap.roots.vertices.kind),
    numberColumn("parent_id", "INTEGER", ({ heap }) => (row) => {
      const parent = heap.roots.vertices.parent[row]!;
      return parent < 0 ? undefined : heap.objects.count + parent;
    }),
    textColumn(
      "name",
      ({ heap }) =>
        (row) =>
          rootVertexName(heap, row),
    ),
    numberColumn("segment_id", "INTEGER", itemOf(RootVertexKind.SEGMENT)),
    numberColumn("variable_id", "INTEGER", itemOf(RootVertexKind.VARIABLE)),
    numberColumn("goroutine_id", "INTEGER", itemOf(RootVertexKind.GOROUTINE)),
    numberColumn("frame_number", "INTEGER", itemOf(RootVertexKind.FRAME)),
    numberColumn(
      "idom",
      "INTEGER",
      (source) => {
        const { immediateDominator } = source.get("dominators");
        const { count } = source.heap.objects;
        return (row) => (row === 0 ? undefined : immediateDominator[count + row]!);
      },
      ["dominators"],
    ),
    ...(["first", "size"] as const).map((column) =>
      numberColumn(
        column === "first" ? "idom_first" : "idom_count",
        "INTEGER",
        (source) => {
          const values = source.get("intervals")[column];
          const { count } = source.heap.objects;
          return (row) => values[count + row]!;
        },
        ["intervals"],
      ),
    ),
    numberColumn(
      "retained",
      "BIGINT",
      (source) => {
        const retained = source.get("retained");
        const { count } = source.heap.objects;
        return (row) => retained[count + row]!;
      },
      ["retained"],
    ),
  ],
};

export const segmentsTable: Table = {
  name: "segments",
  rowCount: ({ heap }) => heap.segments.length,
  columns: [
    rowNumberColumn("id"),
    byteColumn("kind", ["data", "bss"], ({ heap }) => (from, count, out) => {
      for (let i = 0; i < count; i++) out[i] = heap.segments[from + i]!.kind === "data" ? 0 : 1;
    }),
    addressColumn("address", ({ heap }) => (from, count, out) => {
      for (let i = 0; i < count; i++) out[i] = heap.segments[from + i]!.address;
    }),
    numberColumn(
      "size",
      "BIGINT",
      ({ heap }) =>
        (row) =>
          heap.segments[row]!.size,
    ),
    numberColumn(
      "pointer_slots",
      "BIGINT",
      ({ heap }) =>
        (row) =>
          heap.segments[row]!.pointerSlots,
    ),
  ],
};

export const variablesTable: Table = {
  name: "variables",
  rowCount: ({ heap }) => heap.variables?.length ?? 0,
  columns: [
    rowNumberColumn("id"),
    textColumn(
      "name",
      ({ heap }) =>
        (row) =>
          heap.variables![row]!.name,
    ),
    addressColumn("address", ({ heap }) => (from, count, out) => {
      for (let i = 0; i < count; i++) out[i] = heap.variables![from + i]!.address;
    }),
    numberColumn(
      "size",
      "BIGINT",
      ({ heap }) =>
        (row) =>
          heap.variables![row]!.size,
    ),
  ],
};

/** The vertex that each root edge goes from. */
function verticesOfRoots({ heap }: TableSource): Int32Array {
  const { vertices, count } = heap.roots;
  const vertexOf = new Int32Array(count);
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    vertexOf.fill(heap.objects.count + vertex, vertices.edgeStart[vertex]!, vertices.edgeStart[vertex + 1]!);
  }
  return vertexOf;
}
