/**
 * Cursor: reads the primitives of a heap dump one after another through a window that slides over a ByteSource, and knows
 * where it is, for errors. Bounds are checked everywhere; a length is believed only as far as the bytes left.
 */
import { HeapDumpError, type HeapDumpErrorCode } from "../../errors.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { RecentStrings } from "./recent-strings.ts";
import type { ContentsRange, FieldList, Uint64 } from "./records.ts";
import { FieldKind, GO13_FIELD_KIND, TAG_NAMES } from "./tags.ts";

/** Bytes of the window. Also the most that `ensure` can be asked for. */
export const WINDOW_SIZE = 4 << 20;

/** Names and wait reasons are short; a longer one means that the reader has lost its place. */
export const MAX_STRING_LENGTH = 1 << 20;

/** Field lists up to here are copied, and the memory in which they were read serves the next. */
const SHORT_LIST = 1 << 10;
const NO_FIELDS: FieldList = { kind: new Uint8Array(0), offset: new Float64Array(0) };

/** The runtime passes an int32 length to write(2), and Linux writes at most so much at once. */
const MAX_WRITE = 0x7fff_f000;

export class Cursor {
  readonly source: ByteSource;
  /** The window. Valid bytes are 0…end-1; `ensure` moves them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes. */
  readonly view: DataView;
  /** Next byte, in the window. */
  offset = 0;
  /** End of the valid bytes, in the window. */
  end = 0;
  /** Position in the source of the window's byte 0. */
  base: number;

  /** The field list at hand. */
  #kinds = new Uint8Array(SHORT_LIST);
  #offsets = new Float64Array(SHORT_LIST);
  #strings: RecentStrings | undefined;
  #record = "";
  #recordPosition = 0;
  #previous: { record: string; position: number } | undefined;

  constructor(source: ByteSource, position = 0) {
    this.source = source;
    this.base = position;
    this.bytes = new Uint8Array(Math.max(64, Math.min(WINDOW_SIZE, source.size)));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Position in the source of the next byte. */
  get position(): number {
    return this.base + this.offset;
  }

  /** Bytes from here to the end of the source. */
  get remaining(): number {
    return this.source.size - this.position;
  }

  /**
   * Makes the next `length` bytes available in the window, keeping what follows `offset`.
   * @param readSize the most that is read ahead for it
   * @returns false if the source has fewer; what there is, is available then
   */
  ensure(length: number, readSize = WINDOW_SIZE): boolean {
    if (this.end - this.offset >= length) return true;
    if (length > WINDOW_SIZE) throw new Error(`bug: ${length} bytes asked of a window of ${WINDOW_SIZE}`);
    // The last records ask for more than there is, each of them: nothing is to be moved for that.
    if (this.base + this.end >= this.source.size) return false;
    this.bytes.copyWithin(0, this.offset, this.end);
    this.base += this.offset;
    this.end -= this.offset;
    this.offset = 0;
    const room = Math.min(this.bytes.length - this.end, this.source.size - this.base - this.end);
    const wanted = Math.min(room, Math.max(length, readSize));
    if (wanted > 0) this.end += this.source.read(this.bytes, this.end, wanted, this.base + this.end);
    return this.end >= length;
  }

  /** Moves on by `length` bytes, which need not be in the window. */
  skip(length: number): void {
    if (length > this.remaining) throw this.truncated(length);
    this.seek(this.position + length);
  }

  /** Moves to `position`. */
  seek(position: number): void {
    const offset = position - this.base;
    if (offset >= 0 && offset <= this.end) {
      this.offset = offset;
    } else {
      this.base = position;
      this.offset = 0;
      this.end = 0;
    }
  }

  /** Begins a record: reads its tag and remembers it for errors. */
  tag(): number {
    const position = this.position;
    this.#endRecord();
    const tag = this.uvarint();
    // A tag of two bytes is none: the runtime writes numbers as short as can be.
    if (typeof tag === "bigint" || tag >= TAG_NAMES.length || this.position > position + 1) {
      throw this.error("unknown-record", `unknown record kind ${tag}`, {
        position,
        hint: "the file is damaged here, or something else wrote into it; --salvage converts what comes before",
      });
    }
    this.beginRecord(TAG_NAMES[tag]!, position);
    return tag;
  }

  /** Remembers which record is being read. */
  beginRecord(record: string, position: number): void {
    if (position !== this.#recordPosition) this.#endRecord();
    this.#record = record;
    this.#recordPosition = position;
  }

  #endRecord(): void {
    if (this.#record !== "") this.#previous = { record: this.#record, position: this.#recordPosition };
    this.#record = "";
  }

  uvarint(): Uint64 {
    if (this.end - this.offset < 10) this.ensure(10);
    const { bytes } = this;
    const available = this.end - this.offset;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < available; i++) {
      const byte = bytes[this.offset + i]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        const start = this.offset;
        this.offset += i + 1;
        if (value <= Number.MAX_SAFE_INTEGER) return value;
        return this.#wide(start, i + 1);
      }
      if (i === 9) throw this.error("bad-varint", "a number of more than 10 bytes");
      scale *= 128;
    }
    throw this.truncated(available + 1);
  }

  #wide(start: number, length: number): bigint {
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 7n) | BigInt(this.bytes[start + i]! & 0x7f);
    if (value >= 1n << 64n) throw this.error("bad-varint", "a number of more than 64 bits");
    return value;
  }

  /** A number that must be below 2^53: a count, a size, a small enumeration. */
  count(what: string): number {
    const value = this.uvarint();
    if (typeof value === "bigint") throw this.error("bad-value", `${what} is ${value}`);
    return value;
  }

  bool(what: string): boolean {
    const value = this.uvarint();
    if (value !== 0 && value !== 1) throw this.error("bad-value", `${what} is ${value}, neither 0 nor 1`);
    return value === 1;
  }

  string(what: string): string {
    const length = this.count(`length of ${what}`);
    if (length > this.remaining) {
      throw this.error("truncated", `${what} of ${length} bytes exceeds the ${this.remaining} bytes left`, {
        hint: TRUNCATED_HINT,
      });
    }
    if (length > MAX_STRING_LENGTH) throw this.error("bad-length", `${what} of ${length} bytes`);
    this.ensure(length);
    this.#strings ??= new RecentStrings();
    const text = this.#strings.decode(this.bytes, this.offset, this.offset + length);
    this.offset += length;
    return text;
  }

  /**
   * Passes over contents without reading them.
   * @param follower what comes after them: tells whether contents of 2 GiB and more were written short
   */
  contents(follower: "fields" | "record" | "other"): ContentsRange {
    const length = this.count("contents length");
    const { position } = this;
    let present = length;
    if (length > MAX_WRITE) present = this.#presentLength(position, length, follower);
    if (present > this.remaining) {
      throw this.error("truncated", `contents of ${length} bytes exceed the ${this.remaining} bytes left`, {
        hint: TRUNCATED_HINT,
      });
    }
    this.skip(present);
    return { position, length, present };
  }

  /** How many bytes of very long contents were written: tries what runtimes do, and what follows decides. */
  #presentLength(position: number, length: number, follower: "fields" | "record" | "other"): number {
    const linux = Math.min(length % 2 ** 32, MAX_WRITE);
    for (const candidate of [linux, length, 0]) {
      if (position + candidate <= this.source.size && this.#plausibleAfter(position + candidate, length, follower)) {
        return candidate;
      }
    }
    throw this.error("bad-length", `contents of ${length} bytes, and nothing that can follow them was found`, {
      hint: "runtimes write contents of 2 GiB and more short, but none of the known ways fits this file",
    });
  }

  #plausibleAfter(position: number, length: number, follower: "fields" | "record" | "other"): boolean {
    if (follower === "other") return position <= this.source.size;
    const probe = new Cursor(memoryWindow(this.source, position, 64 << 10));
    try {
      if (follower === "fields") {
        let previous = -1;
        while (probe.remaining > 20) {
          const kind = probe.uvarint();
          if (kind === 0) break;
          const offset = probe.uvarint();
          if (typeof offset === "bigint" || kind > 3 || offset <= previous || offset >= length || offset % 4 !== 0) {
            return false;
          }
          previous = offset;
        }
      }
      if (probe.remaining <= 20) return true;
      // An EOF record follows no contents in any dump, but zeros look like an empty list and it.
      const tag = probe.uvarint();
      return tag !== 0 && tag < TAG_NAMES.length;
    } catch {
      return false;
    }
  }

  /**
   * Reads a field list.
   * @param header the dump's header decides how kinds are numbered
   */
  fields(header: number): FieldList {
    let count = 0;
    for (;;) {
      const wireKind = this.count("field kind");
      if (wireKind === 0) break;
      const fieldKind =
        header === 3 ? GO13_FIELD_KIND[wireKind] : header === 4 || wireKind === 1 ? wireKind : undefined;
      if (fieldKind === undefined || (header === 4 && fieldKind > FieldKind.EFACE)) {
        throw this.error("bad-field-list", `unknown field kind ${wireKind}`);
      }
      if (count === this.#kinds.length) {
        this.#kinds = grow(this.#kinds, new Uint8Array(count * 2));
        this.#offsets = grow(this.#offsets, new Float64Array(count * 2));
      }
      this.#kinds[count] = fieldKind;
      this.#offsets[count] = this.count("field offset");
      count++;
    }
    // There may be millions of frames, many of them without a pointer.
    if (count === 0) return NO_FIELDS;
    if (count <= SHORT_LIST) return { kind: this.#kinds.slice(0, count), offset: this.#offsets.slice(0, count) };
    const list = { kind: this.#kinds.subarray(0, count), offset: this.#offsets.subarray(0, count) };
    this.#kinds = new Uint8Array(SHORT_LIST);
    this.#offsets = new Float64Array(SHORT_LIST);
    return list;
  }

  /** An error at the current position (or `details.position`), in the current record. */
  error(
    code: HeapDumpErrorCode,
    reason: string,
    details: { position?: number; hint?: string; cause?: unknown } = {},
  ): HeapDumpError {
    return new HeapDumpError(reason, {
      code,
      position: details.position ?? this.position,
      ...(this.#record === "" ? {} : { record: this.#record }),
      ...(this.#previous === undefined ? {} : { previous: this.#previous }),
      ...(details.hint === undefined ? {} : { hint: details.hint }),
      ...(details.cause === undefined ? {} : { cause: details.cause }),
    });
  }

  truncated(wanted: number): HeapDumpError {
    return this.error("truncated", `the dump ends here: ${wanted} more bytes wanted, ${this.remaining} left`, {
      hint: TRUNCATED_HINT,
    });
  }
}

export const TRUNCATED_HINT =
  "the runtime ignores write errors (a full disk, a closed pipe) and dies in rare states, so a dump can be cut short; " +
  "--salvage converts what is there and says what is missing";

function memoryWindow(source: ByteSource, position: number, length: number): ByteSource {
  const size = Math.min(length, source.size - position);
  return {
    name: source.name,
    size,
    read: (target, targetOffset, wanted, at) =>
      source.read(target, targetOffset, Math.min(wanted, size - at), position + at),
    close() {},
  };
}

function grow<T extends Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
