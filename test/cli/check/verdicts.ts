/** Checks made by hand, for what shows them. */
import type { BudgetResult, Check } from "../../../src/findings/check/check.ts";
import { HOSTILE_TEXT } from "../../support/hostile-dump.ts";

const dump = {
  name: "app & <co>.dump",
  goVersion: "go1.24.4",
  arch: "amd64",
  pointerSize: 8,
  isComplete: true,
  isTyped: true,
} as const;

/** A budget on `owned(main.A)`, broken by what a dump calls as it likes. */
export function brokenBudget(name: string, reason: string | null = null, origin = "gohd.yaml:3"): BudgetResult {
  return {
    text: 'owned("main.A") > 1KiB',
    reason,
    origin,
    outcome: "broken",
    comparisons: [
      {
        measure: "owned(main.A)",
        operator: ">",
        limit: { value: 1024, unit: "bytes" },
        value: 4096,
        holds: true,
        guessed: null,
        missing: null,
      },
    ],
    culprits: [{ kind: "path", name, detail: "main.A", count: 12, bytes: 4096 }],
  };
}

/** A check with one budget that holds, and one that is broken. */
export function brokenCheck(name: string, reason: string | null = null): Check {
  return {
    schemaVersion: 1,
    outcome: "broken",
    dumps: [{ dump, live: { count: 5, bytes: 5000 }, garbage: { count: 0, bytes: 0 }, problems: [] }],
    budgets: [
      {
        text: "count(main.B) > 3",
        reason: null,
        origin: "--fail-if",
        outcome: "passed",
        comparisons: [
          {
            measure: "count(main.B)",
            operator: ">",
            limit: { value: 3, unit: "count" },
            value: 0,
            holds: false,
            guessed: null,
            missing: `nothing is called ${name}`,
          },
        ],
        culprits: [],
      },
      brokenBudget(name, reason),
    ],
    baseline: null,
  };
}

/** The same, of a heap that cannot be judged. */
export function unableCheck(): Check {
  const { dumps, budgets, ...check } = brokenCheck("x");
  const problems = [
    { code: "garbage", message: "4 MiB of <the heap> are garbage", advice: "Call runtime.GC() twice, 100 %" },
  ] as const;
  return {
    ...check,
    outcome: "unable",
    dumps: dumps.map((one) => ({ ...one, problems })),
    budgets: budgets.map(({ comparisons, ...one }) => ({
      ...one,
      outcome: "unable",
      comparisons: comparisons.map((comparison) => ({ ...comparison, value: null, holds: false })),
      culprits: [],
    })),
  };
}

/** Names that mean something to XML, Markdown and GitHub's runner. */
export const HOSTILE_NAMES = [
  Buffer.from(HOSTILE_TEXT).toString(),
  "]]></failure><script>&amp;'\"",
  "::set-output name=x::y",
  "a\n::error::forged",
  "##[add-mask]x",
  "`` ` ``` <b>*bold*</b> [link](http://example.com) | cell",
  "100%0A%3A,:",
];
