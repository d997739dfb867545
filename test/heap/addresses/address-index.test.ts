/** The address index against a linear scan: any address from an object's first byte to its last is the object's. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { highHalf, lowHalf } from "../../../src/format/records/address.ts";
import {
  type AddressIndex,
  FAR_INSIDE,
  indexAddresses,
  LOCATE_BATCH,
  OddAddresses,
} from "../../../src/heap/addresses/address-index.ts";
import { lookUpAddresses } from "../../../src/heap/addresses/address-lookup.ts";
import type { IndexedObjects } from "../../../src/heap/addresses/page-slots.ts";
import { HUGE_SIZE, NO_OBJECT } from "../../../src/heap/objects.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 20_240_312);
const PAGE = 8192;

/** [address, size], ascending, none over another. */
type Rows = readonly (readonly [number, number])[];

function toObjects(rows: Rows): IndexedObjects {
  return {
    count: rows.length,
    address: Float64Array.from(rows, (row) => row[0]),
    size: Uint32Array.from(rows, (row) => Math.min(row[1], HUGE_SIZE)),
    hugeSize: new Map(rows.flatMap(([, size], i) => (size >= HUGE_SIZE ? [[i, size]] : []))),
  };
}

function scan(rows: Rows, address: number): number {
  const found = rows.findIndex(([start, size]) => address >= start && address < start + size);
  return found < 0 ? NO_OBJECT : found;
}

/** Every address worth asking for: ends of slots and pages, and what is around them. */
function probes(rows: Rows): number[] {
  const addresses = [0, -1, -(2 ** 53), 2 ** 53 - 1];
  for (const [start, size] of rows) {
    for (const base of [
      start,
      start + size,
      Math.floor(start / PAGE) * PAGE,
      Math.ceil((start + size) / PAGE) * PAGE,
    ]) {
      addresses.push(base - 8, base - 1, base, base + 1, base + 8);
    }
    addresses.push(start + Math.floor(size / 2), start + size - 1 - (size % 3), start + PAGE, start + size + PAGE);
  }
  return addresses;
}

function check(rows: Rows): void {
  const index = indexAddresses(toObjects(rows));
  for (const address of probes(rows)) {
    if (index.find(address) !== scan(rows, address)) {
      expect([address, index.find(address)], JSON.stringify(rows.slice(0, 40))).toEqual([address, scan(rows, address)]);
    }
  }
  checkTogether(index, rows);
  checkLookUp(rows);
}

/** Few addresses, and more than are bisected for. */
function checkLookUp(rows: Rows): void {
  const lookUp = lookUpAddresses(() => toObjects(rows));
  const asked = probes(rows).slice(0, 100);
  for (let round = 0; round < 4; round++) {
    expect(asked.map(lookUp)).toEqual(asked.map((address) => scan(rows, address)));
  }
}

/** The same addresses, looked up in batches, the answers in place of the questions. */
function checkTogether(index: AddressIndex, rows: Rows): void {
  // 0 and -0 are one address.
  const asked = probes(rows).map((address) => address + 0);
  const halves = Int32Array.from(asked.flatMap((address) => [lowHalf(address), highHalf(address)]));
  const odd = new OddAddresses();
  const foundOdd: (readonly [number, number])[] = [];
  for (let from = 0; from < asked.length; from += LOCATE_BATCH) {
    index.locate(halves, from, Math.min(from + LOCATE_BATCH, asked.length), odd);
    for (let k = 0; k < odd.count; k++) foundOdd.push([odd.number[k]!, odd.rest[k]!]);
  }
  const expected = asked.map((address) => scan(rows, address));
  expect(asked.map((_, i) => halves[2 * i])).toEqual(expected);
  const rests = asked.map((address, i) => (expected[i]! < 0 ? address : address - rows[expected[i]!]![0]));
  const isFar = (i: number): boolean => expected[i]! >= 0 && rests[i]! >= 2 ** 31;
  const insides = asked.map((_, i) => (isFar(i) ? FAR_INSIDE : expected[i]! < 0 ? 0 : rests[i]));
  expect(asked.map((_, i) => halves[2 * i + 1])).toEqual(insides);
  expect(foundOdd).toEqual(asked.flatMap((_, i) => (expected[i]! < 0 || isFar(i) ? [[i, rests[i]]] : [])));
}

/** A page or several of slots, some of them used; or slots of any size, as no runtime places them. */
const stretch = fc.record({
  gap: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 63, 64, 65) },
    { weight: 2, arbitrary: fc.constantFrom(2 ** 11, 2 ** 16, 2 ** 16 + 1) },
    { weight: 1, arbitrary: fc.constantFrom(2 ** 25, 2 ** 30) },
  ),
  slot: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(8, 16, 24, 32, 48, 112, 512, 1152, 4864, 8192, 9472, 20480, 32768) },
    { weight: 1, arbitrary: fc.constantFrom(65536, 1 << 20, 2 ** 31 - 8, 2 ** 31, 5 * 2 ** 30) },
  ),
  used: fc.uniqueArray(fc.nat(70), { maxLength: 40 }),
  irregular: fc.array(fc.tuple(fc.nat(40), fc.constantFrom(0, 1, 5, 8, 24, 100, 3000)), { maxLength: 12 }),
  isRegular: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
});

const layouts = fc.array(stretch, { maxLength: 12 });

function place(
  stretches: readonly (typeof layouts extends fc.Arbitrary<readonly (infer S)[]> ? S : never)[],
  start: number,
): Rows {
  const rows: [number, number][] = [];
  let page = start / PAGE;
  for (const { gap, slot, used, irregular, isRegular } of stretches) {
    page += gap;
    const base = page * PAGE;
    let end = base;
    if (isRegular) {
      for (const i of [...used].sort((a, b) => a - b).slice(0, slot > 65536 ? 2 : 40)) {
        rows.push([base + i * slot, slot]);
        end = base + (i + 1) * slot;
        if (slot > 65536) break;
      }
    } else {
      for (const [before, size] of irregular) {
        rows.push([end + before, size]);
        // Two at one address, of which one is empty, cannot be told apart.
        end += before + Math.max(1, size);
      }
    }
    page = Math.ceil(end / PAGE);
  }
  return rows;
}

describe("the address index", () => {
  test.each([
    ["usual addresses", 0xc0_0000_0000],
    ["low ones", 0],
    ["32-bit ones", 0x1840_0000],
    ["just below 2^53", 2 ** 53 - 2 ** 45],
    ["those about 2^45", 2 ** 45 - 16 * PAGE],
    ["those before 2^45, with far ones in front", 2 ** 45 - 2 ** 30 * PAGE],
    ["those above 2^53, held negative", -(2 ** 52) + 2 ** 40],
    ["those around zero", -16 * PAGE],
  ])("finds what a linear scan finds, among %s", (_, start) => {
    fc.assert(
      fc.property(layouts, (stretches) => check(place(stretches, start))),
      { seed: SEED, numRuns: 150 },
    );
  });

  //  0       32  48      80
  //  ├── a ──┤   ├── b ──┤        one past the end of a is nothing, of b too
  test("knows beginnings, insides and one past the end", () => {
    const base = 0xc0_0000_0000;
    const rows: Rows = [
      [base, 32],
      [base + 48, 32],
    ];
    const index = indexAddresses(toObjects(rows));
    const at = (offset: number) => index.find(base + offset);
    expect([-1, 0, 1, 31, 32, 47, 48, 79, 80].map(at)).toEqual([-1, 0, 0, 0, -1, -1, 1, 1, -1]);
  });

  test("does not take slots of several sizes for one grid, though they all begin where its slots do", () => {
    const base = 0xc0_0000_0000;
    check([
      [base, 16],
      [base + 32, 32],
      [base + 64, 16],
      [base + 96, 8],
      [base + PAGE, 32],
      [base + PAGE + 32, 16],
      [base + PAGE + 64, 64],
      [base + PAGE + 128, 32],
    ]);
  });

  test("knows the pages on both sides of 2^45 apart", () => {
    const base = 2 ** 45 - 20 * PAGE;
    const rows: Rows = Array.from({ length: 400 }, (_, i) => [base + i * 1024, 1024] as const);
    check(rows);
    const index = indexAddresses(toObjects(rows));
    const asked = [0, PAGE, 19 * PAGE, 2 ** 45, base - 2 ** 45, base + 2 ** 45];
    const halves = Int32Array.from(asked.flatMap((address) => [lowHalf(address), highHalf(address)]));
    index.locate(halves, 0, asked.length, new OddAddresses());
    expect(asked.map((_, i) => halves[2 * i])).toEqual([-1, -1, -1, 160, -1, -1]);
  });

  test("searches pages of more sizes than there are kinds", () => {
    const rows: Rows = Array.from({ length: 600 }, (_, i) => [0xc0_0000_0000 + i * PAGE, 16 + 8 * i] as const);
    expect(new Set(rows.map((row) => row[1])).size).toBeGreaterThan(256);
    check(rows);
  });

  test("is made once so many addresses were bisected for that it is worth it, and once only", () => {
    let asked = 0;
    const objects = toObjects([[0xc0_0000_0000, 32]]);
    const lookUp = lookUpAddresses(() => {
      asked++;
      return objects;
    });
    expect(asked).toBe(0);
    for (let i = 0; i < 1000; i++) expect(lookUp(0xc0_0000_0000 + (i % 32))).toBe(0);
    expect(asked).toBe(257);
  });

  test("has nothing to find when there are no objects", () => {
    expect(indexAddresses(toObjects([])).find(0xc0_0000_0000)).toBe(NO_OBJECT);
  });

  test("keeps its tables small however far apart the objects are", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [0xc0_0000_0000 + i * 2 ** 32, 32] as const);
    check(rows);
    expect(indexAddresses(toObjects(rows)).byteLength).toBeLessThan(1000 * 100 + (1 << 17));
  });
});
