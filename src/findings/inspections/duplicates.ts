/** Inspection of texts: strings and byte slices that are there more than once. The texts themselves go nowhere. */
import { computeHistogram } from "../../analysis/histogram.ts";
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { findEqualTexts, NO_TEXT, textRows } from "../../values/equal-texts.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, mayCount, type Wording } from "./facts.ts";
import { isPinnedBy } from "./slices.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** What passes through these is there until the next overwrites it: nobody keeps it, and nobody could share it. */
const BUFFER = /^(bufio|bytes)\.\w+\.(buf|token)$/;

/** Of equal texts none is kept yet. */
const NONE = -1;

/**
 * Finds duplicate texts by the field that holds them. Of equal texts that in the smallest slot is kept, so that it does not matter which of them
 * comes first in the dump. Reads the bytes of all strings and byte slices.
 */
export async function inspectDuplicates(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, values } = facts;
  const { set } = values.views;
  if (!mayCount(facts, "duplicate-text", await sumTexts(heap, progress))) return [];
  const first = await findEqualTexts(heap, values.views, progress);
  if (!mayCount(facts, "duplicate-text", sumEqual(facts, first))) return [];
  const holders = await facts.holders();
  const nameOf = (object: number): string => holders.places.name(holders.placeOf(object));
  /** By place. */
  const isBuffer: boolean[] = [];
  const isInBuffer = (object: number): boolean => {
    const place = holders.placeOf(object);
    isBuffer[place] ??= BUFFER.test(holders.places.name(place));
    return isBuffer[place];
  };
  /** By number of the first of equal texts: the object to keep. */
  const kept = longColumn(Int32Array, set.count).fill(NONE);
  /** Likewise: 1 where there is another one. */
  const isDuplicated = new Uint8Array(set.count);
  for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
    if (first[i] === NO_TEXT || isInBuffer(object)) continue;
    const before = kept[first[i]!]!;
    if (before !== NONE) isDuplicated[first[i]!] = 1;
    const difference = before === NONE ? -1 : objectSize(heap.objects, object) - objectSize(heap.objects, before);
    if (difference < 0 || (difference === 0 && nameOf(object) < nameOf(before))) kept[first[i]!] = object;
  }
  const tally = new Tally((place) => holders.places.name(place));
  const texts = new Map<number, Set<number>>();
  for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
    if (first[i] === NO_TEXT || isDuplicated[first[i]!] === 0 || kept[first[i]!] === object) continue;
    if (isInBuffer(object)) continue;
    const place = holders.placeOf(object);
    tally.addBad(place, object, bytesOf(facts, object), isGuessed(facts, object), {});
    const known = texts.get(place);
    if (known === undefined) texts.set(place, new Set([first[i]!]));
    else known.add(first[i]!);
  }
  tally.keepIf((bytes) => mayCount(facts, "duplicate-text", bytes));
  if (!tally.isEmpty) {
    for (let i = 0, object = set.next(-1); object >= 0; i++, object = set.next(object)) {
      if (first[i] !== NO_TEXT) tally.addToKnown(holders.placeOf(object));
    }
  }
  for (const place of tally.holders) tally.row(place).sums.texts = texts.get(place)!.size;
  return makeFindings(facts, "duplicate-text", tally.bad(), wordDuplicates);
}

/** Bytes of all that can be texts. */
async function sumTexts(heap: Heap, progress: Progress): Promise<number> {
  const { reachableBytes } = await computeHistogram(heap, progress);
  const isText = textRows(heap.types);
  return reachableBytes.reduce((sum, bytes, row) => sum + (isText[row] === 1 ? bytes : 0), 0);
}

/** Bytes of the texts that are there more than once. */
function sumEqual({ heap, values: { views } }: Facts, first: Int32Array): number {
  const count = new Int32Array(first.length);
  for (let i = 0; i < first.length; i++) {
    const text = first[i]!;
    if (text !== NO_TEXT) count[text]!++;
  }
  let bytes = 0;
  for (let i = 0, object = views.set.next(-1); object >= 0; i++, object = views.set.next(object)) {
    if (first[i] !== NO_TEXT && count[first[i]!]! > 1) bytes += objectSize(heap.objects, object);
  }
  return bytes;
}

/** What a copy takes: its slot, or only its text, if what is behind that counts for those that pin an array by a small view. */
function bytesOf({ heap, values: { views } }: Facts, object: number): number {
  const { objects } = heap;
  const used = views.used.get(views.set.indexOf(object));
  return isPinnedBy(objects, object, used) ? used : objectSize(objects, object);
}

function wordDuplicates({ count, all, bytes, sums }: TallyRow): Wording {
  const { texts = 0 } = sums;
  return {
    problem:
      `${formatCount(count)} of ${formatNumber(all, "text")} ${count === 1 ? "is a copy of another" : "are copies of others"}: ` +
      `${formatBytes(bytes)} beside ${formatNumber(texts, "text")} that would do`,
    evidence: { copies: count, texts: all, duplicated: texts },
  };
}
