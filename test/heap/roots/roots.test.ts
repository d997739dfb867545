/** What the GC roots are, and what hangs from them. */
import { describe, expect, test } from "vitest";
import { REACHABLE } from "../../../src/heap/objects.ts";
import { ROOT_KIND_NAMES } from "../../../src/heap/roots/roots.ts";
import type { Heap } from "../../../src/index.ts";
import { readDump, type Slot } from "../../support/dump-builder.ts";

/** Root edges as "kind -> object", in the order of the root vertices; objects by their place in `objects`. */
export function rootsOf(heap: Heap, objects: Readonly<Record<string, Slot>>): string[] {
  const names = new Map(Object.entries(objects).map(([name, slot]) => [heap.findObject(slot.address), name]));
  return Array.from(heap.roots.to, (object, i) => `${ROOT_KIND_NAMES[heap.roots.kind[i]!]} -> ${names.get(object)}`);
}

function reachable(heap: Heap, slot: Slot): boolean {
  return (heap.objects.flags[heap.findObject(slot.address)]! & REACHABLE) !== 0;
}

describe("roots", () => {
  //   data ─► a    bss ─► b    g, ctxt, m of a goroutine ─► c, d, e
  //   its frame ─► f     its defer: record g, closure h     its panic: record i, argument j     an OS thread's m ─► k
  test("of globals, goroutines and their defers and panics", async () => {
    const { heap, drawn } = await readDump((dump) => {
      const o = (): Slot => dump.object(32);
      const objects = { a: o(), b: o(), c: o(), d: o(), e: o(), f: o(), g: o(), h: o(), i: o(), j: o(), k: o() };
      dump.root(objects.a);
      dump.bssRoot(objects.b);
      const goroutine = dump.goroutine({ g: objects.c, context: objects.d, thread: objects.e });
      goroutine.frame("main.f", 32).point(8, objects.f, 16);
      goroutine.defer(objects.h, objects.g);
      goroutine.panic(objects.j, 0, objects.i);
      dump.thread(objects.k);
      return objects;
    });
    expect(rootsOf(heap, drawn)).toEqual([
      "thread -> k",
      "data -> a",
      "bss -> b",
      "goroutine -> c",
      "goroutine context -> d",
      "thread -> e",
      "defer -> g",
      "deferred function -> h",
      "panic -> i",
      "panic argument -> j",
      "frame -> f",
    ]);
    expect(heap.objects.flags.every((flags) => (flags & REACHABLE) !== 0)).toBe(true);
    expect([heap.statistics.defers, heap.statistics.panics, heap.statistics.osThreads]).toEqual([1, 1, 1]);
  });

  //   finalizer(x, fn)      x ─► y ─► z       x ─► x
  // "Finalizer fn, and all fields OF the registered object though not the object itself"
  test("of finalizers: the closure and what the object refers to, not the object", async () => {
    const { heap, drawn } = await readDump((dump) => {
      const [x, y, z, fn] = [dump.object(32), dump.object(32), dump.object(32), dump.object(16)];
      x.point(0, y).point(8, x).point(16, 0).point(24, 0x40_0000);
      y.point(0, z);
      dump.finalizer(x, fn);
      return { x, y, z, fn };
    });
    const roots = rootsOf(heap, drawn).sort();
    expect(roots).toEqual(["finalizer function -> fn", "finalizer referent -> y", "unreachable -> x"]);
    expect(reachable(heap, drawn.x)).toBe(false);
    expect(reachable(heap, drawn.z)).toBe(true);
    expect(heap.statistics.finalizers).toBe(1);
  });

  // "QueuedFinalizer fn and object"; "1.24 only: a queued AddCleanup function is written as tag 11 with object 0"
  test("of finalizers and cleanups about to run", async () => {
    const { heap, drawn } = await readDump((dump) => {
      const [x, y, fn, cleanup] = [dump.object(32), dump.object(32), dump.object(16), dump.object(16)];
      x.point(0, y);
      dump.queuedFinalizer(x, fn);
      dump.queuedFinalizer(0, cleanup);
      return { x, y, fn, cleanup };
    });
    expect(rootsOf(heap, drawn)).toEqual([
      "queued finalizer -> x",
      "queued finalizer function -> fn",
      "queued finalizer function -> cleanup",
    ]);
    expect(reachable(heap, drawn.y)).toBe(true);
    expect(heap.statistics.queuedFinalizers).toBe(2);
  });

  // "Pointers to anything else … hit no object: not an error"; nil is no pointer.
  test("lead nowhere where there is no object", async () => {
    const { heap, drawn } = await readDump((dump) => {
      const a = dump.object(32);
      dump.root(a, 31);
      dump.root(a, 32);
      dump.root(0);
      dump.root(0x40_1000);
      dump.root(2n ** 64n - 1n);
      return { a };
    });
    expect(rootsOf(heap, drawn)).toEqual(["data -> a"]);
  });

  test("outside the contents of a segment are counted and passed over", async () => {
    const { heap, drawn } = await readDump((dump) => {
      const a = dump.object(32);
      dump.root(a);
      dump.data.size = 12;
      dump.data.list(8).list(4096);
      return { a };
    });
    expect(rootsOf(heap, drawn)).toEqual(["data -> a"]);
    expect(heap.dump.warnings).toContainEqual({
      code: "fields-outside",
      message: "2 pointer slots of globals left out: outside of their segment",
    });
  });
});

describe("pointers of objects", () => {
  //   a ─► data, ─► its frame, ─► code, ─► nothing, ─► b
  test("are counted by where they lead", async () => {
    const { heap } = await readDump((dump) => {
      const [a, b] = [dump.object(64), dump.object(64)];
      dump.root(a);
      const frame = dump.goroutine().frame("main.f", 32);
      a.point(0, dump.data).point(8, frame, 31).point(16, 0x40_1000).point(24, 0).point(32, b, 8).point(40, frame, 32);
    });
    const { pointerSlots, nilPointers, pointersToObjects, interiorPointers, ...rest } = heap.statistics;
    expect({ pointerSlots, nilPointers, pointersToObjects, interiorPointers }).toEqual({
      pointerSlots: 6,
      nilPointers: 1,
      pointersToObjects: 1,
      interiorPointers: 1,
    });
    expect([rest.pointersToGlobals, rest.pointersToStacks, rest.pointersElsewhere]).toEqual([1, 1, 2]);
  });
});

describe("addresses above 2^53", () => {
  // "addresses over 2^53 occur (AIX/ppc64 heap at 0x0a00..., solaris/illumos user addresses with the top bits set)"
  test.each([
    ["AIX", 0x0a00_0100_0000_0000n, true],
    ["Solaris", 0xffff_fd7f_ff00_0000n, false],
  ])("of %s are exact, and shown as they are", async (_, heapStart, bigEndian) => {
    const { heap, drawn } = await readDump(
      (dump) => {
        const [a, b] = [dump.object(64), dump.object(32)];
        a.point(0, b, 1)
          .point(8, 2n ** 64n - 1n)
          .point(16, 0x40_1000);
        dump.root(a, 7);
        dump.goroutine({ g: b }).frame("main.f", 16).point(0, b);
        return { a, b };
      },
      { heapStart, bigEndian },
    );
    expect(heap.objects.count).toBe(2);
    const a = heap.findObject(heap.objects.address[0]!);
    expect(heap.formatAddress(heap.objects.address[a]!)).toBe(`0x${drawn.a.at!.toString(16)}`);
    expect(heap.formatAddress(heap.objects.address[1]!)).toBe(`0x${drawn.b.at!.toString(16)}`);
    expect(Array.from(heap.edges.to)).toEqual([1]);
    expect(Array.from(heap.edges.interiorOffset)).toEqual([1]);
    expect(Array.from(heap.roots.to)).toEqual([0, 1, 1]);
    expect(heap.statistics.pointersElsewhere).toBe(2);
  });
});
