/** KeyTexts: keys of maps as Go would write them, read from the dump: strings, integers and bools, also those in interfaces. */
import { type Image, Kind } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import type { ValueLayouts } from "../../heap/value-layouts.ts";
import { ContentsReader } from "../evidence/contents.ts";
import type { DescribedType } from "../universe/described-type.ts";

/** Longer keys are cut: they are names for people. */
const MAX_KEY_BYTES = 64;

const MAX_INTEGER_BYTES = 8;

/** Kinds of the predeclared types that a key in an interface may be of: of others the name does not tell the kind. */
const KIND_OF_NAME: ReadonlyMap<string, Kind> = new Map([
  ["string", Kind.String],
  ["bool", Kind.Bool],
  ["int", Kind.Int],
  ["int8", Kind.Int8],
  ["int16", Kind.Int16],
  ["int32", Kind.Int32],
  ["int64", Kind.Int64],
  ["uint", Kind.Uint],
  ["uint8", Kind.Uint8],
  ["uint16", Kind.Uint16],
  ["uint32", Kind.Uint32],
  ["uint64", Kind.Uint64],
  ["uintptr", Kind.Uintptr],
]);

/** What the program's constant strings are read from. */
export interface ConstantStrings {
  readonly image: Pick<Image, "bytes">;
  /** Run-time minus link-time address of read-only data. */
  readonly bias: number;
}

/** Whether keys are of a kind that may have a text, and in the slot themselves, whatever their size. */
export function isSimpleKey({ kind }: Pick<DescribedType, "kind">): boolean {
  return kind === Kind.String || kind === Kind.Interface || (kind >= Kind.Bool && kind <= Kind.Uintptr);
}

export class KeyTexts {
  readonly #heap: Heap;
  readonly #contents: ContentsReader;
  readonly #constants: ConstantStrings;
  readonly #dynamicType: ValueLayouts["dynamicType"];
  readonly #bytes = new Uint8Array(MAX_KEY_BYTES);

  /** @param dynamicType as in `ValueLayouts` */
  constructor(heap: Heap, constants: ConstantStrings, dynamicType: ValueLayouts["dynamicType"]) {
    this.#heap = heap;
    this.#contents = new ContentsReader(heap);
    this.#constants = constants;
    this.#dynamicType = dynamicType;
  }

  /** The key at `offset` of an object's slot; undefined if nothing tells its text. */
  read(object: number, offset: number, { kind, size }: Pick<DescribedType, "kind" | "size">): string | undefined {
    const { pointerSize } = this.#heap.dump;
    const word = (at: number): number => this.#contents.word(object, at);
    if (kind === Kind.String) return this.#readString(word(offset), word(offset + pointerSize));
    if (kind !== Kind.Interface) {
      return this.#readInteger(kind, size, (at) => this.#contents.byte(object, offset + at));
    }
    const type = this.#dynamicType(word(offset));
    const dynamic = type === undefined ? undefined : KIND_OF_NAME.get(type.name);
    return dynamic === undefined ? undefined : this.#readBoxed(word(offset + pointerSize), dynamic, type!.size);
  }

  /** A value that an interface points to: an object, part of one, or a constant of the program's. */
  #readBoxed(address: number, kind: Kind, size: number): string | undefined {
    const { pointerSize, bigEndian } = this.#heap.dump;
    // A damaged descriptor.
    if (kind === Kind.String ? size !== 2 * pointerSize : size > MAX_INTEGER_BYTES) return undefined;
    const bytes = this.#bytesAt(address, size)?.slice();
    if (bytes === undefined) return undefined;
    if (kind !== Kind.String) return this.#readInteger(kind, size, (at) => bytes[at]!);
    const view = new DataView(bytes.buffer);
    const word = (at: number): number =>
      pointerSize === 8
        ? Number(view.getBigUint64(at, !bigEndian) - this.#heap.dump.addressBase)
        : view.getUint32(at, !bigEndian);
    const length = pointerSize === 8 ? Number(view.getBigUint64(pointerSize, !bigEndian)) : word(pointerSize);
    return this.#readString(word(0), length);
  }

  #readString(address: number, length: number): string | undefined {
    if (length === 0) return '""';
    const size = Math.min(length, MAX_KEY_BYTES);
    const bytes = this.#bytesAt(address, size);
    if (bytes === undefined) return undefined;
    const text = decoder.decode(bytes);
    // A sequence that the cut split.
    return length > size ? JSON.stringify(`${text.replace(/\ufffd$/, "")}…`) : JSON.stringify(text);
  }

  /** Bytes of the heap or of read-only data; valid until the next call. */
  #bytesAt(address: number, size: number): Uint8Array | undefined {
    const target = this.#heap.findObject(address);
    if (target < 0) return this.#constants.image.bytes(address - this.#constants.bias, size);
    const { address: addresses, position } = this.#heap.objects;
    const bytes = this.#bytes.subarray(0, size);
    this.#contents.copy(position[target]! + address - addresses[target]!, bytes);
    return bytes;
  }

  #readInteger(kind: Kind, size: number, byte: (at: number) => number): string {
    let value = 0n;
    for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(byte(this.#heap.dump.bigEndian ? i : size - 1 - i));
    if (kind === Kind.Bool) return String(value !== 0n);
    return String(kind <= Kind.Int64 ? BigInt.asIntN(size * 8, value) : value);
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
