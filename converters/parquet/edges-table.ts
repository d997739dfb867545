/** The tables `edges`, one row per pointer from object to object, and `edge_names`, what pointers are called. */
import type { Heap } from "../../src/index.ts";
import { arrayColumn, CHUNK_ROWS, idColumn, rowNumberColumn, sparseColumn } from "./column.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { textColumn } from "./value-columns.ts";

export const edgesTable: Table = {
  name: "edges",
  rowCount: ({ heap }) => heap.edges.count,
  columns: [
    rowNumberColumn("id"),
    {
      name: "from_id",
      type: "UINTEGER",
      needs: [],
      open(source) {
        const sources = source.once(createEdgeSources);
        return (target, from, count) => target.copy(sources.at(from, count), 0, count);
      },
    },
    arrayColumn("to_id", "UINTEGER", ({ heap }) => heap.edges.to),
    arrayColumn("offset", "UINTEGER", ({ heap }) => heap.edges.offset),
    sparseColumn("target_offset", "UBIGINT", ({ heap: { edges } }) => ({
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

/** The objects that edges come from: two columns ask, a chunk at a time. */
class EdgeSources {
  readonly #start: Uint32Array;
  readonly #objects = new Int32Array(CHUNK_ROWS);
  /** The edges whose objects these are. */
  #from = 0;
  #count = 0;

  constructor({ edges }: Heap) {
    this.#start = edges.start;
  }

  /** Of `count` edges from `from` on. Valid until the next call. */
  at(from: number, count: number): Int32Array {
    const objects = this.#objects;
    if (from === this.#from && count === this.#count) return objects;
    const start = this.#start;
    // Where another scan has been in between, or a query has left off, it is looked for.
    const isNext = this.#count > 0 && from === this.#from + this.#count;
    let object = isNext ? objects[this.#count - 1]! : lastAtOrBefore(start, from);
    let end = start[object + 1]!;
    for (let i = 0; i < count; i++) {
      while (end <= from + i) end = start[++object + 1]!;
      objects[i] = object;
    }
    this.#from = from;
    this.#count = count;
    return objects;
  }
}

function createEdgeSources({ heap }: TableSource): EdgeSources {
  return new EdgeSources(heap);
}

/** The last of ascending numbers, of which the first is 0, that is not above `value`. */
function lastAtOrBefore(numbers: Uint32Array, value: number): number {
  let low = 0;
  let high = numbers.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
