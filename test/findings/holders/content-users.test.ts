import { expect, test } from "vitest";
import { chooseSamples, contentUsers } from "../../../src/findings/holders/content-users.ts";
import { findHolders } from "../../../src/findings/holders/holder.ts";
import { describeEach, sayContentUsers } from "../../../src/findings/report/user-sentences.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const heap = drawHeap(() => {});

test("users of contents are found among as many roots as there may be goroutines", () => {
  const goroutines = Array.from({ length: 200_000 }, (_, root) => root);
  expect(contentUsers(heap, [goroutines, goroutines, goroutines], goroutines)).toEqual([]);
  expect(contentUsers(heap, [goroutines, goroutines.slice(1)], goroutines.slice(2))).toEqual([1]);
});

test("users of contents are those that lead to all of the samples, and not to what has them", () => {
  expect(
    contentUsers(
      heap,
      [
        [1, 2, 3],
        [2, 3],
        [0, 2, 3],
      ],
      [3],
    ),
  ).toEqual([2]);
  expect(contentUsers(heap, [], [])).toEqual([]);
});

test.each([
  ["each of them a part", (i: number) => i, 1, ["goroutine main.serve [IO wait]"]],
  [
    "each of them a part, by their function where they wait at several places",
    (i: number) => i,
    5,
    ["goroutine main.serve"],
  ],
  ["but not if they have only one of the parts", (_: number) => 0, 1, []],
])("goroutines are told of that lead to what is in a thing, %s", async (_, partOf, places, partsUsedBy) => {
  const heap = drawHeap((s) => {
    const hub = s.object({ size: 80, type: "map" });
    const parts = Array.from({ length: 10 }, () => s.object({ size: 1000, type: "main.Conn" }));
    s.global(hub);
    parts.forEach((part, i) => {
      s.pointer(hub, part, 8 * i);
      const used = parts[partOf(i)]!;
      const waitReason = i % places === 0 ? "IO wait" : "select";
      s.goroutine({ frames: [{ name: "main.serve", slots: [[used, 8]] }], waitReason });
    });
    s.goroutine({ frames: [{ name: "main.list", slots: [[hub, 8]] }], waitReason: "select" });
  });
  const [holder] = (await findHolders(heap)).holders;
  expect(holder).toMatchObject({ bytes: 10_080, contentsUsedBy: [], partsUsedBy });
  expect(holder!.alsoUsedBy).toMatchObject([{ name: "goroutine main.list [select]" }]);
});

/** A hub with two arrays, of 10 connections and 10 blobs; a goroutine has the former in an array of its own, and of the latter some. */
async function hubUsedBy(blobSize: number, blobsUsed: number) {
  const heap = drawHeap((s) => {
    const list = (things: readonly number[]): number => {
      const array = s.object({ size: 8 * things.length, type: "array" });
      for (const [i, thing] of things.entries()) s.pointer(array, thing, 8 * i);
      return array;
    };
    const hub = s.object({ size: 16, type: "main.Hub" });
    const conns = Array.from({ length: 10 }, () => s.object({ size: 1000, type: "main.Conn" }));
    const blobs = Array.from({ length: 10 }, () => s.object({ size: blobSize, type: "main.Blob" }));
    s.global(hub);
    s.pointer(hub, list(conns), 0);
    s.pointer(hub, list(blobs), 8);
    const slots = [list(conns), ...blobs.slice(0, blobsUsed)].map((slot, i) => [slot, 8 * i] as const);
    s.goroutine({ frames: [{ name: "main.hold", slots }], waitReason: "select" });
  });
  const { contentsUsedBy, partsUsedBy } = (await findHolders(heap)).holders[0]!;
  return { contentsUsedBy: contentsUsedBy.map(({ name }) => name), partsUsedBy };
}

test("users of contents lead to all kinds of things that together are most of what is in it, beyond its arrays", async () => {
  const used = { contentsUsedBy: ["goroutine main.hold [select]"], partsUsedBy: [] };
  expect(await hubUsedBy(900, 10)).toEqual(used);
  expect(await hubUsedBy(400, 0)).toEqual(used);
  expect(await hubUsedBy(900, 0)).toEqual({ contentsUsedBy: [], partsUsedBy: [] });
});

test("where there is no room for all samples, those of the largest kind of each holder come first", () => {
  const of = (...kinds: number[][]) => ({ ofLargest: kinds[0]!, ofMost: kinds.flat() });
  const [two, one] = [of([1, 2, 3], [4, 5, 6]), of([7, 8, 9])];
  expect(chooseSamples([two, one], 9)).toEqual([two, one]);
  expect(chooseSamples([two, one], 8)).toEqual([{ ...two, ofMost: [] }, one]);
  expect(chooseSamples([two, one], 5)).toEqual([
    { ...two, ofMost: [] },
    { ofLargest: [], ofMost: [] },
  ]);
});

test("it is not told what would be freed if some let go, where goroutines have a part each, too", async () => {
  const draw = (areServed: boolean): Heap => {
    const drawn = drawHeap((s) => {
      const hub = s.object({ size: 80, type: "map" });
      const parts = Array.from({ length: 10 }, () => s.object({ size: 1000, type: "main.Conn" }));
      s.global(hub);
      for (const [i, part] of parts.entries()) s.pointer(hub, part, 8 * i);
      const frame = { name: "main.list", slots: parts.map((part, i) => [part, 8 * i] as const) };
      s.goroutine({ frames: [frame], waitReason: "select" });
      if (!areServed) return;
      for (const part of parts) s.goroutine({ frames: [{ name: "main.serve", slots: [[part, 8]] }] });
    });
    // A segment is many variables; this one is to be but one.
    const { kind } = drawn.roots.vertices;
    kind[kind.indexOf(RootVertexKind.SEGMENT)] = RootVertexKind.VARIABLE;
    return { ...drawn, variables: [{ name: "main.hub" }] } as unknown as Heap;
  };
  const [alone] = (await findHolders(draw(false))).holders;
  expect(alone!.release).toEqual({ byOwner: 80, byAll: 10_080 });
  const [served] = (await findHolders(draw(true))).holders;
  expect(served!.contentsUsedBy).toHaveLength(1);
  expect(served!.partsUsedBy).toHaveLength(1);
  expect(served!.release).toBeNull();
});

test("what goroutines have a part each is told with few of their names", () => {
  const names = ["a", "b", "c", "d"].map((name) => `goroutine main.${name} [select]`);
  expect(describeEach([])).toEqual([]);
  expect(describeEach(names)).toEqual([
    "goroutines main.a [select], main.b [select], main.c [select] and 1 more kind, each of them a part",
  ]);
});

test("timers that use what is in a thing are many where many are called so, and those without an argument, too", () => {
  const timers = (name: string, count: number) => {
    return { kind: "timers", name, count, isCertain: true, leadsTo: null } as const;
  };
  const said = sayContentUsers(
    [
      timers("pending timer of func main.f", 2),
      timers("stopped timer without an argument", 3),
      timers("pending timer of func main.timer of x", 1),
    ],
    [],
  );
  expect(said).toEqual([
    "what is in it is also used by pending timers of func main.f, stopped timers without an argument, pending timer of func main.timer of x",
  ]);
});
