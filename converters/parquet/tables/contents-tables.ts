/** The tables with the process's memory itself, written only when asked for: `strings` and `contents`. */
import { TypeKind } from "../../../src/index.ts";
import { rowNumberColumn } from "./column.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { blobColumn, booleanColumn, numberColumn, textColumn } from "./value-columns.ts";

export const stringsTable: Table = {
  name: "strings",
  onRequest: "strings",
  rowCount: (source) => source.once(listStrings).length,
  columns: [
    numberColumn("object_id", "INTEGER", (source) => {
      const objects = source.once(listStrings);
      return (row) => objects[row]!;
    }),
    numberColumn(
      "length",
      "BIGINT",
      (source) => {
        const objects = source.once(listStrings);
        const strings = source.get("strings");
        return (row) => strings.lengthOf(objects[row]!);
      },
      ["strings"],
    ),
    textColumn(
      "text",
      (source) => {
        const objects = source.once(listStrings);
        const strings = source.get("strings");
        return (row) => strings.read(objects[row]!, source.options.stringLimit).text;
      },
      ["strings"],
    ),
    booleanColumn(
      "cut",
      (source) => {
        const objects = source.once(listStrings);
        const strings = source.get("strings");
        return (row) => strings.read(objects[row]!, source.options.stringLimit).isCut;
      },
      ["strings"],
    ),
    numberColumn(
      "hash",
      "BIGINT",
      (source) => {
        const objects = source.once(listStrings);
        const strings = source.get("strings");
        return (row) => strings.hash(objects[row]!);
      },
      ["strings"],
    ),
  ],
};

export const contentsTable: Table = {
  name: "contents",
  onRequest: "contents",
  rowCount: ({ heap }) => heap.objects.count,
  columns: [
    rowNumberColumn("object_id"),
    blobColumn(
      "bytes",
      ({ heap, options }) =>
        (row) =>
          heap.readContents(row, 0, options.contentsLimit),
    ),
  ],
};

/** The objects that hold the bytes of strings. */
function listStrings({ heap: { objects, types } }: TableSource): Int32Array {
  const { count, type } = objects;
  const isString = types.kind.map((kind) => (kind === TypeKind.STRING ? 1 : 0));
  let found = 0;
  for (let i = 0; i < count; i++) found += isString[type[i]!]!;
  const list = new Int32Array(found);
  for (let i = 0, next = 0; i < count; i++) if (isString[type[i]!] === 1) list[next++] = i;
  return list;
}
