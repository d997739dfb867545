/** Random records of each header, as fast-check's arbitraries: whatever the layout can hold, sensible or not. */
import fc from "fast-check";
import type { Layout } from "../../../src/format/records/layout.ts";
import {
  type CallSite,
  type DumpRecord,
  type FieldList,
  MEM_STATS_FIELDS,
  type Uint64,
} from "../../../src/format/records/records.ts";
import { Tag } from "../../../src/format/records/tags.ts";
import { toUint64 } from "../../support/dump-builder.ts";

export const LAYOUTS: readonly Layout[] = [
  { header: 3, gccgo13: false },
  { header: 3, gccgo13: true },
  { header: 4, gccgo13: false },
  { header: 5, gccgo13: false },
  { header: 6, gccgo13: false },
  { header: 7, gccgo13: false },
];

const EDGES = [
  0n,
  1n,
  127n,
  128n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 64n - 1n,
];

export const uint64: fc.Arbitrary<Uint64> = fc
  .oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 300n }))
  .map(toUint64);

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom("", "main.func·007", "\ud83d\ude00", "\udcff", "a\udc80\udcc3b", "\ufeffx"),
);
const bytes = fc.uint8Array({ maxLength: 300 });
const bool = fc.boolean();

function fields({ header }: Layout): fc.Arbitrary<FieldList> {
  const kind = fc.integer({ min: 1, max: header === 3 ? 5 : header === 4 ? 3 : 1 });
  return fc.array(fc.tuple(kind, fc.oneof(fc.nat(300), fc.nat()), fc.nat(3)), { maxLength: 20 }).map((rows) => {
    return { kind: Uint8Array.from(rows, (row) => row[0]), offset: Float64Array.from(rows, (row) => row[1]) };
  });
}

/** Fields that fit a value of `size` bytes: ascending, none over another. */
function fittingFields(size: number): fc.Arbitrary<FieldList> {
  const words = Math.min(60, Math.floor(size / 24));
  return fc.uniqueArray(fc.nat(Math.max(0, words - 1)), { maxLength: words }).chain((chosen) =>
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: chosen.length, maxLength: chosen.length }).map((kinds) => ({
      kind: Uint8Array.from(kinds),
      offset: Float64Array.from(
        chosen.sort((a, b) => a - b),
        (word) => word * 24,
      ),
    })),
  );
}

const callSite: fc.Arbitrary<CallSite> = fc.record({ function: text, file: text, line: uint64 });

/** Any record but Params and EOF. */
export function anyRecord(layout: Layout): fc.Arbitrary<DumpRecord> {
  const { header, gccgo13 } = layout;
  const u = uint64;
  const tag = <T extends number>(value: T): fc.Arbitrary<T> => fc.constant(value);
  const list = fields(layout);
  const finalizer = <T extends typeof Tag.FINALIZER | typeof Tag.QUEUED_FINALIZER>(value: T) =>
    fc.record({ tag: tag(value), object: u, function: u, pc: u, parameterType: u, objectType: u });
  const segment = <T extends typeof Tag.DATA | typeof Tag.BSS>(value: T) =>
    fc.record({ tag: tag(value), address: u, contents: bytes, fields: list });
  const object =
    header === 3
      ? fc.record({ tag: tag(Tag.OBJECT), address: u, type: u, kind: u, contents: bytes })
      : fc.record({ tag: tag(Tag.OBJECT), address: u, contents: bytes, fields: list });
  const plainType = { tag: tag(Tag.TYPE), address: u, name: text, pointer: bool };
  const type =
    header === 3 && !gccgo13
      ? fc.nat(2000).chain((size) => fc.record({ ...plainType, size: fc.constant(size), fields: fittingFields(size) }))
      : fc.record({ ...plainType, size: u });
  return fc.oneof(
    { weight: 6, arbitrary: object },
    fc.record({ tag: tag(Tag.OTHER_ROOT), description: text, pointer: u }),
    type,
    fc.record({
      tag: tag(Tag.GOROUTINE),
      address: u,
      stackPointer: u,
      id: u,
      createdBy: u,
      status: u,
      system: bool,
      background: bool,
      waitSince: u,
      waitReason: text,
      context: u,
      thread: u,
      defer: u,
      panic: u,
    }),
    fc.record({
      tag: tag(Tag.STACK_FRAME),
      stackPointer: u,
      depth: u,
      child: u,
      contents: bytes,
      entry: u,
      pc: u,
      continuationPc: u,
      name: text,
      fields: list,
    }),
    finalizer(Tag.FINALIZER),
    fc.record({ tag: tag(Tag.ITAB), address: u, type: u }),
    fc.record({ tag: tag(Tag.OS_THREAD), address: u, id: u, osId: u }),
    fc.record({
      tag: tag(Tag.MEM_STATS),
      values: fc.array(u, { minLength: MEM_STATS_FIELDS, maxLength: MEM_STATS_FIELDS }),
    }),
    finalizer(Tag.QUEUED_FINALIZER),
    segment(Tag.DATA),
    segment(Tag.BSS),
    fc.record({
      tag: tag(Tag.DEFER),
      address: u,
      goroutine: u,
      stackPointer: u,
      pc: u,
      function: u,
      functionPc: u,
      next: u,
    }),
    fc.record({ tag: tag(Tag.PANIC), address: u, goroutine: u, type: u, data: u, defer: u, next: u }),
    fc.record({
      tag: tag(Tag.MEM_PROF),
      id: u,
      size: u,
      stack: fc.array(callSite, { maxLength: 5 }),
      allocations: u,
      frees: u,
    }),
    fc.record({ tag: tag(Tag.ALLOC_SAMPLE), address: u, bucket: u }),
  );
}

/** The Params record of a layout. */
export function paramsRecord({ header, gccgo13 }: Layout): fc.Arbitrary<DumpRecord> {
  const arch: fc.Arbitrary<Uint64 | string> =
    header === 7 ? text : header === 3 ? fc.constant(gccgo13 ? 0 : 54) : uint64;
  return fc.record({
    tag: fc.constant(Tag.PARAMS),
    bigEndian: bool,
    pointerSize: fc.constantFrom(4, 8),
    ...(header === 3 ? { channelHeaderSize: uint64 } : {}),
    heapStart: uint64,
    heapEnd: uint64,
    arch,
    version: text,
    cpuCount: uint64,
  });
}

/** A whole dump's records. */
export function dumpRecords(layout: Layout): fc.Arbitrary<DumpRecord[]> {
  return fc
    .tuple(paramsRecord(layout), fc.array(anyRecord(layout), { maxLength: 30 }))
    .map(([params, rest]) => [params, ...rest, { tag: Tag.EOF }]);
}
