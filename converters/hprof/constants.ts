/**
 * HPROF's numbers: records, subrecords of heap dumps, types of values. From OpenJDK's `heapDumper.cpp` and the manual of
 * the hprof agent. Everything is big-endian.
 */

/** NUL-terminated; what HotSpot writes, and all readers take. */
export const VERSION = "JAVA PROFILE 1.0.2\0";

/** Bytes of an id. With 4, what Java adds to each object takes no more than Go's own words leave free. */
export const ID_SIZE = 4;

export const RecordTag = {
  STRING: 0x01,
  LOAD_CLASS: 0x02,
  STACK_FRAME: 0x04,
  STACK_TRACE: 0x05,
  HEAP_DUMP_SEGMENT: 0x1c,
  HEAP_DUMP_END: 0x2c,
} as const;

/** Bytes in front of each record's body: tag, time, length. */
export const RECORD_HEADER_SIZE = 9;

export const HeapTag = {
  ROOT_JNI_GLOBAL: 0x01,
  ROOT_JNI_LOCAL: 0x02,
  ROOT_JAVA_FRAME: 0x03,
  ROOT_STICKY_CLASS: 0x05,
  ROOT_THREAD_OBJECT: 0x08,
  CLASS_DUMP: 0x20,
  INSTANCE_DUMP: 0x21,
  OBJECT_ARRAY_DUMP: 0x22,
  PRIMITIVE_ARRAY_DUMP: 0x23,
} as const;

/** Types of fields and of elements. */
export const JavaType = {
  OBJECT: 2,
  BOOLEAN: 4,
  CHAR: 5,
  FLOAT: 6,
  DOUBLE: 7,
  BYTE: 8,
  SHORT: 9,
  INT: 10,
  LONG: 11,
} as const;

/** Bytes of a value, by `JavaType`. */
export const JAVA_TYPE_SIZE: readonly number[] = [0, 0, ID_SIZE, 0, 1, 2, 4, 8, 1, 2, 4, 8];

/** Names of primitive types in the order of `JavaType.BOOLEAN` … `LONG`. */
export const PRIMITIVE_NAMES: readonly string[] = [
  "boolean",
  "char",
  "float",
  "double",
  "byte",
  "short",
  "int",
  "long",
];

/** What the virtual machine calls arrays of them, in the same order. */
export const PRIMITIVE_ARRAY_NAMES: readonly string[] = ["[Z", "[C", "[F", "[D", "[B", "[S", "[I", "[J"];

/** Bytes that Java has in front of an instance's fields, … */
export const INSTANCE_HEADER_SIZE = 2 * ID_SIZE;
/** … and in front of an array's elements. */
export const ARRAY_HEADER_SIZE = 2 * ID_SIZE + 4;

/** What an object takes in Java: rounded up to 8. @param size header and values */
export function javaSize(size: number): number {
  return Math.ceil(size / 8) * 8;
}
