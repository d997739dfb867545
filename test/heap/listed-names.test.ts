/** Names in lists: two rows of one name are told apart. */
import { expect, test } from "vitest";
import { listedTypeName } from "../../src/heap/types.ts";
import { TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";

test("a slice in an interface and its array are called the same, and listed by other names", async () => {
  const types = new TypeFixture();
  const slice = types.slice(types.pointer(types.struct("main.T", [["n", types.array(64, types.uint8())]])));
  const { heap } = await typeDump(types, (d) => {
    const array = d.object(64);
    for (let i = 0; i < 8; i++) array.point(8 * i, d.object(64));
    const header = d.object(24).point(0, array).store(8, 8).store(16, 8);
    d.root(d.object(16).store(0, slice.address).point(8, header));
  });
  const { names } = heap.types;
  const rows = names.flatMap((name, row) => (name === "[]*main.T" ? [listedTypeName(heap.types, row)] : []));
  expect(rows.sort()).toEqual(["[]*main.T", "[]*main.T (slice header)"]);
});
