/** The tables `edges`, one row per pointer from object to object, and `edge_names`, what pointers are called. */
import type { Heap } from "../../src/index.ts";
import { arrayColumn, CHUNK_ROWS, idColumn, rowNumberColumn, unsignedColumn } from "./column.ts";
import type { Table } from "./table.ts";
import { textColumn } from "./value-columns.ts";

export const edgesTable: Table = {
  name: "edges",
  rowCount: ({ heap }) => heap.edges.count,
  columns: [
    rowNumberColumn("id"),
    idColumn("from_id", ({ heap }) => {
      const sources = new EdgeSources(heap);
      return (from, count, out) => out.set(sources.at(from, count));
    }),
    arrayColumn("to_id", "UINTEGER", ({ heap }) => heap.edges.to),
    arrayColumn("offset", "UINTEGER", ({ heap }) => heap.edges.offset),
    unsignedColumn("target_offset", ({ heap }) => {
      const { interiorEdge, interiorOffset } = heap.edges;
      let next = 0;
      return (from, count, out) => {
        out.fill(Number.NaN, 0, count);
        while (next < interiorEdge.length && interiorEdge[next]! < from) next++;
        while (next < interiorEdge.length && interiorEdge[next]! < from + count) {
          out[interiorEdge[next]! - from] = interiorOffset[next]!;
          next++;
        }
      };
    }),
    idColumn("name_id", ({ heap, pointerNames }) => {
      const sources = new EdgeSources(heap);
      return (from, count, out) => {
        const objects = sources.at(from, count);
        for (let i = 0; i < count; i++) out[i] = pointerNames.ofEdge(objects[i]!, from + i);
      };
    }),
  ],
};

export const edgeNamesTable: Table = {
  name: "edge_names",
  needs: ["allNames"],
  rowCount: ({ pointerNames }) => pointerNames.names.length,
  columns: [
    rowNumberColumn("id"),
    textColumn(
      "name",
      ({ pointerNames }) =>
        (row) =>
          pointerNames.names[row],
    ),
  ],
};

/** The objects that edges come from, as one goes along. */
class EdgeSources {
  readonly #start: Uint32Array;
  readonly #objects = new Int32Array(CHUNK_ROWS);
  #object = 0;

  constructor({ edges }: Heap) {
    this.#start = edges.start;
  }

  /** Of `count` edges from `from` on, which must not be less than before. Valid until the next call. */
  at(from: number, count: number): Int32Array {
    const start = this.#start;
    const objects = this.#objects;
    let object = this.#object;
    for (let i = 0; i < count; i++) {
      while (start[object + 1]! <= from + i) object++;
      objects[i] = object;
    }
    this.#object = object;
    return objects.subarray(0, count);
  }
}
