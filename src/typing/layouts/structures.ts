/**
 * Where the runtime's own structures keep their counts: headers and tables of maps, channels. By the executable's
 * descriptors of them, so that no release's layout is written down here. runtime/map.go, internal/runtime/maps, chan.go.
 */
import type { Type } from "../../binary/index.ts";
import {
  type ChannelLayout,
  type IntegerField,
  type MapGroupsLayout,
  type MapLayout,
  type MapTableLayout,
  Structure,
} from "../../heap/value-layouts.ts";
import { isGroup, layOutGroup } from "../universe/map-groups.ts";
import type { RuntimeFields } from "../universe/runtime-fields.ts";
import { NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

const FEATURE_MAPS = "counts of maps' entries";
const FEATURE_CHANNELS = "counts of what waits in channels, and for them";

/** Reads as 0. */
const NOTHING: IntegerField = { offset: 0, size: 0 };

const STRUCTURE_OF: ReadonlyMap<number, number> = new Map([
  [NodeKind.MAP_HEADER, Structure.MAP],
  [NodeKind.MAP_DIRECTORY, Structure.MAP_DIRECTORY],
  [NodeKind.MAP_TABLE, Structure.MAP_TABLE],
  [NodeKind.MAP_EXTRA, Structure.MAP_EXTRA],
  [NodeKind.CHANNEL, Structure.CHANNEL],
]);

/** The type of the elements of `[]*bmap`, in which old maps list the overflow buckets that nothing else points to. */
const OVERFLOW_BUCKET = "runtime.bmap";

/** Structure of a node's values. */
export function structureOf(node: TypeNode): number {
  const known = STRUCTURE_OF.get(node.kind);
  if (known !== undefined) return known;
  const { type } = node;
  if (node.kind !== NodeKind.TYPE || type === undefined) return Structure.NONE;
  if (isGroup(type)) return Structure.MAP_GROUPS;
  const { elem } = type;
  const isOverflowList = elem?.name === OVERFLOW_BUCKET || elem?.elem?.name === OVERFLOW_BUCKET;
  return isOverflowList ? Structure.MAP_EXTRA : Structure.NONE;
}

export function layOutMap({ type }: TypeNode, { runtime }: TypeUniverse): MapLayout | undefined {
  if (type === undefined) return undefined;
  // internal/runtime/maps.Map or runtime.hmap.
  const used = integer(type, ["used", "count"], runtime, FEATURE_MAPS);
  return used && { used };
}

export function layOutTable({ type }: TypeNode, { runtime }: TypeUniverse): MapTableLayout | undefined {
  if (type === undefined) return undefined;
  const used = integer(type, ["used"], runtime, FEATURE_MAPS);
  const capacity = integer(type, ["capacity"], runtime, FEATURE_MAPS);
  const growthLeft = integer(type, ["growthLeft"], runtime, FEATURE_MAPS);
  return used && capacity && growthLeft && { used, capacity, growthLeft };
}

export function layOutGroups({ type }: TypeNode, { runtime }: TypeUniverse): MapGroupsLayout | undefined {
  const layout = type === undefined ? undefined : layOutGroup(type, runtime, FEATURE_MAPS);
  if (layout === undefined) return undefined;
  const { size, key, keyStart, keyStride, elem, elemStart, elemStride } = layout;
  return {
    size,
    keySize: key.size,
    elementSize: elem.size,
    keyStart,
    keyStride,
    elementStart: elemStart,
    elementStride: elemStride,
  };
}

export function layOutChannel({ type }: TypeNode, universe: TypeUniverse): ChannelLayout | undefined {
  if (type === undefined) return undefined;
  const { runtime } = universe;
  const waiter = universe.named("runtime.sudog")?.type;
  const field = (name: string): IntegerField | undefined => integer(type, [name], runtime, FEATURE_CHANNELS);
  const count = field("qcount");
  const capacity = field("dataqsiz");
  const elementSize = field("elemsize");
  const closed = field("closed");
  const buffer = field("buf");
  if (!count || !capacity || !elementSize || !buffer) return undefined;
  return {
    count,
    capacity,
    elementSize,
    closed: closed ?? NOTHING,
    buffer: buffer.offset,
    // waitq{first, last *sudog}
    receivers: field("recvq")?.offset ?? -1,
    senders: field("sendq")?.offset ?? -1,
    nextWaiter: waiter === undefined ? -1 : (integer(waiter, ["next"], runtime, FEATURE_CHANNELS)?.offset ?? -1),
  };
}

/** The first field of these names. */
function integer(
  type: Type,
  names: readonly string[],
  runtime: RuntimeFields,
  feature: string,
): IntegerField | undefined {
  const field = type.fields.find(({ name }) => names.includes(name));
  if (field === undefined) runtime.report(type.name, names[0]!, feature);
  return field && { offset: field.offset, size: field.type.size };
}
