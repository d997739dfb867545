/**
 * Roots. In Perfetto only objects can be roots, and a root has a kind but no name. So each package variable, segment, goroutine, frame and
 * finalizer is an object of 0 bytes, of a class of its name. Frames are below their goroutine, which alone is the root.
 */
import {
  type Heap,
  isRootGroup,
  putVarint,
  ROOT_KIND_NAMES,
  RootKind,
  RootVertexKind,
  rootVertexName,
} from "../../src/index.ts";
import { ClassKind, type ClassTable } from "./class-table.ts";
import type { FieldTable } from "./field-table.ts";
import type { PacketWriter } from "./packets.ts";
import { FEW, FIXED, PADDED_LENGTH, putLength, REFERENCE, Tag } from "./wire.ts";

/** HeapGraphRoot.Type, by kind of root vertex; frames are no roots themselves. */
const ROOT_TYPES: Readonly<Record<number, number>> = {
  [RootVertexKind.SEGMENT]: 5, // STICKY_CLASS
  [RootVertexKind.VARIABLE]: 5,
  [RootVertexKind.GOROUTINE]: 8, // THREAD_OBJECT
  [RootVertexKind.FINALIZER]: 10, // FINALIZING
  [RootVertexKind.OTHER]: 13, // VM_INTERNAL
  // Nothing hangs on the other groups themselves; if it did, it would be the runtime's.
  [RootVertexKind.GC_ROOTS]: 13,
  [RootVertexKind.GLOBALS]: 13,
  [RootVertexKind.GOROUTINES]: 13,
  [RootVertexKind.FINALIZERS]: 13,
};

/** Has no object. */
const NONE = 0;

export class RootObjects {
  /** How many objects the roots are; their ids are 1 … count. */
  readonly count: number;
  /** Ids of roots by HeapGraphRoot.Type. */
  readonly idsByType = new Map<number, number[]>();
  /** Id of each root vertex, or NONE. */
  readonly #id: Int32Array;
  readonly #heap: Heap;

  constructor(heap: Heap) {
    const { vertices } = heap.roots;
    this.#heap = heap;
    this.#id = new Int32Array(vertices.count);
    let count = 0;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const kind = vertices.kind[vertex]!;
      if (!isWritten(heap, vertex)) continue;
      count++;
      this.#id[vertex] = count;
      const type = ROOT_TYPES[kind];
      if (type === undefined) continue;
      const ids = this.idsByType.get(type);
      if (ids === undefined) this.idsByType.set(type, [count]);
      else ids.push(count);
    }
    this.count = count;
  }

  /** Puts down root vertices `from` … `to`-1, until the packet is full; returns where it stopped. */
  fill(packet: PacketWriter, from: number, to: number, classes: ClassTable, fields: FieldTable): number {
    const { vertices, to: objects } = this.#heap.roots;
    const { kind, firstChild, edgeStart } = vertices;
    const names: number[] = [];
    const targets: number[] = [];
    let vertex = from;
    for (; vertex < to && packet.at <= packet.limit; vertex++) {
      if (this.#id[vertex] === NONE) continue;
      names.length = 0;
      targets.length = 0;
      // Groups stand for nothing; what is below them is a root by itself.
      const first = firstChild[vertex]!;
      const end = isRootGroup(kind[vertex]!) ? first : firstChild[vertex + 1]!;
      for (let child = first; child < end; child++) {
        names.push(fields.intern("", `frames[${child - first}]`));
        targets.push(this.#id[child]!);
      }
      for (let edge = edgeStart[vertex]!; edge < edgeStart[vertex + 1]!; edge++) {
        names.push(this.#field(fields, vertex, edge));
        targets.push(this.count + 1 + objects[edge]!);
      }
      const className = rootVertexName(this.#heap, vertex);
      putRoot(packet, this.#id[vertex]!, classes.intern(className, ClassKind.NORMAL), names, targets);
    }
    return vertex;
  }

  /** What a root edge is called: by the variable and the path in it, else by its place, else by why it is there. */
  #field(fields: FieldTable, vertex: number, edge: number): number {
    const { roots, variables } = this.#heap;
    const name = roots.edgeName?.(edge);
    const isVariable = roots.vertices.kind[vertex] === RootVertexKind.VARIABLE;
    if (name === "") {
      const type = isVariable ? variables![roots.vertices.item[vertex]!]!.type : undefined;
      return fields.intern(type ?? "", "value");
    }
    if (name !== undefined) return fields.intern("", name);
    const kind = roots.kind[edge]!;
    const place = `+0x${roots.offset[edge]!.toString(16)}`;
    switch (kind) {
      case RootKind.DATA:
      case RootKind.BSS:
        return fields.intern("", isVariable ? place : ROOT_KIND_NAMES[kind] + place);
      case RootKind.FRAME:
      case RootKind.FRAME_CONSERVATIVE:
        return fields.intern("", `sp${place}`);
      default:
        return fields.intern("", ROOT_KIND_NAMES[kind]!);
    }
  }
}

/** Puts down an object of 0 bytes. */
function putRoot(
  packet: PacketWriter,
  id: number,
  type: number,
  names: readonly number[],
  targets: readonly number[],
): void {
  packet.reserve(names.length * REFERENCE + FIXED);
  const { buffer } = packet;
  const room = names.length > FEW ? PADDED_LENGTH : 1;
  const body = packet.at + 1 + room;
  buffer[packet.at] = Tag.GRAPH_OBJECT;
  buffer[body] = Tag.OBJECT_ID;
  let at = putVarint(buffer, body + 1, id);
  buffer[at] = Tag.OBJECT_TYPE;
  at = putVarint(buffer, at + 1, type);
  if (names.length > 0) {
    at = putNumbers(buffer, at, Tag.OBJECT_FIELDS, room, names);
    at = putNumbers(buffer, at, Tag.OBJECT_TARGETS, room, targets);
  }
  putLength(buffer, body - room, room, at - body);
  packet.at = at;
}

function putNumbers(buffer: Uint8Array, from: number, tag: number, room: number, numbers: readonly number[]): number {
  const start = from + 1 + room;
  let at = start;
  buffer[from] = tag;
  for (const number of numbers) at = putVarint(buffer, at, number);
  putLength(buffer, start - room, room, at - start);
  return at;
}

/** Goroutines and their frames are all told; of the rest what leads to an object. What is unreachable hangs on nothing. */
function isWritten({ roots: { vertices } }: Heap, vertex: number): boolean {
  switch (vertices.kind[vertex]) {
    case RootVertexKind.ROOT:
    case RootVertexKind.UNREACHABLE:
      return false;
    case RootVertexKind.GOROUTINE:
    case RootVertexKind.FRAME:
      return true;
    default:
      return vertices.edgeStart[vertex]! < vertices.edgeStart[vertex + 1]!;
  }
}
