/** Which objects an expression means, where lists are on the way. */
import { expect, test } from "vitest";
import { findPathTargets } from "../../../src/findings/why/path-targets.ts";
import { computeContainers } from "../../../src/values/values.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

test("nodes of a chain are called one by one, and all at once by what they hold", async () => {
  const types = new TypeFixture();
  const logger = types.struct("main.logger", []);
  types.setFields(logger, [
    ["parent", types.pointer(logger)],
    ["field", types.pointer(types.int())],
    ["level", types.int()],
  ]);
  const conn = types.struct("main.conn", [
    ["log", types.pointer(logger)],
    ["user", types.pointer(types.string())],
  ]);
  let chain: Slot[] = [];
  let fields: Slot[] = [];
  const { heap } = await typeDump(types, (d) => {
    const object = d.object(16);
    chain = [d.object(24), d.object(24), d.object(24)];
    fields = chain.map(() => d.object(8));
    for (const [i, slot] of chain.entries()) slot.point(0, chain[i + 1] ?? 0).point(8, fields[i]!);
    object.point(0, chain[0]!).list(8);
    const at = d.data.size;
    d.data.size += 16;
    d.data.store(at, types.pointer(conn).address).point(at + 8, object);
  });
  const container = await computeContainers(heap);
  const targets = (text: string): number[] => [...findPathTargets(heap, text, container).objects];
  const numbers = (slots: readonly Slot[]): number[] =>
    slots.map(({ address }) => heap.findObject(address)).sort((a, b) => a - b);
  expect(targets("main.conn.log")).toEqual(numbers(chain.slice(0, 1)));
  expect(targets("main.conn.log.parent")).toEqual(numbers(chain.slice(1, 2)));
  expect(targets("main.conn.log.parent.parent")).toEqual(numbers(chain.slice(2)));
  expect(targets("main.conn.log.field")).toEqual(numbers(fields));
});
