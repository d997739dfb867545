/** Names for what waits in a channel. */
import { expect, test } from "vitest";
import { createQueueNames, eitherNames, findChannelFields } from "../../../src/typing/names/channel-queues.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { addChannelHeader } from "../../values/value-fixture.ts";
import { TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

const NO_NAMES = { has: () => false, name: () => undefined };

/** A channel of four *main.Job, of which `count` wait from slot `next` on. */
async function queueOf(count: number, next: number) {
  const types = new TypeFixture();
  const job = types.struct("main.Job", [
    ["id", types.int()],
    ["done", types.pointer(types.int())],
  ]);
  addChannelHeader(types);
  const elem = types.pointer(job);
  let channel: Slot | undefined;
  let buffer: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    const drawn = d.object(48);
    const ring = d.object(32);
    for (let slot = 0; slot < 4; slot++) ring.point(slot * 8, d.object(16).list(8));
    drawn.point(16, ring).store(0, count).store(8, 4).store(32, elem.address).store(40, next);
    d.root(drawn);
    channel = drawn;
    buffer = ring;
  });
  expect(typed.typeOf(channel!)).toBe("chan *main.Job");
  const names = createQueueNames(typed.heap, typed.nodes, findChannelFields(typed.universe));
  const object = typed.heap.findObject(buffer!.address);
  return {
    has: names.has(typed.heap.objects.type[object]!),
    of: [0, 8, 16, 24].map((offset) => eitherNames(NO_NAMES, names).name(object, offset)),
  };
}

test("the values of a ring are named by their turn, not by their slot", async () => {
  expect(await queueOf(2, 3)).toEqual({ has: true, of: ["queue[1]", undefined, undefined, "queue[0]"] });
});

test("a full ring names all, an empty one none", async () => {
  expect((await queueOf(4, 1)).of).toEqual(["queue[3]", "queue[0]", "queue[1]", "queue[2]"]);
  expect((await queueOf(0, 2)).of).toEqual([undefined, undefined, undefined, undefined]);
});

test("a damaged ring, whose next slot is none of its own, names none", async () => {
  expect(await queueOf(1, 9)).toEqual({ has: false, of: [undefined, undefined, undefined, undefined] });
});
