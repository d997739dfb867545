import { beforeAll, describe, expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import { parseAssignment, resolveOptions } from "../../../src/converter/options.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { computeRetainedSizes, type Heap, RootVertexKind, TypeSource } from "../../../src/index.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { type ReadProfile, readProfile, showSample } from "../../support/readers/profile-reader.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Options = Parameters<typeof convertToBytes<typeof pprof.options>>[2];

async function convert(heap: Heap, options: Options = {}): Promise<ReadProfile> {
  return readProfile((await convertToBytes(pprof, heap, options)).bytes);
}

/** What pprof calls the cumulative value: of all samples with a frame of this name in their stack. */
function cumulative({ samples }: ReadProfile, name: string, value = 1): number {
  const with_ = samples.filter(({ stack }) => stack.some((frame) => frame.name === name));
  return with_.reduce((sum, { values }) => sum + values[value]!, 0);
}

describe("a heap drawn by hand", () => {
  const heap = drawHeap((s) => {
    // A list of three in data, a buffer that two goroutines share, one that two kinds of roots share, garbage.
    const list = [0, 1, 2].map(() => s.object({ type: "main.Node", size: 32 }));
    s.global(list[0]!, 8);
    s.pointer(list[0]!, list[1]!);
    s.pointer(list[1]!, list[2]!);
    const own = s.object({ type: "main.Own", size: 16 });
    const shared = s.object({ type: "main.Shared", size: 64 });
    const everywhere = s.object({ type: "main.Everywhere", size: 128 });
    const twoGlobals = s.object({ type: "main.Twice", size: 256 });
    s.global(everywhere, 16);
    s.global(twoGlobals, 24);
    s.global(twoGlobals, 0, "bss");
    s.goroutine({ id: 17, waitReason: "chan receive", frames: [{ name: "main.worker", slots: [[own, 8]] }] });
    for (const id of [18, 19]) {
      const mine = s.object({ type: "main.Mine", size: 8 });
      const slots = [[shared, 8] as const, [everywhere, 16] as const, [mine, 24] as const];
      s.goroutine({ id, waitReason: "select", frames: [{ name: "main.serve", slots }] });
    }
    const closure = s.object({ type: "func main.f", size: 8 });
    s.finalizer(own, closure);
    s.object({ type: "main.Garbage", size: 512 });
  });

  test("is stacks from readable roots to types", async () => {
    const profile = await convert(heap);
    expect(profile.samples.map(showSample).sort()).toEqual(
      [
        "globals › data segment at 0x500000 › data+0x8 main·Node ×n 3 96",
        "globals › several globals › held by bss+0x0, data+0x18 › main.Twice 1 256",
        "goroutines › goroutines [chan receive] main·worker › main.worker › sp+0x8 main·Own 1 16",
        "goroutines › goroutines [select] main·serve › main.serve › sp+0x18 main·Mine 2 16",
        "goroutines › several goroutines › held by main·serve › main.Shared 1 64",
        "several kinds of roots › held by main·serve, data+0x10 › main.Everywhere 1 128",
        "finalizers › finalizer: 0x401000 › finalizer function func main·f 1 8",
        "unreachable › main.Garbage 1 512",
      ].sort(),
    );
    expect(profile).toMatchObject({
      sampleTypes: ["inuse_objects/count", "inuse_space/bytes"],
      periodType: "space/bytes",
      time: 0n,
    });
    expect(new Set(profile.samples.map(({ labels }) => labels.root))).toEqual(
      new Set(["globals", "goroutines", "several kinds of roots", "finalizers", "unreachable"]),
    );
  });

  test("has lengths and goroutines' ids in labels, where they make no name another in the next dump", async () => {
    const { samples } = await convert(heap);
    const byType = new Map(
      samples.map(({ stack, labels }) => [/\w+(?= ×n$)|\w+$/.exec(stack.at(-1)!.name)![0], labels]),
    );
    expect(byType.get("Node")).toEqual({ root: "globals", chain: 3 });
    expect(byType.get("Own")).toEqual({ root: "goroutines", goroutine: 17 });
    expect(byType.get("Mine")).toEqual({ root: "goroutines" });
  });

  test("tells goroutines apart, and how long runs are, when told to", async () => {
    const { samples } = await convert(heap, { "merge-goroutines": false, "run-lengths": true });
    const lines = samples.map(showSample);
    for (const id of [18, 19]) {
      expect(lines).toContain(`goroutines › goroutine ${id} [select] main·serve › main.serve › sp+0x18 main·Mine 1 8`);
    }
    expect(lines).toContain("globals › data segment at 0x500000 › data+0x8 main·Node ×3 3 96");
    expect(lines).toContain("goroutines › several goroutines › held by main·serve › main.Shared 1 64");
  });

  test("marks what was inferred", async () => {
    const { objects } = heap;
    const inferred = objects.typeSource.map((_, i) => (objects.size[i] === 512 ? TypeSource.INFERRED : 0));
    const { samples } = await convert({ ...heap, objects: { ...objects, typeSource: inferred } });
    expect(samples.map(showSample)).toContain("unreachable › ~main·Garbage 1 512");
  });

  test("shows what it cut, and says so", async () => {
    const deep = await convert(heap, { "max-depth": 3 });
    expect(deep.totals).toEqual([11, 1096]);
    expect(deep.samples.map(showSample)).toContain("goroutines › goroutines [select] main·serve › main.serve › … 2 16");
    expect(deep.comments.join()).toContain('more than 3 frames deep is in "…"');
    const small = await convert(heap, { "max-samples": 6 });
    expect(small.totals).toEqual([11, 1096]);
    expect(small.samples.length).toBeLessThanOrEqual(6);
    expect(small.samples.some(({ stack }) => stack.at(-1)!.name === "(smaller)")).toBe(true);
    expect(small.comments.join()).toMatch(/the 6 of \d+ stacks that retain most/);
  });
});

test.each([1, 2, 3, 4])("the cumulative values of roots are their retained sizes (seed %i)", async (seed) => {
  const heap = drawHeap((s) => drawRandomly(s, seed, 400));
  const retained = await computeRetainedSizes(heap);
  const { kind } = heap.roots.vertices;
  const of = (wanted: number): number => retained[heap.objects.count + kind.indexOf(wanted)]!;
  const profile = await convert(heap);
  expect((await convert(heap, { "max-samples": 50 })).totals).toEqual(profile.totals);
  expect(profile.totals).toEqual([heap.objects.count, retained[heap.objects.count]]);
  expect(cumulative(profile, "globals")).toBe(of(RootVertexKind.GLOBALS));
  expect(cumulative(profile, "goroutines")).toBe(of(RootVertexKind.GOROUTINES));
  expect(cumulative(profile, "unreachable")).toBe(of(RootVertexKind.UNREACHABLE));
});

describe("sessions, Go 1.27, with its executable", () => {
  let profile: ReadProfile;
  beforeAll(async () => {
    profile = await convert(await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64"));
  });

  test("leads to the leak by variables, types and fields", () => {
    const leak = profile.samples.find(({ stack }) => /^\S+ main·Session$/.test(stack.at(-1)!.name))!;
    // Timers hold some of the sessions, and through them the store.
    expect(leak.stack.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "main.SessionStore",
        expect.stringMatching(/^byToken map\[string\]\*main·Session/),
        expect.stringMatching(/ main·Session$/),
      ]),
    );
    const user = profile.samples.filter(({ stack }) => stack.at(-1)!.name === "User main·User");
    expect(user.reduce((sum, { values }) => sum + values[0]!, 0)).toBeGreaterThan(100);
  });

  test("says what is known", () => {
    expect(profile.comments[0]).toMatch(/^gohd: .* from a heap dump of go1\.27\.\d+ \(amd64\)$/);
    expect(profile.comments.join()).toMatch(/the types of .* % of the bytes are known/);
    expect(profile.time).toBeGreaterThan(1_500_000_000_000_000_000n);
  });
});

describe("--profile owned", () => {
  let heap: Heap;
  let owned: ReadProfile;

  beforeAll(async () => {
    heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    owned = await convert(heap, { profile: "owned", "run-lengths": true });
  });

  test("has every byte once, and what the report says that things keep", async () => {
    const report = await computeReport(heap, NO_PROGRESS);
    const all = report.totals.live.bytes + report.totals.garbage.bytes;
    expect(owned.samples.reduce((sum, { values }) => sum + values[1]!, 0)).toBe(all);
    const [previews, pending, lines] = report.holders;
    // A map is one frame, with its buckets in it.
    expect(cumulative(owned, "previews map[string][]uint8, 16 entries in 32 slots")).toBe(previews!.bytes);
    expect(cumulative(owned, "pending []*main·Job, len 53 of cap 600")).toBe(pending!.bytes);
    expect(cumulative(owned, "firstLines []string, len 8 of cap 8")).toBe(lines!.bytes);
    expect(owned.samples.flatMap(({ stack }) => stack.map(({ name }) => name)).join()).not.toContain(
      "map.bucket[string][]",
    );
  });

  test("says the same of other dumps of the program, unless lengths are asked for", async () => {
    const plain = await convert(heap, { profile: "owned" });
    const lengths = ["53", "0"].map((length) => cumulative(owned, `pending []*main·Job, len ${length} of cap 600`));
    expect(cumulative(plain, "pending []*main·Job")).toBe(lengths[0]! + lengths[1]!);
  });
});

test("stacks are no deeper than those of Go's own profiles, as each sample writes all of its own", () => {
  expect(() => resolveOptions(pprof, [parseAssignment("max-depth=1025")])).toThrow("an integer from 3 to 1024");
  expect(resolveOptions(pprof, [parseAssignment("max-depth=1024")])).toMatchObject({ "max-depth": 1024 });
});
