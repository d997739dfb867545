/** What grew among goroutines, in sentences: there are more that wait at one place, or their stacks grew. */
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { stableName } from "../stable-names.ts";
import { sayOrigin } from "../started-by.ts";
import type { GoroutineGrowth, Growth, GrowthStatement, PathGrowth } from "./growth.ts";
import { formatChange, formatExact, sparkline } from "./growth-figures.ts";
import { grown } from "./ranking.ts";

/** So many more are worth a sentence, … */
const MANY = 5;
/** … if there are half as many again. */
const LEAST_GROWTH = 0.5;
/** Of all that grew, stacks included, so much that the stacks of a group did is worth one as well, … */
const MUCH = 0.1;
/** … if it is no less than this. */
const LEAST_STACKS = 1 << 16;

/** A group that grew, and what is to be said of it. */
export interface GroupStatement {
  readonly group: GoroutineGrowth;
  readonly statement: GrowthStatement;
}

/**
 * Groups of the program's own goroutines that grew much, by bytes, most first.
 * @param grownBytes of all that grew beside stacks
 */
export function listGoroutineStatements(growth: Growth, grownBytes: number): GroupStatement[] {
  const groups = growth.goroutines.rows.filter(({ isSystem }) => !isSystem);
  const all = groups.reduce((sum, group) => sum + Math.max(0, grown(group.stackBytes)), grownBytes);
  const isMuch = ({ count, grownCount, stackBytes }: GoroutineGrowth): boolean => {
    if (grownCount >= MANY && grownCount >= LEAST_GROWTH * count[0]!) return true;
    return grown(stackBytes) >= Math.max(LEAST_STACKS, MUCH * all);
  };
  return groups
    .filter(isMuch)
    .sort((a, b) => b.grownBytes - a.grownBytes || b.grownCount - a.grownCount)
    .map((group) => ({ group, statement: describeGroup(group, growth.dumps.length) }));
}

/** Whether a path is that of the very goroutines that a group has more of, so that both tell the same. */
export function isOfGroup({ path, owner, ownerKind, grownCount }: PathGrowth, group: GoroutineGrowth): boolean {
  return (
    ownerKind === "goroutine" &&
    path === owner &&
    owner === `goroutine ${stableName(group.entry)}` &&
    grownCount === group.grownCount
  );
}

/** "their stacks grew by 5.00 MiB (5,242,880 B), and what they own by 72.2 KiB (73,920 B)"; what grew more first. */
function describeBytes({ count, stackBytes, ownedBytes }: GoroutineGrowth): string[] {
  const [its, it] = count.at(-1) === 1 ? ["its stack", "it owns"] : ["their stacks", "they own"];
  const grew = [
    { bytes: grown(stackBytes), what: its },
    { bytes: grown(ownedBytes), what: `what ${it}` },
  ].filter(({ bytes }) => bytes > 0);
  const [first, second] = grew.sort((a, b) => b.bytes - a.bytes);
  if (first === undefined) return [];
  const also = second === undefined ? "" : `, and ${second.what} by ${formatExact(second.bytes)}`;
  return [`${first.what} grew by ${formatExact(first.bytes)}${also}`];
}

function describeGroup(group: GoroutineGrowth, dumps: number): GrowthStatement {
  const { entry, state, site, origin, count, grownCount, leaked } = group;
  const name = entry === "" ? state : `${entry} [${state}]`;
  const head = grownCount > 0 ? formatNumber(grownCount, "more goroutine") : formatNumber(count.at(-1)!, "goroutine");
  const sentence = [`${head} ${name}`, ...describeBytes(group)].join(": ");
  const places = [
    site === "" ? "" : `at ${site}`,
    origin === "" ? "" : `started by ${sayOrigin(entry, origin)}`,
  ].filter((place) => place !== "");
  const course = dumps === 2 ? "" : ` ${sparkline(count)}`;
  const [before, now] = [leaked[0]!, leaked.at(-1)!];
  const proved =
    now > before
      ? [
          `${formatCount(now)} of them can never go on, ${before === 0 ? "none" : formatCount(before)} in the first dump`,
        ]
      : [];
  const average = (bytes: readonly number[]): number => bytes.at(-1)! / Math.max(1, count.at(-1)!);
  const [owned, stack] = [average(group.ownedBytes), average(group.stackBytes)];
  const both = [
    ...(owned > 0 ? [`owns ${formatBytes(owned)}`] : []),
    ...(stack > 0 ? [`has a stack of ${formatBytes(stack)}`] : []),
  ];
  const each = both.length > 0 ? [`each ${both.join(" and ")} on average now`] : [];
  return {
    sentence,
    lines: [
      [`${formatChange(count, formatCount)}${course}`, ...places].join(", "),
      [...proved, ...each].join("; "),
    ].filter((text) => text !== ""),
  };
}
