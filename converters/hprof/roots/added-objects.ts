/** Objects that no Go heap has: those of threads with their names, and arrays that hold what a root refers to. */
import type { Heap } from "../../../src/index.ts";
import { HeapTag, ID_SIZE, JavaType } from "../constants.ts";
import type { HprofWriter } from "../hprof-writer.ts";
import type { JavaClass } from "../java-class.ts";
import { UTF16 } from "../java-classes.ts";
import type { RootArray } from "./root-classes.ts";
import type { Thread } from "./threads.ts";

const NO_STACK = 0;
/** Characters of a thread's name; a function's name may be of any length. */
const MAX_NAME = 1000;

/**
 * Writes the objects of all threads.
 * @param classes of threads, by name
 */
export async function writeThreads(
  out: HprofWriter,
  { goroutines }: Heap,
  threads: readonly Thread[],
  classes: ReadonlyMap<string, JavaClass>,
  string: JavaClass,
): Promise<void> {
  for (const [i, { id, nameId, textId, name, className }] of threads.entries()) {
    const threadClass = classes.get(className)!;
    await out.makeRoom();
    putInstanceHeader(out, id, threadClass.id, ID_SIZE + 8 + 1);
    out.u4(nameId);
    out.u8(BigInt(Math.trunc(goroutines.id[i]!)));
    out.u1(goroutines.system[i]!);
    putInstanceHeader(out, nameId, string.id, ID_SIZE + 1 + 4);
    out.u4(textId);
    out.u1(UTF16);
    out.u4(0);
    const text = name.slice(0, MAX_NAME);
    out.u1(HeapTag.PRIMITIVE_ARRAY_DUMP);
    out.u4(textId);
    out.u4(NO_STACK);
    out.u4(2 * text.length);
    out.u1(JavaType.BYTE);
    // As Java does on little-endian machines, which is what readers take for granted.
    for (let k = 0; k < text.length; k++) {
      out.u1(text.charCodeAt(k) & 0xff);
      out.u1(text.charCodeAt(k) >>> 8);
    }
  }
}

function putInstanceHeader(out: HprofWriter, id: number, classId: number, size: number): void {
  out.u1(HeapTag.INSTANCE_DUMP);
  out.u4(id);
  out.u4(NO_STACK);
  out.u4(classId);
  out.u4(size);
}

/** Writes arrays that hold the targets of root vertices. */
export async function writeRootArrays(
  out: HprofWriter,
  { roots }: Heap,
  arrays: readonly RootArray[],
  classId: number,
  ids: Uint32Array,
): Promise<void> {
  for (const { id, vertex } of arrays) {
    const first = roots.vertices.edgeStart[vertex]!;
    const end = roots.vertices.edgeStart[vertex + 1]!;
    await out.beginLarge(9 + 2 * ID_SIZE + ID_SIZE * (end - first));
    out.u1(HeapTag.OBJECT_ARRAY_DUMP);
    out.u4(id);
    out.u4(NO_STACK);
    out.u4(end - first);
    out.u4(classId);
    for (let e = first; e < end; e++) {
      await out.makeRoom();
      out.u4(ids[roots.to[e]!]!);
    }
    await out.endLarge();
  }
}
