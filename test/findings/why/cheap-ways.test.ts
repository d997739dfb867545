/** For one object `why` computes no more than it prints. What it prints is what the analyses of all objects tell. */
import { beforeAll, describe, expect, it } from "vitest";
import { computeDominators } from "../../../src/analysis/dominators/dominators.ts";
import { findRootsByCertainty } from "../../../src/analysis/ownership/leading-roots.ts";
import { findRootsOf } from "../../../src/analysis/ownership/only-root.ts";
import { measureOwned } from "../../../src/analysis/ownership/owned-bytes.ts";
import { findOwnerPaths } from "../../../src/analysis/ownership/owner-paths.ts";
import { computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { computeOwners } from "../../../src/analysis/ownership/owners.ts";
import { tracePath } from "../../../src/analysis/paths/pointer-path.ts";
import { findUse } from "../../../src/findings/holders/use.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { listAnalyses } from "../../../src/heap/memo.ts";
import { REACHABLE } from "../../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeValues, computeValuesOf } from "../../../src/values/values.ts";
import { typedSample } from "../../support/typed-samples.ts";

const load = (dump = "sessions-after.1.27.amd64", executable = dump): Promise<Heap> =>
  typedSample(dump, executable.replace("-after", ""));
/** Some of each kind: those of a service, its maps, goroutines and closures. */
const STEP = 61;

let heap: Heap;
let live: number[];

beforeAll(async () => {
  heap = await load();
  live = [...heap.objects.flags.keys()].filter((i) => (heap.objects.flags[i]! & REACHABLE) !== 0);
});

const objectsOf = ({ objects }: Heap): number[] =>
  [...objects.flags.keys()].filter((i) => i % STEP === 0 && (objects.flags[i]! & REACHABLE) !== 0);
const some = (): number[] => objectsOf(heap);

describe("of one object", () => {
  it("what it owns is what the owner tree says", async () => {
    const owners = await computeOwners(heap, NO_PROGRESS);
    const { ownedSize } = await computeOwnerTree(heap, NO_PROGRESS);
    const large = [...live].sort((a, b) => ownedSize[b]! - ownedSize[a]!).slice(0, 50);
    for (const object of [...large, ...some()]) {
      expect(await measureOwned(heap, [object], owners, NO_PROGRESS)).toBe(ownedSize[object]);
    }
  });

  it("the way from its owner is that among the ways to all", async () => {
    const all = await findOwnerPaths(heap, heap.objects.flags.keys(), NO_PROGRESS);
    const asked = some();
    const found = await findOwnerPaths(heap, [...asked, ...asked], NO_PROGRESS);
    for (const object of asked) {
      const path = tracePath(heap, all, object);
      expect(tracePath(heap, found, object)).toEqual(path);
      expect(tracePath(heap, await findOwnerPaths(heap, [object], NO_PROGRESS), object)).toEqual(path);
    }
  });

  it("what of it is in use is the same without a walk over all values", async () => {
    const other = await load();
    const all = await computeValues(other);
    const used = live.filter((object) => findUse(other, all, object) !== null);
    expect(new Set(used.map((object) => findUse(other, all, object)!.kind))).toEqual(
      new Set(["slice", "map", "channel"]),
    );
    for (const object of used.filter((_, i) => i % 7 === 0)) {
      const alone = await computeValuesOf(heap, object, NO_PROGRESS);
      expect(findUse(heap, alone, object)).toEqual(findUse(other, all, object));
    }
  });

  it("the roots that lead there are the same where the dominators tell them", async () => {
    const [searching, knowing] = [await load("lru.1.24.amd64"), await load("lru.1.24.amd64")];
    await computeDominators(knowing, NO_PROGRESS);
    let alone = 0;
    for (const object of objectsOf(searching)) {
      const [searched] = await findRootsByCertainty(searching, [object]);
      const found = await findRootsOf(knowing, object, NO_PROGRESS);
      // What only the runtime's structures lead to is nobody's for the search.
      if (found.all.length === 1) alone++;
      else expect(found.all).toEqual(searched!.all);
      expect(found.all).toEqual(expect.arrayContaining([...searched!.all]));
    }
    expect(alone).toBeGreaterThan(100);
  });

  it("no tree and no walk over all values are computed", async () => {
    const fresh = await load();
    await explainWhy(fresh, ["main.store.byToken"]);
    const computed = listAnalyses(fresh);
    for (const dear of [computeOwnerTree, computeValues, computeDominators]) {
      expect(computed).not.toContain(dear);
    }
  });
});
