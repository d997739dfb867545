/** Go types made by hand, and a program that has them: what typing needs of an executable, without one. */
import {
  computePointerLayout,
  type Field,
  Kind,
  NO_TYPE,
  type PointerLayout,
  pointerPrefix,
  type Type,
  type TypeTable,
} from "../../src/binary/index.ts";
import { ExecutableTypes } from "../../src/typing/match/executable-types.ts";
import { TypeUniverse } from "../../src/typing/universe/type-universe.ts";

/** Where the first descriptor is, in the file and in the process. */
export const TYPES_START = 0x4a_0000;
/** Bytes from one descriptor to the next. */
const TYPES_STRIDE = 64;
const TYPES_END = TYPES_START + 1000 * TYPES_STRIDE;

type FixtureField = readonly [name: string, type: Type, how?: "embedded"];

/** A type whose parts can be set after it is made, for types that refer to themselves. */
export type FixtureType = { -readonly [K in keyof Type]: Type[K] };

export class TypeFixture implements TypeTable {
  readonly pointerSize: 4 | 8;
  readonly #types: FixtureType[] = [];
  /** Entry → name. */
  readonly functions = new Map<number, string>();
  /** What the code of functions loads, by their names. */
  readonly loads = new Map<string, readonly (readonly number[])[]>();
  /** Run-time address of an itab → of its dynamic type. */
  readonly itabs = new Map<number, number>();
  readonly interfaces = new Map<number, Type>();

  constructor(pointerSize: 4 | 8 = 8) {
    this.pointerSize = pointerSize;
  }

  get count(): number {
    return this.#types.length;
  }

  at(index: number): Type {
    return this.#types[index]!;
  }

  indexAt(address: number): number {
    const index = (address - TYPES_START) / TYPES_STRIDE;
    return Number.isInteger(index) && index >= 0 && index < this.count ? index : NO_TYPE;
  }

  typeAt(address: number): Type | undefined {
    return this.#types[this.indexAt(address)];
  }

  enumerate(): number {
    return this.count;
  }

  /** Adds a type; what is not given is as of a type without parts. */
  add(kind: Kind, name: string, size: number, parts: Partial<FixtureType> = {}): FixtureType {
    const rules = { pointerSize: this.pointerSize, interfaceTypeWords: false };
    let layout: PointerLayout | undefined;
    const type: FixtureType = {
      address: TYPES_START + this.count * TYPES_STRIDE,
      kind,
      size,
      align: Math.min(this.pointerSize, size || 1),
      hash: this.count + 1,
      string: name,
      name,
      packagePath: "",
      isNamed: /^\w+(\.|$)/.test(name) && !name.startsWith("map[") && !name.startsWith("chan "),
      isDirect: false,
      methodCount: 0,
      methodNames: [],
      elem: undefined,
      key: undefined,
      group: undefined,
      length: 0,
      chanDir: 0,
      fields: [],
      in: [],
      out: [],
      isVariadic: false,
      pointerTo: undefined,
      pointerBytes: 0,
      pointers: { words: new Int32Array(0), stride: size, repeat: 0, isComplete: true },
      ...parts,
    };
    // As late as an executable's types do: a type may refer to itself.
    Object.defineProperty(type, "pointers", {
      get: () => {
        layout ??= computePointerLayout(type, rules);
        return layout;
      },
    });
    Object.defineProperty(type, "pointerBytes", { get: () => pointerPrefix(type.pointers, this.pointerSize) });
    this.#types.push(type);
    return type;
  }

  int = (): FixtureType => this.#once("int", () => this.add(Kind.Int, "int", this.pointerSize));
  uint8 = (): FixtureType => this.#once("uint8", () => this.add(Kind.Uint8, "uint8", 1));
  bool = (): FixtureType => this.#once("bool", () => this.add(Kind.Bool, "bool", 1));
  uintptr = (): FixtureType => this.#once("uintptr", () => this.add(Kind.Uintptr, "uintptr", this.pointerSize));
  string = (): FixtureType => this.#once("string", () => this.add(Kind.String, "string", 2 * this.pointerSize));
  unsafePointer = (): FixtureType =>
    this.#once("unsafe.Pointer", () => this.add(Kind.UnsafePointer, "unsafe.Pointer", this.pointerSize));

  any = (): FixtureType =>
    this.#once("interface {}", () => this.add(Kind.Interface, "interface {}", 2 * this.pointerSize));

  /** An interface with one method. */
  interface(name: string): FixtureType {
    return this.add(Kind.Interface, name, 2 * this.pointerSize, { methodCount: 1, methodNames: ["M"] });
  }

  pointer(elem: Type): FixtureType {
    return this.#once(`*${elem.name}`, (name) =>
      this.add(Kind.Pointer, name, this.pointerSize, { elem, isDirect: true }),
    );
  }

  slice(elem: Type): FixtureType {
    return this.#once(`[]${elem.name}`, (name) => this.add(Kind.Slice, name, 3 * this.pointerSize, { elem }));
  }

  array(length: number, elem: Type): FixtureType {
    return this.#once(`[${length}]${elem.name}`, (name) =>
      this.add(Kind.Array, name, length * elem.size, { elem, length, align: elem.align }),
    );
  }

  channel(elem: Type): FixtureType {
    return this.#once(`chan ${elem.name}`, (name) =>
      this.add(Kind.Chan, name, this.pointerSize, { elem, chanDir: 3, isDirect: true }),
    );
  }

  func(name = "func()"): FixtureType {
    return this.#once(name, () => this.add(Kind.Func, name, this.pointerSize, { isDirect: true }));
  }

  map(key: Type, elem: Type, group: Type): FixtureType {
    return this.#once(`map[${key.name}]${elem.name}`, (name) =>
      this.add(Kind.Map, name, this.pointerSize, { key, elem, group, isDirect: true }),
    );
  }

  /** A struct of fields that stand where the compiler would put them. */
  struct(name: string, fields: readonly FixtureField[]): FixtureType {
    const type = this.add(Kind.Struct, name, 0);
    this.setFields(type, fields);
    return type;
  }

  setFields(type: FixtureType, fields: readonly FixtureField[]): void {
    const placed: Field[] = [];
    let offset = 0;
    let align = 1;
    for (const [name, field, how] of fields) {
      offset = Math.ceil(offset / field.align) * field.align;
      placed.push({ name, type: field, offset, embedded: how === "embedded" });
      offset += field.size;
      align = Math.max(align, field.align);
    }
    type.fields = placed;
    type.align = align;
    type.size = Math.ceil(offset / align) * align;
  }

  /** Adds a function; returns its entry. */
  functionNamed(name: string): number {
    const entry = 0x40_1000 + this.functions.size * 32;
    this.functions.set(entry, name);
    return entry;
  }

  /** Adds an itab; returns its address. */
  itab(face: Type, dynamic: Type): number {
    const address = 0x60_0000 + this.itabs.size * 64;
    this.itabs.set(address, dynamic.address);
    this.interfaces.set(address, face);
    return address;
  }

  /** runtime.hchan, as far as typing knows it. */
  addChannelLayout(): FixtureType {
    return this.struct("runtime.hchan", [
      ["qcount", this.int()],
      ["dataqsiz", this.int()],
      ["buf", this.unsafePointer()],
      ["elemsize", this.int()],
      ["elemtype", this.uintptr()],
      ["sendx", this.int()],
    ]);
  }

  /** The executable, loaded where it was linked, or nobody knows where. */
  executable(isLocated = true): ExecutableTypes {
    return new ExecutableTypes(
      new TypeUniverse(this, this.pointerSize),
      {
        isEntry: (pc) => this.functions.has(pc),
        nameAt: (pc) => this.functions.get(pc),
        loadedBy: (name) => this.loads.get(name) ?? [],
      },
      { data: 0, text: 0, types: 0 },
      isLocated ? { start: TYPES_START, end: TYPES_END } : { start: 0, end: 0 },
      this.itabs,
      this.interfaces,
    );
  }

  #once(name: string, make: (name: string) => FixtureType): FixtureType {
    return this.#types.find((type) => type.name === name) ?? make(name);
  }
}
