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

  it("are a few hundred at most, from both ends", () => {
    const names = told(["main.log", ...repeat(50_000, "left", "right"), "text"]);
    expect(names.length).toBeLessThan(400);
    expect(names.slice(0, 3)).toEqual(["main.log", "left", "right"]);
    expect(names.slice(-3)).toEqual(["left", "right", "text"]);
    expect(names.filter((name) => name.includes("-"))).toHaveLength(1);
  });
});
