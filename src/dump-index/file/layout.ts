/**
 * The layout of an index file: a head by which it is known, sections on multiples of 8 bytes, a directory of them in JSON, and
 * a tail that tells where the directory is. Columns are in the byte order of the machine.
 */
import * as zlib from "node:zlib";

/** Goes up by one with every change of what an index holds, and of what gohd makes of a dump. */
export const FORMAT_VERSION = 13;

/** What every version begins with. */
export const MAGIC = "gohd index ";
export const HEAD_SIZE = 64;
export const TAIL_SIZE = 32;
export const ALIGNMENT = 8;

/** A directory that is larger was not written by gohd. */
export const LARGEST_DIRECTORY = 1 << 26;

export const COLUMN_TYPES = {
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  i16: Int16Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;

export type ColumnType = keyof typeof COLUMN_TYPES;
export type Column = Float64Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Uint8Array;

export interface Section {
  readonly name: string;
  readonly type: ColumnType;
  /** Byte in the file, and bytes. */
  readonly offset: number;
  readonly size: number;
  /** CRC-32 of the bytes. */
  readonly checksum: number;
}

export interface Directory {
  /** Version of gohd that wrote it. */
  readonly writer: string;
  readonly byteOrder: "little" | "big";
  /** What it was made of, and how; compared as a whole. */
  readonly key: unknown;
  readonly sections: readonly Section[];
}

export function typeOfColumn(column: Column): ColumnType {
  const found = Object.entries(COLUMN_TYPES).find(([, Type]) => column instanceof Type);
  if (found === undefined) throw new Error("bug: a column of a type that index files have not");
  return found[0] as ColumnType;
}

export function machineByteOrder(): Directory["byteOrder"] {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big";
}

/** Whether this Node can compute checksums: since 20.15 and 22.2. */
export function hasChecksums(): boolean {
  return zlib.crc32 !== undefined;
}

/** CRC-32 of bytes, or of those behind what `before` is of. */
export function checksum(bytes: Uint8Array, before = 0): number {
  return zlib.crc32(bytes, before);
}
