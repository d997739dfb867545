/** JavaClass: what stands for a Go type in the file, and where in its instances the parts of a Go value go. */
import { INSTANCE_HEADER_SIZE, JAVA_TYPE_SIZE, JavaType } from "./constants.ts";
import type { EntryOrder } from "./map-entries.ts";
import type { NumberField } from "./number-fields.ts";

export const Form = {
  /** An instance: pointers, numbers, what is left. */
  INSTANCE: 0,
  /** An array of references: word k of the Go value is element k. */
  OBJECT_ARRAY: 1,
  /** An array of numbers or bytes. */
  PRIMITIVE_ARRAY: 2,
} as const;

/** A field of instances in the order of the file. */
export interface JavaField {
  readonly name: string;
  /** JavaType. */
  readonly type: number;
}

export interface JavaClass {
  /** As the virtual machine calls it. */
  readonly name: string;
  /** Object id of the class. */
  readonly id: number;
  /** Id of the class above it; 0 for java.lang.Object. */
  readonly superId: number;
  /** Form. */
  readonly form: number;
  /** Bytes that readers are told of an instance; 0 for arrays. */
  readonly instanceSize: number;
  /** JavaType, for arrays of primitives. */
  readonly elementType: number;
  readonly fields: readonly JavaField[];
  /** Bytes of all fields. */
  readonly fieldSize: number;
  readonly statics: readonly StaticField[];
  /** Of instances of Go types. */
  readonly layout?: InstanceLayout;
  /** Of arrays whose references are not in the order of their words. */
  readonly entries?: EntryOrder;
}

export interface StaticField {
  readonly name: string;
  /** Id of an object; a number where it is a bigint. */
  readonly value: number | bigint;
}

/** Where the parts of a Go value are in an instance. */
export interface InstanceLayout {
  /** Bytes of all references, which come first. */
  readonly referenceSize: number;
  /** By word of the value: byte in the instance at which the reference is; -1 for what is none. */
  readonly referenceAt: Int32Array;
  /** Byte offset in the Go value, … */
  readonly numberOffset: Int32Array;
  /** … and bytes of each number; they follow the references. */
  readonly numberSize: Uint8Array;
}

const UNUSED = "(unused)";

/**
 * Lays out the instances of a Go type: a reference for each pointer, the numbers that fit, and fields without a meaning so
 * that Java's rules give the slot's size.
 * @param pointers words of the value that are pointers: 1 for those that are
 * @param nameOf the name of the pointer in a word
 */
export function layOut(
  slotSize: number,
  pointers: Uint8Array,
  nameOf: (word: number) => string,
  numbers: readonly NumberField[],
): { fields: JavaField[]; fieldSize: number; layout: InstanceLayout } {
  const fields: JavaField[] = [];
  const referenceAt = new Int32Array(pointers.length).fill(-1);
  let at = 0;
  for (let word = 0; word < pointers.length; word++) {
    if (pointers[word] === 0) continue;
    referenceAt[word] = at;
    fields.push({ name: nameOf(word), type: JavaType.OBJECT });
    at += JAVA_TYPE_SIZE[JavaType.OBJECT]!;
  }
  const referenceSize = at;
  for (const { name, type, size } of numbers) {
    fields.push({ name, type });
    at += size;
  }
  const end = slotSize - INSTANCE_HEADER_SIZE;
  for (const type of [JavaType.LONG, JavaType.INT, JavaType.SHORT, JavaType.BYTE]) {
    const size = JAVA_TYPE_SIZE[type]!;
    for (; at + size <= end; at += size) fields.push({ name: UNUSED, type });
  }
  const layout = {
    referenceSize,
    referenceAt,
    numberOffset: Int32Array.from(numbers, ({ offset }) => offset),
    numberSize: Uint8Array.from(numbers, ({ size }) => size),
  };
  return { fields, fieldSize: at, layout };
}

/** Bytes that are left for numbers beside so many references. */
export function roomForNumbers(slotSize: number, referenceCount: number): number {
  return Math.max(0, slotSize - INSTANCE_HEADER_SIZE - referenceCount * JAVA_TYPE_SIZE[JavaType.OBJECT]!);
}
