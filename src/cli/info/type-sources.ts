/** How the types of a heap's objects are known, counted. */
import type { Heap } from "../../heap/heap.ts";
import { objectSize, TypeSource } from "../../heap/objects.ts";

export interface TypeSourceCount {
  /** "none", "exact", "propagated", "inferred". */
  readonly source: string;
  readonly count: number;
  readonly bytes: number;
}

/** Counts objects and their bytes by `objects.typeSource`; every source has a row. One pass over the objects. */
export function countTypeSources({ objects }: Heap): readonly TypeSourceCount[] {
  const sources = Object.entries(TypeSource);
  const counts = new Float64Array(sources.length);
  const bytes = new Float64Array(sources.length);
  const { typeSource } = objects;
  for (let i = 0; i < objects.count; i++) {
    const source = typeSource[i]!;
    counts[source] = counts[source]! + 1;
    bytes[source] = bytes[source]! + objectSize(objects, i);
  }
  return sources.map(([name, source]) => ({
    source: name.toLowerCase(),
    count: counts[source]!,
    bytes: bytes[source]!,
  }));
}

/** Counts, per row of the type table, the objects whose type was inferred. One pass over the objects. */
export function countInferred({ objects, types }: Heap): Float64Array {
  const counts = new Float64Array(types.count);
  const { type, typeSource } = objects;
  for (let i = 0; i < objects.count; i++) {
    if (typeSource[i] !== TypeSource.INFERRED) continue;
    counts[type[i]!] = counts[type[i]!]! + 1;
  }
  return counts;
}

interface Sum {
  count: number;
  bytes: number;
}

/** Sums up objects whose type is known, and all. */
export function sumTypeSources(sources: readonly TypeSourceCount[]): { readonly known: Sum; readonly all: Sum } {
  const known = { count: 0, bytes: 0 };
  const all = { count: 0, bytes: 0 };
  for (const { source, count, bytes } of sources) {
    for (const sum of source === "none" ? [all] : [all, known]) {
      sum.count += count;
      sum.bytes += bytes;
    }
  }
  return { known, all };
}
