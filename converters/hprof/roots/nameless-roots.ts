/**
 * GC roots that have no name: what data and bss refer to where no variable is known. They are roots themselves beside being
 * static fields, or all of it would count for the class of the segment, and no tool would say which object it is.
 */
import { type Heap, RootVertexKind } from "../../../src/index.ts";
import { HeapTag } from "../constants.ts";
import type { HprofWriter } from "../hprof-writer.ts";

/** JNI's references have ids of their own, which mean nothing here. */
const NO_REFERENCE = 0;

/** Writes them. @param ids of objects */
export async function writeNamelessRoots(out: HprofWriter, { roots }: Heap, ids: Uint32Array): Promise<void> {
  const { vertices, to } = roots;
  for (let v = 0; v < vertices.count; v++) {
    if (vertices.kind[v] !== RootVertexKind.SEGMENT) continue;
    for (let e = vertices.edgeStart[v]!; e < vertices.edgeStart[v + 1]!; e++) {
      await out.makeRoom();
      out.u1(HeapTag.ROOT_JNI_GLOBAL);
      out.u4(ids[to[e]!]!);
      out.u4(NO_REFERENCE);
    }
  }
}
