/** Comments that profiles carry: what they were made from, and what is not certain about them. pprof shows them on top. */
import { computeHistogram, formatShare, type Heap, INFERRED_MARK, type Progress, TypeKind } from "../../src/index.ts";

/** Says which dump a profile is from, and what its time is. */
export function describeOrigin(heap: Heap, what: string): string[] {
  const { go, arch } = heap.dump;
  const time =
    heap.memStats !== undefined && heap.memStats.LastGC > 0
      ? "the time is that of the last garbage collection; a dump has no other"
      : "no time: no garbage collection had run before the dump";
  return [`gohd: ${what}, from a heap dump of ${go.text} (${arch})`, time];
}

/** Says how much of the heap has types that are known. */
export async function describeTypes(heap: Heap, progress: Progress): Promise<string[]> {
  const { bytes } = await computeHistogram(heap, progress);
  const { kind } = heap.types;
  let known = 0;
  let all = 0;
  for (let type = 0; type < heap.types.count; type++) {
    all += bytes[type]!;
    if (kind[type] !== TypeKind.SHAPE && kind[type] !== TypeKind.ADDRESS) known += bytes[type]!;
  }
  if (heap.types.fields === undefined) {
    return [
      `the dump tells the types of ${formatShare(known, all)} of the bytes; other objects are called after size and pointer mask, and fields have no names (--exe)`,
    ];
  }
  return [`the types of ${formatShare(known, all)} of the bytes are known; "${INFERRED_MARK}" marks inferred ones`];
}
