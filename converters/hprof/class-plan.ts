/**
 * The plan: which class each object gets. One walk over the objects and their pointers, for a class's instances need a
 * field for every word that is a pointer in any of them.
 *
 * A type is one class, as long as its objects are of one size. Other sizes are classes of their own, because Java's
 * instances of a class are all alike; arrays are of any size.
 */
import {
  breathe,
  HAS_POINTERS,
  type Heap,
  INFERRED_MARK,
  listedTypeName,
  objectSize,
  type Progress,
  REACHABLE,
  Structure,
  TypeKind,
  TypeSource,
  valueOffset,
} from "../../src/index.ts";
import { JavaType, PRIMITIVE_ARRAY_NAMES } from "./constants.ts";
import { Form, type JavaClass, layOut, roomForNumbers } from "./java-class.ts";
import { type EntryOrder, entryOrderOf } from "./map-entries.ts";
import { arrayClassName, className } from "./names.ts";
import { type NumberField, NumberFields, primitiveOf } from "./number-fields.ts";

/** Largest slots that are instances; objects that are larger are arrays. */
const MAX_TYPED_SIZE = 1 << 13;
const MAX_UNTYPED_SIZE = 1 << 9;

/** Slots of which Java can have the exact size, from this one on. */
const SMALLEST_EXACT = 16;

/** Fields of java.util.IdentityHashMap. */
const MAP_FIELDS = { table: "table", size: "size" } as const;

/** Objects looked at between two breaths. */
const SLICE = 1 << 16;

/** A class while it is being planned. */
interface Draft {
  readonly type: number;
  readonly inferred: boolean;
  readonly form: number;
  readonly elementType: number;
  /** Of instances. */
  readonly size: number;
  readonly pointers: Uint8Array;
  /** Whether they are tables of maps whose groups have an order for Java. */
  isMapTable: boolean;
}

export interface ClassPlan {
  /** Row of `classes`, per object. */
  readonly of: Int32Array;
  readonly classes: readonly JavaClass[];
}

export interface ClassPlanOptions {
  readonly unreachable: boolean;
  readonly contents: boolean;
  /** Id of java.lang.Object. */
  readonly objectId: number;
  /** Id of java.util.IdentityHashMap. */
  readonly mapId: number;
  /** A new id. */
  add(): number;
}

/**
 * Plans the classes of a heap's objects. Linear; 4 bytes an object.
 */
export async function planClasses(heap: Heap, options: ClassPlanOptions, progress: Progress): Promise<ClassPlan> {
  const { count } = heap.objects;
  const planner = new Planner(heap, options);
  progress.phase("planning classes", count, "objects");
  for (let from = 0; from < count; from += SLICE) {
    progress.update(from);
    await breathe(progress);
    planner.visit(from, Math.min(count, from + SLICE));
  }
  return { of: planner.of, classes: planner.finish() };
}

class Planner {
  readonly of: Int32Array;
  readonly #heap: Heap;
  readonly #options: ClassPlanOptions;
  readonly #drafts: Draft[] = [];
  /** By type and whether it is inferred, and by size: row of `#drafts`. */
  readonly #rows = new Map<number, number>();
  /** By the same but the size: the size that was looked for last, and its row. */
  readonly #lastSize: Float64Array;
  readonly #lastRow: Int32Array;
  /** By type; null where there is none. */
  readonly #orders = new Map<number, EntryOrder | null>();
  /** By JavaType. */
  readonly #primitiveRows = new Int32Array(16).fill(-1);

  constructor(heap: Heap, options: ClassPlanOptions) {
    this.#heap = heap;
    this.#options = options;
    this.of = new Int32Array(heap.objects.count);
    this.#lastSize = new Float64Array(heap.types.count * 2).fill(-1);
    this.#lastRow = new Int32Array(heap.types.count * 2);
  }

  visit(from: number, end: number): void {
    const { objects, edges, dump } = this.#heap;
    const { flags, type, typeSource, size } = objects;
    const { start, offset, to } = edges;
    const shift = dump.pointerSize === 8 ? 3 : 2;
    const drafts = this.#drafts;
    for (let i = from; i < end; i++) {
      const flag = flags[i]!;
      const kind = type[i]! * 2 + (typeSource[i] === TypeSource.INFERRED ? 1 : 0);
      // Objects without pointers may share a type with some that have them.
      const key = size[i]! * 2 + (flag & HAS_POINTERS);
      let row = this.#lastRow[kind]!;
      if (this.#lastSize[kind] !== key) {
        row = this.#find(kind, i);
        this.#lastSize[kind] = key;
        this.#lastRow[kind] = row;
      }
      this.of[i] = row;
      const draft = drafts[row]!;
      if (draft.form !== Form.INSTANCE) continue;
      const header = valueOffset(objects, i);
      const garbage = (flag & REACHABLE) === 0;
      const last = start[i + 1]!;
      for (let e = start[i]!; e < last; e++) {
        if (garbage && (flags[to[e]!]! & REACHABLE) !== 0) continue;
        draft.pointers[(offset[e]! - header) >>> shift] = 1;
        if (draft.isMapTable && this.#entriesOf(type[to[e]!]!) === undefined) draft.isMapTable = false;
      }
    }
  }

  /** The order of entries in arrays of a type. */
  #entriesOf(type: number): EntryOrder | undefined {
    let order = this.#orders.get(type);
    if (order === undefined) {
      order = entryOrderOf(this.#heap.types, type, this.#heap.dump.pointerSize) ?? null;
      this.#orders.set(type, order);
    }
    return order ?? undefined;
  }

  #find(kind: number, object: number): number {
    const { objects } = this.#heap;
    const type = kind >>> 1;
    const size = objectSize(objects, object);
    const hasPointers = (objects.flags[object]! & HAS_POINTERS) !== 0;
    const { form, elementType } = this.#formOf(type, size, hasPointers);
    if (form === Form.PRIMITIVE_ARRAY) {
      if (this.#primitiveRows[elementType] === -1) {
        this.#primitiveRows[elementType] = this.#draft(type, false, form, elementType, 0);
      }
      return this.#primitiveRows[elementType]!;
    }
    // Exact for any number of types: no instance is larger.
    const rowKey = kind * (MAX_TYPED_SIZE + 1) + (form === Form.INSTANCE ? size : 0);
    let row = this.#rows.get(rowKey);
    if (row === undefined) {
      row = this.#draft(type, (kind & 1) !== 0, form, elementType, form === Form.INSTANCE ? size : 0);
      this.#rows.set(rowKey, row);
    }
    return row;
  }

  #draft(type: number, inferred: boolean, form: number, elementType: number, size: number): number {
    const pointers = new Uint8Array(size / this.#heap.dump.pointerSize);
    if (form === Form.INSTANCE) {
      const layout = this.#heap.types.layouts?.of(type);
      // Those that are nil in all objects of the dump have their field as well.
      if (layout !== undefined && !layout.isMany) {
        for (const offset of layout.offset) {
          const word = offset / this.#heap.dump.pointerSize;
          if (word < pointers.length) pointers[word] = 1;
        }
      }
    }
    const isMapTable = this.#heap.types.layouts?.structure[type] === Structure.MAP_TABLE;
    this.#drafts.push({ type, inferred, form, elementType, size, pointers, isMapTable });
    return this.#drafts.length - 1;
  }

  #formOf(type: number, size: number, hasPointers: boolean): { form: number; elementType: number } {
    const { types, dump } = this.#heap;
    const bytes = { form: Form.PRIMITIVE_ARRAY, elementType: JavaType.BYTE };
    const references = { form: Form.OBJECT_ARRAY, elementType: 0 };
    const instance = { form: Form.INSTANCE, elementType: 0 };
    const kind = types.kind[type]!;
    if (kind === TypeKind.STRING && !hasPointers) return bytes;
    if (kind !== TypeKind.NAMED && kind !== TypeKind.INTERNAL) {
      if (!hasPointers) return bytes;
      return size <= MAX_UNTYPED_SIZE ? instance : references;
    }
    const details = types.details?.(type);
    const isMany = (types.fields?.stride(type) ?? 0) > 0;
    if (!hasPointers && (isMany || details?.kind === "array")) {
      const element = elementKind(this.#heap, type);
      const primitive = primitiveOf(element, dump.pointerSize);
      if (primitive !== undefined) return { form: Form.PRIMITIVE_ARRAY, elementType: primitive };
    }
    // Two pointers and an array's header do not fit into 16 bytes, with an instance's header they do.
    if (isMany && size === SMALLEST_EXACT && hasPointers) return instance;
    return isMany || size > MAX_TYPED_SIZE ? references : instance;
  }

  /** The classes, in the order of their rows. */
  finish(): JavaClass[] {
    const smallest = new Map<number, number>();
    for (const { type, inferred, form, size } of this.#drafts) {
      if (form !== Form.INSTANCE) continue;
      const kind = type * 2 + (inferred ? 1 : 0);
      smallest.set(kind, Math.min(size, smallest.get(kind) ?? size));
    }
    return this.#drafts.map((draft) => this.#toClass(draft, smallest.get(draft.type * 2 + (draft.inferred ? 1 : 0))!));
  }

  #toClass(draft: Draft, smallest: number): JavaClass {
    const { type, form, elementType, size, pointers } = draft;
    const { types } = this.#heap;
    const { contents, objectId, mapId, add } = this.#options;
    const common = { id: add(), superId: objectId, form, elementType, statics: [] };
    const none = { instanceSize: 0, fields: [], fieldSize: 0 };
    if (form === Form.PRIMITIVE_ARRAY) {
      return { ...common, ...none, name: PRIMITIVE_ARRAY_NAMES[elementType - JavaType.BOOLEAN]! };
    }
    const mark = draft.inferred ? INFERRED_MARK : "";
    if (form === Form.OBJECT_ARRAY) {
      const entries = this.#entriesOf(type);
      const name = arrayClassName(types.names[type]!, mark);
      return { ...common, ...none, name, ...(entries !== undefined && { entries }) };
    }
    let referenceCount = 0;
    for (const isPointer of pointers) referenceCount += isPointer;
    const { pointerSize } = this.#heap.dump;
    const isPointer = (offset: number): boolean => pointers[Math.floor(offset / pointerSize)] === 1;
    const room = roomForNumbers(size, referenceCount);
    const value = Math.min(size, types.details?.(type)?.size ?? size);
    const numbers = contents ? new NumberFields(types, pointerSize, isPointer, room).list(type, value) : [];
    const isMany = (types.fields?.stride(type) ?? 0) > 0;
    const nameOf = (word: number): string => pointerName(types, type, word * pointerSize);
    const isMap = draft.isMapTable && referenceCount === 1;
    const laidOut = isMap
      ? layOut(size, pointers, () => MAP_FIELDS.table, this.#nameSize(type, numbers))
      : layOut(size, pointers, nameOf, numbers);
    const suffix = size === smallest && !isMany ? "" : ` (in ${size} bytes)`;
    return {
      ...common,
      superId: isMap ? mapId : objectId,
      ...laidOut,
      name: className(listedTypeName(types, type) + suffix, mark),
      instanceSize: size,
    };
  }

  /** The number of a table's entries, called as Java tools look for it. */
  #nameSize(type: number, numbers: readonly NumberField[]): readonly NumberField[] {
    const used = this.#heap.types.layouts?.mapTable(type)?.used;
    return numbers.map((number) => (number.offset === used?.offset ? { ...number, name: MAP_FIELDS.size } : number));
  }
}

/** What the pointer at an offset of a value is called; "[1].key" in one of several values. */
function pointerName({ fields }: Heap["types"], type: number, offset: number): string {
  if (fields === undefined) return `+${offset}`;
  const stride = fields.stride(type);
  if (stride > 0) {
    const path = fields.name(type, offset % stride);
    return `[${Math.floor(offset / stride)}]${path ? `.${path}` : ""}`;
  }
  return fields.name(type, offset) || (offset === 0 ? "value" : `+${offset}`);
}

/** Kind of the elements of an array, or their name where that is not known. */
function elementKind({ types }: Heap, type: number): string {
  const element = types.details?.(type)?.element;
  if (element === undefined) return "";
  const details = element.row === undefined ? undefined : types.details?.(element.row);
  return details?.kind ?? element.name;
}
