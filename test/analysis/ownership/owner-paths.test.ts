/** Ways from owners, where words of a stack that may be stale are shorter ones. */
import { beforeEach, expect, test } from "vitest";
import { findOwnerPaths } from "../../../src/analysis/ownership/owner-paths.ts";
import { tracePath } from "../../../src/analysis/paths/pointer-path.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

/** A goroutine sends a reply with a body; a word that is left over leads to the body, another one to what nothing else leads to. */
let heap: Heap;
const at = (type: string): number => heap.objects.type.findIndex((row) => heap.types.names[row] === type);

beforeEach(() => {
  heap = drawHeap((s) => {
    const [reply, body, left, below] = ["main.reply", "[]uint8", "main.left", "main.below"].map((type) =>
      s.object({ type }),
    ) as [number, number, number, number];
    s.pointer(reply, body, 8);
    s.pointer(left, below, 0);
    const words = { name: "main.make", slots: [[body, 8] as const, [left, 16] as const], areWords: true };
    s.goroutine({ frames: [words, { name: "main.fetch", slots: [[reply, 24]] }] });
  });
});

test("a way that is there for sure comes before a shorter one by such a word", async () => {
  const way = (found: Parameters<typeof tracePath>[1], type: string): readonly number[] =>
    tracePath(heap, found, at(type)).map(({ from }) => from);
  for (const type of ["[]uint8", "main.reply", "main.left", "main.below"]) {
    const alone = await findOwnerPaths(heap, [at(type)], NO_PROGRESS);
    expect(way(alone, type)).toEqual(way(await findOwnerPaths(heap, heap.objects.flags.keys(), NO_PROGRESS), type));
  }
  const all = await findOwnerPaths(heap, heap.objects.flags.keys(), NO_PROGRESS);
  expect(way(all, "[]uint8").at(-1)).toBe(at("main.reply"));
  expect(way(all, "main.below").at(-1)).toBe(at("main.left"));
});

test("what such a way leads to is called certain", async () => {
  expect((await explainWhy(heap, ["[]uint8"])).paths).toMatchObject([{ by: "owner", isCertain: true }]);
  expect((await explainWhy(heap, ["main.below"])).paths).toMatchObject([{ by: "owner", isCertain: false }]);
});
