/**
 * Descriptors: how one family of Go versions lays type descriptors out. There are two: the self-contained tables of Go
 * 1.5 and 1.6, and the ones with offsets since 1.7. Both begin alike; what differs is behind this interface. Addresses
 * are link-time addresses of descriptors; `isDescriptor` has to be asked before anything else.
 */
import type { Image } from "../containers/image.ts";

/** A field as the descriptor has it; `type` is an address. */
export interface RawField {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly embedded: boolean;
}

/** Parameters and results as addresses of types. */
export interface RawSignature {
  readonly in: readonly number[];
  readonly out: readonly number[];
  readonly isVariadic: boolean;
}

export interface Descriptors {
  readonly image: Image;
  /** Descriptors lie in [start, end), aligned to words. */
  readonly start: number;
  readonly end: number;
  /** Offset of what depends on the kind. */
  readonly tail: number;
  /** Tells whether there is a descriptor at `address`, from everything that can be checked without following types. */
  isDescriptor(address: number): boolean;
  /** String() of the type. */
  string(address: number): string;
  isNamed(address: number): boolean;
  isDirect(address: number): boolean;
  packagePath(address: number, kind: number): string;
  methodCount(address: number, kind: number): number;
  /** Methods of an interface type. */
  methodNames(address: number): readonly string[];
  /** Of a struct type. An embedded field may have an empty name: it is its type's. */
  fields(address: number): readonly RawField[];
  /** Of a func type. */
  signature(address: number): RawSignature;
  /** Address of the descriptor of *T; 0 if the descriptor does not say. */
  pointerTo(address: number): number;
}

/** Offsets that all versions share, as functions of the word size: size is at 0, pointer bytes one word on. */
export const hashOffset = (pointerSize: number): number => 2 * pointerSize;
export const flagOffset = (pointerSize: number): number => 2 * pointerSize + 4;
export const alignOffset = (pointerSize: number): number => 2 * pointerSize + 5;
export const kindOffset = (pointerSize: number): number => 2 * pointerSize + 7;
const equalOffset = (pointerSize: number): number => 2 * pointerSize + 8;
const gcDataOffset = (pointerSize: number): number => 3 * pointerSize + 8;
export const stringOffset = (pointerSize: number): number => 4 * pointerSize + 8;

/** Low bits of the kind byte; the others are flags. */
export const KIND_MASK = 31;
/** Flag in the kind byte, Go ≤ 1.25: interfaces hold the value itself. */
export const KIND_DIRECT = 1 << 5;

/** More fields, methods or parameters than anybody has written. */
export const MAX_COUNT = 1 << 16;
/** Names of fields and methods are shorter. */
export const MAX_NAME_LENGTH = 1 << 12;

const MAX_KIND = 26;
const MAX_ALIGN = 64;
/** Larger than any memory: programs cast pointers to arrays such as [1<<50]byte in order to slice them. */
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** Sizes in words of the kinds whose size is always the same: chan, func, interface, map, pointer, slice, string, unsafe.Pointer. */
const WORDS_OF_KIND: Readonly<Record<number, number>> = { 18: 1, 19: 1, 20: 2, 21: 1, 22: 1, 23: 3, 24: 2, 26: 1 };
/** Sizes in bytes: bool, int8 … complex128. */
const BYTES_OF_KIND: Readonly<Record<number, number>> = {
  1: 1,
  3: 1,
  4: 2,
  5: 4,
  6: 8,
  8: 1,
  9: 2,
  10: 4,
  11: 8,
  13: 4,
  14: 8,
  15: 8,
  16: 16,
};

/**
 * Checks the part of a descriptor that all versions share. Cheap for what is none: most addresses fail at the kind or
 * the alignments.
 */
export function hasDescriptorHead(image: Image, address: number): boolean {
  const { pointerSize } = image;
  const kind = image.uint8(address + kindOffset(pointerSize)) & KIND_MASK;
  if (kind === 0 || kind > MAX_KIND) return false;
  if (!isAlignment(image.uint8(address + alignOffset(pointerSize)))) return false;
  if (!isAlignment(image.uint8(address + alignOffset(pointerSize) + 1))) return false;
  if (image.uint32(address + hashOffset(pointerSize)) <= 0) return false;
  const size = image.word(address);
  const pointerBytes = image.word(address + pointerSize);
  if (size < 0 || size > MAX_SIZE || pointerBytes < 0 || pointerBytes > size) return false;
  if (pointerBytes % pointerSize !== 0) return false;
  const expected = (WORDS_OF_KIND[kind] ?? 0) * pointerSize || BYTES_OF_KIND[kind];
  if (expected !== undefined && size !== expected) return false;
  const equal = image.word(address + equalOffset(pointerSize));
  if (equal !== 0 && image.uint8(equal) < 0) return false;
  return pointerBytes === 0 || image.uint8(image.word(address + gcDataOffset(pointerSize))) >= 0;
}

function isAlignment(value: number): boolean {
  return value > 0 && value <= MAX_ALIGN && (value & (value - 1)) === 0;
}
