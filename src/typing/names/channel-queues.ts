/**
 * Channel queues: names for what waits in a channel's buffer, by its turn: `queue[0]` is received next. The buffer is a
 * ring, so the slot alone does not tell. runtime/chan.go (hchan).
 */
import type { Field } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import type { EntryNames } from "../../heap/types.ts";
import { ContentsReader } from "../evidence/contents.ts";
import type { DescribedNode } from "../universe/described-type.ts";
import { Width } from "../universe/runtime-fields.ts";
import { NodeKind } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { fieldPath, joinPath } from "./field-names.ts";

/** What runtime.hchan tells of a ring. */
const FIELDS = { buf: Width.WORD, dataqsiz: Width.WORD, qcount: Width.WORD, recvx: Width.WORD } as const;

/** Where a channel has each, in bytes from its beginning. */
export type ChannelFields = Readonly<Record<keyof typeof FIELDS, Pick<Field, "offset">>>;

interface Ring {
  readonly elem: DescribedNode;
  /** Slots, values in them, and the slot that is received next. */
  readonly capacity: number;
  readonly count: number;
  readonly next: number;
}

/** Where the executable's channels have these; undefined if it has none, or others. */
export function findChannelFields(universe: TypeUniverse): ChannelFields | undefined {
  const channel = universe.named("runtime.hchan")?.type;
  return universe.runtime.find(channel, FIELDS, "names of what waits in channels");
}

/**
 * Names what waits in channels. The buffers of all of them are found when the first name is asked for: O(objects), and a few
 * words read for each channel.
 * @param nodes of each row of the type table; undefined for rows that are no Go type
 * @param channel as `findChannelFields` tells it
 */
export function createQueueNames(
  heap: Heap,
  nodes: readonly (DescribedNode | undefined)[],
  channel: ChannelFields | undefined,
): EntryNames {
  let found: Queues | undefined;
  const queues = (): Queues => {
    found ??= findQueues(heap, nodes, channel);
    return found;
  };
  return {
    has: (type) => queues().rows.has(type),
    name(object, offset) {
      const ring = queues().rings.get(object);
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

interface Queues {
  /** By buffer. */
  readonly rings: ReadonlyMap<number, Ring>;
  /** Types of buffers. */
  readonly rows: ReadonlySet<number>;
}

function findQueues(
  heap: Heap,
  nodes: readonly (DescribedNode | undefined)[],
  channel: ChannelFields | undefined,
): Queues {
  const rings = channel === undefined ? new Map<number, Ring>() : findRings(heap, nodes, channel);
  return { rings, rows: new Set(Array.from(rings.keys(), (buffer) => heap.objects.type[buffer]!)) };
}

/** Names of all of them, the first that there is. */
export function eitherNames(...all: readonly EntryNames[]): EntryNames {
  return {
    has: (type) => all.some((names) => names.has(type)),
    name(object, offset) {
      for (const names of all) {
        const name = names.name(object, offset);
        if (name !== undefined) return name;
      }
      return undefined;
    },
  };
}

/** By buffer. Channels whose elements have no pointers have no buffer of their own, and nothing to name. */
function findRings(
  heap: Heap,
  nodes: readonly (DescribedNode | undefined)[],
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
