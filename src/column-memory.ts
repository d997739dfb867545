/**
 * Memory of long columns. The C library keeps what was freed for the next who asks, unless it is large: then the system has it
 * back at once. How large follows from what was freed before, up to a limit, and a column of some million objects is below it.
 * Asking for more than the limit costs nothing: pages that nobody touches are not there.
 */

/** Columns of fewer bytes are left to the C library: what it keeps of these is little, and a page is not. */
const LEAST_LONG = 1 << 22;

/** Blocks of so many bytes are always given back; 0 where that is not known, or what is not touched costs something. */
let leastReturned = 0;

/** Says what the platform does with memory: blocks of so many bytes go back to the system as soon as they are freed. */
export function returnMemoryFrom(bytes: number): void {
  leastReturned = bytes;
}

/** So much of columns made or let go of since the last time is worth a look at what is garbage. */
const LEAST_COLLECTED = 1 << 25;

/** Collects garbage; undefined if nobody can be asked to. */
let collect: (() => void) | undefined;
/** Bytes of columns made since it did, and of those let go of. */
let moved = 0;

/** Says how garbage is collected. */
export function collectGarbageBy(collector: () => void): void {
  collect = collector;
}

/**
 * For who begins with something that takes room, after others have let go of columns: what is garbage goes first. An engine sees little of columns,
 * and nothing of those that threads share, so it would keep them until it has reasons of its own.
 */
export function makeRoom(): void {
  if (moved < LEAST_COLLECTED) return;
  moved = 0;
  collect?.();
}

/** For who lets go of columns of so many bytes that were made long ago. */
export function letGo(bytes: number): void {
  moved += bytes;
}

/** The bytes to ask for where `bytes` are needed. */
export function roomFor(bytes: number): number {
  moved += bytes;
  return bytes >= LEAST_LONG && bytes < leastReturned ? leastReturned : bytes;
}

/** What typed arrays of a kind are made by. */
export interface ColumnType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (memory: ArrayBufferLike, offset: number, length: number): T;
}

/** Makes a column that may be long, which no other thread sees. It may be a part of a longer buffer. */
export function longColumn<T>(Type: ColumnType<T>, length: number): T {
  return new Type(new ArrayBuffer(roomFor(length * Type.BYTES_PER_ELEMENT)), 0, length);
}

/** A copy of a column that may be long. */
export function copyColumn<T extends Int32Array | Uint8Array>(column: T): T {
  const copy = longColumn(column.constructor as unknown as ColumnType<T>, column.length);
  copy.set(column);
  return copy;
}
