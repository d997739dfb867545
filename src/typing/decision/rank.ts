/** Ranks: how much a source of evidence is worth. What a typed object refers to inherits its rank. typing.md §4.3. */
import { TypeSource } from "../../heap/objects.ts";

export const Rank = {
  HEADER: 100,
  RECORD: 90,
  /** The declared type of a package variable. */
  GLOBAL: 85,
  /** The declared type of a local variable. */
  LOCAL: 60,
  INTERFACE: 50,
  RECOGNISED: 45,
  MAP_CONTENTS: 40,
  STRUCTURE: 30,
  PERIODIC: 28,
  /** Taken off for what follows from a pointer into the middle. */
  INTERIOR: 9,
} as const;

/** Whether evidence of a rank is a guess from contents, or follows from one. */
export function isGuess(rank: number): boolean {
  return rank <= Rank.MAP_CONTENTS;
}

/** How a type that evidence of a rank gives is known: what follows from a guess is one. */
export function sourceOf(rank: number): number {
  return isGuess(rank) ? TypeSource.INFERRED : TypeSource.PROPAGATED;
}
