/** How large the heaps are, how that is known, and what keeps them from being compared in full: a line each. */
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { sayName } from "../report/said-names.ts";
import type { Growth, GrowthDump, RetypedObjects } from "./growth.ts";
import { formatChange, formatSigned } from "./growth-figures.ts";
import { MOST_TOLD } from "./retyped.ts";

/** Lines that stand below what grew. Names come without import paths. */
export function describeGrowth(growth: Growth): string[] {
  return [describeLive(growth), ...describeProcesses(growth), ...describeTyping(growth), ...describeCertainty(growth)];
}

function describeLive({ dumps, live }: Growth): string {
  const bytes = formatChange(
    dumps.map((dump) => dump.live.bytes),
    formatBytes,
  );
  const change = `${formatSigned(live.grownBytes, formatBytes)}, ${formatSigned(live.grownCount, (count) => formatNumber(count, "object"))}`;
  const versions = [...new Set(dumps.map(({ goVersion, arch }) => `${goVersion}, ${arch}`))].join("; ");
  return `Live: ${bytes} (${change}); ${versions}.`;
}

function describeProcesses({ isOneProcess, steps, dumps }: Growth): string[] {
  if (isOneProcess !== true) {
    const odd = steps.findIndex((step) => step.isOneProcess !== true);
    const { how } = steps[odd]!;
    const which = dumps.length === 2 ? "" : ` (${callDump(dumps, odd)} and ${callDump(dumps, odd + 1)})`;
    const what = isOneProcess === null ? "Not known to be of one process" : "Of several processes";
    return [`${what}${which}: ${how}. So sums are compared, and not single objects.`];
  }
  const sum = (of: (step: Growth["steps"][number]) => number): number => steps.reduce((all, step) => all + of(step), 0);
  const added = sum(({ matching }) => matching?.added ?? 0);
  const gone = sum(({ matching }) => matching?.gone ?? 0);
  const last = steps.at(-1)!.matching;
  if (last === null) return [`Of one process: ${steps[0]!.how}.`];
  const objects = `${formatNumber(added, "live object")} came, ${formatCount(gone)} went, ${formatCount(last.kept)} stayed`;
  const most = steps.every(({ matching }) => matching?.mostReused != null)
    ? sum(({ matching }) => matching!.mostReused!)
    : 0;
  const reused =
    most === 0 ? "" : `; at most ${formatCount(most)} of those matched can be others in slots that were used again`;
  return [`Of one process (${steps[0]!.how}): ${objects}${reused}.`];
}

/** The share of the live bytes by which what is guessed, or not known, has to differ between dumps to be told. */
const MUCH_TYPED = 0.01;
/** Pairs of types that are told, and characters of each. */
const MOST_RETYPED = 3;
const LONGEST_RETYPED = 60;

/** Why types may have grown and shrunk of which no objects came or went: what the dumps know of types is not the same. */
function describeTyping({ comparedBy, isOneProcess, steps, dumps }: Growth): string[] {
  if (comparedBy !== "types") return [];
  if (isOneProcess === true) return describeRetyped(steps);
  const shareOf = (of: (dump: GrowthDump) => number): number[] =>
    dumps.map((dump) => (dump.live.bytes === 0 ? 0 : of(dump) / dump.live.bytes));
  const shares = {
    guessed: shareOf(({ typed }) => typed.guessedBytes),
    unknown: shareOf(({ typed }) => typed.unknownBytes),
  };
  const isOther = (values: readonly number[]): boolean => Math.max(...values) - Math.min(...values) > MUCH_TYPED;
  if (!isOther(shares.guessed) && !isOther(shares.unknown)) return [];
  const say = (values: readonly number[]): string =>
    `${formatShare(values[0]!, 1)} → ${formatShare(values.at(-1)!, 1)}`;
  return [
    `The types of ${say(shares.guessed)} of the live bytes are guessed, of ${say(shares.unknown)} not known: ` +
      "what grew of one type and shrank of another may be the same.",
  ];
}

/** What the rows of these types do not tell: "1,200 × main.Rec → obj/48{p.p...}, 56.3 KiB". */
function describeRetyped(steps: Growth["steps"]): string[] {
  const pairs = new Map<string, RetypedObjects>();
  for (const one of steps.flatMap(({ matching }) => matching?.retyped ?? [])) {
    const key = JSON.stringify([one.before, one.after]);
    const known = pairs.get(key);
    pairs.set(key, { ...one, count: one.count + (known?.count ?? 0), bytes: one.bytes + (known?.bytes ?? 0) });
  }
  const all = [...pairs.values()].sort((a, b) => b.bytes - a.bytes);
  if (all.length === 0) return [];
  const told = all.slice(0, MOST_RETYPED).map(({ before, after, count, bytes }) => {
    return `${formatCount(count)} × ${sayName(before, LONGEST_RETYPED)} → ${sayName(after, LONGEST_RETYPED)}, ${formatBytes(bytes)}`;
  });
  const left = all.length - told.length;
  const least = steps.some(({ matching }) => matching?.retyped.length === MOST_TOLD) ? "at least " : "";
  const more = left === 0 ? "" : `; ${least}${formatNumber(left, "more pair")} of types`;
  return [
    `Stayed, but are of another type in each dump, of which one is a guess or not known: ${told.join("; ")}${more}.`,
  ];
}

function describeCertainty({ comparedBy, steps, dumps }: Growth): string[] {
  const lines: string[] = [];
  for (const [i, step] of steps.entries()) {
    if (step.isReversed === true) {
      lines.push(`${callDump(dumps, i + 1)} is older than ${callDump(dumps, i)}, which was given before it.`);
    }
  }
  if (comparedBy === "shapes")
    lines.push("Without --exe types are called after size and pointer layout, and variables have no names.");
  if (comparedBy === "nothing") {
    const without = dumps.flatMap(({ isTyped }, i) => (isTyped ? [] : [callDump(dumps, i)]));
    lines.push(`${without.join(", ")} has no types and the others have: neither types nor paths can be compared.`);
  }
  for (const [i, { isComplete }] of dumps.entries())
    if (!isComplete) lines.push(`${callDump(dumps, i)} is cut off: what is missing seems to have gone.`);
  return lines;
}

/** A dump's name; where another has it, too, with its place among those that were given: "heap.dump (the 2nd)". */
function callDump(dumps: Growth["dumps"], index: number): string {
  const { name } = dumps[index]!;
  if (dumps.filter((dump) => dump.name === name).length === 1) return name;
  const number = index + 1;
  const tens = Math.floor(number / 10) % 10;
  return `${name} (the ${number}${(tens === 1 ? undefined : ["st", "nd", "rd"][(number % 10) - 1]) ?? "th"})`;
}
