/**
 * The tables of what is in use: `slices` and `string_uses`, one row per value, `maps` and `channels`, and `places`, the fields and
 * variables that hold them. Without an executable that tells the types they are empty.
 */
import { NO_OBJECT } from "../../../src/index.ts";
import { type Column, idColumn, rowNumberColumn, unsignedColumn } from "./column.ts";
import type { Table } from "./table.ts";
import type { Need, TableSource } from "./table-source.ts";
import { booleanColumn, numberColumn, textColumn } from "./value-columns.ts";
import type { ValueChunk, ValueRows } from "./value-rows.ts";

type RowsOf = (source: TableSource) => ValueRows | undefined;

const slicesOf: RowsOf = (source) => source.get("uses").slices;
const stringsOf: RowsOf = (source) => source.get("uses").strings;

const USES: readonly Need[] = ["uses"];

/** A column of vertices, objects or places; below zero is NULL. */
function chunkIds(name: string, rowsOf: RowsOf, pick: (chunk: ValueChunk) => Int32Array): Column {
  return idColumn(
    name,
    (source) => {
      const rows = rowsOf(source)!;
      return (from, count, out) => out.set(pick(rows.at(from)).subarray(0, count));
    },
    USES,
  );
}

/** A column of numbers of the walk. */
function chunkNumbers(name: string, rowsOf: RowsOf, pick: (chunk: ValueChunk) => Float64Array): Column {
  return unsignedColumn(
    name,
    (source) => {
      const rows = rowsOf(source)!;
      return (from, count, out) => out.set(pick(rows.at(from)).subarray(0, count));
    },
    USES,
  );
}

/** Where the value is, and what it leads to. */
function whereColumns(rowsOf: RowsOf): Column[] {
  return [
    chunkIds("holder_id", rowsOf, ({ holder }) => holder),
    chunkNumbers("offset", rowsOf, ({ offset }) => offset),
    chunkIds("place_id", rowsOf, ({ place }) => place),
    chunkIds("object_id", rowsOf, ({ target }) => target),
    chunkNumbers("target_offset", rowsOf, ({ inside }) => inside),
    chunkNumbers("length", rowsOf, ({ length }) => length),
  ];
}

export const slicesTable: Table = {
  name: "slices",
  needs: USES,
  rowCount: (source) => slicesOf(source)?.count ?? 0,
  columns: [
    ...whereColumns(slicesOf),
    chunkNumbers("capacity", slicesOf, ({ capacity }) => capacity),
    chunkNumbers("elem_size", slicesOf, ({ elementSize }) => elementSize),
  ],
};

export const stringUsesTable: Table = {
  name: "string_uses",
  needs: USES,
  rowCount: (source) => stringsOf(source)?.count ?? 0,
  columns: whereColumns(stringsOf),
};

export const placesTable: Table = {
  name: "places",
  // All values and containers have been asked for their place.
  needs: ["places", "uses", "mapPlaces", "channelPlaces"],
  rowCount: (source) => source.get("places").places.count,
  columns: [
    rowNumberColumn("id"),
    textColumn("name", (source) => {
      const { places } = source.get("places");
      return (row) => places.name(row);
    }),
  ],
};

/** A column of a map or channel: numbers by row. */
function counted(
  name: string,
  type: "INTEGER" | "BIGINT",
  pick: (source: TableSource) => ArrayLike<number>,
  needs: readonly Need[] = ["values"],
): Column {
  return numberColumn(
    name,
    type,
    (source) => {
      const column = pick(source);
      return (row) => (column[row] === NO_OBJECT ? undefined : column[row]);
    },
    needs,
  );
}

export const mapsTable: Table = {
  name: "maps",
  needs: ["values"],
  rowCount: (source) => source.get("values").maps.count,
  columns: [
    counted("object_id", "INTEGER", (source) => source.get("values").maps.header),
    counted("place_id", "INTEGER", (source) => source.get("mapPlaces"), ["mapPlaces"]),
    counted("entries", "BIGINT", (source) => source.get("values").maps.entries),
    counted("slots", "BIGINT", (source) => source.get("values").maps.slots),
    counted("tombstones", "BIGINT", (source) => source.get("values").maps.tombstones),
    counted("tables", "BIGINT", (source) => source.get("values").maps.tables),
    counted("bytes", "BIGINT", (source) => source.get("values").maps.bytes),
  ],
};

export const channelsTable: Table = {
  name: "channels",
  needs: ["values"],
  rowCount: (source) => source.get("values").channels.count,
  columns: [
    counted("object_id", "INTEGER", (source) => source.get("values").channels.header),
    counted("place_id", "INTEGER", (source) => source.get("channelPlaces"), ["channelPlaces"]),
    counted("buffer_id", "INTEGER", (source) => source.get("values").channels.buffer),
    counted("buffered", "BIGINT", (source) => source.get("values").channels.buffered),
    counted("capacity", "BIGINT", (source) => source.get("values").channels.capacity),
    counted("elem_size", "BIGINT", (source) => source.get("values").channels.elementSize),
    booleanColumn(
      "closed",
      (source) => {
        const { closed } = source.get("values").channels;
        return (row) => closed[row] === 1;
      },
      ["values"],
    ),
    counted("receivers", "BIGINT", (source) => source.get("values").channels.receivers),
    counted("senders", "BIGINT", (source) => source.get("values").channels.senders),
  ],
};
