/**
 * Channel queues: names for what waits in a channel's buffer, by its turn: `queue[0]` is received next. The buffer is a
 * ring, so the slot alone does not tell. runtime/chan.go (hchan).
 */
import type { Field } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import type { EntryNames } from "../../heap/types.ts";
import { ContentsReader } from "../evidence/contents.ts";
import { Width } from "../universe/runtime-fields.ts";
import { NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { fieldPath, joinPath } from "./field-names.ts";

/** What runtime.hchan tells of a ring. */
const FIELDS = { buf: Width.WORD, dataqsiz: Width.WORD, qcount: Width.WORD, recvx: Width.WORD } as const;

type ChannelFields = Readonly<Record<keyof typeof FIELDS, Field>>;

interface Ring {
  readonly elem: TypeNode;
  /** Slots, values in them, and the slot that is received next. */
  readonly capacity: number;
  readonly count: number;
  readonly next: number;
}

/**
 * Finds the buffers of all channels. O(objects), and a few words read for each channel.
 * @param nodes of each row of the type table; undefined for rows that are no Go type
 * @param universe of the same executable
 */
export function createQueueNames(
  heap: Heap,
  nodes: readonly (TypeNode | undefined)[],
  universe: TypeUniverse,
): EntryNames {
  const channel = universe.runtime.find(
    universe.named("runtime.hchan")?.type,
    FIELDS,
    "names of what waits in channels",
  );
  const rings = channel === undefined ? new Map<number, Ring>() : findRings(heap, nodes, channel);
  const rows = new Set<number>();
  for (const buffer of rings.keys()) rows.add(heap.objects.type[buffer]!);
  return {
    has: (type) => rows.has(type),
    name(object, offset) {
      const ring = rings.get(object);
      if (ring?.elem.type === undefined) return undefined;
      const { elem, capacity, count, next } = ring;
      const slot = Math.floor(offset / elem.size);
      const place = (slot - next + capacity) % capacity;
      if (slot >= capacity || place >= count) return undefined;
      const path = fieldPath(ring.elem.type, offset - slot * elem.size);
      return joinPath(`queue[${place}]`, path);
    },
  };
}

/** Names of both, the first that has one. */
export function eitherNames(first: EntryNames, second: EntryNames): EntryNames {
  return {
    has: (type) => first.has(type) || second.has(type),
    name: (object, offset) => first.name(object, offset) ?? second.name(object, offset),
  };
}

/** By buffer. Channels whose elements have no pointers have no buffer of their own, and nothing to name. */
function findRings(
  heap: Heap,
  nodes: readonly (TypeNode | undefined)[],
  { buf, dataqsiz, qcount, recvx }: ChannelFields,
): ReadonlyMap<number, Ring> {
  const { type } = heap.objects;
  const { start, to, offset } = heap.edges;
  const contents = new ContentsReader(heap);
  const rings = new Map<number, Ring>();
  for (let object = 0; object < type.length; object++) {
    const node = nodes[type[object]!];
    if (node?.kind !== NodeKind.CHANNEL || node.subject === undefined) continue;
    const header = valueOffset(heap.objects, object);
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      if (offset[edge] !== header + buf.offset || node.subject.size === 0) continue;
      const capacity = contents.word(object, header + dataqsiz.offset);
      const count = contents.word(object, header + qcount.offset);
      const next = contents.word(object, header + recvx.offset);
      if (!(capacity > 0 && count <= capacity && next < capacity)) continue;
      rings.set(to[edge]!, { elem: node.subject, capacity, count, next });
    }
  }
  return rings;
}
