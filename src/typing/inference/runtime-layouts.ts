/** Layouts: the fields by which channels and headers of maps are recognised, as an executable has them. */
import { Width } from "../universe/runtime-fields.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

const FEATURE_CHANNELS = "the recognition of channels";
const FEATURE_MAPS = "the recognition of maps by what they hold";

/** runtime.hchan: its size, and offsets of its fields. */
export interface ChannelLayout {
  readonly size: number;
  readonly elemtype: number;
  readonly qcount: number;
  readonly dataqsiz: number;
}

/** Go ≤ 1.23, runtime.hmap: offsets of its fields. */
export interface BucketsLayout {
  readonly isSwiss: false;
  readonly B: number;
  readonly buckets: number;
}

/** Go ≥ 1.24, internal/runtime/maps.Map: offsets of its fields, and of those of its tables. */
export interface SwissLayout {
  readonly isSwiss: true;
  readonly dirPtr: number;
  readonly dirLen: number;
  /** The pointer to the groups, and the word that says how many they are, less one; undefined if that is not known. */
  readonly table: { readonly groups: number; readonly lengthMask: number } | undefined;
}

/** Undefined if the executable has no channels, or others than gohd knows. */
export function findChannelLayout(universe: TypeUniverse): ChannelLayout | undefined {
  const type = universe.named("runtime.hchan")?.type;
  const widths = { elemtype: Width.WORD, qcount: Width.WORD, dataqsiz: Width.WORD };
  const fields = universe.runtime.find(type, widths, FEATURE_CHANNELS);
  if (type === undefined || fields === undefined) return undefined;
  const { elemtype, qcount, dataqsiz } = fields;
  return { size: type.size, elemtype: elemtype.offset, qcount: qcount.offset, dataqsiz: dataqsiz.offset };
}

/** Undefined if the executable has no maps, or others than gohd knows. */
export function findMapLayout(universe: TypeUniverse, isBigEndian: boolean): BucketsLayout | SwissLayout | undefined {
  const { runtime, pointerSize } = universe;
  const swiss = universe.named("internal/runtime/maps.Map")?.type;
  if (swiss === undefined) {
    const type = universe.named("runtime.hmap")?.type;
    const fields = runtime.find(type, { B: Width.BYTE, buckets: Width.WORD }, FEATURE_MAPS);
    return fields && { isSwiss: false, B: fields.B.offset, buckets: fields.buckets.offset };
  }
  const fields = runtime.find(swiss, { dirPtr: Width.WORD, dirLen: Width.WORD }, FEATURE_MAPS);
  if (fields === undefined) return undefined;
  const groups = universe.groupsOf(universe.named("internal/runtime/maps.table")?.type, FEATURE_MAPS);
  return {
    isSwiss: true,
    dirPtr: fields.dirPtr.offset,
    dirLen: fields.dirLen.offset,
    table: groups && {
      groups: groups.reference.offset + groups.data.offset,
      // Its 64 bits are two words in a 32-bit process; the low one is enough.
      lengthMask:
        groups.reference.offset +
        groups.lengthMask.offset +
        (isBigEndian ? groups.lengthMask.type.size - pointerSize : 0),
    },
  };
}
