/** What gohd's core makes of a dump and its executable, as figures that can be compared. Runs in Node and in browsers. */
import { computeRetainedSizes } from "../../src/analysis/dominators/retained-size.ts";
import { openExecutable } from "../../src/binary/index.ts";
import { readHeap } from "../../src/heap/read.ts";
import { rootVertexName } from "../../src/heap/roots/root-names.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { typeHeap } from "../../src/typing/type-heap.ts";

/** Columns are there by their length and a hash of their values. */
export interface HeapFigures {
  readonly columns: Readonly<Record<string, string>>;
  readonly typeNames: readonly string[];
  readonly rootNames: readonly string[];
  readonly namedBy: string;
  readonly warnings: readonly string[];
}

export async function computeFigures(dump: Uint8Array, executable: Uint8Array): Promise<HeapFigures> {
  const warnings: string[] = [];
  const progress = { ...NO_PROGRESS, warn: (code: string, message: string) => warnings.push(`${code}: ${message}`) };
  const untyped = await readHeap(memorySource(dump, "a.dump"), { keepShapes: true, progress });
  const opened = openExecutable(memorySource(executable, "a.exe"));
  const { heap, names } = await typeHeap(untyped, opened, { progress });
  const { objects, edges, roots, types, goroutines } = heap;
  const columns: Record<string, ArrayLike<number>> = {
    address: objects.address,
    size: objects.size,
    type: objects.type,
    typeSource: objects.typeSource,
    to: edges.to,
    offset: edges.offset,
    retained: await computeRetainedSizes(heap, progress),
    lines: goroutines.calls?.line ?? [],
  };
  return {
    columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, digest(values)])),
    typeNames: types.names,
    rootNames: Array.from({ length: roots.vertices.count }, (_, vertex) => rootVertexName(heap, vertex)),
    namedBy: names.source,
    warnings,
  };
}

/** FNV-1a over the halves of each number. */
function digest(values: ArrayLike<number>): string {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    hash = Math.imul(hash ^ (value | 0), 0x0100_0193);
    hash = Math.imul(hash ^ Math.floor(value / 2 ** 32), 0x0100_0193);
  }
  return `${values.length} ${(hash >>> 0).toString(16)}`;
}
