/** Thresholds: what the scores of generated programs must reach. */
import { isDecidable, KINDS } from "./adversary/kinds.ts";
import { share, type Totals } from "./report.ts";
import type { Tally } from "./score.ts";

/** Shares of decidable objects: right in sum, and of each kind; right and stated as known; wrong and stated as known. */
const RIGHT = 0.99;
const RIGHT_OF_KIND = 0.97;
const KNOWN = 0.95;
const WRONG_KNOWN = 0.001;
const WRONG_KNOWN_WITH_NAMES = 0.0005;
/** Share of undecidable objects that may be wrong. */
const WRONG_UNDECIDABLE = 0.005;
/** What each kind must have of the objects that have one: less would say little of it. */
const LEAST_SHARE = 0.03;

/**
 * What the scores of several programs fall short of, in words; nothing if they reach all of it.
 * @param hasHeaders whether their Go version has malloc headers
 */
export function listShortfalls(totals: Totals, hasDebugInformation: boolean, hasHeaders: boolean): string[] {
  const shortfalls: string[] = [];
  const demand = (isMet: boolean, what: string, part: number, of: number): void => {
    if (!isMet) shortfalls.push(`${what}: ${share(part, of)} (${part} of ${of})`);
  };
  const decidable = totals.sum(true, hasDebugInformation);
  const undecidable = totals.sum(false, hasDebugInformation);
  const all = decidable.objects + undecidable.objects;
  const { objects } = decidable;
  demand(rightOf(decidable) >= RIGHT * objects, "right", rightOf(decidable), objects);
  demand(decidable.rightKnown >= KNOWN * objects, "right and known", decidable.rightKnown, objects);
  const tolerated = hasDebugInformation ? WRONG_KNOWN_WITH_NAMES : WRONG_KNOWN;
  demand(decidable.wrongKnown <= tolerated * objects, "wrong and stated as known", decidable.wrongKnown, objects);
  const wrong = undecidable.wrongKnown + undecidable.wrongGuessed;
  demand(wrong <= WRONG_UNDECIDABLE * undecidable.objects, "wrong of the undecidable", wrong, undecidable.objects);
  for (const kind of KINDS) {
    if (kind === "" || (kind === "header" && !hasHeaders)) continue;
    const tally = totals.kinds.get(kind);
    const count = tally?.objects ?? 0;
    demand(count >= LEAST_SHARE * all, `share of ${kind}`, count, all);
    if (tally === undefined || !isDecidable(kind, hasDebugInformation)) continue;
    demand(rightOf(tally) >= RIGHT_OF_KIND * count, `right of ${kind}`, rightOf(tally), count);
  }
  return shortfalls;
}

function rightOf({ rightKnown, rightGuessed }: Tally): number {
  return rightKnown + rightGuessed;
}
