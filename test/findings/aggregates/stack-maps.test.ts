/** That a map whose header is on a stack is one step of a path, and called, as any other map is. */
import { expect, test } from "vitest";
import { computeAggregates } from "../../../src/findings/aggregates/aggregates.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { addSwissMap } from "../../values/value-fixture.ts";

/** Bytes of a slot of map[string]*main.Session, and of a group: a word of control bytes, and eight slots. */
const SLOT_SIZE = 24;
const GROUP_SIZE = 8 + 8 * SLOT_SIZE;

test("A map is called as it is, and its entries alike, whatever part of it a stack leads to", async () => {
  const types = new TypeFixture();
  const session = types.struct("main.Session", [
    ["ctx", types.pointer(types.int())],
    ["id", types.int()],
  ]);
  addSwissMap(types, types.string(), types.pointer(session));
  const { heap } = await typeDump(types, (d) => {
    const directory = d.object(16);
    for (const half of [0, 8]) {
      const table = d.object(32);
      const groups = d.object(2 * GROUP_SIZE);
      directory.point(half, table);
      // Entries in use, slots, slots left, and the bits of the hash.
      table.store(0, 0x0001_000a_0010_0004).point(16, groups).store(24, 1);
      for (let slot = 0; slot < 16; slot++) {
        const at = (slot >> 3) * GROUP_SIZE + 8 + SLOT_SIZE * (slot & 7);
        groups.list(at);
        if (slot < 4) groups.point(at + 16, d.object(16).point(0, d.object(8)));
        else groups.list(at + 16);
      }
    }
    d.goroutine({ g: d.object(8) })
      .frame("main.run", 64)
      .point(8, directory);
  });
  expect((await explainWhy(heap, ["map[string]*main.Session"])).count).toBe(1);
  const { paths } = await computeAggregates(heap, NO_PROGRESS);
  const texts = [...new Array(paths.tree.count).keys()].map((row) => paths.tree.textOf(row));
  expect(texts).toContain("goroutine main.run: map[string]*main.Session");
  expect(texts).toContain("goroutine main.run: map[string]*main.Session[…].ctx");
  expect(texts.join("\n")).not.toMatch(/slots|directory|table/);
});
