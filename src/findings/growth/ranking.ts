/** Ranking: the order of what grew, and how much of it a table has. */
import type { GrowthRows } from "./growth.ts";

/** Whether a figure grew from every dump to the next. */
export function isSteady(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > values[i - 1]!);
}

/** The last less the first. */
export function grown(values: readonly number[]): number {
  return values.at(-1)! - values[0]!;
}

interface Ranked {
  readonly grownBytes: number;
  readonly isSteady: boolean;
  readonly fingerprint: string;
}

/**
 * Puts what grew at every step first, then what grew most; what shrank comes last, most first. Takes as many rows as there may be; where
 * something shrank, it has a quarter of them.
 */
export function rank<T extends Ranked>(rows: readonly T[], most: number): GrowthRows<T> {
  const byGrowth = (a: T, b: T): number =>
    Number(b.isSteady) - Number(a.isSteady) || b.grownBytes - a.grownBytes || (a.fingerprint < b.fingerprint ? -1 : 1);
  const up = rows.filter(({ grownBytes }) => grownBytes >= 0).sort(byGrowth);
  const down = rows
    .filter(({ grownBytes }) => grownBytes < 0)
    .sort((a, b) => a.grownBytes - b.grownBytes || (a.fingerprint < b.fingerprint ? -1 : 1));
  const shownDown = Math.min(down.length, Math.max(most - up.length, Math.floor(most / 4)));
  const shownUp = Math.min(up.length, most - shownDown);
  return {
    rows: [...up.slice(0, shownUp), ...down.slice(0, shownDown)],
    moreGrown: up.length - shownUp,
    moreShrunk: down.length - shownDown,
  };
}
