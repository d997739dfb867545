/** Marks of guesses: exact about which dump it is in that types are guessed. */
import { expect, test } from "vitest";
import { markFinding, markGuesses } from "../../../src/findings/growth/guess-marks.ts";

test.each([
  [[0, 0], [5, 9], ""],
  [[5, 9], [5, 9], " (guessed)"],
  [[0, 9], [0, 9], " (guessed)"],
  [[5, 0], [5, 0], " (guessed)"],
  [[5, 0], [5, 9], " (5 → 0 guessed)"],
  [[0, 9], [5, 9], " (0 → 9 guessed)"],
  [[2, 2], [5, 9], " (2 guessed)"],
  [[0, 2], [0, 9], " (2 guessed)"],
  [[2, 0], [5, 0], " (2 guessed)"],
  // Of more dumps the first and the last.
  [[0, 1, 3], [5, 6, 9], " (0 → 3 guessed)"],
] as const)("%j guessed of %j%s", (guessed, count, mark) => {
  expect(markGuesses({ count, guessed })).toBe(mark);
});

test.each([
  [[0, 0], [1, 1], ""],
  [[1, 1], [1, 1], " (guessed)"],
  [[0.5, 1], [1, 1], " (50.0 % → 100 % guessed)"],
  // Below its threshold it is no finding, of which nobody knows how much is guessed.
  [[0, 1], [0, 1], " (guessed)"],
  [[0.25, 0], [1, 0], " (25.0 % guessed)"],
  [[0.25, 0.25], [1, 1], " (25.0 % guessed)"],
] as const)("a finding that is %j guessed, of %j bytes%s", (guessed, bytes, mark) => {
  expect(markFinding({ guessed, bytes })).toBe(mark);
});
