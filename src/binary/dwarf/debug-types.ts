/**
 * DebugTypes: types by the position of their entry in .debug_info. Where the entry names a runtime descriptor and that
 * agrees with it, the descriptor's type is given, so that one type is one object whoever asks; else the entry is read.
 */
import type { PointerRules } from "../types/pointer-layout.ts";
import { type Field, Kind, type Type } from "../types/type.ts";
import { Operation, Slot, Tag } from "./codes.ts";
import type { DwarfWarnings } from "./damage.ts";
import type { DescriptorSource } from "./debug-info.ts";
import { DebugType } from "./debug-type.ts";
import { constantOf, Entry, NONE, readEntry, referenceOf, textOf } from "./entry.ts";
import { nested } from "./nesting.ts";
import type { DwarfSections } from "./sections.ts";
import type { DebugSignature, EntryReader, TypeEntry } from "./type-entry.ts";
import { lastElement, parameterCount } from "./type-spelling.ts";
import type { Unit } from "./unit.ts";
import { findUnit } from "./units.ts";

/** Typedefs of typedefs; Go's are two deep. */
const MAX_TYPEDEFS = 64;
/** Fields or parameters of one type. */
const MAX_CHILDREN = 1 << 16;
/** Low bits of the kind; older linkers wrote the descriptor's flags above them. */
const KIND_MASK = 31;
const MAX_KIND = 26;
const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** Sizes in words of kinds whose size is always the same; see also SIZES. */
const WORDS: ReadonlyMap<number, number> = new Map<number, number>([
  [Kind.Int, 1],
  [Kind.Uint, 1],
  [Kind.Uintptr, 1],
  [Kind.Chan, 1],
  [Kind.Func, 1],
  [Kind.Interface, 2],
  [Kind.Map, 1],
  [Kind.Pointer, 1],
  [Kind.Slice, 3],
  [Kind.String, 2],
  [Kind.UnsafePointer, 1],
]);

/** Sizes in bytes. */
const SIZES: ReadonlyMap<number, number> = new Map<number, number>([
  [Kind.Bool, 1],
  [Kind.Int8, 1],
  [Kind.Int16, 2],
  [Kind.Int32, 4],
  [Kind.Int64, 8],
  [Kind.Uint8, 1],
  [Kind.Uint16, 2],
  [Kind.Uint32, 4],
  [Kind.Uint64, 8],
  [Kind.Float32, 4],
  [Kind.Float64, 8],
  [Kind.Complex64, 8],
  [Kind.Complex128, 16],
]);

/** What kinds a tag may have; the first is that of an entry that says none, or another. */
const KINDS_OF_TAG: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  [Tag.ArrayType, [Kind.Array]],
  [Tag.PointerType, [Kind.Pointer]],
  [Tag.StructureType, [Kind.Struct, Kind.String, Kind.Slice]],
  [Tag.SubroutineType, [Kind.Func]],
]);

/** DW_ATE_* and the size to the kind, for base types that do not say theirs. */
const ENCODINGS: ReadonlyMap<number, readonly Kind[]> = new Map<number, readonly Kind[]>([
  [2, [Kind.Bool]],
  [3, [Kind.Complex64, Kind.Complex128]],
  [4, [Kind.Float32, Kind.Float64]],
  [5, [Kind.Int8, Kind.Int16, Kind.Int32, Kind.Int64]],
  [6, [Kind.Int8]],
  [7, [Kind.Uint8, Kind.Uint16, Kind.Uint32, Kind.Uint64]],
  [8, [Kind.Uint8]],
]);

/** The struct that marks others as being outside of the heap, and its field's type. */
const OUTSIDE_HEAP = /\/sys\.(?:NotInHeap|nih)$/;

const FIRST_WITH_MARKED_RESULTS = 24;
const FIRST_TO_IGNORE_EMPTY_FIELDS = 26;
const NO_SIGNATURE: DebugSignature = { in: [], out: [], isVariadic: false };

/** Gives the type of an entry, the same object each time. */
export class DebugTypes implements EntryReader {
  readonly rules: PointerRules;
  private readonly sections: DwarfSections;
  private readonly units: readonly Unit[];
  private readonly descriptors: DescriptorSource;
  private readonly warnings: DwarfWarnings;
  private readonly goMinor: number;
  private readonly outside = new Map<Type, boolean>();
  private readonly known = new Map<number, Type | undefined>();
  private readonly missing: Type;

  /** @param goMinor the N of the Go 1.N whose compiler and linker wrote it */
  constructor(
    sections: DwarfSections,
    units: readonly Unit[],
    descriptors: DescriptorSource,
    goMinor: number,
    warnings: DwarfWarnings,
  ) {
    this.sections = sections;
    this.units = units;
    this.descriptors = descriptors;
    this.goMinor = goMinor;
    this.rules = { pointerSize: sections.pointerSize, interfaceTypeWords: goMinor <= 10 };
    this.warnings = warnings;
    this.missing = new DebugType(this, { ...NO_ENTRY, kind: Kind.Struct, name: "?" });
  }

  /** The type whose entry is at a position; one called "?" without fields and size if there is none that makes sense. */
  at(position: number): Type {
    return this.find(position) ?? this.missing;
  }

  /** The same, or undefined. O(1) after the first time. */
  find(position: number): Type | undefined {
    if (position === NONE) return undefined;
    if (this.known.has(position)) return this.known.get(position);
    const type = this.warnings.attempt("a type is left out", undefined, () => this.resolve(position));
    this.known.set(position, type);
    return type;
  }

  /** Fields of a struct's entry. Those that point nowhere, or out of the struct, come from damage and are left out. */
  fieldsOf(type: TypeEntry): readonly Field[] {
    const fields: Field[] = [];
    this.eachChild(type, (unit, child) => {
      if (child.tag !== Tag.Member) return;
      const offset = this.memberOffset(child);
      const position = referenceOf(child, Slot.Type);
      const embedded = child.value(Slot.GoEmbedded) !== 0;
      const name = lastElement(textOf(this.sections, unit, child, Slot.Name) ?? "");
      const fieldType = this.find(position);
      if (!fieldType || offset < 0 || offset + fieldType.size > type.size) return;
      fields.push({ name: name === "" ? "_" : name, type: fieldType, offset, embedded });
    });
    return fields.sort((a, b) => a.offset - b.offset);
  }

  /** Length of an array's entry. */
  lengthOf(type: TypeEntry, elementSize: number): number {
    let count = NONE;
    this.eachChild(type, (_, child) => {
      if (child.tag !== Tag.SubrangeType) return;
      count = constantOf(child, Slot.Count);
      const bound = constantOf(child, Slot.UpperBound);
      if (count === NONE && bound !== NONE) count = bound + 1;
    });
    // The size is what everything else is checked against.
    if (elementSize > 0 && count * elementSize !== type.size) count = Math.floor(type.size / elementSize);
    return Math.max(0, count);
  }

  /**
   * Parameters and results of a func's entry. Go ≥ 1.24 marks the results; before, they are told from the parameters by
   * the spelling, which declared types have not, and are pointers to what they are.
   */
  signatureOf(type: TypeEntry): DebugSignature {
    const parameters: { readonly position: number; readonly isResult: boolean }[] = [];
    let isVariadic = false;
    this.eachChild(type, (_, child) => {
      if (child.tag === Tag.UnspecifiedParameters) isVariadic = true;
      if (child.tag !== Tag.FormalParameter) return;
      parameters.push({
        position: referenceOf(child, Slot.Type),
        isResult: child.value(Slot.VariableParameter) !== 0,
      });
    });
    const isMarked = this.goMinor >= FIRST_WITH_MARKED_RESULTS;
    const inCount = isMarked ? 0 : parameterCount(type.name);
    if (inCount < 0) return NO_SIGNATURE;
    const isResult = (index: number): boolean => (isMarked ? parameters[index]!.isResult : index >= inCount);
    const types = (wanted: boolean): Type[] =>
      parameters
        .filter((_, i) => isResult(i) === wanted)
        .map(({ position }) => this.find(position))
        .map((found) => (wanted && !isMarked ? found?.elem : found))
        .filter((found) => found !== undefined);
    return { in: types(false), out: types(true), isVariadic };
  }

  /**
   * Whether values of a type are only ever outside of the heap (`//go:notinheap`, sys.NotInHeap since Go 1.20), so that
   * pointers to them count for none. O(1) after the first time.
   */
  isOutsideHeap(type: Type): boolean {
    const { kind, elem } = type;
    if (kind !== Kind.Struct && kind !== Kind.Array) return false;
    let isOutside = this.outside.get(type);
    if (isOutside === undefined) {
      // In a damaged file a type may be its own part.
      this.outside.set(type, false);
      const parts = elem ? [elem] : type.fields.map((field) => field.type);
      isOutside = OUTSIDE_HEAP.test(type.name) || nested(false, () => parts.some((part) => this.isOutsideHeap(part)));
      this.outside.set(type, isOutside);
    }
    return isOutside;
  }

  /** Whether an interface holds a struct of these fields itself: one pointer, and since Go 1.26 what takes no space. */
  isDirectStruct(fields: readonly Field[]): boolean {
    const counted = this.goMinor >= FIRST_TO_IGNORE_EMPTY_FIELDS ? fields.filter(({ type }) => type.size > 0) : fields;
    return counted.length === 1 && counted[0]!.type.isDirect;
  }

  /** Whether an interface's entry has no methods: those have another representation. */
  isEmptyInterface(type: TypeEntry): boolean {
    return this.find(type.representation)?.string === "runtime.eface";
  }

  /** The type of the memory that holds a map's entries. */
  groupOf(map: TypeEntry): Type | undefined {
    const header = this.find(map.representation)?.elem;
    // Go ≤ 1.23 has buckets; since 1.24 there is a directory of tables, each with a reference to its groups.
    const table = fieldType(header, "dirPtr")?.elem?.elem;
    return fieldType(header, "buckets")?.elem ?? fieldType(fieldType(table, "groups"), "data")?.elem;
  }

  /** Follows typedefs to the entry that says the kind, and makes its type. @throws DwarfDamage */
  private resolve(position: number): Type | undefined {
    const entry = new Entry();
    let at = position;
    for (let i = 0; i < MAX_TYPEDEFS; i++) {
      const unit = findUnit(this.units, at);
      if (!unit) return undefined;
      readEntry(this.sections, unit, at, entry);
      const next = referenceOf(entry, Slot.Type);
      if (entry.tag === Tag.Typedef && !entry.has(Slot.GoKind)) {
        if (this.known.has(next)) return this.known.get(next);
        at = next;
        continue;
      }
      return at === position ? this.make(unit, entry) : this.find(at);
    }
    return undefined;
  }

  private make(unit: Unit, entry: Entry): Type | undefined {
    const kind = kindOf(entry);
    if (kind === 0) return undefined;
    const size = this.sizeOf(kind, entry);
    if (size < 0 || size > MAX_SIZE) return undefined;
    const offset = constantOf(entry, Slot.GoRuntimeType);
    if (offset > 0) {
      const type = this.descriptors.typeAt(offset);
      if (type && type.kind === kind && type.size === size) return type;
    }
    const target = referenceOf(entry, Slot.Type);
    const isPlain = entry.tag === Tag.PointerType || entry.tag === Tag.ArrayType;
    return new DebugType(this, {
      position: entry.position,
      kind,
      size,
      elem: isPlain ? target : referenceOf(entry, Slot.GoElem),
      key: referenceOf(entry, Slot.GoKey),
      representation: entry.tag === Tag.Typedef ? target : NONE,
      hasChildren: entry.hasChildren,
      name: textOf(this.sections, unit, entry, Slot.Name) ?? "",
    });
  }

  private sizeOf(kind: Kind, entry: Entry): number {
    const { pointerSize } = this.rules;
    const words = WORDS.get(kind);
    return words === undefined ? (SIZES.get(kind) ?? constantOf(entry, Slot.ByteSize)) : words * pointerSize;
  }

  /** Offset of a member: a number, or as older linkers wrote it an operation that adds one. */
  private memberOffset(member: Entry): number {
    if (!member.has(Slot.MemberLocation)) return 0;
    const constant = constantOf(member, Slot.MemberLocation);
    if (constant !== NONE) return constant;
    const start = member.values[Slot.MemberLocation]!;
    const length = member.lengths[Slot.MemberLocation]!;
    const cursor = this.sections.cursor("info").seek(start, start + length);
    return cursor.uint8() === Operation.PlusUnsigned ? cursor.uleb() : NONE;
  }

  /** Calls back for each child of a type's entry. What is damaged ends the list. */
  private eachChild(type: TypeEntry, callback: (unit: Unit, child: Entry) => void): void {
    const unit = findUnit(this.units, type.position);
    if (!type.hasChildren || !unit) return;
    this.warnings.attempt("a type is incomplete", undefined, () => {
      const child = new Entry();
      readEntry(this.sections, unit, type.position, child);
      for (let i = 0; i < MAX_CHILDREN; i++) {
        readEntry(this.sections, unit, child.next, child);
        // Nothing below a type has children of its own.
        if (child.tag === 0 || child.hasChildren) return;
        callback(unit, child);
      }
    });
  }
}

function fieldType(type: Type | undefined, name: string): Type | undefined {
  return type?.fields.find((field) => field.name === name)?.type;
}

const NO_ENTRY: Omit<TypeEntry, "kind" | "name"> = {
  position: NONE,
  size: 0,
  elem: NONE,
  key: NONE,
  representation: NONE,
  hasChildren: false,
};

/** The kind of a type's entry; 0 if it is not one of a type. */
function kindOf(entry: Entry): Kind | 0 {
  const said = constantOf(entry, Slot.GoKind) & KIND_MASK;
  const kind = entry.has(Slot.GoKind) && said <= MAX_KIND ? said : 0;
  switch (entry.tag) {
    case Tag.BaseType: {
      if (SIZES.has(kind) || WORDS.has(kind)) return kind as Kind;
      const size = constantOf(entry, Slot.ByteSize);
      const kinds = ENCODINGS.get(constantOf(entry, Slot.Encoding)) ?? [];
      return kinds.find((each) => SIZES.get(each) === size) ?? 0;
    }
    case Tag.Typedef:
      return kind === Kind.Map || kind === Kind.Chan || kind === Kind.Interface ? kind : 0;
    case Tag.PointerType:
      // unsafe.Pointer is the pointer to nothing.
      return referenceOf(entry, Slot.Type) === NONE ? Kind.UnsafePointer : Kind.Pointer;
    default: {
      const kinds = KINDS_OF_TAG.get(entry.tag) ?? [];
      return ((kinds.includes(kind) ? kind : kinds[0]) ?? 0) as Kind | 0;
    }
  }
}
