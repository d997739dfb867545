import { describe, expect, it } from "vitest";
import { computeDominatorGroups } from "../../src/analysis/dominator-groups.ts";
import type { RootHolders } from "../../src/analysis/root-holders.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { drawHeap } from "../support/heap-fixture.ts";

/** Holders by the type of what they hold. */
async function holdersOf(heap: Heap, maxGroups = 1000): Promise<Record<string, RootHolders>> {
  const options = { maxGroups, maxDepth: 100, mergeGoroutines: true };
  const { holders, type } = await computeDominatorGroups(heap, options);
  return Object.fromEntries([...holders].map(([row, found]) => [heap.types.names[type[row]!]!, found]));
}

/** Gives root edges names, by the offset of their slots. */
function nameSlots(heap: Heap, names: Readonly<Record<number, string>>): Heap {
  const { roots } = heap;
  return { ...heap, roots: { ...roots, edgeName: (edge) => names[roots.offset[edge]!] } };
}

describe("holders of what several roots share", () => {
  //  main.main ─ app ─► App ◄─ app, (no name) ─ main.serve ×2;  App ─► Cache;  main.main ─► Own
  const heap = nameSlots(
    drawHeap((s) => {
      const app = s.object({ type: "App", size: 64 });
      const cache = s.object({ type: "Cache", size: 1024 });
      const own = s.object({ type: "Own", size: 16 });
      s.pointer(app, cache);
      const slots = [[app, 8] as const, [own, 16] as const];
      s.goroutine({ waitReason: "sleep", frames: [{ name: "main.main", slots }] });
      for (const id of [7, 8]) {
        const frames = [
          { name: "main.step", slots: [[app, 24] as const, [app, 40] as const] },
          { name: "main.serve", slots: [[app, 32] as const] },
        ];
        s.goroutine({ id, waitReason: "select", frames });
      }
    }),
    { 8: "app", 16: "own", 32: "a (main.serve)", 40: ".autotmp_6" },
  );

  it("are functions and local variables, those with names first, each once", async () => {
    expect(await holdersOf(heap)).toEqual({
      App: { names: ["main.main app", "main.serve a", "main.step"], count: 3 },
    });
  });

  it("stay with the rows that are kept", async () => {
    // Virtual root, GC roots, goroutines, App, Cache and stand-ins.
    const found = await holdersOf(heap, 7);
    expect(found.App?.count).toBe(3);
    expect(await holdersOf(heap, 3)).toEqual({});
  });

  it("are known of one goroutine's frames, and without names", async () => {
    const plain = drawHeap((s) => {
      const shared = s.object({ type: "Shared", size: 64 });
      const frames = ["main.inner", "main.outer"].map((name) => ({ name, slots: [[shared, 8] as const] }));
      s.goroutine({ waitReason: "select", frames });
    });
    expect(await holdersOf(plain)).toEqual({ Shared: { names: ["main.inner", "main.outer"], count: 2 } });
  });

  it("are places in segments, behind functions", async () => {
    const mixed = drawHeap((s) => {
      const shared = s.object({ type: "Shared", size: 64 });
      s.global(shared, 0x18);
      s.global(shared, 0x20, "bss");
      s.goroutine({ g: shared, waitReason: "select", frames: [{ name: "main.work", slots: [[shared, 8]] }] });
    });
    expect(await holdersOf(mixed)).toEqual({
      Shared: { names: ["main.work", "data+0x18", "bss+0x20", "goroutine main.work"], count: 4 },
    });
  });

  it("are none where roots lead there only by way of other objects", async () => {
    const indirect = drawHeap((s) => {
      const shared = s.object({ type: "Shared", size: 64 });
      for (const offset of [0, 8]) {
        const holder = s.object({ type: "Holder", size: 16 });
        s.pointer(holder, shared);
        s.global(holder, offset, offset === 0 ? "data" : "bss");
      }
    });
    expect(await holdersOf(indirect)).toEqual({});
  });

  it("are at most twelve by name, and counted", async () => {
    const many = drawHeap((s) => {
      const shared = s.object({ type: "Shared", size: 64 });
      for (let i = 0; i < 20; i++) {
        s.goroutine({ id: i + 1, waitReason: "select", frames: [{ name: `main.work${i}`, slots: [[shared, 8]] }] });
      }
    });
    const { Shared } = await holdersOf(many);
    expect(Shared!.count).toBe(20);
    expect(Shared!.names).toEqual(Array.from({ length: 12 }, (_, i) => `main.work${i}`));
  });
});
