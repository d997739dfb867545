/**
 * Image: the memory of a process as the loader leaves it before the first instruction, read from the file piece by
 * piece. It answers questions by address and never throws for an address that is not there: damaged files are full of
 * those, and whoever follows a pointer has to check it anyway.
 */
import { longColumn } from "../../column-memory.ts";
import { ExecutableError, InputChangedError } from "../../errors.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import type { Segment } from "./segments.ts";

/** What reading a number gives where nothing is mapped. No address and no size is negative, so chains of reads stay so. */
export const UNMAPPED = -1;

/** Longest piece that `bytes` copies, where it cannot give a view. */
const MAX_COPY = 1 << 26;

/** Changes the words of a freshly read segment as the loader would, for bias 0. */
export type Relocate = (segment: Segment, contents: DataView) => void;

interface LoadedSegment {
  readonly start: number;
  readonly memoryEnd: number;
  /** End of what is in the file. */
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export class Image {
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
  private readonly source: ByteSource;
  private readonly segments: readonly Segment[];
  private readonly relocate: Relocate;
  private readonly loaded: (LoadedSegment | undefined)[];
  /** The segment that was touched last; most reads stay in one. */
  private current: LoadedSegment = NOTHING_LOADED;

  constructor(
    source: ByteSource,
    segments: readonly Segment[],
    layout: { readonly pointerSize: 4 | 8; readonly bigEndian: boolean },
    relocate: Relocate,
  ) {
    this.source = source;
    this.segments = segments;
    this.pointerSize = layout.pointerSize;
    this.bigEndian = layout.bigEndian;
    this.relocate = relocate;
    this.loaded = segments.map(() => undefined);
  }

  /** Tells whether all of [address, address + length) is mapped in one segment, zeros beyond the file included. */
  isMapped(address: number, length: number): boolean {
    return this.segments.some(
      (segment) =>
        address >= segment.address && length >= 0 && address + length <= segment.address + segment.memorySize,
    );
  }

  /**
   * Tells whether all of [address, address + length) comes from the file. Tables do; asking before reading one keeps a
   * damaged length below the file's.
   */
  isInFile(address: number, length: number): boolean {
    return length === 0 || (length > 0 && this.fileBytesAt(address, length) === length);
  }

  /** How many of the `length` bytes from `address` are in the file, without a break; 0 if the first is not. */
  fileBytesAt(address: number, length: number): number {
    const segment = this.segments.find((each) => address >= each.address && address < each.address + each.fileSize);
    return segment ? Math.max(0, Math.min(length, segment.address + segment.fileSize - address)) : 0;
  }

  /**
   * Gives `length` bytes from `address`: a view where the file has them all (do not write), a copy with zeros where it
   * has not; undefined unless all of them are mapped in one segment.
   * @throws ExecutableError (`truncated`, `read-failed`) when the segment cannot be read.
   */
  bytes(address: number, length: number): Uint8Array | undefined {
    const segment = this.at(address);
    if (!segment || length < 0 || address + length > segment.memoryEnd) return undefined;
    const offset = address - segment.start;
    if (address + length <= segment.end) return segment.bytes.subarray(offset, offset + length);
    if (length > MAX_COPY) return undefined;
    const copy = new Uint8Array(length);
    if (address < segment.end) copy.set(segment.bytes.subarray(offset));
    return copy;
  }

  /** Reads an unsigned byte, or UNMAPPED. */
  uint8(address: number): number {
    const segment = this.at(address);
    if (!segment) return UNMAPPED;
    return address < segment.end ? segment.bytes[address - segment.start]! : 0;
  }

  /** Reads an unsigned 16-bit number, or UNMAPPED. */
  uint16(address: number): number {
    const segment = this.at(address);
    if (!segment || address + 2 > segment.memoryEnd) return UNMAPPED;
    if (address + 2 <= segment.end) return segment.view.getUint16(address - segment.start, !this.bigEndian);
    return this.acrossEnd(address, 2).getUint16(0, !this.bigEndian);
  }

  /** Reads an unsigned 32-bit number, or UNMAPPED. */
  uint32(address: number): number {
    const segment = this.at(address);
    if (!segment || address + 4 > segment.memoryEnd) return UNMAPPED;
    if (address + 4 <= segment.end) return segment.view.getUint32(address - segment.start, !this.bigEndian);
    return this.acrossEnd(address, 4).getUint32(0, !this.bigEndian);
  }

  /** Reads a word of `pointerSize` bytes, or UNMAPPED. Words of 2^53 and more lose their low bits; none is an address. */
  word(address: number): number {
    if (this.pointerSize === 4) return this.uint32(address);
    const segment = this.at(address);
    if (!segment || address + 8 > segment.memoryEnd) return UNMAPPED;
    if (address + 8 <= segment.end) return readUint64(segment.view, address - segment.start, this.bigEndian);
    return readUint64(this.acrossEnd(address, 8), 0, this.bigEndian);
  }

  /** Reads a Go string header at `address` and its text; undefined unless both are mapped and it is at most `limit` bytes. */
  string(address: number, limit = 1 << 16): string | undefined {
    const length = this.word(address + this.pointerSize);
    if (length < 0 || length > limit) return undefined;
    return this.text(this.word(address), length);
  }

  /** Reads `length` bytes of UTF-8; undefined if they are not mapped. */
  text(address: number, length: number): string | undefined {
    if (length === 0) return "";
    const bytes = this.bytes(address, length);
    return bytes && decodeText(bytes);
  }

  /** Reads UTF-8 up to a NUL; undefined if there is none within `limit` bytes. */
  cString(address: number, limit = 1 << 16): string | undefined {
    const segment = this.at(address);
    if (!segment || address >= segment.end) return undefined;
    const start = address - segment.start;
    const end = segment.bytes.indexOf(0, start);
    if (end < 0 || end - start > limit) return undefined;
    return decodeText(segment.bytes.subarray(start, end));
  }

  /** Lets go of code, which is large, and hardly ever asked for after the rest; whoever asks has it read again. */
  releaseCode(): void {
    for (const [i, { executable }] of this.segments.entries()) if (executable) this.loaded[i] = undefined;
    this.current = NOTHING_LOADED;
  }

  private at(address: number): LoadedSegment | undefined {
    const { current } = this;
    if (address >= current.start && address < current.memoryEnd) return current;
    return this.switchTo(address);
  }

  private switchTo(address: number): LoadedSegment | undefined {
    const { segments, loaded } = this;
    for (let i = 0; i < segments.length; i++) {
      const segment = segments[i]!;
      if (!(address >= segment.address && address < segment.address + segment.memorySize)) continue;
      this.current = loaded[i] ??= this.load(segment);
      return this.current;
    }
    return undefined;
  }

  private load(segment: Segment): LoadedSegment {
    const { address, memorySize, position, fileSize } = segment;
    // Checked against the file's size when it was opened, so a lie in a header allocates no more than the file holds.
    const bytes = longColumn(Uint8Array, fileSize);
    const length = readFully(this.source, bytes, position);
    if (length < fileSize) {
      throw new ExecutableError(`${this.source.name} ends in the middle of a segment`, {
        code: "truncated",
        position: position + length,
      });
    }
    const view = new DataView(bytes.buffer, 0, fileSize);
    this.relocate(segment, view);
    return { start: address, memoryEnd: address + memorySize, end: address + fileSize, bytes, view };
  }

  /** A number of which the file has only the first bytes. */
  private acrossEnd(address: number, length: number): DataView {
    const bytes = this.bytes(address, length)!;
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}

const NOTHING_LOADED: LoadedSegment = {
  start: 0,
  memoryEnd: 0,
  end: 0,
  bytes: new Uint8Array(0),
  view: new DataView(new ArrayBuffer(0)),
};

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes UTF-8; ASCII of a few dozen bytes, which names are, without a call into the decoder. */
export function decodeText(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length > 40) return decoder.decode(bytes);
  let text = "";
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte > 0x7f) return decoder.decode(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Reads an unsigned 64-bit number as a double: exact below 2^53. */
export function readUint64(view: DataView, offset: number, bigEndian: boolean): number {
  const first = view.getUint32(offset, !bigEndian);
  const second = view.getUint32(offset + 4, !bigEndian);
  return bigEndian ? first * 0x1_0000_0000 + second : second * 0x1_0000_0000 + first;
}

/**
 * Fills `target` from `position`; gives how many bytes there were.
 * @throws ExecutableError (`read-failed`), InputChangedError
 */
export function readFully(source: ByteSource, target: Uint8Array, position: number): number {
  try {
    return source.read(target, 0, target.length, position);
  } catch (error) {
    if (error instanceof InputChangedError) throw error;
    throw new ExecutableError(`cannot read ${source.name}`, { code: "read-failed", position, cause: error });
  }
}
