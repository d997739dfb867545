/** The tables `edges`, one row per pointer from object to object, and `edge_names`, what pointers are called. */
import { arrayColumn, idColumn, rowNumberColumn, sparseColumn, widenedColumn, wideRowNumberColumn } from "./column.ts";
import { EdgeSources } from "./edge-sources.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { textColumn } from "./value-columns.ts";

export const edgesTable: Table = {
  name: "edges",
  rowCount: ({ heap }) => heap.edges.count,
  columns: [
    wideRowNumberColumn("id"),
    {
      name: "from_id",
      type: "INTEGER",
      needs: [],
      open(source) {
        const sources = source.once(createEdgeSources);
        return (target, from, count) => target.copy(sources.at(from, count), 0, count);
      },
    },
    arrayColumn("to_id", "INTEGER", ({ heap }) => heap.edges.to),
    widenedColumn("offset", ({ heap }) => heap.edges.offset),
    sparseColumn("target_offset", "BIGINT", ({ heap: { edges } }) => ({
      rows: edges.interiorEdge,
      values: edges.interiorOffset,
    })),
    idColumn("name_id", (source) => {
      const sources = source.once(createEdgeSources);
      return (from, count, out) => source.edgeNames.ofEdges(sources.at(from, count), from, count, out);
    }),
  ],
};

export const edgeNamesTable: Table = {
  name: "edge_names",
  needs: ["allNames"],
  rowCount: ({ edgeNames }) => edgeNames.names.length,
  columns: [
    rowNumberColumn("id"),
    textColumn(
      "name",
      ({ edgeNames }) =>
        (row) =>
          edgeNames.names[row],
    ),
  ],
};

function createEdgeSources({ heap }: TableSource): EdgeSources {
  return new EdgeSources(heap);
}
