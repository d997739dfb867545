/**
 * What `dump-builder.ts` draws with: memory with words in it, whose addresses are known when the dump is built, and the
 * primitives of the wire.
 */
import type { FieldList, Uint64 } from "../../src/format/records/records.ts";
import { FieldKind } from "../../src/format/records/tags.ts";
import { encodeUvarint, MAX_VARINT_LENGTH } from "../../src/format/records/varint.ts";

/** Memory with words in it: an object's slot, a frame, a segment. */
export class Region {
  /** Where it is in the dumped process; known when the dump is built, or given. */
  at: bigint | undefined;
  size: number;
  /** Bytes that are in the dump: all, unless the runtime's write was cut short. */
  present: number | undefined;
  readonly fields: { readonly kind: number; readonly offset: number }[] = [];
  readonly words = new Map<number, () => bigint>();

  constructor(size: number, address?: Uint64) {
    this.size = size;
    this.at = address === undefined ? undefined : BigInt(address);
  }

  /** The address as a number; exact below 2^53. */
  get address(): number {
    if (this.at === undefined) throw new Error("a region has no address before its dump is built");
    return Number(this.at);
  }

  /** Stores the address of `target`, or of a byte inside it, and lists the word as a pointer. */
  point(offset: number, target: Region | Uint64, inside = 0): this {
    return this.list(offset).store(offset, target, inside);
  }

  /** Stores a word that no list tells of. */
  store(offset: number, target: Region | Uint64, inside = 0): this {
    this.words.set(offset, () => addressOf(target) + BigInt(inside));
    return this;
  }

  /** Lists a field without storing anything. */
  list(offset: number, kind: number = FieldKind.POINTER): this {
    this.fields.push({ kind, offset });
    return this;
  }

  fieldList(): FieldList {
    return {
      kind: Uint8Array.from(this.fields, (field) => field.kind),
      offset: Float64Array.from(this.fields, (field) => field.offset),
    };
  }
}

/** The address of what a pointer is to lead to. */
export function addressOf(target: Region | Uint64): bigint {
  if (!(target instanceof Region)) return BigInt(target);
  if (target.at === undefined) throw new Error("a region has no address before its dump is built");
  return target.at;
}

/** An object's slot. */
export class Slot extends Region {
  /** go1.3. */
  type: Uint64 = 0;
  kind = 0;
  /** Slot number in its span; the next free one if undefined. */
  index: number | undefined;
}

/** Slots of one size, on whole pages. */
export class Span {
  readonly slotSize: number;
  /** Holds pointers; undefined: if one of its objects does. */
  readonly scan: boolean | undefined;
  readonly slots: Slot[] = [];
  base: bigint | undefined;

  constructor(slotSize: number, scan: boolean | undefined, base?: Uint64) {
    this.slotSize = slotSize;
    this.scan = scan;
    this.base = base === undefined ? undefined : BigInt(base);
  }

  /** Allocates slot number `index`. */
  slot(index: number): Slot {
    const slot = new Slot(this.slotSize);
    slot.index = index;
    this.slots.push(slot);
    return slot;
  }
}

export interface GoroutineOptions {
  readonly g?: Region | Uint64;
  readonly id?: Uint64;
  readonly status?: number;
  readonly waitReason?: string;
  /** By the clock of the process, in nanoseconds. */
  readonly waitSince?: Uint64;
  readonly context?: Region | Uint64;
  readonly thread?: Region | Uint64;
  /** Where the innermost frame is; apart from the other stacks by default. */
  readonly stack?: Uint64;
}

/** What a pointer can lead to. */
export type Target = Region | Uint64;

export class GoroutineSketch {
  readonly options: GoroutineOptions;
  /** Innermost first. */
  readonly frames: { readonly name: string; readonly region: Region; readonly entry: number; readonly pc: number }[] =
    [];
  readonly defers: { readonly address: Target; readonly fn: Target }[] = [];
  readonly panics: { readonly address: Target; readonly type: Uint64; readonly data: Target }[] = [];

  constructor(options: GoroutineOptions) {
    this.options = options;
  }

  /** Adds the caller of the frames so far, right above them. */
  frame(name: string, size: number, entry = 0x40_1000, pc = entry + 0x10): Region {
    const region = new Region(size);
    this.frames.push({ name, region, entry, pc });
    return region;
  }

  defer(fn: Target, address: Target = 0): void {
    this.defers.push({ address, fn });
  }

  panic(data: Target, type: Uint64 = 0, address: Target = 0): void {
    this.panics.push({ address, type, data });
  }
}

/** As the reader gives it. */
export function toUint64(value: bigint): Uint64 {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** A number as a dump has it. */
export function uvarint(value: Uint64): Uint8Array {
  const bytes = new Uint8Array(MAX_VARINT_LENGTH);
  return bytes.subarray(0, encodeUvarint(value, bytes, 0));
}

/** Strings bytes together. */
export function concat(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
