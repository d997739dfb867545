/** Thresholds of generated programs: each is noticed when it is missed, and only then. */
import { describe, expect, test } from "vitest";
import { KINDS } from "./adversary/kinds.ts";
import { Totals } from "./report.ts";
import { emptyTally, type Tally } from "./score.ts";
import { listShortfalls } from "./thresholds.ts";

/** A thousand objects of each kind, all right and known, but for what is said of some kinds. */
function totalsWith(changes: Readonly<Record<string, Partial<Tally>>>): Totals {
  const totals = new Totals();
  for (const kind of KINDS) {
    totals.kinds.set(kind, { ...emptyTally(), objects: 1000, rightKnown: 1000, ...changes[kind] });
  }
  return totals;
}

describe("scores", () => {
  test("that reach everything fall short of nothing", () => {
    expect(listShortfalls(totalsWith({}), true, true)).toEqual([]);
    expect(listShortfalls(totalsWith({}), false, true)).toEqual([]);
  });

  test("of a kind that is too often untyped are told, where a dump decides it", () => {
    expect(listShortfalls(totalsWith({ chan: { rightKnown: 960, untyped: 40 } }), true, true)).toEqual([
      "right of chan: 96.00 % (960 of 1000)",
    ]);
    expect(listShortfalls(totalsWith({ "?unsafe": { rightKnown: 0, untyped: 1000 } }), true, true)).toEqual([]);
    // Debug information decides it.
    expect(listShortfalls(totalsWith({ "~global": { rightKnown: 0, untyped: 1000 } }), false, true)).toEqual([]);
    expect(listShortfalls(totalsWith({ "~global": { rightKnown: 0, untyped: 1000 } }), true, true)).toContain(
      "right of ~global: 0.00 % (0 of 1000)",
    );
  });

  test("that are guessed are right, but not known", () => {
    const guessed = { rightKnown: 0, rightGuessed: 1000 };
    expect(listShortfalls(totalsWith({ map: guessed }), true, true)).toEqual([
      expect.stringMatching(/^right and known: 94\./),
    ]);
  });

  test("that are wrong and stated as known are told before they are many", () => {
    const wrong = { rightKnown: 986, wrongKnown: 14 };
    expect(listShortfalls(totalsWith({ slice: wrong }), true, true)).toEqual([
      expect.stringMatching(/^wrong and stated as known: 0\.0\d %/),
    ]);
    expect(listShortfalls(totalsWith({ slice: wrong }), false, true)).toEqual([]);
  });

  test("that are wrong where nothing can be right are told, guessed or not", () => {
    for (const key of ["wrongKnown", "wrongGuessed"] as const) {
      expect(listShortfalls(totalsWith({ "?field": { rightKnown: 900, [key]: 100 } }), true, true)).toEqual([
        expect.stringMatching(/^wrong of the undecidable: /),
      ]);
    }
  });

  test("need no malloc headers of runtimes that have none", () => {
    const none = totalsWith({ header: { objects: 0, rightKnown: 0 } });
    expect(listShortfalls(none, true, false)).toEqual([]);
    expect(listShortfalls(none, true, true)).toEqual([expect.stringMatching(/^share of header: 0\.00 %/)]);
  });

  test("of too few objects of a kind say little", () => {
    expect(listShortfalls(totalsWith({ tiny: { objects: 100, rightKnown: 100 } }), true, true)).toEqual([
      expect.stringMatching(/^share of tiny: 0\.\d\d %/),
    ]);
  });
});
