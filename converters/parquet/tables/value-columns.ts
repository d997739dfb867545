/** Columns of tables that are small, or were asked for: their values are JavaScript's, one by one. */

import { CHUNK_ROWS, Validity } from "./chunk.ts";
import { byteColumn, type Column, idColumn, unsignedColumn } from "./column.ts";
import type { Need, TableSource } from "./table-source.ts";

/** A value for one row; undefined is NULL. */
type ValueOf<T> = (row: number) => T | undefined;

/** A column of a small table: numbers one by one. */
export function numberColumn(
  name: string,
  type: "INTEGER" | "BIGINT",
  open: (source: TableSource) => ValueOf<number>,
  needs: readonly Need[] = [],
): Column {
  const column = unsignedColumn(
    name,
    (source) => {
      const valueAt = open(source);
      return (from, count, out) => {
        for (let i = 0; i < count; i++) out[i] = valueAt(from + i) ?? Number.NaN;
      };
    },
    needs,
  );
  if (type === "BIGINT") return column;
  return idColumn(
    name,
    (source) => {
      const valueAt = open(source);
      return (from, count, out) => {
        for (let i = 0; i < count; i++) out[i] = valueAt(from + i) ?? -1;
      };
    },
    needs,
  );
}

/** A column of a small table: numbers with fractions, one by one. */
export function doubleColumn(
  name: string,
  open: (source: TableSource) => (row: number) => number,
  needs: readonly Need[] = [],
): Column {
  return {
    name,
    type: "DOUBLE",
    needs,
    open(source) {
      const valueAt = open(source);
      const out = new Float64Array(CHUNK_ROWS);
      return (target, from, count) => {
        for (let i = 0; i < count; i++) out[i] = valueAt(from + i);
        target.copy(out, 0, count);
      };
    },
  };
}

/** A column of a small table: truths one by one. */
export function booleanColumn(
  name: string,
  open: (source: TableSource) => (row: number) => boolean,
  needs: readonly Need[] = [],
): Column {
  return byteColumn(
    name,
    "BOOLEAN",
    (source) => {
      const valueAt = open(source);
      return (from, count, out) => {
        for (let i = 0; i < count; i++) out[i] = valueAt(from + i) ? 1 : 0;
      };
    },
    needs,
  );
}

/** A column of texts, one by one: for tables that are not large, or were asked for. */
export function textColumn(
  name: string,
  open: (source: TableSource) => ValueOf<string>,
  needs: readonly Need[] = [],
): Column {
  return {
    name,
    type: "VARCHAR",
    needs,
    open(source) {
      const valueAt = open(source);
      const validity = new Validity();
      return (target, from, count) => {
        validity.begin();
        for (let i = 0; i < count; i++) {
          const text = valueAt(from + i);
          if (text === undefined) validity.clear(i);
          else target.setText(i, text);
        }
        validity.end(target);
      };
    },
  };
}

/** A column of bytes of any length, one by one. */
export function blobColumn(name: string, open: (source: TableSource) => (row: number) => Uint8Array): Column {
  return {
    name,
    type: "BLOB",
    needs: [],
    open(source) {
      const valueAt = open(source);
      return (target, from, count) => {
        for (let i = 0; i < count; i++) target.setBytes(i, valueAt(from + i));
      };
    },
  };
}
