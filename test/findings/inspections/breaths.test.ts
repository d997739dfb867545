/** Loops over what there may be millions of let in the wish to stop. */
import { expect, test } from "vitest";
import type { Facts } from "../../../src/findings/inspections/facts.ts";
import { findSharedSlots } from "../../../src/findings/inspections/outside-pointers.ts";
import { inspectPools } from "../../../src/findings/inspections/pools.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { listCleanupEntries } from "../../../src/heap/held-by-cleanups.ts";
import { breathsOf } from "../../support/breaths.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const MANY = 3 << 20;

test("popped slots that share what they point to", async () => {
  const edge = new Uint32Array(MANY >> 1).map((_, i) => i);
  const to = new Int32Array(edge.length).map((_, i) => i >> 1);
  const array = new Int32Array(edge.length).map((_, i) => i & 1);
  const facts = { heap: { edges: { to } } } as unknown as Facts;
  const placeOf = Int32Array.of(4, 7);
  const breaths = await breathsOf(async (progress) => {
    const found = await findSharedSlots(facts, { edge, array }, () => true, placeOf, progress);
    expect(found.get(4)).toEqual([{ place: 7, count: edge.length / 2 }]);
  });
  expect(breaths).toBeGreaterThan(8);
});

test("what pools have", async () => {
  const breaths = (things: number): Promise<number> => {
    const heap = drawHeap((s) => {
      const local = s.object({ size: 16, type: "sync.poolLocal" });
      const list = s.object({ size: 8 * things, type: "[]main.Thing" });
      s.global(local);
      s.pointer(local, list);
      const thing = s.object({ size: 8, type: "main.Thing" });
      for (let i = 0; i < things; i++) s.pointer(list, thing, 8 * i);
    });
    const views = { set: { next: () => -1 } };
    return breathsOf((progress) =>
      inspectPools({ heap, liveBytes: 1, values: { views } } as unknown as Facts, progress),
    );
  };
  expect(await breaths(10)).toBe(0);
  expect(await breaths(1 << 18)).toBeGreaterThan(0);
});

test("what cleanups lead to", async () => {
  const objects = { count: MANY, flags: new Uint8Array(MANY), type: new Int32Array(MANY) };
  const heap = {
    objects,
    types: { names: ["main.Thing", "func runtime.AddCleanup[go.shape.int].func1"] },
  } as unknown as Heap;
  expect(await breathsOf((progress) => listCleanupEntries(heap, progress))).toBeGreaterThan(1);
});
