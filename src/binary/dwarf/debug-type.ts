/**
 * DebugType: a type of which the executable has no runtime descriptor, or none that fits, made from its debug information
 * with the same members. What debug information does not tell is empty: methods, the hash, the type *T.
 */
import { unescapeSymbol } from "../../symbol-names.ts";
import { computePointerLayout, noPointers, pointerPrefix } from "../types/pointer-layout.ts";
import { type Field, Kind, type PointerLayout, type Type } from "../types/type.ts";
import { composeTypeName } from "../types/type-name.ts";
import { nested } from "./nesting.ts";
import type { DebugSignature, EntryReader, TypeEntry } from "./type-entry.ts";
import { directionOf, isNamedSpelling, packageOf, shortSpelling } from "./type-spelling.ts";

const NO_FIELDS: readonly Field[] = [];
const NO_SIGNATURE: DebugSignature = { in: [], out: [], isVariadic: false };

/** A type, read from its entry member by member when asked for. */
export class DebugType implements Type {
  readonly kind: Kind;
  readonly size: number;
  readonly address = 0;
  readonly hash = 0;
  readonly methodNames: readonly string[] = [];
  readonly pointerTo = undefined;
  private readonly types: EntryReader;
  private readonly entry: TypeEntry;
  private cachedAlign = 0;
  private cachedDirect: boolean | undefined;
  private cachedName: string | undefined;
  private cachedPointers: PointerLayout | undefined;
  private cachedFields: readonly Field[] | undefined;
  private cachedSignature: DebugSignature | undefined;
  private cachedLength = -1;

  constructor(types: EntryReader, entry: TypeEntry) {
    this.types = types;
    this.entry = entry;
    this.kind = entry.kind;
    this.size = entry.size;
  }

  get string(): string {
    return this.entry.name === "" ? "?" : unescapeSymbol(shortSpelling(this.entry.name));
  }

  get name(): string {
    if (this.cachedName === undefined) {
      // In a damaged file a type may be its own element.
      this.cachedName = this.string;
      // The parameters of unnamed functions are spelled in full already, and not all of them are known.
      this.cachedName =
        this.kind === Kind.Func ? unescapeSymbol(this.entry.name) : nested(this.string, () => composeTypeName(this));
    }
    return this.cachedName;
  }

  get packagePath(): string {
    return this.isNamed ? unescapeSymbol(packageOf(this.entry.name)) : "";
  }

  get isNamed(): boolean {
    return isNamedSpelling(this.entry.name);
  }

  get align(): number {
    if (this.cachedAlign === 0) {
      this.cachedAlign = 1;
      this.cachedAlign = nested(1, () => this.computeAlign());
    }
    return this.cachedAlign;
  }

  get isDirect(): boolean {
    if (this.cachedDirect === undefined) {
      this.cachedDirect = false;
      this.cachedDirect = nested(false, () => this.computeDirect());
    }
    return this.cachedDirect;
  }

  /** Of an interface with methods, of which there is no list, it is 1. */
  get methodCount(): number {
    if (this.kind !== Kind.Interface) return 0;
    return this.types.isEmptyInterface(this.entry) ? 0 : 1;
  }

  get elem(): Type | undefined {
    return this.types.find(this.entry.elem);
  }

  get key(): Type | undefined {
    return this.types.find(this.entry.key);
  }

  get group(): Type | undefined {
    return this.kind === Kind.Map ? this.types.groupOf(this.entry) : undefined;
  }

  get length(): number {
    if (this.kind !== Kind.Array) return 0;
    if (this.cachedLength < 0) this.cachedLength = this.types.lengthOf(this.entry, this.elem?.size ?? 0);
    return this.cachedLength;
  }

  get chanDir(): number {
    return this.kind === Kind.Chan ? directionOf(this.entry.name) : 0;
  }

  get fields(): readonly Field[] {
    if (this.kind !== Kind.Struct) return NO_FIELDS;
    this.cachedFields ??= this.types.fieldsOf(this.entry);
    return this.cachedFields;
  }

  get in(): readonly Type[] {
    return this.signature.in;
  }

  get out(): readonly Type[] {
    return this.signature.out;
  }

  get isVariadic(): boolean {
    return this.signature.isVariadic;
  }

  get pointerBytes(): number {
    return pointerPrefix(this.pointers, this.types.rules.pointerSize);
  }

  get pointers(): PointerLayout {
    if (!this.cachedPointers) {
      this.cachedPointers = noPointers(this.size);
      this.cachedPointers = nested(this.cachedPointers, () => this.computePointers());
    }
    return this.cachedPointers;
  }

  private get signature(): DebugSignature {
    if (this.kind !== Kind.Func) return NO_SIGNATURE;
    this.cachedSignature ??= this.types.signatureOf(this.entry);
    return this.cachedSignature;
  }

  private computePointers(): PointerLayout {
    const { elem } = this;
    if (this.kind === Kind.Pointer && elem && this.types.isOutsideHeap(elem)) return noPointers(this.size);
    return computePointerLayout(this, this.types.rules);
  }

  private computeAlign(): number {
    const { pointerSize } = this.types.rules;
    switch (this.kind) {
      case Kind.Array:
        return this.elem?.align ?? 1;
      case Kind.Struct:
        return this.fields.reduce((align, field) => Math.max(align, field.type.align), 1);
      case Kind.Complex64:
      case Kind.Complex128:
        return Math.min(this.size / 2, pointerSize);
      default:
        return Math.max(1, Math.min(this.size, pointerSize));
    }
  }

  private computeDirect(): boolean {
    if (this.size !== this.types.rules.pointerSize) return false;
    switch (this.kind) {
      case Kind.Pointer:
        return this.pointers.repeat > 0;
      case Kind.UnsafePointer:
      case Kind.Map:
      case Kind.Chan:
      case Kind.Func:
        return true;
      case Kind.Array:
        return this.length === 1 && this.elem !== undefined && this.elem.isDirect;
      case Kind.Struct:
        return this.types.isDirectStruct(this.fields);
      default:
        return false;
    }
  }
}
