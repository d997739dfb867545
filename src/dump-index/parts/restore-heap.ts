/**
 * Restoring: an index file, and the dump for contents → the heap. Nothing but a few facts is read at once: columns of objects
 * and pointers are read one by one, and the rest part by part, when they are first asked for. Asking may throw
 * UnusableIndexError.
 */
import type { Image } from "../../binary/index.ts";
import { lookUpAddresses } from "../../heap/addresses/address-lookup.ts";
import { accessDump } from "../../heap/dump-access.ts";
import type { KnownTypes } from "../../heap/facts/dynamic-types.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Edges, Objects } from "../../heap/objects.ts";
import type { Roots } from "../../heap/roots/roots.ts";
import type { TypeTable } from "../../heap/types.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { restoreTypes } from "../../typing/kept/restore-types.ts";
import type { IndexReader } from "../file/index-reader.ts";
import { UnusableIndexError } from "../file/unusable-index.ts";
import { fromJson } from "../plain-values.ts";
import { checkBelow, checkStarts } from "./bounds.ts";
import type { DumpPart, KnownTypesPart, RootsPart, TypesPart } from "./heap-parts.ts";
import { columnName, Part } from "./part-names.ts";

/** Reads a part, its columns included. @throws UnusableIndexError */
export function readPart(index: IndexReader, part: Part, text = index.text(part)): unknown {
  try {
    return fromJson(JSON.parse(text), (number) => index.anyColumn(columnName(part, number)));
  } catch (error) {
    if (error instanceof UnusableIndexError) throw error;
    throw new UnusableIndexError("it is damaged");
  }
}

export interface RestoredHeap {
  readonly heap: Heap;
  readonly counts: Pick<DumpPart, "objectCount" | "edgeCount" | "rootVertexCount">;
}

/**
 * Makes the heap; closing it closes the dump.
 * @param openImage opens the executable that the heap was typed from, for keys of maps that are constants
 * @throws UnusableIndexError
 */
export function restoreHeap(
  index: IndexReader,
  dump: ByteSource,
  openImage: (arch: string) => Pick<Image, "bytes">,
): RestoredHeap {
  const part = readPart(index, Part.DUMP) as DumpPart;
  const opened = once(() => openImage(part.dump.arch));
  const image: Pick<Image, "bytes"> = { bytes: (address, length) => opened().bytes(address, length) };
  const roots = once(() => restoreRoots(readPart(index, Part.ROOTS) as RootsPart, part));
  const goroutines = once(() => readPart(index, Part.GOROUTINES) as Heap["goroutines"]);
  const memoryProfile = once(() => readPart(index, Part.PROFILE) as Heap["memoryProfile"]);
  const types = once(() => restoreTypeTable(readPart(index, Part.TYPES) as TypesPart, part, heap, image));
  const dynamicTypes = once(() => restoreKnownTypes(readPart(index, Part.KNOWN_TYPES) as KnownTypesPart));
  const objects = restoreObjects(index, part);
  const edges = restoreEdges(index, part);
  const { segments, statistics, memStats, program, variables } = part;
  const heap: Heap = {
    dump: { ...part.dump, name: dump.name },
    objects,
    edges,
    get types() {
      return types();
    },
    get roots() {
      return roots();
    },
    get goroutines() {
      return goroutines();
    },
    get memoryProfile() {
      return memoryProfile();
    },
    get dynamicTypes() {
      return dynamicTypes();
    },
    segments,
    statistics,
    memStats,
    ...(program === undefined ? {} : { program }),
    ...(variables === undefined ? {} : { variables }),
    ...accessDump(
      dump,
      objects,
      lookUpAddresses(() => objects),
      Number(part.dump.addressBase >> 32n),
    ),
  };
  return { heap, counts: part };
}

/** Calls `load` once, when it is first asked for. */
export function once<T>(load: () => T): () => T {
  let loaded: { readonly value: T } | undefined;
  return () => {
    loaded ??= { value: load() };
    return loaded.value;
  };
}

function restoreObjects(index: IndexReader, { objectCount, typeCount, hugeSize, presentSize }: DumpPart): Objects {
  const address = once(() => index.column("objects.address", "f64", objectCount));
  const size = once(() => index.column("objects.size", "u32", objectCount));
  const position = once(() => index.column("objects.position", "f64", objectCount));
  const type = once(() => checkBelow(index.column("objects.type", "i32", objectCount), 0, typeCount));
  const typeSource = once(() => index.column("objects.typeSource", "u8", objectCount));
  const flags = once(() => index.column("objects.flags", "u8", objectCount));
  return {
    count: objectCount,
    hugeSize,
    presentSize,
    get address() {
      return address();
    },
    get size() {
      return size();
    },
    get position() {
      return position();
    },
    get type() {
      return type();
    },
    get typeSource() {
      return typeSource();
    },
    get flags() {
      return flags();
    },
  };
}

function restoreEdges(index: IndexReader, { objectCount, edgeCount, interiorCount }: DumpPart): Edges {
  const start = once(() => checkStarts(index.column("edges.start", "u32", objectCount + 1), edgeCount));
  const to = once(() => checkBelow(index.column("edges.to", "i32", edgeCount), 0, objectCount));
  const offset = once(() => index.column("edges.offset", "u32", edgeCount));
  const interiorEdge = once(() => index.column("edges.interiorEdge", "u32", interiorCount));
  const interiorOffset = once(() => index.column("edges.interiorOffset", "f64", interiorCount));
  return {
    count: edgeCount,
    get start() {
      return start();
    },
    get to() {
      return to();
    },
    get offset() {
      return offset();
    },
    get interiorEdge() {
      return interiorEdge();
    },
    get interiorOffset() {
      return interiorOffset();
    },
  };
}

function restoreRoots(part: RootsPart, { objectCount, rootVertexCount }: DumpPart): Roots {
  const { edgeNames, ...roots } = part;
  const { vertices, to, count } = roots;
  if (vertices.count !== rootVertexCount) throw new UnusableIndexError("it is damaged");
  checkBelow(to, 0, objectCount);
  checkBelow(vertices.parent, -1, vertices.count);
  checkStarts(vertices.edgeStart, count);
  if (edgeNames === undefined) return roots;
  const { texts, of } = edgeNames;
  return { ...roots, edgeName: (edge) => texts[of[edge]!] };
}

function restoreKnownTypes({ types, itabs }: KnownTypesPart): KnownTypes {
  const byAddress = new Map(types.map((type) => [type.address, type]));
  return { types, itabs, at: (address) => byAddress.get(address) };
}

function restoreTypeTable(
  part: TypesPart,
  { typeCount }: DumpPart,
  heap: Heap,
  image: Pick<Image, "bytes">,
): TypeTable {
  if (part.kept === undefined) return { count: typeCount, names: part.names, kind: part.kind };
  return restoreTypes(part.kept, heap, image);
}
