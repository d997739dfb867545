/** Warnings of names that two heaps do not have in common. */
import { expect, test } from "vitest";
import { type Naming, namingOf, warnOfNames } from "../../../src/findings/growth/naming.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";

function warningsOf(...namings: readonly Omit<Naming, "dump">[]): string[][] {
  const warnings: string[][] = [];
  const named = namings.map((naming, i) => ({ dump: `${i}.dump`, ...naming }));
  warnOfNames(named, { ...NO_PROGRESS, warn: (...warning) => warnings.push(warning) });
  return warnings;
}

const CHAT = { mainPackage: "example.com/chat", hasVariables: true };

test("heaps with the same names, or without any, are nothing to warn of", () => {
  const untyped = { mainPackage: undefined, hasVariables: undefined };
  expect(warningsOf(CHAT, CHAT, CHAT)).toEqual([]);
  expect(warningsOf(untyped, CHAT)).toEqual([]);
  expect(warningsOf({ ...CHAT, mainPackage: undefined }, CHAT)).toEqual([]);
});

test("an executable that is stripped beside one that is not is told once", () => {
  const stripped = { ...CHAT, hasVariables: false };
  expect(warningsOf(stripped, stripped)).toEqual([]);
  expect(warningsOf(CHAT, stripped, stripped)).toEqual([
    [
      "mixed-names",
      "package variables have names in 0.dump, and none in 1.dump, whose executable is stripped: " +
        "what they own seems to have gone, and come elsewhere; --symbols names them",
    ],
  ]);
});

test("different programs are told once", () => {
  const other = { ...CHAT, mainPackage: "example.com/mail" };
  expect(warningsOf(CHAT, CHAT, other, other)).toEqual([
    [
      "several-programs",
      "0.dump is of example.com/chat, and 2.dump of example.com/mail: names of one program say little of another",
    ],
  ]);
});

test("a dump that is cut off before its variables is not taken for one of a stripped executable", () => {
  const naming = (complete: boolean, variables?: object): Naming =>
    namingOf({
      dump: { name: "a.dump", complete },
      types: { fields: {}, mainPackage: "example.com/chat" },
      variables,
    } as unknown as Heap);
  expect(naming(true, {})).toEqual({ dump: "a.dump", ...CHAT });
  expect(naming(true).hasVariables).toBe(false);
  expect(naming(false).hasVariables).toBeUndefined();
  expect(naming(false, {}).hasVariables).toBe(true);
});
