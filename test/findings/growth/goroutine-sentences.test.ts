/** What grew among goroutines, in sentences. */
import { expect, test } from "vitest";
import { listGoroutineStatements } from "../../../src/findings/growth/goroutine-sentences.ts";
import type { GoroutineGrowth, Growth } from "../../../src/findings/growth/growth.ts";

const KIB = 1024;

function tell(
  leaked: readonly number[],
  count: readonly number[] = [10, 15],
  names: Partial<GoroutineGrowth> = {},
): readonly string[] {
  const bytes = count.map((each) => each * KIB);
  const group: GoroutineGrowth = {
    fingerprint: "f",
    entry: "main.worker",
    origin: "main.main",
    state: "chan receive",
    site: "main.worker",
    isSystem: false,
    count,
    grownCount: count.at(-1)! - count[0]!,
    leaked,
    stackBytes: bytes,
    ownedBytes: bytes,
    grownBytes: bytes.at(-1)! - bytes[0]!,
    isSteady: true,
    ...names,
  };
  const growth = { dumps: count, goroutines: { rows: [group] } } as unknown as Growth;
  return listGoroutineStatements(growth, 0)[0]!.statement.lines;
}

test("of those that can never go on it is told how many there are and were, where they became more", () => {
  const each = "each owns 1.00 KiB and has a stack of 1.00 KiB on average now";
  // All 15 are: no more than there are may be told of the 5 that came.
  expect(tell([0, 15]).at(-1)).toBe(`15 of them can never go on, none in the first dump; ${each}`);
  expect(tell([10, 15]).at(-1)).toBe(`15 of them can never go on, 10 in the first dump; ${each}`);
  for (const same of [
    [0, 0],
    [5, 5],
    [6, 5],
  ])
    expect(tell(same).at(-1)).toBe(each);
});

test("of several dumps the number of goroutines has its own line of bars, where the number is", () => {
  expect(tell([0, 0, 0], [10, 20, 30])[0]).toBe("10 → 30 ▁▅█, at main.worker, started by main.main");
  expect(tell([0, 0], [10, 30])[0]).toBe("10 → 30, at main.worker, started by main.main");
});

test("where a group of goroutines started them, it is told whose function it was given", () => {
  const names = { entry: "main.serve.func…", origin: "sync.(*WaitGroup).Go" };
  expect(tell([0, 0], [10, 30], names)[0]).toMatch(
    /, started by sync\.\(\*WaitGroup\)\.Go with a function of main\.serve$/,
  );
});
