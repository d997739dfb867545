import { describe, expect, test } from "vitest";
import { Knowledge, listBlindSpots } from "../../../src/cli/info/blind-spots.ts";
import { buildReport } from "../../../src/cli/info/info-report.ts";
import { renderReport } from "../../../src/cli/info/info-text.ts";
import type { ExecutableReport } from "../../../src/cli/input/executable-input.ts";
import type { MemStats } from "../../../src/heap/facts/mem-stats.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { NO_OBJECT, REACHABLE, TypeSource } from "../../../src/heap/objects.ts";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import { RootKind } from "../../../src/heap/roots/roots.ts";
import { TypeKind } from "../../../src/heap/types.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const { RUNNABLE, WAITING } = GoroutineStatus;

/** Five objects: two live main.Node of 32 bytes, a live 5 GiB shape, two garbage ones of another shape. */
function smallHeap(change: Partial<Heap> = {}): Heap {
  const rootsByKind = new Float64Array(17);
  rootsByKind[RootKind.DATA] = 3;
  rootsByKind[RootKind.FRAME] = 7;
  rootsByKind[RootKind.UNREACHABLE] = 2;
  return {
    dump: {
      name: "small.dump",
      size: 123_456,
      header: 7,
      go: { text: "go1.24.4", minor: 24, minorMax: 24, how: "from the dump", experiments: [], compiler: "gc" },
      arch: "amd64",
      pointerSize: 8,
      bigEndian: false,
      heapStart: 0x1000,
      heapEnd: 0x2000,
      cpuCount: 2,
      complete: true,
      trailingBytes: 0,
      warnings: [],
      addressBase: 2n ** 60n,
    },
    objects: {
      count: 5,
      address: new Float64Array(5),
      size: Uint32Array.of(32, 32, 0xffff_ffff, 16, 48),
      hugeSize: new Map([[2, 5 * 2 ** 30]]),
      position: new Float64Array(5),
      type: Int32Array.of(0, 0, 1, 2, 2),
      typeSource: Uint8Array.of(TypeSource.EXACT, TypeSource.INFERRED, 0, 0, 0),
      flags: Uint8Array.of(REACHABLE, REACHABLE, REACHABLE, 0, 0),
    },
    edges: {
      count: 0,
      start: new Uint32Array(6),
      to: new Int32Array(0),
      offset: new Uint32Array(0),
      interiorEdge: new Uint32Array(0),
      interiorOffset: new Float64Array(0),
    },
    types: {
      count: 4,
      names: ["main.Node", "5G noscan", "16B ptr", "main.Unused"],
      kind: Uint8Array.of(TypeKind.NAMED, TypeKind.SHAPE, TypeKind.SHAPE, TypeKind.NAMED),
    },
    roots: {
      vertices: {
        count: 1,
        kind: new Uint8Array(1),
        parent: Int32Array.of(-1),
        firstChild: Int32Array.of(1, 1),
        item: Int32Array.of(-1),
        edgeStart: new Uint32Array(2),
      },
      count: 12,
      kind: new Uint8Array(12),
      to: new Int32Array(12),
      offset: new Float64Array(12),
      finalizedObjects: Int32Array.of(1),
      finalizers: [],
      finalizedBy: new Int32Array(),
      finalizedType: new Float64Array(1),
    },
    goroutines: {
      count: 4,
      address: new Float64Array(4),
      id: new Float64Array(4),
      status: Uint8Array.of(WAITING, WAITING, RUNNABLE, WAITING),
      system: Uint8Array.of(0, 1, 0, 0),
      waitReason: Int32Array.of(1, 1, 1, 0),
      waitSince: new Float64Array(4),
      createdBy: new Float64Array(4),
      frameStart: new Uint32Array(5),
      frames: {
        count: 9,
        address: new Float64Array(9),
        size: new Float64Array(9),
        position: new Float64Array(9),
        entry: new Float64Array(9),
        pc: new Float64Array(9),
        function: new Int32Array(9),
      },
      names: ["chan receive", "select"],
    },
    segments: [],
    statistics: {
      objectRecords: 8,
      phantomObjects: 3,
      phantomBytes: 96,
      overlappingObjects: 0,
      pointerSlots: 100,
      nilPointers: 40,
      pointersToObjects: 50,
      pointersToGlobals: 4,
      pointersToStacks: 1,
      pointersElsewhere: 5,
      interiorPointers: 6,
      missingPointers: 0,
      rootsByKind,
      defers: 0,
      panics: 0,
      osThreads: 1,
      finalizers: 1,
      queuedFinalizers: 0,
      typeRecords: 2,
      itabRecords: 2,
    },
    memStats: undefined,
    memoryProfile: {
      buckets: {
        count: 2,
        size: new Float64Array(2),
        allocations: new Float64Array(2),
        frees: new Float64Array(2),
        siteStart: new Uint32Array(3),
        siteFunction: new Int32Array(0),
        siteFile: new Int32Array(0),
        siteLine: new Int32Array(0),
      },
      samples: { count: 1, object: Int32Array.of(0), bucket: Int32Array.of(0) },
      names: [],
    },
    findObject: () => NO_OBJECT,
    readContents: () => new Uint8Array(0),
    readBytes: () => new Uint8Array(0),
    formatAddress: (address) => `0x${address.toString(16)}`,
    close() {},
    ...change,
  };
}

describe("the report as data", () => {
  test("objects, with sizes above 2^32", async () => {
    const { objects } = await buildReport(smallHeap());
    const huge = 5 * 2 ** 30;
    expect(objects).toEqual({
      total: { count: 5, bytes: huge + 128 },
      live: { count: 3, bytes: huge + 64 },
      unreachable: { count: 2, bytes: 64 },
      phantom: { count: 3, bytes: 96 },
      overlapping: 0,
      withFinalizer: 1,
    });
  });

  test("pointer slots are the sum of where they lead", async () => {
    const { pointers } = await buildReport(smallHeap());
    const { slots, nil, toObjects, toGlobals, toStacks, elsewhere } = pointers;
    expect(nil + toObjects + toGlobals + toStacks + elsewhere).toBe(slots);
    expect(pointers.interior).toBe(6);
  });

  test("roots: the most frequent first; what holds garbage is none", async () => {
    expect((await buildReport(smallHeap())).roots).toEqual({
      count: 10,
      byKind: [
        { kind: "frame", count: 7 },
        { kind: "data", count: 3 },
      ],
      named: null,
    });
  });

  test("goroutines by state; a wait reason counts only while waiting", async () => {
    expect((await buildReport(smallHeap())).goroutines).toEqual({
      count: 4,
      system: 1,
      frames: 9,
      byState: [
        { status: "waiting", state: "select", count: 2, system: 1 },
        { status: "waiting", state: "chan receive", count: 1, system: 0 },
        { status: "runnable", state: "runnable", count: 1, system: 0 },
      ],
      byFunction: [
        { status: "waiting", state: "select", function: null, count: 2, system: 1 },
        { status: "waiting", state: "chan receive", function: null, count: 1, system: 0 },
        { status: "runnable", state: "runnable", function: null, count: 1, system: 0 },
      ],
      more: { byState: { rows: 0, count: 0, system: 0 }, byFunction: { rows: 0, count: 0, system: 0 } },
    });
  });

  test("of very many kinds of goroutines and finalizers the rest is summed up", async () => {
    const kinds = 3000;
    const { goroutines, roots } = drawHeap((sketch) => {
      for (let i = 0; i < kinds; i++) sketch.goroutine({ waitReason: "select", frames: [{ name: `main.f${i}` }] });
    });
    goroutines.system.fill(1, 2990);
    const finalizers = Array.from({ length: kinds }, (_, i) => ({
      type: 0x4000,
      function: 0x8000 + i,
      count: 2,
      isQueued: false,
      isNeverFinalized: false,
    }));
    const report = await buildReport(smallHeap({ goroutines, roots: { ...roots, finalizers } }));
    expect(JSON.stringify(report).length).toBeLessThan(500_000);
    const { byFunction, more } = report.goroutines;
    expect(byFunction.length + more.byFunction.rows).toBe(kinds);
    expect(byFunction.reduce((sum, { count }) => sum + count, more.byFunction.count)).toBe(kinds);
    expect(byFunction.reduce((sum, { system }) => sum + system, more.byFunction.system)).toBe(10);
    expect(report.finalizers.length + report.moreFinalizers.kinds).toBe(kinds);
    expect(report.finalizers.reduce((sum, { count }) => sum + count, report.moreFinalizers.count)).toBe(2 * kinds);
    const text = await renderReport(report, {});
    expect(text).toMatch(/2,9\d\d {2}others +of 2,9\d\d kinds/);
    expect(text).toContain("5,980  others, of 2,990 kinds");
  });

  test("goroutines by function: the program's first, then the most frequent", async () => {
    const { goroutines } = drawHeap((sketch) => {
      for (let i = 0; i < 3; i++) sketch.goroutine({ waitReason: "GC worker (idle)" });
      const frames = [{ name: "runtime.gopark" }, { name: "main.send" }];
      for (let i = 0; i < 2; i++) sketch.goroutine({ waitReason: "chan send", frames });
      sketch.goroutine({ waitReason: "select", frames });
    });
    goroutines.system.fill(1, 0, 3);
    const { byFunction } = (await buildReport(smallHeap({ goroutines }))).goroutines;
    expect(byFunction.map((row) => [row.function, row.state, row.count, row.system])).toEqual([
      ["main.send", "chan send", 2, 0],
      ["main.send", "select", 1, 0],
      [null, "GC worker (idle)", 3, 3],
    ]);
  });

  test("types by bytes, and how they are known", async () => {
    const { types } = await buildReport(smallHeap());
    expect(
      types.top.map(({ name, kind, count, bytes, live, inferred }) => [name, kind, count, bytes, live.count, inferred]),
    ).toEqual([
      ["5G noscan", "shape", 1, 5 * 2 ** 30, 1, 0],
      ["main.Node", "named", 2, 64, 2, 1],
      ["16B ptr", "shape", 2, 64, 0, 0],
    ]);
    expect(types.count).toBe(3);
    expect(types.bySource).toEqual([
      { source: "none", count: 3, bytes: 5 * 2 ** 30 + 64 },
      { source: "exact", count: 1, bytes: 32 },
      { source: "propagated", count: 0, bytes: 0 },
      { source: "inferred", count: 1, bytes: 32 },
    ]);
  });

  test("memory statistics: times, and the newest pause of the ring", async () => {
    expect((await buildReport(smallHeap())).memStats).toBeNull();
    const PauseNs = new Float64Array(256);
    PauseNs[(300 + 255) % 256] = 777;
    const memStats = { HeapAlloc: 5, NumGC: 300, LastGC: 1_763_645_123_456_789_000, PauseNs } as MemStats;
    const report = (await buildReport(smallHeap({ memStats }))).memStats;
    expect(report).toMatchObject({ heapAlloc: 5, numGC: 300, lastGC: "2025-11-20T13:25:23.456Z", lastPauseNanos: 777 });
    const never = { ...memStats, NumGC: 0, LastGC: 0 };
    expect((await buildReport(smallHeap({ memStats: never }))).memStats).toMatchObject({
      lastGC: null,
      lastPauseNanos: 0,
    });
  });

  test("survives JSON unchanged", async () => {
    const report = await buildReport(smallHeap(), { warnings: [{ code: "x", count: 1, messages: ["y"] }] });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe("the report as text", () => {
  test("says everything a person asks first", async () => {
    const text = await renderReport(
      await buildReport(smallHeap(), { warnings: [{ code: "x", count: 9, messages: ["odd thing"] }] }),
    );
    const lines = text.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
    for (const line of [
      "Go version | go1.24.4 (from the dump)",
      "architecture | amd64, 8-byte pointers, little-endian",
      "size | 121 KiB, complete",
      "unreachable | 2 | 64 B | < 0.1 %",
      "to objects (6 into their middle) | 50 | 50.0 %",
      "GC roots: 10 references",
      "Goroutines: 4, 1 of them the runtime's, with 9 frames",
      "2 | waiting: select | no frames, 1 of them the runtime's",
      "5.00 GiB | > 99.9 % | 1 | 5G noscan",
      "64 B | < 0.1 % | 2 | main.Node, 1 of them guessed",
      "guessed from shape and contents | 1 | 20.0 % | 32 B | < 0.1 %",
      "all that are known | 2 | 40.0 % | 64 B | < 0.1 %",
      "- odd thing",
      '- … and 8 more of the kind "x"',
    ]) {
      expect(lines).toContain(line);
    }
    expect(text).toMatch(/Memory statistics\n {2}none/);
    expect(text.split("\n").every((line) => line === line.trimEnd())).toBe(true);
  });

  test("tells strings' bytes from what points to them, and guesses from knowledge", async () => {
    const { types, objects } = smallHeap();
    const kind = Uint8Array.of(TypeKind.STRING, TypeKind.SHAPE, TypeKind.NAMED, TypeKind.NAMED);
    const text = await renderReport(
      await buildReport(
        smallHeap({
          types: { ...types, kind, names: ["string", "shape", "string", ""] },
          objects: { ...objects, typeSource: Uint8Array.of(2, 2, 0, 3, 3) },
        }),
      ),
    );
    expect(text).toMatch(/ 2 {2}string \(its bytes\)\n/);
    expect(text).toMatch(/ 2 {2}string, guessed\n/);
  });

  test("says of which kind an executable is", async () => {
    const untold = await buildReport(smallHeap());
    const namedRoots = { globals: { named: 1, count: 2 }, frames: { named: 1, count: 2 } };
    const render = async (executable: ExecutableReport | null = null) =>
      renderReport({ ...untold, executable, roots: { ...untold.roots, named: executable && namedRoots } });
    const names = { file: "app", source: "none", explanation: "app has no names" } as const;
    const report = { name: "app", goVersion: "go1.24.4", verdict: "exact", explanation: "", names } as const;
    expect(await render()).not.toContain("Executable\n");
    expect(await render(report)).toMatch(/\nExecutable\n {2}name +app\n {2}Go version +go1\.24\.4\n {2}match +exact/);
    expect(await render({ ...report, verdict: "sibling", goVersion: null })).toMatch(
      /Go version +not told.*\n {2}match +not the very same file/,
    );
    expect(await render({ ...report, verdict: "forced" })).toMatch(/match +DOES NOT MATCH/);
    expect(await render(report)).toMatch(/\n {2}variables +app has no names\n\n/);
    const named = { ...names, source: "debug information" } as const;
    expect(await render({ ...report, names: named })).toMatch(
      /variables +app has no names\n +[\d.]+ % of the pointers in globals .*\n +[\d.]+ % of the live words of frames /,
    );
  });

  test("breaks sentences, but no names, where no terminal tells how wide it is", async () => {
    const report = await buildReport(smallHeap());
    const name = `main.${"x".repeat(150)}`;
    const sentence = "what the dump cannot show ".repeat(6).trim();
    const text = await renderReport({ ...report, dump: { ...report.dump, name }, cannotShow: [sentence] });
    expect(text).toContain(`  ${name}\n`);
    const said = text.slice(text.indexOf("\n  - ") + 1);
    expect(said.replaceAll(/\s+/g, " ")).toContain(sentence);
    for (const line of said.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("explains the names that are there, and no others", async () => {
    const { types } = smallHeap();
    const explain = async (name: string) => {
      const text = await renderReport(
        await buildReport(smallHeap({ types: { ...types, names: ["main.Node", name, name, ""] } })),
      );
      return /How to read these names\n((?: {2}.*\n)+)/.exec(text)?.[1]?.trim();
    };
    expect(await explain("main.T")).toBeUndefined();
    expect(await explain("noscan/48")).toMatch(/^noscan\/16 +a slot[^\n]*$/);
    expect(await explain("obj/48{..p}")).toMatch(/^obj\/32\{p\.\.\.\} [^\n]*$/);
    expect(await explain("obj/48{(p.)×3}")).toMatch(/^obj\/32\{p\.\.\.\} [^\n]*$/);
    expect(await explain("obj/1152{97 pointers #01234567}")).toMatch(/^obj\/896\{97 pointers #…\} [^\n]*$/);
    expect(await explain("obj/640 of type@0x51")).toMatch(/^obj\/640 of type@0x… [^\n]*$/);
    expect(await explain("(tiny block)")).toMatch(/^\(tiny block\) [^\n]*$/);
    expect(await explain("[]map.group[string]*main.T")).toMatch(/^map\.group\[K\]V [^\n]*$/);
    expect(await explain("map.bucket[string]int")).toMatch(/^map\.group\[K\]V [^\n]*$/);
    expect(await explain("map[string]int")).toBeUndefined();
    expect(await explain("net/http.#3")).toMatch(/^fmt\.#3 [^\n]*$/);
  });

  test("sums up what there are too many kinds of", async () => {
    const { goroutines } = drawHeap((sketch) => {
      for (let i = 0; i < 50; i++) sketch.goroutine({ frames: [{ name: `main.f${i % 25}` }] });
    });
    const text = await renderReport(await buildReport(smallHeap({ goroutines })));
    expect(text).toMatch(/\n {2}10 {2}others +of 5 kinds\n/);
  });

  test("tells no share of nothing", async () => {
    const report = await buildReport(smallHeap());
    const none = { count: 0, bytes: 0 };
    const objects = { ...report.objects, total: none, live: none, unreachable: none, phantom: none };
    const pointers = { ...report.pointers, slots: 0, nil: 0, toObjects: 0, interior: 0 };
    const text = await renderReport({ ...report, objects, pointers });
    const told = text.split("\n").filter((line) => /^ *(live \(|unreachable|all |nil )/.test(line));
    expect(told.length).toBeGreaterThan(3);
    for (const line of told) expect(line).not.toContain("%");
  });

  test("says aloud that the end is missing", async () => {
    const { dump } = smallHeap();
    expect(await renderReport(await buildReport(smallHeap({ dump: { ...dump, complete: false } })))).toContain(
      "TRUNCATED",
    );
  });
});

describe("what a dump cannot show", () => {
  const version = (minor: number, minorMax = minor, compiler: "gc" | "gccgo" = "gc") => ({
    go: { text: "", minor, minorMax, how: "", experiments: [], compiler },
  });
  const has = (words: string, go: ReturnType<typeof version>, knowledge: number = Knowledge.DUMP) =>
    listBlindSpots(go, knowledge).some((text) => text.includes(words));

  test("depends on the version", () => {
    expect(has("AddCleanup", version(23))).toBe(false);
    expect(has("AddCleanup", version(24))).toBe(true);
    expect(has("arguments of go statements", version(16))).toBe(true);
    expect(has("arguments of go statements", version(17))).toBe(false);
    expect(has("goroutine stacks", version(24))).toBe(false);
    expect(has("goroutine stacks", version(18, 18, "gccgo"))).toBe(true);
  });

  test("types are no blind spot with an executable, and without one it is recommended where gohd can read it", () => {
    const types = "the Go type of most objects";
    expect([has(types, version(24)), has("--exe", version(24))]).toEqual([true, true]);
    expect([has(types, version(24), Knowledge.EXECUTABLE), has("--exe", version(24), Knowledge.EXECUTABLE)]).toEqual([
      false,
      false,
    ]);
    expect([has(types, version(4)), has("--exe", version(4))]).toEqual([true, false]);
    expect(has(types, version(3))).toBe(false);
    expect([has(types, version(18, 18, "gccgo")), has("--exe", version(18, 18, "gccgo"))]).toEqual([true, false]);
    expect(has("AddCleanup", version(24), Knowledge.EXECUTABLE)).toBe(true);
  });

  test("names of variables are one as long as no file has them, and --symbols is recommended", () => {
    const { DUMP, EXECUTABLE, SYMBOLS, DEBUG_INFORMATION } = Knowledge;
    const levels = [DUMP, EXECUTABLE, SYMBOLS, DEBUG_INFORMATION];
    const which = (words: string) => levels.filter((knowledge) => has(words, version(24), knowledge));
    expect(which("names of variables")).toEqual([DUMP, EXECUTABLE]);
    expect(which("names of local variables")).toEqual([SYMBOLS]);
    expect(which("source lines of goroutines")).toEqual([DUMP]);
    expect(which("--symbols")).toEqual([EXECUTABLE, SYMBOLS]);
  });

  test("lists whatever may hold for a range of versions", () => {
    expect(has("arguments of go statements", version(11, 16))).toBe(true);
    expect(has("behind a pointer", version(11, 16))).toBe(true);
    expect(has("behind a pointer", version(7, 10))).toBe(false);
  });
});
