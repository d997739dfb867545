/** What of a holder is in use: the length of a slice, the entries of a map, the values in a channel. */
import { isLibraryMapEntry } from "../../analysis/paths/library-maps.ts";
import type { Heap } from "../../heap/heap.ts";
import { indexInSorted } from "../../heap/lower-bound.ts";
import { objectSize, valueOffset } from "../../heap/objects.ts";
import { formatCount, formatNumber } from "../../quantities.ts";
import { SEEN_BY_SLICE } from "../../values/array-views.ts";
import type { HeapValues } from "../../values/values.ts";
import type { FoundPart } from "./holder-parts.ts";

/** Counts of elements, never bytes. */
export interface HolderUse {
  readonly kind: "slice" | "map" | "channel";
  /** Elements that slices show, entries of the map, or values in the channel. */
  readonly length: number;
  /** Elements that there is memory for. */
  readonly capacity: number;
}

/** Size classes up to this add much. */
const SMALL = 128;

/** What of an object is in use; null if it is none of the three, or nothing tells. O(log n). */
export function findUse(
  { objects, types }: Heap,
  { maps, channels, views }: HeapValues,
  object: number,
): HolderUse | null {
  const map = indexInSorted(maps.header, object);
  if (map >= 0) return { kind: "map", length: maps.entries[map]!, capacity: maps.slots[map]! };
  const headless = indexInSorted(maps.headless, object);
  if (headless >= 0) {
    return { kind: "map", length: maps.headlessEntries[headless]!, capacity: maps.headlessSlots[headless]! };
  }
  const channel = indexInSorted(channels.header, object);
  if (channel >= 0) {
    return { kind: "channel", length: channels.buffered[channel]!, capacity: channels.capacity[channel]! };
  }
  const layout = types.layouts?.of(objects.type[object]!);
  const view = views.set.indexOf(object);
  if (view < 0 || layout?.isMany !== true || layout.size === 0) return null;
  // Pointers to elements and texts tell neither a length nor how much room there is.
  if ((views.seen[view]! & SEEN_BY_SLICE) === 0) return null;
  const room = objectSize(objects, object) - valueOffset(objects, object);
  const end = views.capacityEnd.get(view);
  // What the size class adds behind the last element is no room that a slice has; it is never more than all that is in front of it,
  // but in the smallest. So there are elements behind, which are beyond every capacity.
  const isBeyond = room > SMALL && end < room / 2;
  return {
    kind: "slice",
    length: Math.round(views.used.get(view) / layout.size),
    capacity: Math.floor((isBeyond ? room : end) / layout.size),
  };
}

/** "len 30 of cap 16,384", "4,000 entries in 8,192 slots", "12 of 64 buffered": for labels, where room is short. */
export function labelUse({ kind, length, capacity }: HolderUse): string {
  if (kind === "map") {
    // Of a library's map only the entries are known.
    const room = capacity > length ? ` in ${formatNumber(capacity, "slot")}` : "";
    return `${formatNumber(length, "entry", "entries")}${room}`;
  }
  const both = `${formatCount(length)} of ${kind === "slice" ? "cap " : ""}${formatCount(capacity)}`;
  return kind === "slice" ? `len ${both}` : `${both} buffered`;
}

/** What of a library's map is in use: its entries hang right below it. */
export function countEntries(parts: readonly FoundPart[]): HolderUse {
  const entries = parts.filter(({ type }) => isLibraryMapEntry(type));
  const length = entries.reduce((sum, { count }) => sum + count, 0);
  return { kind: "map", length, capacity: length };
}
