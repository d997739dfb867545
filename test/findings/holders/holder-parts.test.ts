import { expect, it } from "vitest";
import { findHolders } from "../../../src/findings/holders/holder.ts";
import { describeParts } from "../../../src/findings/report/part-sentences.ts";
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
  expect(describeParts(holders[0]!).sort()).toEqual(["32 × string (its bytes), 1.00 KiB", "64 × string, 1.00 KiB"]);
});
