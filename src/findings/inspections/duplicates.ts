/** Inspection of texts: strings and byte slices that are there more than once. The texts themselves go nowhere. */
import { objectSize } from "../../heap/objects.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { findEqualTexts, NO_TEXT } from "../../values/equal-texts.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, type Wording } from "./facts.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** What passes through these is there until the next overwrites it: nobody keeps it, and nobody could share it. */
const BUFFER = /^(bufio|bytes)\.\w+\.buf$/;

/** Finds duplicate texts by the field that holds them. Reads the bytes of all strings and byte slices. */
export async function inspectDuplicates(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, holders, values } = facts;
  const { set } = values.views;
  const first = await findEqualTexts(heap, values.views, progress);
  const tally = new Tally((place) => holders.places.name(place));
  const texts = new Map<number, Set<number>>();
  const isBuffer = new Map<number, boolean>();
  for (let object = 0; object < heap.objects.count; object++) {
    const i = set.indexOf(object);
    if (i < 0 || first[i] === NO_TEXT || first[i] === i) continue;
    const place = holders.placeOf(object);
    if (!isBuffer.has(place)) isBuffer.set(place, BUFFER.test(holders.places.name(place)));
    if (isBuffer.get(place) === true) continue;
    tally.addBad(place, object, objectSize(heap.objects, object), isGuessed(facts, object), {});
    const known = texts.get(place);
    if (known === undefined) texts.set(place, new Set([first[i]!]));
    else known.add(first[i]!);
  }
  for (const [place, different] of texts) tally.row(place).sums.texts = different.size;
  if (!tally.isEmpty) {
    for (let object = 0; object < heap.objects.count; object++) {
      const i = set.indexOf(object);
      if (i >= 0 && first[i] !== NO_TEXT) tally.addToKnown(holders.placeOf(object));
    }
  }
  return makeFindings(facts, "duplicate-text", tally.bad(), wordDuplicates);
}

function wordDuplicates({ count, all, bytes, sums }: TallyRow): Wording {
  const { texts = 0 } = sums;
  return {
    problem:
      `${formatCount(count)} of ${formatNumber(all, "text")} are copies of others: ` +
      `${formatBytes(bytes)} beside ${formatNumber(texts, "text")} that would do`,
    evidence: { copies: count, texts: all, duplicated: texts },
  };
}
