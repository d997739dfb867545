/** Protocol buffers' wire: lengths, fields, and the tags of the messages of proto/heap-graph.proto. Knows no heap. */
import { putBigVarint, putVarint } from "../../src/index.ts";

/** Longest varint of a whole number that a double holds. */
export const VARINT = 8;
/** Bytes of a length that is put down before it is known; readers take a varint that is longer than it need be. */
export const PADDED_LENGTH = 4;
/** What a padded length can say at the most. */
export const MAX_PADDED = 2 ** 28 - 1;

/** Bytes of a reference at the most: the number of its name, which is below 2^21, and the id of an object. */
export const REFERENCE = 3 + 5;
/** Bytes of an object without references at the most. */
export const FIXED = 4 * (1 + VARINT) + 2 * (1 + PADDED_LENGTH);
/** References with which every length in an object still fits into one byte. */
export const FEW = Math.floor((0x7f - FIXED) / REFERENCE);

/** Field numbers and wire types, as they stand before the fields: `tag = number << 3 | type`. */
export const Tag = {
  TRACE_PACKET: 0x0a,
  PACKET_PROCESS_TREE: 0x12,
  PACKET_CLOCKS: 0x32,
  PACKET_TIMESTAMP: 0x40,
  PACKET_SEQUENCE: 0x50,
  /** Field 56, in two bytes. */
  PACKET_HEAP_GRAPH: 0x1c2,
  SNAPSHOT_CLOCK: 0x0a,
  CLOCK_ID: 0x08,
  CLOCK_TIME: 0x10,
  TREE_PROCESS: 0x0a,
  PROCESS_PID: 0x08,
  PROCESS_PARENT: 0x10,
  PROCESS_COMMAND: 0x1a,
  GRAPH_PID: 0x08,
  GRAPH_OBJECT: 0x12,
  GRAPH_FIELD_NAME: 0x22,
  GRAPH_CONTINUED: 0x28,
  GRAPH_INDEX: 0x30,
  GRAPH_ROOT: 0x3a,
  GRAPH_TYPE: 0x4a,
  GRAPH_ALLOCATED: 0x50,
  OBJECT_ID: 0x08,
  OBJECT_TYPE: 0x10,
  OBJECT_SIZE: 0x18,
  OBJECT_FIELDS: 0x22,
  OBJECT_TARGETS: 0x2a,
  OBJECT_ID_DELTA: 0x38,
  TYPE_ID: 0x08,
  TYPE_NAME: 0x1a,
  TYPE_KIND: 0x38,
  NAME_ID: 0x08,
  NAME_TEXT: 0x12,
  ROOT_OBJECTS: 0x0a,
  ROOT_TYPE: 0x10,
} as const;

/** Puts a length into the room that was left for it: 1 byte, or PADDED_LENGTH, however short it may be. */
export function putLength(bytes: Uint8Array, at: number, room: number, length: number): void {
  if (room === 1) {
    bytes[at] = length;
    return;
  }
  bytes[at] = (length & 0x7f) | 0x80;
  bytes[at + 1] = ((length >>> 7) & 0x7f) | 0x80;
  bytes[at + 2] = ((length >>> 14) & 0x7f) | 0x80;
  bytes[at + 3] = length >>> 21;
}

const scratch = new Uint8Array(10);

/** A number in a list of bytes: for what there are few of. */
export function varint(value: number | bigint): number[] {
  const length = typeof value === "bigint" ? putBigVarint(scratch, 0, value) : putVarint(scratch, 0, value);
  return [...scratch.subarray(0, length)];
}

/** A field whose value is a number. */
export function numberField(tag: number, value: number | bigint): number[] {
  return [...varint(tag), ...varint(value)];
}

/** A field whose value is a message, or text as bytes. */
export function bytesField(tag: number, bytes: ArrayLike<number>): number[] {
  return [...varint(tag), ...varint(bytes.length), ...Array.from(bytes)];
}
