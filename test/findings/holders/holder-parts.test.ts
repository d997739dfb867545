import { expect, it } from "vitest";
import { findHolders } from "../../../src/findings/holders/holder.ts";
import { describeParts } from "../../../src/findings/report/part-sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeContainers } from "../../../src/values/values.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { rootPointer } from "../inspections/inspected.ts";

it("tells bytes of strings from the strings that are pointed to, where there are both", async () => {
  const types = new TypeFixture();
  const index = types.struct("main.index", [["tags", types.slice(types.pointer(types.string()))]]);
  const { heap } = await typeDump(types, (d) => {
    const array = d.object(8 * 64);
    // Two strings have the same bytes each, so that none of them keeps these.
    for (let i = 0; i < 64; i += 2) {
      const text = d.object(32);
      for (const at of [i, i + 1]) array.point(8 * at, d.object(16).point(0, text).store(8, 30));
    }
    rootPointer(d, types, index, d.object(24).point(0, array).store(8, 64).store(16, 64));
  });
  const { holders } = await findHolders(heap);
  expect(describeParts(holders[0]!).sort()).toEqual([
    "32 × string (its bytes), 1.00 KiB, in main.index.tags[]",
    "64 × string, 1.00 KiB",
  ]);
});

/** What a slice of 4 bosses has, each of which threatens all of 40 others of their kind; the first `hunters` of these have the next as prey. */
async function partsOfBosses(hunters: number) {
  const types = new TypeFixture();
  const monster = types.struct("main.monster", []);
  types.setFields(monster, [
    ["threat", types.slice(types.pointer(monster))],
    ["prey", types.pointer(monster)],
    ["place", types.array(4, types.int())],
  ]);
  const world = types.struct("main.world", [["bosses", types.slice(types.pointer(monster))]]);
  const { heap } = await typeDump(types, (d) => {
    const others = Array.from({ length: 40 }, () => d.object(64).list(0));
    for (const [i, other] of others.entries())
      if (i < hunters) other.point(24, others[i + 1]!);
      else other.list(24);
    const bosses = d.object(8 * 4);
    for (let i = 0; i < 4; i++) {
      const threat = d.object(8 * 40);
      for (const [j, other] of others.entries()) threat.point(8 * j, other);
      bosses.point(8 * i, d.object(64).point(0, threat).store(8, 40).store(16, 40).list(24));
    }
    rootPointer(d, types, world, d.object(24).point(0, bosses).store(8, 4).store(16, 4));
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  return describeParts(holders[0]!);
}

it("names the field of the things in it that has others, which they share", async () => {
  const told = ["44 × main.monster, 4.00 KiB, 2.50 KiB of these in main.monster.threat[]"];
  expect(await partsOfBosses(0)).toEqual(told);
});

it("names no field of those that are in several", async () => {
  expect(await partsOfBosses(20)).toEqual(["44 × main.monster, 4.00 KiB"]);
});
