/** BaselineSentences: what a heap has beside its baseline, in words. Every name is escaped and cut here, once. */
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { showName, showText } from "../../shown-text.ts";
import { sayOrigin } from "../started-by.ts";
import type { BaselineChange } from "./baseline-change.ts";
import type { BaselineResult } from "./check.ts";
import type { CheckLine } from "./check-line.ts";

const LONGEST_NAME = 160;
const LONGEST_TEXT = 300;
/** Changes that are told one by one. */
const MOST_BROKEN = 20;
const MOST_OTHERS = 10;

export const BASELINE_OUTCOMES: Readonly<Record<BaselineResult["outcome"], string>> = {
  passed: "the heap has nothing beside its baseline",
  broken: "something in the heap is more than in its baseline",
  updated: "the heap is the new baseline",
  unable: "the baseline could not be compared",
};

/** A line for each change that breaks the check; one for all else. */
export function describeBaseline({ file, key, outcome, changes, sharesNothing }: BaselineResult): CheckLine[] {
  const broken = changes.filter(({ isBroken }) => isBroken);
  const others = changes.filter(({ isBroken }) => !isBroken);
  const alike = namesOfSeveral(changes.filter(({ of }) => of === "path"));
  const title = `baseline ${showName(file, LONGEST_NAME)} of ${showName(key)}`;
  const lines = [
    ...(sharesNothing ? ["the heap has none of the paths that the baseline lists: it may be of another program"] : []),
    ...others.slice(0, MOST_OTHERS).map((other) => sayOther(other, alike)),
    ...sayMore(others.length - MOST_OTHERS),
  ];
  const figure = {
    passed: "nothing new",
    broken: formatNumber(broken.length, "change"),
    updated: "written",
    unable: "not compared",
  }[outcome];
  return [
    ...broken.slice(0, MOST_BROKEN).map((change) => describeBroken(change, alike)),
    {
      outcome: outcome === "updated" ? "passed" : outcome,
      title,
      figure,
      origin: "",
      lines: [...lines, ...sayMore(broken.length - MOST_BROKEN)],
    },
  ];
}

function sayMore(count: number): string[] {
  return count > 0 ? [`and ${formatNumber(count, "more change")}`] : [];
}

/** Names that several have: types tell these apart. */
function namesOfSeveral(rows: readonly { readonly name: string }[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(rows.flatMap(({ name }) => (seen.size === seen.add(name).size ? [name] : [])));
}

/** "runtime.allp[…].timers[…] (main.Session)": of a path that is called as others are. */
function sayPath(
  { name, detail }: { readonly name: string; readonly detail: string },
  alike: ReadonlySet<string>,
): string {
  const type = detail !== "" && alike.has(name) ? ` (${showName(detail, LONGEST_NAME)})` : "";
  return `${showName(name, LONGEST_NAME)}${type}`;
}

/** Whether a path that the baseline has no entry for may have been there: entries begin at `listedFrom` bytes. */
function isUnsure(listedFrom: number | null): listedFrom is number {
  return listedFrom !== null && listedFrom > 1;
}

function sayNew(listedFrom: number | null): string {
  return isUnsure(listedFrom) ? `is new, or had less than ${formatBytes(listedFrom)} in the baseline` : "is new";
}

function describeBroken(change: BaselineChange, alike: ReadonlySet<string>): CheckLine {
  const { kind, of, name, detail, isRest, before, now, listedFrom, objects, parts, reason } = change;
  const title =
    of === "live"
      ? "the program's live bytes have grown"
      : `${of === "goroutines" ? `goroutines of ${showName(name, LONGEST_NAME)}` : sayPath(change, alike)} ${
          of === "goroutines"
            ? kind === "new"
              ? "are new"
              : "are more"
            : isRest
              ? "has grown elsewhere, too"
              : kind === "new"
                ? sayNew(listedFrom)
                : "has grown"
        }`;
  const show = of === "goroutines" ? formatCount : formatBytes;
  const partsAlike = namesOfSeveral(parts);
  const lines = [
    ...(detail === ""
      ? []
      : [
          of === "goroutines"
            ? `started by ${showName(sayOrigin(name, detail), LONGEST_NAME)}`
            : showName(detail, LONGEST_NAME),
        ]),
    ...(objects === null || objects.before === objects.now
      ? []
      : kind === "new" && isUnsure(listedFrom)
        ? [formatNumber(objects.now, "object")]
        : [`${formatNumber(objects.before, "object")} → ${formatCount(objects.now)}`]),
    ...parts.map((part) => {
      const had =
        part.before === 0 && isUnsure(listedFrom) ? `less than ${formatBytes(listedFrom)}` : formatBytes(part.before);
      return `${sayPath(part, partsAlike)}: ${had} → ${formatBytes(part.now)}`;
    }),
    ...(reason === null ? [] : [showText(reason, LONGEST_TEXT)]),
  ];
  const figure = kind === "new" ? show(now) : `${show(before)} → ${show(now)}`;
  return { outcome: "broken", title, figure, origin: "", lines };
}

/** "expected: main.cache.entries has 4 MiB (filled at the start)", "gone: main.old, 1.2 MiB (--update forgets it)". */
function sayOther(change: BaselineChange, alike: ReadonlySet<string>): string {
  const { kind, of, name, detail, before, now, reason } = change;
  const shown = of === "goroutines" ? `goroutines of ${showName(name, LONGEST_NAME)}` : sayPath(change, alike);
  const show = of === "goroutines" ? formatCount : formatBytes;
  const why = reason === null ? "" : ` (${showText(reason, LONGEST_TEXT)})`;
  if (kind === "unused") return `warning: nothing is there that ${shown} of ${showName(detail)} expects${why}`;
  if (kind === "gone") return `warning: ${shown} is gone, had ${show(before)}: --update takes it out${why}`;
  return `expected: ${shown}${change.isRest ? ", elsewhere" : ""}, ${kind === "new" ? "" : `${show(before)} → `}${show(now)}${why}`;
}
