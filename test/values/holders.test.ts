/** Which field or variable has what several have. */
import { expect, test } from "vitest";
import { NO_PROGRESS } from "../../src/progress.ts";
import { computeHolders } from "../../src/values/values.ts";
import { rootPointer } from "../findings/inspections/inspected.ts";
import type { Slot } from "../support/dump-builder.ts";
import { TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";

test.each([
  ["context.cancelCtx", "context.cancelCtx.done"],
  ["main.other", "main.reader.ctxDone"],
])("a channel that a context gives out by Done is the context's, whoever else has it: %s", async (name, place) => {
  const types = new TypeFixture();
  const channel = types.channel(types.struct("struct {}", []));
  const reader = types.struct("main.reader", [["ctxDone", channel]]);
  const context = types.struct(name, [
    ["n", types.int()],
    ["done", channel],
  ]);
  types.addChannelLayout();
  let done: Slot | undefined;
  const { heap } = await typeDump(types, (d) => {
    done = d.object(96).list(16);
    // The reader comes first.
    rootPointer(d, types, reader, d.object(8).point(0, done));
    rootPointer(d, types, context, d.object(16).point(8, done));
  });
  const holders = await computeHolders(heap, NO_PROGRESS);
  expect(holders.places.name(holders.placeOf(heap.findObject(done!.address)))).toBe(place);
});

test("it has it also where it is an atomic value, as since Go 1.19", async () => {
  const types = new TypeFixture();
  const channel = types.channel(types.struct("struct {}", []));
  const reader = types.struct("main.reader", [["ctxDone", channel]]);
  const value = types.struct("sync/atomic.Value", [["v", types.any()]]);
  const context = types.struct("context.cancelCtx", [["done", value]]);
  types.addChannelLayout();
  let done: Slot | undefined;
  const { heap } = await typeDump(types, (d) => {
    done = d.object(96).list(16);
    rootPointer(d, types, reader, d.object(8).point(0, done));
    rootPointer(d, types, context, d.object(16).store(0, channel.address).point(8, done));
  });
  const holders = await computeHolders(heap, NO_PROGRESS);
  expect(holders.places.name(holders.placeOf(heap.findObject(done!.address)))).toBe("context.cancelCtx.done.v");
});
