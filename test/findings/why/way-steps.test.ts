import { describe, expect, it } from "vitest";
import { WaySteps } from "../../../src/findings/why/way-steps.ts";

/** Names, and behind those before which steps are left out how many. */
function told(names: Iterable<string>): string[] {
  const way = new WaySteps();
  let address = 0;
  for (const name of names) way.add({ name, type: "main.node", typeSource: "exact", address: String(address++) });
  const steps = way.finish();
  expect(steps.reduce((sum, { skipped }) => sum + skipped + 1, 0)).toBe(address);
  expect(steps.at(-1)!.address).toBe(String(address - 1));
  return steps.map(({ name, skipped }) => (skipped === 0 ? name : `${name} -${skipped}`));
}

function* repeat(times: number, ...names: readonly string[]): Generator<string> {
  for (let i = 0; i < times; i++) yield* names;
}

describe("the steps of a way", () => {
  it("are all told where there are few alike in a row", () => {
    expect(told(["main.log", ...repeat(4, "next"), "text"])).toEqual([
      "main.log",
      "next",
      "next",
      "next",
      "next",
      "text",
    ]);
  });

  it("are the first and the last of many alike in a row", () => {
    expect(told(["main.log", ...repeat(5, "next"), "text"])).toEqual(["main.log", "next", "next -3", "text"]);
    expect(told(repeat(100_000, "next"))).toEqual(["next", "next -99998"]);
  });

  it("are a round at either end of many where a few take turns", () => {
    expect(told(["main.app", ...repeat(5, "next", "handler"), "text"])).toEqual([
      "main.app",
      "next",
      "handler",
      "next -6",
      "handler",
      "text",
    ]);
    expect(told(repeat(4, "next", "handler"))).toHaveLength(8);
    expect(told(repeat(1000, "a", "b", "b", "c"))).toEqual(["a", "b", "b", "c", "a -3992", "b", "b", "c"]);
    // The last round need not end where the first does.
    expect(told([...repeat(1000, "a", "b", "c"), "a"])).toEqual(["a", "b", "c", "b -2995", "c", "a"]);
    expect(told([...repeat(9, "a", "b"), ...repeat(9, "c"), "a", "b"])).toEqual([
      "a",
      "b",
      "a -14",
      "b",
      "c",
      "c -7",
      "a",
      "b",
    ]);
  });

  it("are a few hundred at most, from both ends", () => {
    const names = told(["main.log", ...repeat(20_000, "left", "right", "right", "left", "down"), "text"]);
    expect(names.length).toBeLessThan(400);
    expect(names.slice(0, 3)).toEqual(["main.log", "left", "right"]);
    expect(names.slice(-3)).toEqual(["left", "down", "text"]);
    expect(names.filter((name) => name.includes("-"))).toHaveLength(1);
  });
});
