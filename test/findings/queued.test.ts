/** What waits in channels, of the parts of a holder and of what goroutines have. */
import { expect, it } from "vitest";
import { computeGoroutineGroups } from "../../src/findings/goroutines/groups.ts";
import { computeLargestHolders } from "../../src/findings/holders/largest-holders.ts";
import { sayQueued } from "../../src/findings/report/said-names.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { typedSample } from "../support/typed-samples.ts";
import { TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";
import { addChannelHeader } from "../values/value-fixture.ts";

const CAPACITY = 64;

/** Clients in a list, the channel of each with as many messages as are told; -1 of one without a buffer. */
async function draw(buffered: readonly number[]) {
  const types = new TypeFixture();
  const elem = types.pointer(types.struct("main.message", [["text", types.string()]]));
  addChannelHeader(types);
  const channel = types.channel(elem);
  const hub = types.struct("main.hub", [["queues", types.slice(channel)]]);
  return typeDump(types, (d) => {
    const queues = buffered.map((count) => {
      const capacity = count < 0 ? 0 : CAPACITY;
      const header = d.object(48).store(0, Math.max(0, count)).store(8, capacity).store(24, 8).store(32, elem.address);
      if (capacity === 0) return header.list(16);
      const buffer = d.object(8 * CAPACITY);
      for (let i = 0; i < CAPACITY; i++) buffer.list(8 * i);
      return header.point(16, buffer);
    });
    const array = d.object(8 * queues.length);
    for (const [i, queue] of queues.entries()) array.point(8 * i, queue);
    const object = d.object(24).point(0, array).store(8, queues.length).store(16, queues.length);
    d.data.size = 16;
    d.data.store(0, types.pointer(hub).address).point(8, object);
  });
}

it("is told of the channels below a holder, those without a buffer aside", async () => {
  const { heap } = await draw([CAPACITY, CAPACITY, 10, -1]);
  const { holders } = await computeLargestHolders(heap, NO_PROGRESS);
  const [part] = holders[0]!.parts;
  expect(part).toMatchObject({ type: "chan *main.message", count: 4, queued: { buffered: 138, capacity: 192 } });
  expect(sayQueued(part!)).toBe(", 138 of 192 buffered");
});

it("is not told where no channel has a buffer", async () => {
  const { heap } = await draw([-1, -1]);
  const { holders } = await computeLargestHolders(heap, NO_PROGRESS);
  expect(holders[0]!.parts[0]).toMatchObject({ type: "chan *main.message", count: 2, queued: null });
  expect(sayQueued(holders[0]!.parts[0]!)).toBe("");
});

it("is not told of what cannot be a channel, as more would wait there than there is room for", async () => {
  const { heap } = await draw([CAPACITY + 1, CAPACITY + 1]);
  const { holders } = await computeLargestHolders(heap, NO_PROGRESS);
  expect(holders[0]!.parts[0]).toMatchObject({ type: "chan *main.message", count: 2, queued: null });
});

it("is told of what goroutines have", async () => {
  const heap = await typedSample("healthy.1.27.amd64", "healthy.1.27.amd64");
  const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
  const parts = groups.flatMap(({ parts }) => parts).filter(({ queued }) => queued !== null);
  expect(parts).toMatchObject([{ type: "chan time.Time", count: 1, queued: { buffered: 0, capacity: 1 } }]);
});
