import { describe, expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import { computeRetainedSizes, computeTypeRetainedSizes, type Heap } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { type BucketSketch, drawHeap } from "../../support/heap-fixture.ts";
import { type ReadProfile, readProfile, showSample } from "../../support/profile-reader.ts";

async function convert(heap: Heap, rate = 1): Promise<ReadProfile & { warnings: readonly string[] }> {
  const { bytes, warnings } = await convertToBytes(pprof, heap, { profile: "sites", "mem-profile-rate": rate });
  return { ...readProfile(bytes), warnings };
}

const site = (name: string): BucketSketch["sites"] => [[name, "main.go", 1]];

describe("--profile sites", () => {
  test("where every object was sampled, a site has what its objects retain", async () => {
    // global ─► store ─┬► session ─► data      global ─► session of main.other ─► data
    //                  └► session ─► data
    const heap = drawHeap((s) => {
      const store = s.object({ type: "Store", size: 64 });
      const sessions = [0, 1, 2].map(() => s.object({ type: "Session", size: 32 }));
      const data = [0, 1, 2].map((i) => s.object({ type: "Data", size: 100 * (i + 1) }));
      s.global(store);
      s.global(sessions[2]!, 8);
      s.pointer(store, sessions[0]!, 0);
      s.pointer(store, sessions[1]!, 8);
      sessions.forEach((session, i) => {
        s.pointer(session, data[i]!);
      });
      s.bucket({ size: 64, allocations: 1, frees: 0, sites: site("main.newStore"), live: [store] });
      s.bucket({ size: 32, allocations: 2, frees: 0, sites: site("main.login"), live: sessions.slice(0, 2) });
      s.bucket({ size: 32, allocations: 1, frees: 0, sites: site("main.other"), live: [sessions[2]!] });
    });
    const profile = await convert(heap);
    expect(profile.sampleTypes).toEqual(["inuse_objects/count", "inuse_space/bytes", "retained_space/bytes"]);
    expect(profile.samples.map(showSample)).toEqual([
      "main.newStore 1 64 428",
      "main.login 2 64 364",
      "main.other 1 32 332",
    ]);
    expect(profile.comments.join()).toContain("1 types without sampled objects are left out");
  });

  test("where some were, the sites of a type share what all its objects retain", async () => {
    const heap = drawHeap((s) => {
      const objects = Array.from({ length: 100 }, () => s.object({ type: "T", size: 16 }));
      objects.forEach((object, i) => {
        s.global(object, 8 * i);
        s.pointer(object, s.object({ type: "U", size: 48 }));
      });
      s.bucket({ size: 16, allocations: 3, frees: 0, sites: site("main.often"), live: objects.slice(0, 3) });
      s.bucket({ size: 16, allocations: 1, frees: 0, sites: site("main.seldom"), live: [objects[50]!] });
    });
    const { samples } = await convert(heap, 524_288);
    expect(samples.map(({ values }) => values[2])).toEqual([4800, 1600]);
    expect(samples[0]!.values[0]).toBe(Math.trunc(3 / (1 - Math.exp(-16 / 524_288))));
  });

  test("never shares out more than a type retains", async () => {
    // Lists: sampled nodes dominate one another.
    const heap = drawHeap((s) => {
      const nodes = Array.from({ length: 30 }, () => s.object({ type: "Node", size: 32 }));
      s.global(nodes[0]!);
      nodes.slice(1).forEach((node, i) => {
        s.pointer(nodes[i]!, node);
      });
      for (const [i, name] of ["main.a", "main.b", "main.c"].entries()) {
        const live = nodes.filter((_, node) => node % 7 === i);
        s.bucket({ size: 32, allocations: live.length, frees: 0, sites: site(name), live });
      }
    });
    const { totals } = await convert(heap);
    const [ofNodes] = await computeTypeRetainedSizes(heap);
    expect(ofNodes).toBe((await computeRetainedSizes(heap))[0]);
    expect(totals[2]).toBeGreaterThan(ofNodes! - 3);
    expect(totals[2]).toBeLessThanOrEqual(ofNodes!);
  });

  test("warns of a dump without samples", async () => {
    const { samples, warnings } = await convert(drawHeap((s) => s.global(s.object())));
    expect([samples, warnings]).toEqual([[], ["no-samples"]]);
  });
});
