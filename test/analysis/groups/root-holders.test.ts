import { describe, expect, it } from "vitest";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { computeDominatorGroups } from "../../../src/analysis/groups/dominator-groups.ts";
import type { RootHolders } from "../../../src/analysis/groups/root-holder-names.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { seededRandom } from "../../support/seeded-random.ts";

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

  it("are not looked for where nobody wants them", async () => {
    const options = { maxGroups: 1000, maxDepth: 100 };
    const groups = await computeDominatorGroups(heap, options);
    expect(groups.holders.size).toBeGreaterThan(0);
    const without = await computeDominatorGroups(heap, { ...options, withHolders: false });
    // Pointers to what is held have names, too.
    expect(without).toEqual({ ...groups, holders: new Map(), names: without.names });
    expect(groups.names.slice(0, without.names.length)).toEqual(without.names);
  });

  it("stay with the rows that are kept", async () => {
    // Virtual root, GC roots, goroutines, App, Cache and stand-ins.
    const found = await holdersOf(heap, 7);
    expect(found.App?.count).toBe(3);
    expect(await holdersOf(heap, 3)).toEqual({});
  });

  it("need no table each, however many there are", async () => {
    const many = drawHeap((s) => {
      const shared = s.object({ type: "Shared", size: 64 });
      for (let id = 0; id < 2000; id++) {
        const frames = [{ name: `main.worker${id}`, slots: [[shared, 8] as const] }];
        s.goroutine({ id, waitReason: "select", frames });
      }
    });
    let tables = 0;
    const { Map: Original } = globalThis;
    globalThis.Map = new Proxy(Original, {
      construct(target, args: []) {
        tables++;
        return new target(...args);
      },
    });
    let found: Record<string, RootHolders>;
    try {
      found = await holdersOf(many, 10_000);
    } finally {
      globalThis.Map = Original;
    }
    expect(found.Shared).toMatchObject({ count: 2000 });
    expect(found.Shared?.names.slice(0, 3)).toEqual(["main.worker0", "main.worker1", "main.worker10"]);
    expect(tables).toBeGreaterThan(0);
    expect(tables).toBeLessThan(100);
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
      Shared: { names: ["main.work", "bss+0x20", "data+0x18", "goroutine main.work"], count: 4 },
    });
  });

  it("are those whose objects point there, too", async () => {
    const indirect = drawHeap((s) => {
      const shared = s.object({ type: "Shared", size: 64 });
      for (const offset of [0, 8]) {
        const holder = s.object({ type: "Holder", size: 16 });
        s.pointer(holder, shared);
        s.global(holder, offset, offset === 0 ? "data" : "bss");
      }
    });
    expect(await holdersOf(indirect)).toEqual({ Shared: { names: ["bss+0x8", "data+0x0"], count: 2 } });
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
    expect(Shared!.names).toEqual([0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((i) => `main.work${i}`));
  });
});

describe("holders that are named", () => {
  it("hold a tenth of the objects: not the pointer to the last of 5,000 in a map and a cache", async () => {
    //  records ─► map ─► Record ×5,000 ◄─ Thumb ◄─ cache ◄─ thumbs;  lastRec ─► the last Record
    const heap = drawHeap((s) => {
      const map = s.object({ type: "map", size: 8 * 5000 });
      const cache = s.object({ type: "cache", size: 8 * 5000 });
      s.global(map, 0x10);
      s.global(cache, 0x20, "bss");
      for (let i = 0; i < 5000; i++) {
        const record = s.object({ type: "Record", size: 64 });
        const thumb = s.object({ type: "Thumb", size: 16 });
        s.pointer(map, record, 8 * i);
        s.pointer(cache, thumb, 8 * i);
        s.pointer(thumb, record);
        if (i === 4999) s.global(record, 0x30);
      }
    });
    expect(await holdersOf(heap)).toEqual({ Record: { names: ["bss+0x20", "data+0x10"], count: 2 } });
  });

  it("are none where 3 of 3,334 have a holder, and the others are held by way of what is shared itself", async () => {
    const heap = drawHeap((s) => {
      const between = [0, 1].map(() => s.object({ type: "between", size: 8 * 3334 }));
      for (const [index, shared] of between.entries()) {
        s.global(shared, 8 * index);
        s.global(shared, 8 * index, "bss");
      }
      for (let i = 0; i < 3334; i++) {
        const id = s.object({ type: "id", size: 16 });
        for (const shared of between) s.pointer(shared, id, 8 * i);
        if (i < 3) s.global(id, 0x100 + 8 * i);
      }
    });
    const found = await holdersOf(heap);
    expect(found.id).toBeUndefined();
    expect(found.between!.count).toBe(4);
  });

  it("are package variables by way of an array that they share", async () => {
    //  all, first ─► array ─► G ×20 ◄─ main.work
    const heap = drawHeap((s) => {
      const array = s.object({ type: "array", size: 160 });
      s.global(array, 0);
      s.global(array, 0, "bss");
      const items = Array.from({ length: 20 }, () => s.object({ type: "G", size: 64 }));
      for (const [i, item] of items.entries()) s.pointer(array, item, 8 * i);
      const slots = items.map((item, i) => [item, 8 * i] as const);
      s.goroutine({ waitReason: "select", frames: [{ name: "main.work", slots }] });
    });
    const { vertices } = heap.roots;
    const kind = vertices.kind.map((k) => (k === RootVertexKind.SEGMENT ? RootVertexKind.VARIABLE : k));
    const variables = ["main.first", "*main.all"].map((name) => ({
      name,
      type: undefined,
      address: 0,
      size: 8,
      position: 0,
    }));
    const typed = { ...heap, variables, roots: { ...heap.roots, vertices: { ...vertices, kind } } };
    const found = await holdersOf(typed);
    expect(found.G).toEqual({ names: ["main.all", "main.first", "main.work"], count: 3 });
    expect(found.array).toEqual({ names: ["main.all", "main.first"], count: 2 });
  });

  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    "are those that a search from each place alone finds (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const edges: [number, number][] = [];
      const places: [number, number][] = [];
      const count = 60;
      const heap = drawHeap((s) => {
        for (let i = 0; i < count; i++) s.object({ type: `T${i % 3}`, size: 512 });
        for (let i = 0; i < 2 * count; i++) {
          const edge: [number, number] = [random(count), random(count)];
          if (edge[0] === edge[1]) continue;
          edges.push(edge);
          s.pointer(...edge, 8 * edges.length);
        }
        for (let i = 0; i < 14; i++) {
          const object = random(count);
          places.push([object, i]);
          s.global(object, 8 * i, i % 2 === 0 ? "data" : "bss");
        }
      });
      // An object is owned by a place if it cannot be reached without it, and shared by what stands for several segments.
      const reach = (from: readonly [number, number][]): Set<number> => {
        const seen = new Set(from.map(([object]) => object));
        for (const v of seen) for (const [a, b] of edges) if (a === v) seen.add(b);
        return seen;
      };
      const live = reach(places);
      const owners = new Map<number, number>();
      for (const place of places) {
        const without = reach(places.filter((other) => other !== place));
        for (const v of live) if (!without.has(v)) owners.set(v, place[1]);
      }
      const withoutData = reach(places.filter(([, i]) => i % 2 === 1));
      const withoutBss = reach(places.filter(([, i]) => i % 2 === 0));
      const dominatorOf = (await computeDominators(heap)).immediateDominator;
      const options = { maxGroups: 1000, maxDepth: 100 };
      const { holders, type, parent, vertex, kind } = await computeDominatorGroups(heap, options);
      for (let row = 1; row < type.length; row++) {
        const above = vertex[parent[row]!]! - count;
        if (kind[row] !== 1 || heap.roots.vertices.kind[above] !== RootVertexKind.GLOBALS) continue;
        const tops = [...live].filter(
          (v) => withoutData.has(v) && withoutBss.has(v) && dominatorOf[v]! >= count && v % 3 === vertex[row]! % 3,
        );
        const sole: string[] = [];
        const possible: string[] = [];
        for (const [object, place] of places) {
          const reached = reach([[object, place]]);
          const name = `${place % 2 === 0 ? "data" : "bss"}+0x${(8 * place).toString(16)}`;
          const held = tops.filter((v) => v === object || edges.some(([a, b]) => b === v && owners.get(a) === place));
          const holdable = tops.filter((v) => v === object || edges.some(([a, b]) => b === v && reached.has(a)));
          if (held.length > 0 && held.length * 10 >= tops.length) sole.push(name);
          if (holdable.length > 0 && holdable.length * 10 >= tops.length) possible.push(name);
        }
        const found = holders.get(row)?.names ?? [];
        // Of what several places of one segment hold, one that points to the topmost is the owner: it holds it, not alone.
        if (found.length < 12) expect(found).toEqual(expect.arrayContaining(sole));
        expect(possible).toEqual(expect.arrayContaining([...found]));
      }
    },
  );
});
