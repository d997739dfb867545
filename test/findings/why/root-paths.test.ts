/** Searches for other ways let the wish to stop in, however much a root leads to. */
import { expect, test } from "vitest";
import { computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { findSharing } from "../../../src/findings/goroutines/group-sharing.ts";
import { findRootPaths } from "../../../src/findings/why/root-paths.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { breathsOf } from "../../support/breaths.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

test("along the pointers from a goroutine", async () => {
  const breaths = async (things: number): Promise<number> => {
    let wanted = 0;
    const heap = drawHeap((s) => {
      wanted = s.object({ size: 16, type: "main.Wanted" });
      s.global(wanted);
      const list = s.object({ size: 8 * (things + 1), type: "[]main.Thing" });
      const last = s.object({ size: 16, type: "main.Thing" });
      for (let i = 0; i < things; i++) s.pointer(list, s.object({ size: 8, type: "main.Thing" }), 8 * i);
      s.pointer(list, last, 8 * things);
      s.pointer(last, wanted);
      s.goroutine({ frames: [{ name: "main.work", slots: [[list, 8]] }], waitReason: "select" });
    });
    // What is asked before is known then.
    await findRootPaths(heap, wanted, 5, undefined, NO_PROGRESS);
    const searched = await breathsOf((progress) => findRootPaths(heap, wanted, 5, undefined, progress));
    const asked = await breathsOf((progress) => findRootPaths(heap, wanted, 1, undefined, progress));
    return searched - asked;
  };
  expect(await breaths(150_000)).toBeGreaterThan((await breaths(10)) + 1);
});

test("along the words of a frame, when it is told who shares what goroutines have", async () => {
  const words = 200_000;
  const heap = drawHeap((s) => {
    const thing = s.object({ size: 16, type: "main.Thing" });
    const slots = Array.from({ length: words }, (_, i) => [thing, 8 * i] as const);
    s.goroutine({ frames: [{ name: "main.work", slots }], waitReason: "select" });
  });
  const owners = await computeOwnerTree(heap, NO_PROGRESS);
  const members = [heap.roots.vertices.kind.indexOf(RootVertexKind.GOROUTINE)];
  const group = { entry: "main.work", origin: "", state: "select", site: "", members };
  const breaths = await breathsOf((progress) => findSharing(heap, owners, [group], progress));
  expect(breaths).toBeGreaterThanOrEqual(3);
});
