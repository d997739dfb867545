/** Marks of guesses in comparisons: of how many things, before and after, the type that a row or sentence names is a guess. */
import { formatCount, formatShare } from "../../quantities.ts";
import { GUESSED, markGuessed } from "../report/said-names.ts";
import type { FindingGrowth } from "./growth.ts";

/** Things of one type, a figure for each dump. */
export interface GuessedThings {
  readonly count: readonly number[];
  /** Of these, those whose type is guessed from shape and contents. */
  readonly guessed: readonly number[];
}

/** " (guessed)", " (12 guessed)"; " (500 → 0 guessed)" where that changed; "" where nothing is. */
export function markGuesses({ count, guessed }: GuessedThings): string {
  const [before, after] = [guessed[0]!, guessed.at(-1)!];
  if (before === 0 && after === 0) return "";
  if (areAllGuessed({ count, guessed })) return GUESSED;
  if (count[0] === 0 || before === after) return markGuessed(after, count.at(-1)!);
  if (count.at(-1) === 0) return markGuessed(before, count[0]!);
  return ` (${formatCount(before)} → ${formatCount(after)} guessed)`;
}

/** Whether all are of a guessed type, before and after, so that names of their fields are guesses, too. */
export function areAllGuessed({ count, guessed }: GuessedThings): boolean {
  const [before, after] = [guessed[0]!, guessed.at(-1)!];
  return before + after > 0 && before >= count[0]! && after >= count.at(-1)!;
}

/** What stands behind a finding of which some leans on guessed types. */
export function markFinding({ guessed, bytes }: Pick<FindingGrowth, "guessed" | "bytes">): string {
  return markShares(guessed, [bytes[0]! > 0, bytes.at(-1)! > 0]);
}

/**
 * The same of shares, 0 … 1: " (guessed)", " (12 % guessed)", " (12 % → 0 % guessed)".
 * @param isThere whether there was anything in the first dump, and in the last
 */
export function markShares(shares: readonly number[], isThere: readonly [boolean, boolean]): string {
  const share = (value: number): string => formatShare(value, 1);
  const [before, after] = [shares[0]!, shares.at(-1)!];
  const mark = (value: number): string => (value === 0 ? "" : value === 1 ? GUESSED : ` (${share(value)} guessed)`);
  if (!isThere[0] || share(before) === share(after)) return mark(after);
  return isThere[1] ? ` (${share(before)} → ${share(after)} guessed)` : mark(before);
}
