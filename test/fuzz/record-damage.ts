/**
 * Damage to records: dumps that are read to their end, but say what no runtime would. This is what reaches typing,
 * analyses and converters, where damage to bytes mostly ends in the reader.
 */
import { parseHeader } from "../../src/format/records/layout.ts";
import { readRecords } from "../../src/format/records/reader.ts";
import type { Contents, DumpRecord, FieldList, ObjectRecord, Uint64 } from "../../src/format/records/records.ts";
import { FieldKind, Tag } from "../../src/format/records/tags.ts";
import { DumpWriter } from "../../src/format/records/writer.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { HOSTILE_NAMES, hostileName } from "../converters/dot/hostile-names.ts";
import { concat, toUint64 } from "../support/dump-builder.ts";
import { LIES, type Random } from "./byte-damage.ts";

/** A dump, decoded once and damaged often. */
export interface Records {
  readonly bytes: Uint8Array;
  readonly records: readonly DumpRecord[];
  /** Words that are addresses of something: what a pointer can be made to lead to. */
  readonly addresses: readonly Uint64[];
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
}

export function decodeRecords(bytes: Uint8Array): Records {
  const records = [...readRecords(memorySource(bytes))];
  const params = records.find((record) => record.tag === Tag.PARAMS);
  const addresses = records.flatMap((record) => ("address" in record ? [record.address] : []));
  return {
    bytes,
    records,
    addresses,
    pointerSize: Number(params?.pointerSize) === 4 ? 4 : 8,
    bigEndian: params?.bigEndian === true,
  };
}

type Change = (records: DumpRecord[], dump: Records, random: Random) => void;

const CHANGES: Readonly<Record<string, Change>> = {
  "a number": (records, dump, random) => {
    const at = random(records.length);
    const keys = keysOf(records[at]!, (value) => typeof value === "number" || typeof value === "bigint");
    if (keys.length > 0)
      set(records, at, keys[random(keys.length)]!, (old) => otherNumber(old as Uint64, dump, random));
  },
  "a text": (records, _dump, random) => {
    const named = indexesOf(records, (record) => keysOf(record, (value) => typeof value === "string").length > 0);
    if (named.length === 0) return;
    const at = named[random(named.length)]!;
    const keys = keysOf(records[at]!, (value) => typeof value === "string");
    set(records, at, keys[random(keys.length)]!, () => otherText(random));
  },
  "a flag": (records, _dump, random) => {
    const at = random(records.length);
    const keys = keysOf(records[at]!, (value) => typeof value === "boolean");
    if (keys.length > 0) set(records, at, keys[random(keys.length)]!, (old) => !old);
  },
  "a list of fields": (records, _dump, random) => {
    const listed = indexesOf(records, (record) => "fields" in record);
    if (listed.length === 0) return;
    set(records, listed[random(listed.length)]!, "fields", (old) => otherFields(old as FieldList | undefined, random));
  },
  contents: (records, dump, random) => {
    const filled = indexesOf(records, (record) => "contents" in record && record.contents.length > 0);
    if (filled.length === 0) return;
    for (let n = 1 + random(8); n > 0; n--) {
      set(records, filled[random(filled.length)]!, "contents", (old) => otherContents(old as Contents, dump, random));
    }
  },
  "a call stack": (records, dump, random) => {
    const profiled = indexesOf(records, ({ tag }) => tag === Tag.MEM_PROF);
    if (profiled.length === 0) return;
    set(records, profiled[random(profiled.length)]!, "stack", () =>
      Array.from({ length: random(4) === 0 ? random(500) : random(5) }, () => ({
        function: otherText(random),
        file: otherText(random),
        line: otherNumber(71, dump, random),
      })),
    );
  },
  statistics: (records, dump, random) => {
    const at = records.findIndex(({ tag }) => tag === Tag.MEM_STATS);
    if (at >= 0)
      set(records, at, "values", (old) =>
        (old as Uint64[]).map((value) => (random(9) === 0 ? otherNumber(value, dump, random) : value)),
      );
  },
  "a record missing": (records, _dump, random) => {
    if (records.length > 2) records.splice(1 + random(records.length - 2), 1);
  },
  "a record twice": (records, _dump, random) => {
    const at = 1 + random(records.length - 1);
    records.splice(1 + random(records.length - 1), 0, records[at]!);
  },
  "records in another order": (records, _dump, random) => {
    for (let n = 1 + random(5); n > 0; n--) {
      const [moved] = records.splice(1 + random(records.length - 1), 1);
      records.splice(1 + random(records.length - 1), 0, moved!);
    }
  },
  "many of a kind": (records, dump, random) => {
    const at = 1 + random(records.length - 1);
    const record = records[at]!;
    if (record.tag === Tag.EOF || record.tag === Tag.PARAMS) return;
    const count = Math.min(1 + random(300), Math.max(1, Math.floor(MOST_COPIED / (1 + lengthOf(record)))));
    const copies = Array.from({ length: count }, (_, i): DumpRecord => {
      const copy: Record<string, unknown> = { ...record };
      // Apart from one another, at a distance of their own or one that makes them overlap.
      if ("address" in copy)
        copy.address = toUint64(
          (BigInt(record.tag === Tag.OBJECT ? record.address : 0n) + BigInt((i + 1) * (8 + random(200)))) & MASK,
        );
      if ("id" in copy && random(2) === 0) copy.id = 1000 + i;
      return copy as unknown as DumpRecord;
    });
    records.splice(at + 1, 0, ...copies);
    if (record.tag === Tag.OBJECT) link(records, at, count, dump, random);
  },
};

const MASK = 2n ** 64n - 1n;

/** Bytes of all copies of one record: a call stack may have hundreds of texts of a megabyte, and what is tried is gohd, not the fuzzer. */
const MOST_COPIED = 16 << 20;

/** Bytes of a record that may be many, about. */
function lengthOf(record: DumpRecord): number {
  if (record.tag === Tag.MEM_PROF) {
    return record.stack.reduce((sum, frame) => sum + frame.function.length + frame.file.length, 0);
  }
  return "contents" in record ? record.contents.length : 0;
}

/** Makes of copies of an object a chain, a ring or a star: deep and wide graphs. */
function link(records: DumpRecord[], at: number, count: number, dump: Records, random: Random): void {
  const { pointerSize } = dump;
  const object = records[at] as ObjectRecord;
  if (object.contents.length < pointerSize || object.fields === undefined) return;
  const shape = random(3);
  for (let i = 0; i <= count; i++) {
    const self = records[at + i] as ObjectRecord;
    const target = records[at + (shape === 2 ? 0 : (i + 1) % (shape === 0 ? count + 2 : count + 1))];
    if (target === undefined || !("address" in target)) continue;
    const bytes = bytesOf(self.contents, dump).slice();
    writeWord(bytes, 0, target.address, dump);
    records[at + i] = { ...self, contents: bytes, fields: withPointer(self.fields) };
  }
}

function withPointer(fields: FieldList | undefined): FieldList {
  const rest = [...(fields?.offset ?? [])].flatMap((offset, i) =>
    offset === 0 ? [] : [[fields!.kind[i]!, offset] as const],
  );
  return toFields([[FieldKind.POINTER, 0], ...rest]);
}

/** Makes a dump of one or two things that are wrong. */
export function damageRecords(dump: Records, random: Random): { readonly bytes: Uint8Array; readonly done: string } {
  const records = [...dump.records];
  const changes = Object.entries(CHANGES);
  const done: string[] = [];
  for (let n = 1 + random(3); n > 0; n--) {
    const [what, change] = changes[random(changes.length)]!;
    change(records, dump, random);
    done.push(what);
  }
  const chunks: Uint8Array[] = [];
  const writer = new DumpWriter(
    (chunk) => chunks.push(chunk.slice()),
    parseHeader(dump.bytes)!,
    memorySource(dump.bytes),
  );
  for (const record of records) writer.write(record);
  writer.flush();
  return { bytes: concat(...chunks), done: done.join(", ") };
}

function keysOf(record: DumpRecord, fits: (value: unknown) => boolean): string[] {
  return Object.entries(record).flatMap(([key, value]) => (key !== "tag" && fits(value) ? [key] : []));
}

function indexesOf(records: readonly DumpRecord[], fits: (record: DumpRecord) => boolean): number[] {
  return [...records.keys()].filter((i) => fits(records[i]!));
}

function set(records: DumpRecord[], at: number, key: string, change: (old: unknown) => unknown): void {
  const record = records[at] as unknown as Record<string, unknown>;
  records[at] = { ...record, [key]: change(record[key]) } as unknown as DumpRecord;
}

function otherNumber(old: Uint64, { addresses }: Records, random: Random): Uint64 {
  switch (random(4)) {
    case 0:
      return toUint64(LIES[random(LIES.length)]!);
    case 1:
      return toUint64((BigInt(old) + BigInt(random(33) - 16)) & MASK);
    case 2:
      return addresses.length === 0 ? 0 : addresses[random(addresses.length)]!;
    default:
      return random(64);
  }
}

/** Hostile ones, some of them with bytes that are no UTF-8, which texts have as lone surrogates; some very long. */
function otherText(random: Random): string {
  const text = random(3) === 0 ? HOSTILE_NAMES[random(HOSTILE_NAMES.length)]! : hostileName(random(2 ** 31));
  const odd = random(8) === 0 ? `${text}\udcff\udc80` : text;
  return (random(40) === 0 ? odd.repeat(1 + random(2000)) : odd).slice(0, 1 << 20);
}

function otherFields(fields: FieldList | undefined, random: Random): FieldList {
  const rows = [...(fields?.offset ?? [])].map((offset, i) => [fields!.kind[i]!, offset] as const);
  switch (random(3)) {
    case 0:
      return toFields(rows.filter(() => random(2) === 0));
    case 1:
      return toFields(rows.map(([kind, offset]) => [random(6) === 0 ? 1 + random(5) : kind, offset]));
    default:
      return toFields(
        rows
          .map(([kind, offset]) => [kind, random(6) === 0 ? offset + random(64) - 32 : offset] as const)
          .filter(([, offset]) => offset >= 0),
      );
  }
}

function toFields(rows: readonly (readonly [kind: number, offset: number])[]): FieldList {
  return { kind: Uint8Array.from(rows, ([kind]) => kind), offset: Float64Array.from(rows, ([, offset]) => offset) };
}

/** A word leads elsewhere, lies, or the contents are all new. */
function otherContents(old: Contents, dump: Records, random: Random): Contents {
  const bytes = bytesOf(old, dump).slice();
  const words = Math.floor(bytes.length / dump.pointerSize);
  if (words === 0 || random(20) === 0) return Uint8Array.from(bytes, () => random(256));
  const at = random(Math.min(words, 512)) * dump.pointerSize;
  writeWord(bytes, at, otherNumber(0, dump, random), dump);
  return bytes;
}

function writeWord(bytes: Uint8Array, at: number, value: Uint64, { pointerSize, bigEndian }: Records): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (pointerSize === 8) view.setBigUint64(at, BigInt(value), !bigEndian);
  else view.setUint32(at, Number(BigInt(value) & 0xffff_ffffn), !bigEndian);
}

function bytesOf(contents: Contents, { bytes }: Records): Uint8Array {
  if (contents instanceof Uint8Array) return contents;
  return bytes.subarray(contents.position, contents.position + contents.present);
}
