/** RuntimeType: a Type that is read from its descriptor as it is asked for, and remembers the answers. */
import { alignOffset, type Descriptors, hashOffset, KIND_MASK, kindOffset } from "./descriptors.ts";
import { computePointerLayout, noPointers, type PointerRules, pointerPrefix } from "./pointer-layout.ts";
import { type Field, Kind, type PointerLayout, type Type } from "./type.ts";
import { composeTypeName } from "./type-name.ts";

/** What a type needs of the table it is in. */
export interface TypeContext extends PointerRules {
  readonly descriptors: Descriptors;
  typeAt(address: number): Type | undefined;
}

interface Signature {
  readonly in: readonly Type[];
  readonly out: readonly Type[];
  readonly isVariadic: boolean;
}

const NO_SIGNATURE: Signature = { in: [], out: [], isVariadic: false };
const NO_FIELDS: readonly Field[] = [];
const NO_NAMES: readonly string[] = [];

const HAS_ELEMENT: ReadonlySet<number> = new Set([Kind.Pointer, Kind.Slice, Kind.Array, Kind.Chan]);

/** Nesting of structs and arrays in one another; real ones have a dozen. A damaged file must not exhaust the stack. */
const MAX_DEPTH = 200;
let depth = 0;

export class RuntimeType implements Type {
  readonly address: number;
  readonly kind: Kind;
  readonly size: number;
  readonly align: number;
  readonly hash: number;
  private readonly context: TypeContext;
  private cachedString: string | undefined;
  private cachedName: string | undefined;
  private cachedIsNamed: boolean | undefined;
  private cachedIsDirect: boolean | undefined;
  private cachedPointers: PointerLayout | undefined;
  private cachedFields: readonly Field[] | undefined;
  private cachedSignature: Signature | undefined;

  /** The descriptor has been checked by `isDescriptor`. */
  constructor(address: number, context: TypeContext) {
    const { image } = context.descriptors;
    const { pointerSize } = context;
    this.address = address;
    this.context = context;
    this.kind = (image.uint8(address + kindOffset(pointerSize)) & KIND_MASK) as Kind;
    this.size = image.word(address);
    this.align = image.uint8(address + alignOffset(pointerSize));
    this.hash = image.uint32(address + hashOffset(pointerSize));
  }

  get string(): string {
    this.cachedString ??= this.context.descriptors.string(this.address);
    return this.cachedString;
  }

  get name(): string {
    if (this.cachedName === undefined) {
      // In a damaged file a type may be its own element.
      this.cachedName = this.string;
      if (depth < MAX_DEPTH) {
        depth++;
        this.cachedName = composeTypeName(this);
        depth--;
      }
    }
    return this.cachedName;
  }

  get packagePath(): string {
    return this.context.descriptors.packagePath(this.address, this.kind);
  }

  get isNamed(): boolean {
    this.cachedIsNamed ??= this.context.descriptors.isNamed(this.address);
    return this.cachedIsNamed;
  }

  get isDirect(): boolean {
    this.cachedIsDirect ??= this.context.descriptors.isDirect(this.address);
    return this.cachedIsDirect;
  }

  get methodCount(): number {
    return this.context.descriptors.methodCount(this.address, this.kind);
  }

  get methodNames(): readonly string[] {
    return this.kind === Kind.Interface ? this.context.descriptors.methodNames(this.address) : NO_NAMES;
  }

  get elem(): Type | undefined {
    if (HAS_ELEMENT.has(this.kind)) return this.tailType(0);
    return this.kind === Kind.Map ? this.tailType(1) : undefined;
  }

  get key(): Type | undefined {
    return this.kind === Kind.Map ? this.tailType(0) : undefined;
  }

  get group(): Type | undefined {
    return this.kind === Kind.Map ? this.tailType(2) : undefined;
  }

  get length(): number {
    return this.kind === Kind.Array ? Math.max(0, this.tailWord(2)) : 0;
  }

  get chanDir(): number {
    return this.kind === Kind.Chan ? Math.max(0, this.tailWord(1)) : 0;
  }

  get fields(): readonly Field[] {
    if (this.kind !== Kind.Struct) return NO_FIELDS;
    this.cachedFields ??= this.readFields();
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

  get pointerTo(): Type | undefined {
    const address = this.context.descriptors.pointerTo(this.address);
    return address === 0 ? undefined : this.context.typeAt(address);
  }

  get pointerBytes(): number {
    return pointerPrefix(this.pointers, this.context.pointerSize);
  }

  get pointers(): PointerLayout {
    if (!this.cachedPointers) {
      // Of zero pointer bytes the descriptor is to be believed: pointers to memory outside the heap (go:notinheap).
      this.cachedPointers = noPointers(this.size);
      const { image } = this.context.descriptors;
      if (image.word(this.address + this.context.pointerSize) > 0 && depth < MAX_DEPTH) {
        depth++;
        this.cachedPointers = computePointerLayout(this, this.context);
        depth--;
      }
    }
    return this.cachedPointers;
  }

  private get signature(): Signature {
    if (this.kind !== Kind.Func) return NO_SIGNATURE;
    if (!this.cachedSignature) {
      const raw = this.context.descriptors.signature(this.address);
      const types = (addresses: readonly number[]): Type[] =>
        addresses.map((address) => this.context.typeAt(address)).filter((type) => type !== undefined);
      this.cachedSignature = { in: types(raw.in), out: types(raw.out), isVariadic: raw.isVariadic };
    }
    return this.cachedSignature;
  }

  private readFields(): readonly Field[] {
    const fields: Field[] = [];
    for (const { name, type: address, offset, embedded } of this.context.descriptors.fields(this.address)) {
      const type = this.context.typeAt(address);
      // What points nowhere or out of the struct comes from damage, and could only mislead.
      if (!type || offset < 0 || offset + type.size > this.size) continue;
      fields.push({ name: name === "" ? embeddedName(type) : name, type, offset, embedded });
    }
    return fields;
  }

  private tailWord(index: number): number {
    const { descriptors, pointerSize } = this.context;
    return descriptors.image.word(this.address + descriptors.tail + index * pointerSize);
  }

  private tailType(index: number): Type | undefined {
    return this.context.typeAt(this.tailWord(index));
  }
}

/** Name of an embedded field, which old descriptors leave out: its type's, without package and star. */
function embeddedName(type: Type): string {
  const text = type.string.replace(/^\*/, "");
  return text.slice(text.lastIndexOf(".") + 1);
}
