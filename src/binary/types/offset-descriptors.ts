/**
 * Type descriptors of Go 1.7 … 1.27, in which names and rarer types are 32-bit offsets from moduledata.types.
 * internal/abi/type.go of 1.21 … 1.27, runtime/type.go of 1.15 and 1.19; older ones as published, not tried here.
 */
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "../module/module-data.ts";
import {
  type Descriptors,
  flagOffset,
  hasDescriptorHead,
  KIND_DIRECT,
  KIND_MASK,
  kindOffset,
  MAX_COUNT,
  MAX_NAME_LENGTH,
  type RawField,
  type RawSignature,
  stringOffset,
} from "./descriptors.ts";
import { Kind } from "./type.ts";

const Flag = { Uncommon: 1, ExtraStar: 2, Named: 4, Direct: 1 << 5 } as const;
const NameFlag = { Embedded: 1 << 3 } as const;
const MAX_NAME_FLAGS = 15;

/** Bytes of uncommontype. */
const UNCOMMON_SIZE = 16;
const VARIADIC = 1 << 15;
/** Strings of types are long only if generated; names of fields and methods hardly ever. */
const MAX_STRING_LENGTH = 1 << 17;

export class OffsetDescriptors implements Descriptors {
  readonly image: Image;
  readonly start: number;
  readonly end: number;
  readonly tail: number;
  private readonly minor: number;
  private readonly pointerSize: number;
  private readonly maxFlags: number;
  private readonly paths = new Map<number, string>();

  constructor(image: Image, module: ModuleData, goMinor: number) {
    this.image = image;
    this.start = module.types;
    this.end = module.etypes;
    this.minor = goMinor;
    this.pointerSize = image.pointerSize;
    this.tail = stringOffset(image.pointerSize) + 8;
    this.maxFlags = goMinor >= 26 ? 0x3f : goMinor >= 24 ? 0x1f : 0x0f;
  }

  isDescriptor(address: number): boolean {
    const { image, pointerSize, minor, start, end } = this;
    const kindByte = image.uint8(address + kindOffset(pointerSize));
    // The bits above the kind: none since 1.26, direct until then, GC program until 1.23, no pointers until 1.13.
    if (kindByte > (minor >= 26 ? 0x1f : minor >= 24 ? 0x3f : minor >= 14 ? 0x7f : 0xff)) return false;
    if (image.uint8(address + flagOffset(pointerSize)) > this.maxFlags) return false;
    if (!hasDescriptorHead(image, address)) return false;
    const pointerTo = image.uint32(address + this.tail - 4);
    if (pointerTo !== 0 && (start + pointerTo >= end || pointerTo % pointerSize !== 0)) return false;
    if (!this.hasTypes(address, kindByte & KIND_MASK)) return false;
    const name = image.uint32(address + this.tail - 8);
    return name > 0 && start + name < end && this.isName(start + name, MAX_STRING_LENGTH);
  }

  string(address: number): string {
    const { image } = this;
    const text = this.name(this.start + image.uint32(address + this.tail - 8));
    return this.flags(address) & Flag.ExtraStar ? text.slice(1) : text;
  }

  isNamed(address: number): boolean {
    if (this.flags(address) & Flag.Named) return true;
    // The flag came with Go 1.9 or a little earlier; before, only the spelling tells.
    return (
      this.minor < 9 && !/^(?:\*|\[|map[[.]|chan |<-chan |func\(|struct \{|interface \{)/.test(this.string(address))
    );
  }

  isDirect(address: number): boolean {
    if (this.minor >= 26) return (this.flags(address) & Flag.Direct) !== 0;
    return (this.image.uint8(address + kindOffset(this.pointerSize)) & KIND_DIRECT) !== 0;
  }

  packagePath(address: number, kind: number): string {
    const { image } = this;
    if (this.flags(address) & Flag.Uncommon) {
      const offset = image.uint32(this.uncommon(address, kind));
      return offset > 0 && this.start + offset < this.end ? this.path(this.start + offset) : "";
    }
    if (kind !== Kind.Struct && kind !== Kind.Interface) return "";
    const name = image.word(address + this.tail);
    return name > 0 ? this.path(name) : "";
  }

  methodCount(address: number, kind: number): number {
    if (kind === Kind.Interface) return limited(this.image.word(address + this.tail + 2 * this.pointerSize));
    if (!(this.flags(address) & Flag.Uncommon)) return 0;
    return limited(this.image.uint16(this.uncommon(address, kind) + 4));
  }

  methodNames(address: number): readonly string[] {
    const { image, pointerSize, start } = this;
    const methods = image.word(address + this.tail + pointerSize);
    const count = this.methodCount(address, Kind.Interface);
    if (!image.isInFile(methods, count * 8)) return [];
    const names: string[] = [];
    for (let i = 0; i < count; i++) {
      const name = start + image.uint32(methods + i * 8);
      // Damage: what follows is no better.
      if (!this.isName(name, MAX_NAME_LENGTH)) break;
      names.push(this.name(name));
    }
    return names;
  }

  fields(address: number): readonly RawField[] {
    const { image, pointerSize, tail } = this;
    const table = image.word(address + tail + pointerSize);
    const count = limited(image.word(address + tail + 2 * pointerSize));
    const fields: RawField[] = [];
    if (!image.isInFile(table, count * 3 * pointerSize)) return fields;
    for (let i = 0; i < count; i++) {
      const at = table + i * 3 * pointerSize;
      const nameAddress = image.word(at);
      const type = image.word(at + pointerSize);
      // Damage: what follows is no better.
      if (!this.isInRange(type) || this.nameRange(nameAddress).length > MAX_NAME_LENGTH) break;
      const name = this.name(nameAddress);
      const word = image.word(at + 2 * pointerSize);
      // Go 1.9 … 1.18 keep "embedded" in the offset's low bit, 1.19 in the name's flags; 1.7 and 1.8 leave the name empty.
      const hasBit = this.minor >= 9 && this.minor < 19;
      const embedded =
        this.minor >= 19 ? (image.uint8(nameAddress) & NameFlag.Embedded) !== 0 : hasBit ? word % 2 === 1 : name === "";
      const offset = hasBit ? Math.floor(word / 2) : word;
      fields.push({ name, type, offset, embedded });
    }
    return fields;
  }

  signature(address: number): RawSignature {
    const { image, pointerSize } = this;
    const inCount = image.uint16(address + this.tail);
    const outWord = image.uint16(address + this.tail + 2);
    const outCount = outWord & (VARIADIC - 1);
    const table = address + this.tail + pointerSizeOr4(pointerSize) + this.uncommonSize(address);
    if (inCount < 0 || outWord < 0 || !image.isInFile(table, (inCount + outCount) * pointerSize)) return NO_SIGNATURE;
    const types: number[] = [];
    for (let i = 0; i < inCount + outCount; i++) {
      const type = image.word(table + i * pointerSize);
      if (!this.isInRange(type)) return NO_SIGNATURE;
      types.push(type);
    }
    return { in: types.slice(0, inCount), out: types.slice(inCount), isVariadic: (outWord & VARIADIC) !== 0 };
  }

  pointerTo(address: number): number {
    const offset = this.image.uint32(address + this.tail - 4);
    return offset > 0 ? this.start + offset : 0;
  }

  private flags(address: number): number {
    return this.image.uint8(address + flagOffset(this.pointerSize));
  }

  private uncommonSize(address: number): number {
    return this.flags(address) & Flag.Uncommon ? UNCOMMON_SIZE : 0;
  }

  /** Where uncommontype is: behind what the kind has. */
  private uncommon(address: number, kind: number): number {
    const { pointerSize } = this;
    return address + this.tail + (kind === Kind.Map ? this.mapSize(address) : tailSize(kind, pointerSize));
  }

  /** Bytes of maptype behind the common part. */
  private mapSize(address: number): number {
    const { image, minor, pointerSize } = this;
    if (minor >= 24) {
      const group = image.word(address + this.tail + 2 * pointerSize);
      // GOEXPERIMENT=noswissmap keeps the older layout in 1.24 and 1.25.
      const isOld = minor < 26 && this.isDescriptor(group) && this.string(group).includes("map.bucket[");
      if (!isOld) return (minor >= 27 ? 11 : 8) * pointerSize;
    }
    // Key, elem, bucket; then hmap until 1.10, hasher since 1.14; eight bytes of sizes and flags.
    return (minor >= 14 || minor <= 10 ? 4 : 3) * pointerSize + 8;
  }

  /** Tells whether the types that the kind refers to at fixed places could be types. */
  private hasTypes(address: number, kind: number): boolean {
    const { image, tail, pointerSize } = this;
    const count = kind === Kind.Map ? 3 : HAS_ELEMENT.has(kind) ? 1 : 0;
    for (let i = 0; i < count; i++) {
      if (!this.isInRange(image.word(address + tail + i * pointerSize))) return false;
    }
    return true;
  }

  private isInRange(type: number): boolean {
    return type >= this.start && type < this.end && type % this.pointerSize === 0;
  }

  private path(address: number): string {
    let path = this.paths.get(address);
    if (path === undefined) {
      path = this.name(address);
      this.paths.set(address, path);
    }
    return path;
  }

  /** A name that text tools could show: flags, a length, no control characters. */
  private isName(address: number, limit: number): boolean {
    const { image } = this;
    if (image.uint8(address) > MAX_NAME_FLAGS) return false;
    const { start, length } = this.nameRange(address);
    if (length <= 0 || length > limit) return false;
    const bytes = image.bytes(start, length);
    if (!bytes) return false;
    for (let i = 0; i < length; i++) if (bytes[i]! < 0x20) return false;
    return true;
  }

  private name(address: number): string {
    const { start, length } = this.nameRange(address);
    return length > 0 && length <= MAX_STRING_LENGTH ? (this.image.text(start, length) ?? "") : "";
  }

  /** Go ≤ 1.16: two bytes of length, big-endian everywhere; since 1.17 a varint. */
  private nameRange(address: number): { readonly start: number; readonly length: number } {
    const { image } = this;
    if (this.minor <= 16) {
      const [high, low] = [image.uint8(address + 1), image.uint8(address + 2)];
      return { start: address + 3, length: high < 0 || low < 0 ? -1 : high * 256 + low };
    }
    let length = 0;
    for (let i = 0; i < 4; i++) {
      const byte = image.uint8(address + 1 + i);
      if (byte < 0) break;
      length |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return { start: address + 2 + i, length };
    }
    return { start: address, length: -1 };
  }
}

const HAS_ELEMENT: ReadonlySet<number> = new Set([Kind.Pointer, Kind.Slice, Kind.Array, Kind.Chan]);
const NO_SIGNATURE: RawSignature = { in: [], out: [], isVariadic: false };

/** Bytes that a kind other than map has behind the common part. */
function tailSize(kind: number, pointerSize: number): number {
  switch (kind) {
    case Kind.Pointer:
    case Kind.Slice:
      return pointerSize;
    case Kind.Array:
      return 3 * pointerSize;
    case Kind.Chan:
      return 2 * pointerSize;
    case Kind.Func:
      return pointerSizeOr4(pointerSize);
    case Kind.Interface:
    case Kind.Struct:
      return 4 * pointerSize;
    default:
      return 0;
  }
}

/** Two 16-bit counts, padded to a word. */
function pointerSizeOr4(pointerSize: number): number {
  return Math.max(4, pointerSize);
}

function limited(count: number): number {
  return count >= 0 && count <= MAX_COUNT ? count : 0;
}
