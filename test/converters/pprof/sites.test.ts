import { describe, expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import { computeDominators, computeRetainedSizes, type Heap, RootVertexKind } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { type BucketSketch, drawHeap, type HeapSketch } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { type ReadProfile, type ReadSample, readProfile } from "../../support/readers/profile-reader.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";

type Options = Parameters<typeof convertToBytes<typeof pprof.options>>[2];

async function convert(heap: Heap, options: Options = {}): Promise<ReadProfile & { warnings: readonly string[] }> {
  const { bytes, warnings } = await convertToBytes(pprof, heap, { profile: "sites", ...options });
  return { ...readProfile(bytes), warnings };
}

/** "a › b 3 128 inferred". */
function show({ stack, values, labels }: ReadSample): string {
  return [stack.map(({ name }) => name).join(" › "), ...values, ...Object.values(labels)].join(" ");
}

const lines = ({ samples }: ReadProfile): string[] => samples.map(show).sort();

/** Cumulative bytes as pprof counts them: every sample once, however often the function is in its stack. */
function cumulative({ samples }: ReadProfile, name: string): number {
  const with_ = samples.filter(({ stack }) => stack.some((frame) => frame.name === name));
  return with_.reduce((sum, { values }) => sum + values[1]!, 0);
}

/** A bucket of one call in main.main. */
function sample(s: HeapSketch, name: string, size: number, live: readonly number[], line = 1): void {
  const sites: BucketSketch["sites"] = [
    [name, "main.go", line],
    ["main.main", "main.go", 99],
  ];
  s.bucket({ size, allocations: live.length, frees: 0, sites, live });
}

describe("--profile sites", () => {
  test("leads from the sites of owners to those of what they hold", async () => {
    // store ─┬► session ─► data      session of main.other ─► data     garbage ─► data
    //        └► session ─► data
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
      s.global(s.object({ type: "Lonely", size: 8 }), 16);
      const garbage = s.object({ type: "Garbage", size: 16 });
      s.pointer(garbage, s.object({ type: "Store", size: 64 }));
      sample(s, "main.newStore", 64, [store]);
      sample(s, "main.login", 32, sessions.slice(0, 2));
      sample(s, "main.other", 32, [sessions[2]!]);
    });
    const profile = await convert(heap);
    expect(profile.sampleTypes).toEqual(["inuse_objects/count", "inuse_space/bytes"]);
    expect(profile.period).toBe(1);
    expect(lines(profile)).toEqual(
      [
        "main.newStore 1 64 sampled",
        "main.newStore › main.login 2 64 sampled",
        "main.newStore › main.login 2 300 owner",
        "main.other 1 32 sampled",
        "main.other 1 300 owner",
        "(no sampled site) 1 8",
        "unreachable 1 16",
        "unreachable › main.newStore 1 64 inferred",
      ].sort(),
    );
    expect(cumulative(profile, "main.newStore")).toBe(64 + 64 + 300 + 64);
    const [frame] = profile.samples.find(({ stack }) => stack[0]!.name === "main.other")!.stack;
    expect(frame).toEqual({ name: "main.other", file: "main.go", line: 1 });
  });

  test("nested objects of one site are one frame, and count once", async () => {
    const heap = drawHeap((s) => {
      const nodes = Array.from({ length: 50 }, () => s.object({ type: "Node", size: 32 }));
      s.global(nodes[0]!);
      nodes.slice(1).forEach((node, i) => {
        s.pointer(nodes[i]!, node);
      });
      sample(s, "main.push", 32, [nodes[3]!, nodes[40]!]);
    });
    const profile = await convert(heap);
    expect(lines(profile)).toEqual(["main.push 2 64 sampled", "main.push 48 1536 inferred"]);
    // The runtime's figures do not matter, and no rate does.
    expect(lines(await convert(heap, { "mem-profile-rate": 1 }))).toEqual(lines(profile));
  });

  test("sites that alternate count once each, too", async () => {
    const heap = drawHeap((s) => {
      const nodes = Array.from({ length: 100 }, () => s.object({ type: "Node", size: 32 }));
      s.global(nodes[0]!);
      nodes.slice(1).forEach((node, i) => {
        s.pointer(nodes[i]!, node);
      });
      for (const [i, name] of ["main.a", "main.b"].entries()) {
        sample(
          s,
          name,
          32,
          nodes.filter((_, node) => node % 2 === i),
        );
      }
    });
    const profile = await convert(heap, { "max-depth": 200 });
    expect([cumulative(profile, "main.a"), cumulative(profile, "main.b")]).toEqual([3200, 3168]);
    const cut = await convert(heap, { "max-depth": 4 });
    expect(cut.totals).toEqual([100, 3200]);
    expect(lines(cut)).toContain("main.a › main.b › main.a › main.b › … 96 3072");
  });

  test("a class has the site of nine in ten of its samples, or several", async () => {
    const draw = (ofOther: number): Heap =>
      drawHeap((s) => {
        const objects = Array.from({ length: 100 }, () => s.object({ type: "T", size: 16 }));
        const larger = Array.from({ length: 10 }, () => s.object({ type: "T", size: 48 }));
        const strange = s.object({ type: "T", size: 64 });
        [...objects, ...larger, strange].forEach((object, i) => {
          s.global(object, 8 * i);
        });
        sample(s, "main.often", 16, objects.slice(0, 10 - ofOther));
        sample(s, "main.seldom", 16, objects.slice(20, 20 + ofOther));
        sample(s, "main.large", 48, [larger[5]!]);
      });
    expect(lines(await convert(draw(1)))).toEqual(
      [
        "main.often 9 144 sampled",
        "main.often 90 1440 inferred",
        "main.seldom 1 16 sampled",
        "main.large 1 48 sampled",
        "main.large 9 432 inferred",
        "(no sampled site) 1 64",
      ].sort(),
    );
    expect(lines(await convert(draw(2)))).toEqual(
      [
        "main.often 8 128 sampled",
        "main.seldom 2 32 sampled",
        "several sites of T 90 1440 several",
        "main.large 1 48 sampled",
        "main.large 9 432 inferred",
        "(no sampled site) 1 64",
      ].sort(),
    );
  });

  test("sites are told apart by as many calls as asked for", async () => {
    const heap = drawHeap((s) => {
      const [a, b] = [s.object({ size: 32 }), s.object({ size: 32 })];
      s.global(a);
      s.pointer(a, b);
      for (const [object, caller] of [
        [a, "main.first"],
        [b, "main.second"],
      ] as const) {
        const sites: BucketSketch["sites"] = [
          ["runtime.newobject", "malloc.go", 1],
          ["main.make", "main.go", 7],
          [caller, "main.go", 8],
        ];
        s.bucket({ size: 32, allocations: 1, frees: 0, sites, live: [object] });
      }
    });
    expect(lines(await convert(heap))).toEqual(["main.make 2 64 sampled"]);
    expect(lines(await convert(heap, { "site-calls": 2 }))).toEqual([
      "main.first › main.make 1 32 sampled",
      "main.first › main.make › main.second › main.make 1 32 sampled",
    ]);
  });

  test("allocators are no sites, even below the runtime itself", async () => {
    const heap = drawHeap((s) => {
      const object = s.object({ size: 32 });
      s.global(object);
      const calls = ["runtime.mallocgc", "runtime.newobject", "runtime.malg"];
      const sites: BucketSketch["sites"] = calls.map((name) => [name, "proc.go", 1]);
      s.bucket({ size: 32, allocations: 1, frees: 0, sites, live: [object] });
    });
    expect(lines(await convert(heap))).toEqual(["runtime.malg 1 32 sampled"]);
  });

  test("samples that are too small are folded, and nothing is lost", async () => {
    const heap = drawHeap((s) => {
      const owner = s.object({ type: "Owner", size: 1024 });
      s.global(owner);
      sample(s, "main.owner", 1024, [owner]);
      for (let i = 0; i < 20; i++) {
        const [held, free] = [s.object({ type: `H${i}`, size: 16 }), s.object({ type: `F${i}`, size: 8 })];
        s.pointer(owner, held, 8 * i);
        s.global(free, 8 * i + 8);
        sample(s, `main.held${i}`, 16, [held]);
        sample(s, `main.free${i}`, 8, [free]);
      }
    });
    const all = await convert(heap);
    expect(all.samples).toHaveLength(41);
    const cut = await convert(heap, { "max-samples": 4 });
    expect(lines(cut)).toEqual(["(smaller) 20 160 smaller", "main.owner 1 1024 sampled", "main.owner 20 320 smaller"]);
    expect(cut.totals).toEqual(all.totals);
    expect(cut.comments.join()).toContain("too little for one of the 4 samples");
    for (const maxSamples of [2, 3, 7, 20, 40, 41]) {
      const some = await convert(heap, { "max-samples": maxSamples });
      expect(some.samples.length).toBeLessThanOrEqual(maxSamples);
      expect(some.totals).toEqual(all.totals);
    }
  });

  test.each([1, 2, 3, 4, 5])(
    "on random heaps a site's cumulative value is what its objects retain (seed %i)",
    async (seed) => {
      const heap = drawHeap((s) => {
        drawRandomly(s, seed, 400);
        // Objects of four sites, all sampled; the rest has none, as their types differ.
        s.objects.forEach((object, i) => {
          s.objects[i] = { ...object, type: i % 7 < 4 ? `sampled${i % 7}` : "never" };
        });
        for (let site = 0; site < 4; site++) {
          sample(
            s,
            `main.site${site}`,
            16,
            [...s.objects.keys()].filter((i) => i % 7 === site),
          );
        }
      });
      const profile = await convert(heap, { "max-depth": 1000 });
      const retained = await computeRetainedSizes(heap);
      const total = retained[heap.objects.count]!;
      expect(profile.totals).toEqual([heap.objects.count, total]);
      const garbage = heap.objects.count + heap.roots.vertices.kind.indexOf(RootVertexKind.UNREACHABLE);
      expect(cumulative(profile, "unreachable")).toBe(retained[garbage]);
      for (let site = 0; site < 4; site++) {
        const own = profile.samples.filter(
          ({ stack, labels }) => stack.at(-1)!.name === `main.site${site}` && labels.site === "sampled",
        );
        const objects = [...heap.objects.size.keys()].filter((i) => i % 7 === site);
        expect(own.reduce((sum, { values }) => sum + values[0]!, 0)).toBe(objects.length);
        const found = cumulative(profile, `main.site${site}`);
        expect(found).toBe(await retainedTogether(heap, objects));
        expect(found).toBeLessThanOrEqual(total);
      }
    },
  );

  test("on a sample no function has more than the heap", async () => {
    const heap = await sampleHeap("sessions-before.1.27.amd64");
    const profile = await convert(heap);
    const names = new Set(profile.samples.flatMap(({ stack }) => stack.map(({ name }) => name)));
    expect(names.size).toBeGreaterThan(5);
    for (const name of names) expect(cumulative(profile, name)).toBeLessThanOrEqual(profile.totals[1]!);
    expect([...names].join()).toMatch(/main\./);
  });

  test("says so when the dump has no samples, or few", async () => {
    const none = await convert(drawHeap((s) => s.global(s.object())));
    expect([lines(none), none.warnings]).toEqual([["(no sampled site) 1 16"], ["no-samples"]]);
    // Nor is there one of the program.
    const started = drawHeap((s) => s.runtimeStart());
    expect((await convert(started)).warnings).toEqual(["no-samples"]);
    const few = await convert(
      drawHeap((s) => {
        const object = s.object({ size: 1024 });
        s.global(object);
        s.global(s.object({ type: "Large", size: 2 ** 21 }), 8);
        sample(s, "main.f", 1024, [object]);
      }),
    );
    expect(few.warnings).toEqual(["few-samples"]);
  });
});

/** What objects retain together, from immediate dominators alone: objects with one of them above. */
async function retainedTogether(heap: Heap, objects: readonly number[]): Promise<number> {
  const { immediateDominator } = await computeDominators(heap);
  const wanted = new Set(objects);
  let sum = 0;
  for (let i = 0; i < heap.objects.count; i++) {
    for (let v = i; v >= 0; v = immediateDominator[v]!) {
      if (!wanted.has(v)) continue;
      sum += heap.objects.size[i]!;
      break;
    }
  }
  return sum;
}
