/** Inspection of spans: which type's objects keep pages that are mostly free. */
import { NO_OBJECT } from "../../heap/objects.ts";
import { formatBytes, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { sumSpans } from "../process/spans.ts";
import { type HeapFacts, makeFindings } from "./facts.ts";
import { Tally } from "./tally.ts";

const PAGE_SIZE = 8192;
/** Spans that are fuller fill up again; these are rather kept than used. */
const MOSTLY_FREE = 0.25;

/** Finds types whose objects are spread thinly over many pages. O(objects). */
export function inspectFragmentation(facts: HeapFacts): Finding[] {
  const { types } = facts.heap;
  const { spans, bytes, objectBytes, objects, guessed, example } = sumSpans(facts.heap, MOSTLY_FREE);
  const tally = new Tally((row) => types.names[row]!);
  for (let row = 0; row < types.count; row++) {
    if (spans[row] === 0) continue;
    const sums = {
      objects: objects[row]!,
      pages: bytes[row]! / PAGE_SIZE,
      spanBytes: bytes[row]!,
      used: objectBytes[row]!,
    };
    const one = example[row] === NO_OBJECT ? undefined : example[row]!;
    tally.addSummed(row, spans[row]!, bytes[row]! - objectBytes[row]!, sums, {
      guessed: (guessed[row]! / objects[row]!) * spans[row]!,
      example: one,
    });
  }
  return makeFindings(
    facts,
    "fragmentation",
    tally.bad(),
    ({ count, sums: { objects: kept = 0, pages = 0, spanBytes = 0, used = 0 } }) => ({
      problem:
        `${formatNumber(kept, "object keeps", "objects keep")} ${formatNumber(pages, "page")} of 8 KiB (${formatBytes(spanBytes)}), ` +
        `of which ${formatBytes(used)} are in use`,
      evidence: { objects: kept, spans: count, pages, spanBytes, usedBytes: used },
    }),
    { holderKind: "type", isLive: false },
  );
}
