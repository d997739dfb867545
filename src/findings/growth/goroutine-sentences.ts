/** What grew among goroutines, in sentences: there are more that wait at one place. */
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { stableName } from "../stable-names.ts";
import type { GoroutineGrowth, Growth, GrowthStatement, PathGrowth } from "./growth.ts";
import { formatChange, formatExact, sparkline } from "./growth-figures.ts";

/** So many more are worth a sentence, … */
const MANY = 5;
/** … if there are half as many again. */
const LEAST_GROWTH = 0.5;
const MOST = 2;

/** A group that grew, and what is to be said of it. */
export interface GroupStatement {
  readonly group: GoroutineGrowth;
  readonly statement: GrowthStatement;
}

/** Groups of the program's own goroutines that grew much, most first. */
export function listGoroutineStatements(growth: Growth): GroupStatement[] {
  return growth.goroutines.rows
    .filter(
      ({ isSystem, count, grownCount }) => !isSystem && grownCount >= MANY && grownCount >= LEAST_GROWTH * count[0]!,
    )
    .sort((a, b) => b.grownCount - a.grownCount)
    .slice(0, MOST)
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

function describeGroup(group: GoroutineGrowth, dumps: number): GrowthStatement {
  const { entry, state, site, origin, count, grownCount, grownBytes, leaked } = group;
  const name = entry === "" ? state : `${entry} [${state}]`;
  const own = grownBytes > 0 ? `: with their stacks they own ${formatExact(grownBytes)} more` : "";
  const sentence = `${formatNumber(grownCount, "more goroutine")} ${name}${own}`;
  const places = [site === "" ? "" : `at ${site}`, origin === "" ? "" : `started by ${origin}`].filter(
    (place) => place !== "",
  );
  const line = dumps === 2 ? [] : [sparkline(count)];
  const more = leaked.at(-1)! - leaked[0]!;
  const proved = more > 0 ? [`${formatCount(more)} more of them will never go on`] : [];
  const average = group.ownedBytes.at(-1)! / Math.max(1, count.at(-1)!);
  const each = average > 0 ? [`each owns ${formatBytes(average)} now`] : [];
  return {
    sentence,
    lines: [[formatChange(count, formatCount), ...places].join(", "), ...line, [...proved, ...each].join("; ")].filter(
      (text) => text !== "",
    ),
  };
}
