/**
 * Type descriptors of Go 1.5 and 1.6, in which names and types are pointers. As published in runtime/type.go of those
 * releases; not tried on executables of theirs.
 */
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "../module/module-data.ts";
import {
  type Descriptors,
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

export class PointerDescriptors implements Descriptors {
  readonly image: Image;
  readonly start: number;
  readonly end: number;
  readonly tail: number;
  private readonly pointerSize: number;

  constructor(image: Image, module: ModuleData, segments: readonly { address: number; fileSize: number }[]) {
    this.image = image;
    this.pointerSize = image.pointerSize;
    const links = Array.from({ length: Math.min(module.typelinks.length, MAX_COUNT) }, (_, i) =>
      image.word(module.typelinks.address + i * image.pointerSize),
    );
    // Nothing says where descriptors begin and end, but they share a segment.
    const home = segments.find(
      ({ address, fileSize }) => links.length > 0 && links[0]! >= address && links[0]! < address + fileSize,
    );
    this.start = home?.address ?? 0;
    this.end = home ? home.address + home.fileSize : 0;
    this.tail = findTail(image, links);
  }

  isDescriptor(address: number): boolean {
    const { image, pointerSize } = this;
    if (!hasDescriptorHead(image, address)) return false;
    const text = image.string(image.word(address + stringOffset(pointerSize)), MAX_NAME_LENGTH);
    return text !== undefined && /^[^\p{Cc}]+$/u.test(text);
  }

  string(address: number): string {
    return this.stringAt(address + stringOffset(this.pointerSize));
  }

  isNamed(address: number): boolean {
    const uncommon = this.uncommon(address);
    return uncommon > 0 && this.image.word(uncommon) > 0;
  }

  isDirect(address: number): boolean {
    return (this.image.uint8(address + kindOffset(this.pointerSize)) & KIND_DIRECT) !== 0;
  }

  packagePath(address: number): string {
    const uncommon = this.uncommon(address);
    return uncommon > 0 ? this.stringAt(uncommon + this.pointerSize) : "";
  }

  methodCount(address: number, kind: number): number {
    const { image, pointerSize } = this;
    if (kind === Kind.Interface) return limited(image.word(address + this.tail + pointerSize));
    const uncommon = this.uncommon(address);
    return uncommon > 0 ? limited(image.word(uncommon + 3 * pointerSize)) : 0;
  }

  methodNames(address: number): readonly string[] {
    const { image, pointerSize } = this;
    const table = image.word(address + this.tail);
    const count = this.methodCount(address, Kind.Interface);
    if (!image.isInFile(table, count * 3 * pointerSize)) return [];
    return Array.from({ length: count }, (_, i) => this.stringAt(table + i * 3 * pointerSize));
  }

  fields(address: number): readonly RawField[] {
    const { image, pointerSize } = this;
    const table = image.word(address + this.tail);
    const count = limited(image.word(address + this.tail + pointerSize));
    const fields: RawField[] = [];
    if (!image.isInFile(table, count * 5 * pointerSize)) return fields;
    for (let i = 0; i < count; i++) {
      const at = table + i * 5 * pointerSize;
      const type = image.word(at + 2 * pointerSize);
      // Damage: what follows is no better.
      if (!this.isInRange(type)) break;
      const name = this.stringAt(at);
      fields.push({ name, type, offset: image.word(at + 4 * pointerSize), embedded: name === "" });
    }
    return fields;
  }

  signature(address: number): RawSignature {
    const { image, pointerSize } = this;
    const types = (at: number): number[] => {
      const table = image.word(at);
      const count = limited(image.word(at + pointerSize));
      if (!image.isInFile(table, count * pointerSize)) return [];
      const found = Array.from({ length: count }, (_, i) => image.word(table + i * pointerSize));
      return found.every((type) => this.isInRange(type)) ? found : [];
    };
    const lists = address + this.tail + pointerSize;
    return {
      in: types(lists),
      out: types(lists + 3 * pointerSize),
      isVariadic: image.uint8(address + this.tail) === 1,
    };
  }

  pointerTo(address: number): number {
    return Math.max(0, this.image.word(address + stringOffset(this.pointerSize) + 2 * this.pointerSize));
  }

  private isInRange(type: number): boolean {
    return type >= this.start && type < this.end && type % this.pointerSize === 0;
  }

  private uncommon(address: number): number {
    return this.image.word(address + stringOffset(this.pointerSize) + this.pointerSize);
  }

  /** The string that the word at `address` points to; "" for nil. */
  private stringAt(address: number): string {
    const header = this.image.word(address);
    return header > 0 ? (this.image.string(header, MAX_NAME_LENGTH) ?? "") : "";
  }
}

/**
 * Go 1.5 has a pointer to a zero value in front of what the kind adds; Go 1.6 may or may not: whichever makes the
 * elements of pointers descriptors.
 */
function findTail(image: Image, links: readonly number[]): number {
  const { pointerSize } = image;
  const common = stringOffset(pointerSize) + 3 * pointerSize;
  const pointers = links.filter(
    (address) => (image.uint8(address + kindOffset(pointerSize)) & KIND_MASK) === Kind.Pointer,
  );
  const fits = (tail: number): number =>
    pointers.filter((address) => hasDescriptorHead(image, image.word(address + tail))).length;
  return fits(common + pointerSize) > fits(common) ? common + pointerSize : common;
}

function limited(count: number): number {
  return count >= 0 && count <= MAX_COUNT ? count : 0;
}
