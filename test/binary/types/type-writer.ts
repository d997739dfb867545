/**
 * Writes type descriptors as the compilers of Go 1.5 … 1.27 do: the inverse of src/binary/types, written from
 * runtime/type.go and cmd/compile's reflect.go, and not from the reader.
 */
import { Kind } from "../../../src/binary/types/type.ts";
import type { Memory } from "../memory.ts";

/** A type to be written. Types refer to one another by object, so that they may be recursive. */
export interface TypeSpec {
  readonly kind: number;
  readonly string: string;
  /** Declared types. */
  readonly path?: string;
  readonly named?: boolean;
  readonly size: number;
  readonly pointerBytes?: number;
  readonly align?: number;
  readonly direct?: boolean;
  /** Write String() with a star that is not part of it. */
  readonly star?: boolean;
  elem?: TypeSpec;
  key?: TypeSpec;
  group?: TypeSpec;
  length?: number;
  dir?: number;
  fields?: { name: string; type: TypeSpec; offset: number; embedded?: boolean }[];
  in?: TypeSpec[];
  out?: TypeSpec[];
  variadic?: boolean;
  /** Names of an interface's methods. */
  methods?: string[];
  /** Number of methods in the method table. */
  methodCount?: number;
  pointerTo?: TypeSpec;
}

const HEADER_WORDS = { direct: 1 << 5 } as const;

/** Writes all types into `memory`, from its current end on; gives the address of each. */
export function writeTypes(memory: Memory, specs: readonly TypeSpec[], minor: number): Map<TypeSpec, number> {
  return minor >= 7 ? new OffsetWriter(memory, minor).write(specs) : new PointerWriter(memory, minor).write(specs);
}

function writeHead(memory: Memory, at: number, spec: TypeSpec, index: number, flags: number, kindBits: number): void {
  const { pointerSize } = memory;
  memory.setWords(at, [spec.size, spec.pointerBytes ?? 0]);
  memory.setUint32(at + 2 * pointerSize, 0xbeef0000 + index);
  memory.setUint8(at + 2 * pointerSize + 4, flags);
  memory.setUint8(at + 2 * pointerSize + 5, spec.align ?? pointerSize);
  memory.setUint8(at + 2 * pointerSize + 6, spec.align ?? pointerSize);
  memory.setUint8(at + 2 * pointerSize + 7, spec.kind | kindBits);
  // Any mapped address does for the mask, which nobody reads.
  memory.setWord(at + 3 * pointerSize + 8, spec.pointerBytes ? memory.base : 0);
}

class OffsetWriter {
  private readonly memory: Memory;
  private readonly minor: number;
  private readonly base: number;
  private readonly names = new Map<string, number>();

  constructor(memory: Memory, minor: number) {
    this.memory = memory;
    this.minor = minor;
    this.base = memory.base;
  }

  write(specs: readonly TypeSpec[]): Map<TypeSpec, number> {
    // Offset 0 means "none".
    this.memory.allocate(this.memory.pointerSize);
    const addresses = new Map(specs.map((spec) => [spec, this.memory.allocate(this.sizeOf(spec))]));
    specs.forEach((spec, i) => {
      this.writeType(spec, i, addresses);
    });
    return addresses;
  }

  private isUncommon(spec: TypeSpec): boolean {
    return spec.path !== undefined || (spec.methodCount ?? 0) > 0;
  }

  private sizeOf(spec: TypeSpec): number {
    const { pointerSize } = this.memory;
    const parameters = (spec.in?.length ?? 0) + (spec.out?.length ?? 0);
    return 4 * pointerSize + 16 + this.tailSize(spec) + (this.isUncommon(spec) ? 16 : 0) + parameters * pointerSize;
  }

  private tailSize(spec: TypeSpec): number {
    const { pointerSize } = this.memory;
    const words = (count: number): number => count * pointerSize;
    if (spec.kind === Kind.Map) {
      if (this.minor >= 27) return words(11);
      if (this.minor >= 24) return words(8);
      if (this.minor >= 14) return words(4) + 8;
      return (this.minor >= 11 ? words(3) : words(4)) + 8;
    }
    const table: Record<number, number> = {
      [Kind.Pointer]: 1,
      [Kind.Slice]: 1,
      [Kind.Array]: 3,
      [Kind.Chan]: 2,
      [Kind.Func]: 1,
      [Kind.Interface]: 4,
      [Kind.Struct]: 4,
    };
    return words(table[spec.kind] ?? 0);
  }

  private writeType(spec: TypeSpec, index: number, addresses: ReadonlyMap<TypeSpec, number>): void {
    const { memory, minor, base } = this;
    const { pointerSize } = memory;
    const at = addresses.get(spec)!;
    const address = (type: TypeSpec | undefined): number => (type ? addresses.get(type)! : 0);
    let flags = (this.isUncommon(spec) ? 1 : 0) + (spec.star ? 2 : 0) + (spec.named ? 4 : 0);
    if (minor >= 26 && spec.direct) flags |= 1 << 5;
    writeHead(memory, at, spec, index, flags, minor < 26 && spec.direct ? HEADER_WORDS.direct : 0);
    const tail = at + 4 * pointerSize + 16;
    memory.setUint32(tail - 8, this.name(spec.star ? `*${spec.string}` : spec.string) - base);
    memory.setUint32(tail - 4, spec.pointerTo ? address(spec.pointerTo) - base : 0);
    switch (spec.kind) {
      case Kind.Pointer:
      case Kind.Slice:
        memory.setWord(tail, address(spec.elem));
        break;
      case Kind.Array:
        memory.setWords(tail, [address(spec.elem), 0, spec.length!]);
        break;
      case Kind.Chan:
        memory.setWords(tail, [address(spec.elem), spec.dir!]);
        break;
      case Kind.Map:
        memory.setWords(tail, [address(spec.key), address(spec.elem), address(spec.group)]);
        break;
      case Kind.Func: {
        memory.setUint16(tail, spec.in?.length ?? 0);
        memory.setUint16(tail + 2, (spec.out?.length ?? 0) + (spec.variadic ? 0x8000 : 0));
        const table = tail + pointerSize + (this.isUncommon(spec) ? 16 : 0);
        memory.setWords(table, [...(spec.in ?? []), ...(spec.out ?? [])].map(address));
        break;
      }
      case Kind.Interface: {
        const methods = memory.allocate((spec.methods?.length ?? 0) * 8, 4);
        spec.methods?.forEach((name, i) => {
          memory.setUint32(methods + i * 8, this.name(name) - base);
        });
        memory.setWords(tail, [0, methods, spec.methods?.length ?? 0, spec.methods?.length ?? 0]);
        break;
      }
      case Kind.Struct: {
        const fields = spec.fields ?? [];
        const rows = memory.addWords(
          fields.flatMap((field) => [this.fieldName(field), address(field.type), this.fieldOffset(field)]),
        );
        memory.setWords(tail, [0, rows, fields.length, fields.length]);
        break;
      }
    }
    if (this.isUncommon(spec)) {
      const uncommon = tail + this.tailSize(spec);
      memory.setUint32(uncommon, spec.path === undefined ? 0 : this.name(spec.path) - base);
      memory.setUint16(uncommon + 4, spec.methodCount ?? 0);
    }
  }

  private fieldName(field: { name: string; embedded?: boolean }): number {
    if (this.minor <= 8 && field.embedded) return this.name("");
    return this.name(field.name, this.minor >= 19 && field.embedded ? 8 : 0);
  }

  private fieldOffset(field: { offset: number; embedded?: boolean }): number {
    const hasBit = this.minor >= 9 && this.minor <= 18;
    return hasBit ? field.offset * 2 + (field.embedded ? 1 : 0) : field.offset;
  }

  private name(text: string, flags = 0): number {
    const key = `${flags} ${text}`;
    let address = this.names.get(key);
    if (address === undefined) {
      const bytes = new TextEncoder().encode(text);
      const { length } = bytes;
      const varint = length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
      const lengthBytes = this.minor <= 16 ? [length >> 8, length & 0xff] : varint;
      address = this.memory.add([flags, ...lengthBytes, ...bytes]);
      this.names.set(key, address);
    }
    return address;
  }
}

class PointerWriter {
  private readonly memory: Memory;
  private readonly minor: number;

  constructor(memory: Memory, minor: number) {
    this.memory = memory;
    this.minor = minor;
  }

  write(specs: readonly TypeSpec[]): Map<TypeSpec, number> {
    const { memory } = this;
    memory.allocate(memory.pointerSize);
    const addresses = new Map(specs.map((spec) => [spec, memory.allocate(this.tail() + 8 * memory.pointerSize)]));
    specs.forEach((spec, i) => {
      this.writeType(spec, i, addresses);
    });
    return addresses;
  }

  private tail(): number {
    return (this.minor === 5 ? 8 : 7) * this.memory.pointerSize + 8;
  }

  private writeType(spec: TypeSpec, index: number, addresses: ReadonlyMap<TypeSpec, number>): void {
    const { memory } = this;
    const { pointerSize } = memory;
    const at = addresses.get(spec)!;
    const address = (type: TypeSpec | undefined): number => (type ? addresses.get(type)! : 0);
    writeHead(memory, at, spec, index, 0, spec.direct ? HEADER_WORDS.direct : 0);
    const uncommon =
      spec.path !== undefined || spec.named || spec.methodCount
        ? memory.addWords([
            spec.named ? this.string(spec.string.slice(spec.string.lastIndexOf(".") + 1)) : 0,
            spec.path ? this.string(spec.path) : 0,
            0,
            spec.methodCount ?? 0,
            spec.methodCount ?? 0,
          ])
        : 0;
    // In Go 1.5 a pointer to zeros follows.
    const zero = this.minor === 5 ? [memory.base] : [];
    memory.setWords(at + 4 * pointerSize + 8, [this.string(spec.string), uncommon, address(spec.pointerTo), ...zero]);
    const tail = at + this.tail();
    const list = (types: readonly TypeSpec[] | undefined): number[] => {
      const count = types?.length ?? 0;
      return [memory.addWords((types ?? []).map(address)), count, count];
    };
    switch (spec.kind) {
      case Kind.Pointer:
      case Kind.Slice:
        memory.setWord(tail, address(spec.elem));
        break;
      case Kind.Array:
        memory.setWords(tail, [address(spec.elem), 0, spec.length!]);
        break;
      case Kind.Chan:
        memory.setWords(tail, [address(spec.elem), spec.dir!]);
        break;
      case Kind.Map:
        memory.setWords(tail, [address(spec.key), address(spec.elem), address(spec.group)]);
        break;
      case Kind.Func:
        memory.setUint8(tail, spec.variadic ? 1 : 0);
        memory.setWords(tail + pointerSize, [...list(spec.in), ...list(spec.out)]);
        break;
      case Kind.Interface: {
        const rows = memory.addWords((spec.methods ?? []).flatMap((name) => [this.string(name), 0, 0]));
        memory.setWords(tail, [rows, spec.methods?.length ?? 0, spec.methods?.length ?? 0]);
        break;
      }
      case Kind.Struct: {
        const fields = spec.fields ?? [];
        const rows = memory.addWords(
          fields.flatMap(({ name, type, offset, embedded }) => [
            embedded ? 0 : this.string(name),
            0,
            address(type),
            0,
            offset,
          ]),
        );
        memory.setWords(tail, [rows, fields.length, fields.length]);
        break;
      }
    }
  }

  /** Address of a string header. */
  private string(text: string): number {
    const address = this.memory.add(text);
    return this.memory.addWords([address, new TextEncoder().encode(text).length]);
  }
}
