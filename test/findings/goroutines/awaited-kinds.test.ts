import { expect, it } from "vitest";
import { AwaitedKinds } from "../../../src/findings/goroutines/awaited-kinds.ts";
import type { AwaitedPlaces } from "../../../src/findings/goroutines/awaited-places.ts";
import type { LockFinder } from "../../../src/findings/goroutines/locks.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { Structure } from "../../../src/heap/value-layouts.ts";

it("tells a timer's channel from others of its type at the same place, whichever is asked for first", () => {
  const heap = {
    objects: { type: Int32Array.of(0, 0, 0) },
    types: { names: ["chan time.Time"], layouts: { structure: [Structure.CHANNEL] } },
  } as unknown as Heap;
  const ofTimer = 1;
  for (const order of [
    [0, 1, 2],
    [1, 0, 2],
  ]) {
    const places = { of: () => 7, name: () => "main.Hub.clock", isOfTimer: (object: number) => object === ofTimer };
    const kinds = new AwaitedKinds(heap, places as unknown as AwaitedPlaces, {} as LockFinder);
    const found = new Map(order.map((object) => [object, kinds.values[kinds.ofChannel(object)]]));
    expect([0, 1, 2].map((object) => found.get(object)!.from)).toEqual([null, "timer", null]);
    expect(kinds.values).toHaveLength(2);
  }
});
