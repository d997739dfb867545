/** What is said of objects that no GC root leads to, but perhaps something that a dump does not show. */
import { expect, test } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const CLEANUP = "func runtime.AddCleanup[go.shape.int,go.shape.*uint8].func1";

/** A closure of AddCleanup, the argument of a cleanup, and what it holds; beside them an object that nothing points to. */
function drawCleanup(minor: number, complete = true): Heap {
  const heap = drawHeap((s) => {
    const live = s.object({ type: "main.Image" });
    s.global(live);
    const closure = s.object({ type: CLEANUP });
    const box = s.object({ type: "*main.evict", size: 8 });
    const held = s.object({ type: "main.evict", size: 48 });
    if (minor < 26) s.pointer(closure, box, 8);
    s.pointer(box, held);
    s.pointer(held, live);
    s.object({ type: "main.Lost", size: 48 });
    s.object({ type: "main.Image" });
  });
  const go = { ...heap.dump.go, minorMin: minor, minorMax: minor };
  return { ...heap, dump: { ...heap.dump, go, complete } };
}

const headOf = async (heap: Heap, asked: string): Promise<string> =>
  renderWhy(await explainWhy(heap, [asked])).split("\n")[0]!;

test.each([25, 27])("what a cleanup may hold is not called garbage, in Go 1.%i", async (minor) => {
  const heap = drawCleanup(minor);
  expect(await headOf(heap, "main.evict")).toBe(
    "main.evict, 48 B; no GC root leads there: held by cleanups, or garbage",
  );
  expect(await headOf(heap, "/evict/")).toContain("; no GC root leads there: held by cleanups, or garbage");
  expect(await headOf(heap, "main.Lost")).toBe("main.Lost, 48 B; no GC root leads there: it is garbage");
  expect(await headOf(heap, "main.Image")).toBe("2 × main.Image, 32 B; 1 of them is garbage");
  expect(await headOf(heap, "/main/")).toContain("; no GC root leads to 4 of them: held by cleanups, or garbage");
});

test("nothing is called garbage where a part of the dump is missing", async () => {
  expect(await headOf(drawCleanup(27, false), "main.Lost")).toBe(
    "main.Lost, 48 B; no GC root leads there: garbage, or what leads there is in the part of the dump that is missing",
  );
});

test("several are garbage, and not it", async () => {
  const heap = drawHeap((s) => {
    for (let i = 0; i < 2; i++) s.object({ type: "main.Lost" });
  });
  expect(await headOf(heap, "main.Lost")).toBe("2 × main.Lost, 32 B; no GC root leads there: they are garbage");
});
