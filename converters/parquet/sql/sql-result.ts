/** What a statement gives: columns, and rows as they come. */
import type { DuckDBResult } from "@duckdb/node-api";
import type { DuckDBLibrary } from "../engine/duckdb-library.ts";

export interface SqlColumn {
  readonly name: string;
  /** As SQL calls it. */
  readonly type: string;
  /** Whether its values are numbers, though those that may be too large for JavaScript come as texts. */
  readonly isNumber: boolean;
  /** Whether its numbers are addresses of the dumped process, as far as its name tells. */
  readonly isAddress: boolean;
}

/** A value as JSON has it; whole numbers that may be too large are texts. */
export type SqlValue = null | boolean | number | string | readonly SqlValue[] | { readonly [name: string]: SqlValue };

export interface SqlResult {
  readonly columns: readonly SqlColumn[];
  /** False for what only does something, as CREATE TABLE. */
  readonly hasRows: boolean;
  /** The rows, many at a time, as they come. To be read once. */
  rows(): AsyncIterable<readonly (readonly SqlValue[])[]>;
}

/** As the tables call addresses, and what is made of one of them without changing what it is. */
const ADDRESS_NAME =
  /^(?:(?:min|max|any_value|first|last)\()?"?(?:\w+_)?(?:address|pc|entry|heap_start|heap_end)"?\)?$/i;

export function toSqlResult(result: DuckDBResult, { api }: DuckDBLibrary): SqlResult {
  const { DuckDBTypeId, ResultReturnType } = api;
  const wide: ReadonlySet<number> = new Set([DuckDBTypeId.BIGINT, DuckDBTypeId.UBIGINT, DuckDBTypeId.DECIMAL]);
  const numbers: ReadonlySet<number> = new Set([
    ...wide,
    DuckDBTypeId.TINYINT,
    DuckDBTypeId.SMALLINT,
    DuckDBTypeId.INTEGER,
    DuckDBTypeId.HUGEINT,
    DuckDBTypeId.UTINYINT,
    DuckDBTypeId.USMALLINT,
    DuckDBTypeId.UINTEGER,
    DuckDBTypeId.UHUGEINT,
    DuckDBTypeId.FLOAT,
    DuckDBTypeId.DOUBLE,
  ]);
  return {
    columns: result.columnNames().map((name, i) => ({
      name,
      type: result.columnType(i).toString(),
      isNumber: numbers.has(result.columnTypeId(i)),
      isAddress: wide.has(result.columnTypeId(i)) && ADDRESS_NAME.test(name),
    })),
    hasRows: result.returnType === ResultReturnType.QUERY_RESULT,
    rows: () => result.yieldRowsJson() as AsyncIterable<readonly (readonly SqlValue[])[]>,
  };
}
