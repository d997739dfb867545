/** Looks up the name of every edge, for the table of the names. */
import { breathe, type Heap, type PointerNames, type Progress } from "../../src/index.ts";

const SLICE = 1 << 17;

/** Asks for every edge's name, in their order, so that `names` numbers them all. One pass over the edges. */
export async function nameAllEdges({ objects, edges, types }: Heap, names: PointerNames, progress: Progress) {
  if (types.fields === undefined) return;
  progress.phase("naming pointers", objects.count, "objects");
  for (let from = 0; from < objects.count; from += SLICE) {
    const end = Math.min(from + SLICE, objects.count);
    for (let object = from; object < end; object++) {
      const after = edges.start[object + 1]!;
      for (let edge = edges.start[object]!; edge < after; edge++) names.ofEdge(object, edge);
    }
    progress.update(end);
    await breathe(progress);
  }
}
