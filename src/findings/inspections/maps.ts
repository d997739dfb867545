/** Inspections of maps: those that were emptied and keep their slots, and many that have hardly an entry. */
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, mayCount, type Wording } from "./facts.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** Entries of a group or bucket when a map grows: 6.5 of 8 until Go 1.23, 7 since. */
const LOAD_AT_GROWTH = 6.5;
/** A map that only grew is at least half as full as when it grew; one that has a quarter of it was emptied, or made too large. */
const SPARSE_LOAD = LOAD_AT_GROWTH / 4 / 8;
/** Smaller maps are not worth making anew. */
const LEAST_SPARSE_BYTES = 1 << 16;

/** Finds what is wrong with maps. O(maps). */
export async function inspectMaps(facts: Facts): Promise<Finding[]> {
  const { count, header, entries, slots, bytes, tombstones } = facts.values.maps;
  const isSparse = (i: number): boolean =>
    slots[i]! > 0 && bytes[i]! > LEAST_SPARSE_BYTES && entries[i]! / slots[i]! < SPARSE_LOAD;
  const unused = (i: number): number => Math.round(bytes[i]! * (1 - entries[i]! / slots[i]!));
  let unusedBytes = 0;
  let tinyBytes = 0;
  for (let i = 0; i < count; i++) {
    if (isSparse(i)) unusedBytes += unused(i);
    if (entries[i]! <= 1) tinyBytes += bytes[i]!;
  }
  if (!mayCount(facts, "sparse-map", unusedBytes) && !mayCount(facts, "tiny-maps", tinyBytes)) return [];
  const holders = await facts.holders();
  const sparse = new Tally((place) => holders.places.name(place));
  const small = new Tally((place) => holders.places.name(place));
  for (let i = 0; i < count; i++) {
    const place = holders.placeOf(header[i]!);
    const [held, room, size] = [entries[i]!, slots[i]!, bytes[i]!];
    const guessed = isGuessed(facts, header[i]!);
    const sums = { entries: held, slots: room, tombstones: tombstones[i]!, mapBytes: size };
    if (isSparse(i)) sparse.addBad(place, header[i]!, unused(i), guessed, sums);
    if (held <= 1) small.addBad(place, header[i]!, size, guessed, sums);
  }
  for (let i = 0; i < count; i++) {
    const place = holders.placeOf(header[i]!);
    sparse.addToKnown(place);
    small.addToKnown(place);
  }
  return [
    ...makeFindings(facts, "sparse-map", sparse.bad(), wordSparse),
    ...makeFindings(facts, "tiny-maps", small.bad(), wordTiny),
  ];
}

function wordSparse({ count, bytes, sums }: TallyRow): Wording {
  const { entries = 0, slots = 0, tombstones = 0, mapBytes = 0 } = sums;
  return {
    problem:
      `${formatNumber(entries, "entry", "entries")} in ${formatCount(slots)} slots of ${formatNumber(count, "map")}: ` +
      `${formatBytes(bytes)} of slots that are not used`,
    evidence: { maps: count, entries, slots, tombstones, mapBytes },
  };
}

function wordTiny({ count, bytes, sums }: TallyRow): Wording {
  const { entries = 0, mapBytes = 0 } = sums;
  return {
    problem: `${formatNumber(count, "map")} with at most one entry ${count === 1 ? "takes" : "take"} ${formatBytes(bytes)}: ${formatNumber(entries, "entry", "entries")} in all`,
    evidence: { maps: count, entries, mapBytes },
  };
}
