/** The records of classes: LOAD_CLASS, which gives a class its number and name, and CLASS_DUMP, which has its fields. */
import { HeapTag, ID_SIZE, JavaType, RecordTag } from "./constants.ts";
import type { HprofWriter } from "./hprof-writer.ts";
import type { JavaClass } from "./java-class.ts";
import type { StringPool } from "./string-pool.ts";

/** Class dumps of at most so many bytes are written at once. */
const SMALL = 1 << 13;
const NO_STACK = 0;

/** Enters all names that the records of the classes will refer to. */
export function internNames(classes: readonly JavaClass[], names: StringPool): void {
  for (const { name, fields, statics } of classes) {
    names.intern(name);
    for (const field of fields) names.intern(field.name);
    for (const field of statics) names.intern(field.name);
  }
}

/** Writes the LOAD_CLASS records; the classes' serial numbers are their places, from 1. */
export async function writeClassNames(
  out: HprofWriter,
  classes: readonly JavaClass[],
  names: StringPool,
): Promise<void> {
  for (const [i, { id, name }] of classes.entries()) {
    await out.makeRoom();
    out.record(RecordTag.LOAD_CLASS, 8 + 2 * ID_SIZE);
    out.u4(i + 1);
    out.u4(id);
    out.u4(NO_STACK);
    out.u4(names.intern(name));
  }
}

/**
 * Writes the classes, and that all of them are GC roots: else a class would count for the one object that leads to all of its
 * instances.
 */
export async function writeClasses(out: HprofWriter, classes: readonly JavaClass[], names: StringPool): Promise<void> {
  for (const javaClass of classes) {
    const { id, superId, instanceSize, statics, fields } = javaClass;
    await out.makeRoom();
    out.u1(HeapTag.ROOT_STICKY_CLASS);
    out.u4(id);
    const staticsSize = statics.reduce(
      (sum, { value }) => sum + ID_SIZE + 1 + (typeof value === "bigint" ? 8 : ID_SIZE),
      0,
    );
    const size = 13 + 7 * ID_SIZE + staticsSize + 2 + fields.length * (ID_SIZE + 1);
    const isLarge = size > SMALL;
    if (isLarge) await out.beginLarge(size);
    out.u1(HeapTag.CLASS_DUMP);
    out.u4(id);
    out.u4(NO_STACK);
    out.u4(superId);
    // Class loader, signers, protection domain, and two that are reserved.
    for (let i = 0; i < 5; i++) out.u4(0);
    out.u4(instanceSize);
    out.u2(0);
    out.u2(statics.length);
    for (const { name, value } of statics) {
      if (isLarge) await out.makeRoom();
      out.u4(names.intern(name));
      out.u1(typeof value === "bigint" ? JavaType.LONG : JavaType.OBJECT);
      if (typeof value === "bigint") out.u8(value);
      else out.u4(value);
    }
    out.u2(fields.length);
    for (const { name, type } of fields) {
      if (isLarge) await out.makeRoom();
      out.u4(names.intern(name));
      out.u1(type);
    }
    if (isLarge) await out.endLarge();
  }
}
