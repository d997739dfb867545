/** Values on their way into vectors: the ends of their ranges, and NULL. */
import { describe, expect, test } from "vitest";
import { CHUNK_ROWS, type VectorTarget } from "../../../../converters/parquet/tables/chunk.ts";
import {
  addressColumn,
  type Column,
  type Filler,
  idColumn,
  sparseColumn,
  unsignedColumn,
  valuesOf,
  widenedColumn,
  wideRowNumberColumn,
} from "../../../../converters/parquet/tables/column.ts";
import type { TableSource } from "../../../../converters/parquet/tables/table-source.ts";
import { numberColumn, textColumn } from "../../../../converters/parquet/tables/value-columns.ts";
import { addressFromUint64, UNADDRESSABLE } from "../../../../src/format/records/address.ts";

/** What a column hands over in its first chunk: 64-bit values as bigints, NULL as null. */
function fill(column: Column, count: number, addressBase = 0n): unknown[] {
  return fillChunks(column, [count], addressBase);
}

/** The same of several chunks. */
function fillChunks(column: Column, counts: readonly number[], addressBase = 0n): unknown[] {
  const source = { heap: { dump: { addressBase } } } as unknown as TableSource;
  const filler = column.open(source);
  let from = 0;
  return counts.flatMap((count) => {
    const values = fillChunk(column, filler, from, count);
    from += count;
    return values;
  });
}

function fillChunk(column: Column, filler: Filler, from: number, count: number): unknown[] {
  const values: unknown[] = new Array(count).fill(undefined);
  const target: VectorTarget = {
    copy(array, first, length) {
      const words = array.slice(first, first + length);
      if (column.type === "BIGINT") {
        const wide = new BigInt64Array(words.buffer, words.byteOffset, length / 2);
        for (let i = 0; i < count; i++) values[i] = wide[i];
      } else {
        for (let i = 0; i < count; i++) values[i] = words[i];
      }
    },
    setValidity(bits) {
      expect(bits).toHaveLength(256);
      for (let i = 0; i < count; i++) if ((bits[i >> 3]! & (1 << (i & 7))) === 0) values[i] = null;
    },
    setText(row, text) {
      values[row] = text;
    },
    setBytes() {},
  };
  filler(target, from, count);
  return values;
}

test("whole numbers; NaN is NULL, and what is none, or has no room in 63 bits", () => {
  const numbers = Float64Array.of(
    0,
    1,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 32 + 1,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 62,
    2 ** 63,
    -1,
    Number.NaN,
  );
  const column = unsignedColumn(
    "x",
    valuesOf(() => numbers),
  );
  const big = [2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 62n];
  expect(fill(column, 11)).toEqual([0n, 1n, ...big, null, null, null]);
});

describe("addresses", () => {
  test("below 2^53 are themselves", () => {
    const addresses = Float64Array.of(0, 0xc000000000, 2 ** 53 - 8, Number.NaN);
    expect(
      fill(
        addressColumn(
          "x",
          valuesOf(() => addresses),
        ),
        4,
      ),
    ).toEqual([0n, 0xc000000000n, 2n ** 53n - 8n, null]);
  });

  test("of AIX and Solaris come back from what they are held as", () => {
    const base = 0x0a00_0001n << 32n;
    const real = [base, base + 8n, base + 0x1_2345_6789n, base - 16n, 0xffff_fd7f_ffff_0008n, 0x1234n];
    const held = (address: bigint, heapBase: bigint): number =>
      addressFromUint64(address < 2n ** 53n ? Number(address) : address, Number(heapBase >> 32n));
    const wide = 0xffff_fd7fn << 32n;
    for (const heapBase of [base, wide]) {
      const near = real.filter((address) => held(address, heapBase) !== UNADDRESSABLE);
      expect(near.length).toBeGreaterThan(1);
      const column = addressColumn(
        "x",
        valuesOf(() => Float64Array.from(near, (address) => held(address, heapBase))),
      );
      // As the 64 bits that they are.
      expect(fill(column, near.length, heapBase)).toEqual(near.map((address) => BigInt.asIntN(64, address)));
    }
    const lost = addressColumn(
      "x",
      valuesOf(() => Float64Array.of(UNADDRESSABLE)),
    );
    expect(fill(lost, 1, base)).toEqual([null]);
  });
});

test("32-bit numbers in 64 bits, and row numbers of edges, are exact from 2^31 on", () => {
  const widened = widenedColumn("x", () => Uint32Array.of(0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1));
  expect([widened.type, fill(widened, 4)]).toEqual(["BIGINT", [0n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n]]);
  const rows = wideRowNumberColumn("id");
  const filler = rows.open({} as TableSource);
  expect(fillChunk(rows, filler, 2 ** 31 - 1, 3)).toEqual([2n ** 31n - 1n, 2n ** 31n, 2n ** 31n + 1n]);
});

test("ids, numbers and texts that are not there are NULL, and no others", () => {
  const ids = idColumn("x", () => (from, count, out) => {
    for (let i = 0; i < count; i++) out[i] = (from + i) % 3 === 0 ? -1 : from + i;
  });
  expect(fill(ids, 5)).toEqual([null, 1, 2, null, 4]);
  const numbers = numberColumn("x", "INTEGER", () => (row) => (row === 1 ? undefined : row));
  expect(fill(numbers, 3)).toEqual([0, null, 2]);
  const texts = textColumn("x", () => (row) => [undefined, "", "a\u0000b"][row]);
  expect(fill(texts, 3)).toEqual([null, "", "a\u0000b"]);
});

describe("columns that are NULL nearly everywhere", () => {
  const last = 3 * CHUNK_ROWS - 1;
  const rows = Int32Array.of(0, 7, 8, CHUNK_ROWS - 1, CHUNK_ROWS, last);
  const expected = (values: readonly unknown[]): unknown[] => {
    const all: unknown[] = new Array(last + 1).fill(null);
    for (const [i, row] of rows.entries()) all[row] = values[i];
    return all;
  };

  test("have their values in the right rows of the right chunks", () => {
    const column = sparseColumn("x", "INTEGER", () => ({ rows, values: Int32Array.of(1, 2, 3, 4, 5, 6) }));
    expect(fillChunks(column, [CHUNK_ROWS, CHUNK_ROWS, CHUNK_ROWS])).toEqual(expected([1, 2, 3, 4, 5, 6]));
  });

  test("begin anywhere, as after a query that left rows out", () => {
    const column = sparseColumn("x", "INTEGER", () => ({ rows, values: Int32Array.of(1, 2, 3, 4, 5, 6) }));
    const filler = column.open({} as TableSource);
    expect(fillChunk(column, filler, 8, 4)).toEqual([3, null, null, null]);
    expect(fillChunk(column, filler, last - 1, 2)).toEqual([null, 6]);
  });

  test("hold 64 bits", () => {
    const values = Float64Array.of(0, 2 ** 32 - 1, 2 ** 32, 2 ** 33 + 5, 2 ** 53 - 1, 1);
    const column = sparseColumn("x", "BIGINT", () => ({ rows, values }));
    const bigints = [...values].map(BigInt);
    expect(fillChunks(column, [CHUNK_ROWS, CHUNK_ROWS, CHUNK_ROWS])).toEqual(expected(bigints));
  });
});

test("ids: those below zero are NULL, wherever they are in a chunk, and nothing behind its end counts", () => {
  const ids = Int32Array.from({ length: CHUNK_ROWS + 11 }, (_, i) => (i % 7 === 3 || i % 64 > 60 ? -1 : i));
  const column = idColumn("x", () => (from, count, out) => out.set(ids.subarray(from, from + count)));
  const expected = [...ids].map((id) => (id < 0 ? null : id));
  expect(fillChunks(column, [CHUNK_ROWS, 11])).toEqual(expected);
  const all = idColumn("x", () => (from, count, out) => {
    out.fill(-1);
    for (let i = 0; i < count; i++) out[i] = from + i;
  });
  let isTold = false;
  all.open({} as TableSource)({ copy() {}, setText() {}, setBytes() {}, setValidity: () => (isTold = true) }, 0, 5);
  expect(isTold, "that rows are NULL").toBe(false);
});
