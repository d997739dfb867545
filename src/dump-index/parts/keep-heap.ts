/** Keeping: a heap → the parts and columns of an index. */
import { Names } from "../../heap/columns.ts";
import type { KnownTypes } from "../../heap/facts/dynamic-types.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Roots } from "../../heap/roots/roots.ts";
import { keepTypes } from "../../typing/kept/keep-types.ts";
import type { TypedHeap } from "../../typing/type-heap.ts";
import type { IndexWriter } from "../file/index-writer.ts";
import { toJson } from "../plain-values.ts";
import type { DumpPart, KnownTypesPart, RootsPart, TypesPart } from "./heap-parts.ts";
import { columnName, Part } from "./part-names.ts";

/** Writes a part. */
export async function writePart(index: IndexWriter, part: Part, value: unknown): Promise<void> {
  await index.addText(part, JSON.stringify(await partToJson(index, part, value)));
}

/** A part as JSON; its columns are written. */
export function partToJson(index: IndexWriter, part: Part, value: unknown): Promise<unknown> {
  let columns = 0;
  return toJson(value, async (column) => {
    const number = columns++;
    await index.add(columnName(part, number), column);
    return number;
  });
}

/** Writes all of a heap. @param typed what typing found, if the heap was typed */
export async function writeHeap(index: IndexWriter, heap: Heap, typed: TypedHeap | undefined): Promise<void> {
  const { objects, edges, types } = heap;
  const dump: DumpPart = {
    dump: heap.dump,
    segments: heap.segments,
    statistics: heap.statistics,
    memStats: heap.memStats,
    ...(heap.program === undefined ? {} : { program: heap.program }),
    ...(heap.variables === undefined ? {} : { variables: heap.variables }),
    objectCount: objects.count,
    edgeCount: edges.count,
    typeCount: types.count,
    interiorCount: edges.interiorEdge.length,
    rootVertexCount: heap.roots.vertices.count,
    hugeSize: objects.hugeSize,
    presentSize: objects.presentSize ?? new Map(),
  };
  const { names, kind } = types;
  const typesPart: TypesPart = typed === undefined ? { names, kind } : { kept: keepTypes(typed) };
  await writePart(index, Part.DUMP, dump);
  await writePart(index, Part.ROOTS, keepRoots(heap.roots));
  await writePart(index, Part.GOROUTINES, heap.goroutines);
  await writePart(index, Part.PROFILE, heap.memoryProfile);
  await writePart(index, Part.TYPES, typesPart);
  await writePart(index, Part.KNOWN_TYPES, keepKnownTypes(heap.dynamicTypes));
  const { address, size, position, type, typeSource, flags } = objects;
  for (const [name, column] of Object.entries({ address, size, position, type, typeSource, flags })) {
    await index.add(`objects.${name}`, column);
  }
  const { start, to, offset, interiorEdge, interiorOffset } = edges;
  for (const [name, column] of Object.entries({ start, to, offset, interiorEdge, interiorOffset })) {
    await index.add(`edges.${name}`, column);
  }
}

function keepKnownTypes(known: KnownTypes | undefined): KnownTypesPart {
  return { types: known?.types ?? [], itabs: known?.itabs ?? new Map() };
}

function keepRoots({ edgeName, ...roots }: Roots): RootsPart {
  if (edgeName === undefined) return roots;
  const names = new Names();
  const of = new Int32Array(roots.count).fill(-1);
  for (let edge = 0; edge < roots.count; edge++) {
    const name = edgeName(edge);
    if (name !== undefined) of[edge] = names.number(name);
  }
  return { ...roots, edgeNames: { texts: names.values, of } };
}
