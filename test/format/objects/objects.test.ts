/**
 * The columnar decoder of Object records against the plain one: a record at a time, each pointer looked up by its offset.
 * Both must tell the same, on every sample and on random dumps.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ObjectColumns } from "../../../src/format/objects/object-columns.ts";
import { decodeObjects } from "../../../src/format/objects/objects.ts";
import { PointerReader } from "../../../src/format/objects/pointers.ts";
import { ShapeKind } from "../../../src/format/objects/shapes.ts";
import { joinHalves } from "../../../src/format/records/address.ts";
import { DumpReader } from "../../../src/format/records/reader.ts";
import type { ContentsRange, ObjectRecord, ParamsRecord } from "../../../src/format/records/records.ts";
import { FieldKind, Tag } from "../../../src/format/records/tags.ts";
import { HeapBuilder } from "../../../src/heap/building/builder.ts";
import { hasMallocHeaders, versionFromParams } from "../../../src/heap/facts/go-version.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import type { ByteSource } from "../../../src/io/sources/source.ts";
import { concat, DumpBuilder, type DumpOptions, uvarint } from "../../support/dump-builder.ts";
import { sampleBytes, sampleNames } from "../../support/sample-dumps.ts";
import { type Part, virtualSource } from "../../support/virtual-source.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 20_160_225);

interface DecodedObject {
  readonly address: number;
  readonly size: number;
  readonly position: number;
  readonly pointerCount: number;
  /** Equal for equal shapes. */
  readonly shape: string;
  /** Offset, value, and the address of the type that an interface says, or 0. */
  readonly edges: (readonly [number, number, number])[];
}

/** As addresses above 2^53 are held: relative to the heap's high word, negative. */
function toAddress(value: bigint, heapStart: number | bigint): number {
  if (value < 2n ** 53n) return Number(value);
  const base = typeof heapStart === "bigint" ? (heapStart >> 32n) << 32n : 0n;
  const relative = value - base;
  return relative > -(2n ** 52n) && relative < 2n ** 52n ? Number(relative) - 2 ** 52 : -(2 ** 53);
}

function decodePlainly(source: ByteSource): DecodedObject[] {
  const reader = new DumpReader(source);
  const params = reader.next() as ParamsRecord;
  const { header } = reader.layout;
  const pointerSize = Number(params.pointerSize);
  const typeOf = new Map<bigint, bigint>();
  const objects: DecodedObject[] = [];
  const minHeader = hasMallocHeaders(versionFromParams(header, params)) ? pointerSize ** 2 * 8 : Infinity;
  for (let record = reader.next(); record.tag !== Tag.EOF; record = reader.next()) {
    if (record.tag === Tag.TYPE) typeOf.set(BigInt(record.address), BigInt(record.address));
    if (record.tag === Tag.ITAB && record.type !== 0) typeOf.set(BigInt(record.address), BigInt(record.type));
    if (record.tag === Tag.OBJECT) objects.push(decode(record));
  }
  return objects;

  function decode({ address, contents: range, fields }: ObjectRecord): DecodedObject {
    const { position, length } = range as ContentsRange;
    const bytes = new Uint8Array(length);
    source.read(bytes, 0, length, position);
    const view = new DataView(bytes.buffer);
    const word = (at: number): bigint => {
      if (pointerSize === 4) return BigInt(view.getUint32(at, !params.bigEndian));
      return view.getBigUint64(at, !params.bigEndian);
    };
    const { kind, offset } = fields!;
    const edges: [number, number, number][] = [];
    for (let i = 0; i < kind.length; i++) {
      const at = offset[i]! + (kind[i] === FieldKind.POINTER ? 0 : pointerSize);
      if (word(at) === 0n) continue;
      const type = at >= pointerSize ? (typeOf.get(word(at - pointerSize)) ?? 0n) : 0n;
      edges.push([at, toAddress(word(at), params.heapStart), Number(type)]);
    }
    const first = kind.length > 0 && length >= pointerSize ? word(0) : 0n;
    const outsideHeap = first !== 0n && !(first >= BigInt(params.heapStart) && first < BigInt(params.heapEnd));
    const isHeader =
      kind.length > 0 && length > minHeader && length <= 32768 && offset[0]! >= 8 && (length < 32768 || outsideHeap);
    const mask = isHeader ? `header ${first}` : `${Array.from(kind)} ${Array.from(offset)}`;
    return {
      address: toAddress(BigInt(address), params.heapStart),
      size: length,
      position,
      pointerCount: kind.length,
      shape: `${length} ${mask}`,
      edges,
    };
  }
}

function decodeQuickly(source: ByteSource, slice: number): { columns: ObjectColumns; typeAt: (n: number) => number } {
  const reader = new DumpReader(source);
  const builder = new HeapBuilder(reader.cursor, reader.layout.header, reader.next() as ParamsRecord);
  const { objectFormat: format, columns } = builder;
  const pointers = new PointerReader(reader.cursor, format, columns);
  for (;;) {
    const { position } = reader.cursor;
    const tag = reader.cursor.tag();
    if (tag === Tag.OBJECT) {
      reader.cursor.seek(position);
      decodeObjects(reader.cursor, format, columns, pointers, slice);
      continue;
    }
    const record = reader.decode(tag);
    if (record.tag === Tag.EOF) break;
    if (record.tag === Tag.TYPE) builder.types.addType(record);
    if (record.tag === Tag.ITAB) builder.types.addItab(record);
  }
  return { columns, typeAt: (number) => builder.types.types[number]!.address };
}

function compare(source: ByteSource, slice = Number.POSITIVE_INFINITY): DecodedObject[] {
  const expected = decodePlainly(source);
  const { columns, typeAt } = decodeQuickly(source, slice);
  const typeOfEdge = new Map<number, number>();
  for (let i = 0; i < columns.interfaceCount; i++) {
    typeOfEdge.set(columns.interfaceEdge[i]!, typeAt(columns.interfaceType[i]!));
  }
  expect(columns.count).toBe(expected.length);
  const numberOfShape = new Map<string, number>();
  const shapeOfNumber = new Map<number, string>();
  let pointerSlots = 0;
  for (const [i, object] of expected.entries()) {
    const number = columns.shape[i]!;
    const shape = columns.shapes.get(number);
    const edges: (readonly [number, number, number])[] = [];
    for (let edge = columns.edgeStart[i]!; edge < columns.edgeStart[i + 1]!; edge++) {
      edges.push([
        columns.offset[edge]!,
        joinHalves(columns.target[2 * edge]!, columns.target[2 * edge + 1]!),
        typeOfEdge.get(edge) ?? 0,
      ]);
    }
    const isHeader = object.shape.includes("header");
    const found = {
      address: columns.address[i]!,
      size: columns.hugeSize.get(i) ?? columns.shapes.sizes()[number]!,
      position: columns.position[i]!,
      pointerCount: isHeader ? object.pointerCount : columns.shapes.pointerCount(number),
      shape: object.shape,
      edges,
    };
    if (JSON.stringify(found) !== JSON.stringify(object)) expect({ i, ...found }).toEqual({ i, ...object });
    expect(shape.kind).toBe(isHeader ? ShapeKind.HEADER : ShapeKind.MASK);
    // Equal shapes have equal numbers, others do not.
    if (numberOfShape.get(object.shape) !== number || shapeOfNumber.get(number) !== object.shape) {
      expect(numberOfShape.get(object.shape), object.shape.slice(0, 100)).toBe(undefined);
      expect(shapeOfNumber.get(number), object.shape.slice(0, 100)).toBe(undefined);
      numberOfShape.set(object.shape, number);
      shapeOfNumber.set(number, object.shape);
    }
    pointerSlots += object.pointerCount;
  }
  expect(columns.edgeCount).toBe(columns.edgeStart[columns.count]);
  expect(columns.pointerSlots).toBe(pointerSlots);
  return expected;
}

describe.each(sampleNames())("%s", (name) => {
  test("both decoders tell the same", async () => {
    const objects = compare(memorySource(await sampleBytes(name)));
    expect(objects.length).toBeGreaterThan(50);
  });
});

const KINDS: readonly (readonly [string, DumpOptions])[] = [
  ["64-bit, little-endian", {}],
  ["64-bit, big-endian", { bigEndian: true, arch: "s390x" }],
  ["32-bit, little-endian", { pointerSize: 4, heapStart: 0x1840_0000 }],
  ["32-bit, big-endian", { pointerSize: 4, bigEndian: true, arch: "mips", heapStart: 0x1840_0000 }],
  ["with malloc headers", { version: "go1.24.4" }],
  ["with malloc headers, 32-bit", { version: "go1.24.4", pointerSize: 4, heapStart: 0x1840_0000 }],
  ["of go1.4, interfaces listed", { header: 4 }],
  ["of go1.4, interfaces listed, 32-bit, big-endian", { header: 4, pointerSize: 4, bigEndian: true }],
  ["of Solaris, above 2^53", { heapStart: 0xffff_fd7f_c000_0000n }],
  ["of AIX, above 2^53, big-endian", { heapStart: 0x0a00_0100_0000_0000n, bigEndian: true, arch: "ppc64" }],
];

const MIB = 1 << 20;

/** Sizes of slots, and lengths where the decoder changes its way: the window, 1 MiB, the two varint borders, 32 KiB. */
const lengths = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(8, 16, 24, 32, 48, 64, 96, 128, 136, 512, 576, 1024, 4096) },
  { weight: 2, arbitrary: fc.constantFrom(0, 120, 16376, 16384, 16392, 24576, 32760, 32768, 40960) },
  { weight: 1, arbitrary: fc.constantFrom(MIB - 8, MIB, MIB + 8, 2 * MIB, 5 * MIB) },
);

interface RandomObject {
  readonly length: number;
  readonly dense: number;
  readonly seed: number;
}

const randomObjects = fc.array(
  fc.record({ length: lengths, dense: fc.constantFrom(0, 0.02, 0.3, 1), seed: fc.nat() }),
  { maxLength: 40, size: "max" },
);

function drawObjects(options: DumpOptions, objects: readonly RandomObject[]): Part[] {
  const d = new DumpBuilder(options);
  const { pointerSize } = d;
  const itab = d.itab(d.type("main.T", 24));
  const types = [d.type("main.U", 48), itab];
  const wide = typeof options.heapStart === "bigint";
  const start = BigInt(options.heapStart ?? 0xc0_0000_0000);
  let at = start;
  let drawn = 0;
  for (const { length, dense, seed } of objects) {
    const slot = d.object(length, { address: at });
    at += BigInt(Math.ceil(length / 8192) * 8192 + 8192);
    let random = seed;
    const next = (below: number): number => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((random / 2 ** 32) * below);
    };
    const word = (): number | bigint => {
      const what = next(10);
      if (what < 2) return 0;
      if (what < 4) return types[next(types.length)]!;
      if (what < 5 && pointerSize === 8) return wide ? 2n ** 64n - 1n : 2n ** 63n + BigInt(next(1000));
      return start + BigInt(next(1 << 20));
    };
    if (length > 512 && next(2) === 0) slot.store(0, types[0]!);
    const first = length > 512 || next(2) === 0 ? 8 : 0;
    for (let offset = first; offset + pointerSize <= length && drawn < 100_000; offset += pointerSize) {
      if (length < 10_000 && next(3) === 0) slot.store(offset, word());
      if (next(1000) >= dense * 1000) continue;
      drawn++;
      const isInterface = options.header === 4 && next(3) === 0 && offset + 2 * pointerSize <= length;
      slot.store(offset, word()).list(offset, isInterface ? 2 + next(2) : FieldKind.POINTER);
      if (!isInterface) continue;
      offset += pointerSize;
      slot.store(offset, word());
    }
  }
  return d.parts();
}

describe.each(KINDS)("random objects %s", (_, options) => {
  test("are decoded alike", () => {
    fc.assert(
      fc.property(randomObjects, fc.constantFrom(1, 100, 4096, Number.POSITIVE_INFINITY), (objects, slice) => {
        compare(virtualSource(drawObjects(options, objects)), slice);
      }),
      { seed: SEED, numRuns: 5 },
    );
  }, 60_000);

  test("are decoded alike at the end of the file and across the window's end", () => {
    const small: RandomObject[] = [24, 32, 512, 1024, 32768].map((length, i) => ({ length, dense: 0.5, seed: i + 1 }));
    const objects = [...small, ...small, ...small];
    const parts = drawObjects({ ...options, complete: false }, objects);
    const head = concat(...(parts as Uint8Array[]));
    for (const after of [0, 31, 5000]) {
      // Types behind the last object; nothing refers to them.
      const behind = new Array<number>(Math.floor(after / 5)).fill(0).flatMap(() => [Tag.ITAB, 1, 1]);
      compare(memorySource(concat(head, behind, [Tag.EOF])));
    }
  });
});

describe("objects across the window's end", () => {
  // The window is 4 MiB. The records under test begin so many bytes before its end.
  test.each([0, 1, 2, 6, 7, 8, 9, 10, 20, 31, 32, 33, 40, 100, 600, 1000, 1120])("%i bytes before it", (before) => {
    const head = concat(...(new DumpBuilder().parts() as Uint8Array[]));
    const params = head.subarray(0, head.indexOf(Tag.DATA, 40));
    const records = [params];
    let left = (4 << 20) - before - params.length;
    // Tag, address of six bytes, a length of up to three, an empty field list.
    for (let address = 0xc0_0000_0000; left > 0; address += 2 * MIB) {
      const size = left > 2 * MIB ? MIB : left > MIB ? left >> 1 : left - 11;
      const length =
        size === left - 11
          ? Uint8Array.of((size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14)
          : uvarint(size);
      records.push(concat([Tag.OBJECT], uvarint(address), length, new Uint8Array(size), [0]));
      left -= records.at(-1)!.length;
    }
    expect(left).toBe(0);
    const a = 0xc8_0000_0000;
    const d = new DumpBuilder();
    d.object(64, { address: a }).point(8, a).point(16, 0).point(56, a, 8);
    d.object(1024, { address: a + 8192 })
      .point(8, a)
      .point(1016, a);
    const tail = concat(...(d.parts() as Uint8Array[])).subarray(params.length);
    const objects = compare(memorySource(concat(...records, tail)));
    expect(objects.at(-1)!.edges).toEqual([
      [8, a, 0],
      [1016, a, 0],
    ]);
  });
});

describe("numbers longer than they need be", () => {
  // No runtime writes such, but a decoder that is in doubt must not be lost either.
  test("in lengths, kinds and offsets have their values", () => {
    const head = concat(...(new DumpBuilder().parts() as Uint8Array[]));
    const params = head.subarray(0, head.indexOf(Tag.DATA, 40));
    const contents = new Uint8Array(32).fill(1);
    const object = (at: number, ...list: number[]) =>
      concat([Tag.OBJECT], uvarint(at), [0xa0, 0x80, 0], contents, list);
    const objects = compare(
      memorySource(
        concat(
          params,
          object(0xc0_0000_0000, 1, 8, 1, 16, 0),
          object(0xc0_0000_0020, 0x81, 0, 8, 1, 16, 0),
          object(0xc0_0000_0040, 1, 0x88, 0x80, 0x80, 0, 1, 16, 0),
          object(0xc0_0000_0060, 1, 8, 1, 16, 0x80, 0),
          head.subarray(params.length),
        ),
      ),
    );
    expect(objects.map(({ edges }) => edges.length)).toEqual([2, 2, 2, 2]);
  });
});

describe("errors", () => {
  test("name the record before by its place", () => {
    const head = concat(...(new DumpBuilder().parts() as Uint8Array[]));
    const params = head.subarray(0, head.indexOf(Tag.DATA, 40));
    const object = (at: number, ...list: number[]) =>
      concat([Tag.OBJECT], uvarint(at), uvarint(200), new Uint8Array(200), list);
    const good = object(0xc0_0000_0000, 1, 8, 0);
    const source = memorySource(
      concat(params, good, good, object(0xc0_0000_1000, 1, 8, 1, 8, 0), new Uint8Array(4000)),
    );
    const previous = { record: "Object", position: params.length + good.length };
    expect(() => decodeQuickly(source, Number.POSITIVE_INFINITY)).toThrow(
      expect.objectContaining({ code: "bad-field-list", record: "Object", previous }),
    );
    const behind = { record: "Object", position: params.length + good.length };
    expect(() => decodeQuickly(memorySource(concat(params, good, good, [99])), 1e9)).toThrow(
      expect.objectContaining({ code: "unknown-record", previous: behind }),
    );
  });
});

test("more objects or pointers than numbers are refused, before any memory is asked for", () => {
  const columns = new ObjectColumns();
  for (const reserve of [() => columns.reserveObjects(2 ** 31, 0), () => columns.reserveEdges(2 ** 31, 0)]) {
    expect(reserve).toThrow(expect.objectContaining({ code: "too-large" }));
  }
});
