/** Traces as a decoder of its own reads them; what Perfetto itself says of them is in test/clients/perfetto.test.ts. */
import { describe, expect, test } from "vitest";
import perfetto from "../../../converters/perfetto/index.ts";
import { type FieldNames, type Heap, HUGE_SIZE, NO_PROGRESS, UsageError } from "../../../src/index.ts";
import { createMemorySink } from "../../../src/io/sinks/memory-sink.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { type ReadGraph, type ReadObject, readTrace } from "../../support/readers/trace-reader.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

type Options = Parameters<typeof convertToBytes<typeof perfetto.options>>[2];

async function convert(heap: Heap, options: Options = {}): Promise<ReadGraph> {
  const { graphs } = readTrace((await convertToBytes(perfetto, heap, options)).bytes);
  expect(graphs.length).toBe(1);
  return graphs[0]!;
}

/** The objects of a class. */
const named = ({ objects }: ReadGraph, name: string): ReadObject[] =>
  [...objects.values()].filter(({ className }) => className === name);

/** An object's references as "field → class". */
function referencesOf({ objects }: ReadGraph, object: ReadObject): string[] {
  return object.references.map(({ field, to }) => `${field} → ${objects.get(to)!.className}`);
}

/** Follows references by name. */
function follow(graph: ReadGraph, object: ReadObject, ...fields: string[]): ReadObject {
  return fields.reduce((at, field) => {
    const reference = at.references.find((candidate) => candidate.field === field);
    if (reference === undefined) throw new Error(`${at.className} has no ${field}: ${referencesOf(graph, at)}`);
    return graph.objects.get(reference.to)!;
  }, object);
}

describe("a heap", () => {
  const heap = drawHeap((s) => {
    const [a, b, c, d, lost] = ["a", "b", "c", "d", "lost"].map((n, i) =>
      s.object({ type: `main.${n}`, size: 16 << i }),
    );
    s.pointer(a!, b!, 8);
    s.pointer(b!, a!, 0);
    s.pointer(lost!, b!, 24);
    s.global(a!, 40, "bss");
    s.goroutine({
      id: 7,
      waitReason: "select",
      frames: [{ name: "runtime.gopark" }, { name: "main.worker", slots: [[c!, 16]] }],
      g: c!,
    });
    s.finalizer(b!, d!);
    s.otherRoot(d!);
  });

  test("is all objects with classes and sizes, and all pointers", async () => {
    const graph = await convert(heap);
    const own = [...graph.objects.values()].filter(({ size }) => size > 0);
    expect(own.map(({ className, size }) => [className, size])).toEqual([
      ["main.a", 16],
      ["main.b", 32],
      ["main.c", 64],
      ["main.d", 128],
      ["main.lost", 256],
    ]);
    expect(own.map((object) => referencesOf(graph, object))).toEqual([
      ["+0x8 → main.b"],
      ["+0x0 → main.a"],
      [],
      [],
      ["+0x18 → main.b"],
    ]);
    expect(own.every(({ kind, rootType }) => kind === "KIND_NORMAL" && rootType === undefined)).toBe(true);
  });

  test("has its roots as objects without a size, with names and kinds", async () => {
    const graph = await convert(heap);
    const roots = [...graph.objects.values()].filter(({ size }) => size === 0);
    expect(roots.map((root) => [root.className, root.rootType, ...referencesOf(graph, root)])).toEqual([
      ["(other roots)", "ROOT_VM_INTERNAL", "queued finalizer → main.d"],
      ["bss segment at 0x510000", "ROOT_STICKY_CLASS", "bss+0x28 → main.a"],
      [
        "goroutine main.worker [select]",
        "ROOT_THREAD_OBJECT",
        "frames[0] → runtime.gopark",
        "frames[1] → main.worker",
        "goroutine → main.c",
      ],
      ["finalizer: 0x401000", "ROOT_FINALIZING", "finalizer function → main.d", "finalizer referent → main.a"],
      ["runtime.gopark", undefined],
      ["main.worker", undefined, "sp+0x10 → main.c"],
    ]);
  });

  test("may be without what is unreachable", async () => {
    const graph = await convert(heap, { unreachable: false });
    expect(named(graph, "main.lost")).toEqual([]);
    expect(named(graph, "main.d").length).toBe(1);
    expect(referencesOf(graph, named(graph, "main.a")[0]!)).toEqual(["+0x8 → main.b"]);
  });
});

describe("names", () => {
  const typeNames = ["[]main.Pair", "[]*main.Leaf", "main.Odd", "java.lang.Class<main.T>", "main.Array[]", ""];
  const drawn = drawHeap((s) => {
    const leaf = s.object({ type: "main.Leaf" });
    for (const type of typeNames) {
      const object = s.object({ type, size: 2 ** 18 });
      s.global(object);
      for (const offset of [0, 8, 1016, 1024, 90_000, 130_000]) s.pointer(object, leaf, offset);
    }
  });
  const { names } = drawn.types;
  const paths: Readonly<Record<number, string>> = { 0: "a b", 8: "x.y[2]", 1016: '["k v"].z', 1024: "" };
  const fields: FieldNames = {
    stride: (type) => ({ "[]main.Pair": 16, "[]*main.Leaf": 8 })[names[type]!] ?? 0,
    name(type, offset) {
      if (names[type] === "[]main.Pair") return ["key", "value"][offset / 8];
      return names[type] === "main.Odd" ? paths[offset] : "";
    },
  };
  const heap: Heap = { ...drawn, types: { ...drawn.types, fields } };
  const fieldsOf = (graph: ReadGraph, type: string) => named(graph, type)[0]!.references.map(({ field }) => field);

  test("of fields may hold anything, and are not taken for types", async () => {
    const graph = await convert(heap);
    expect(fieldsOf(graph, "main.Odd")).toEqual(["a b", "x.y[2]", '["k v"].z', "value", "+…", "+…"]);
    expect(named(graph, "main.Odd")[0]!.references.every(({ fieldType }) => fieldType === "")).toBe(true);
  });

  test("of elements count them, up to a point", async () => {
    const graph = await convert(heap);
    const pairs = ["[0].key", "[0].value", "[63].value", "[…].key", "[…].key", "[…].key"];
    expect(fieldsOf(graph, "[]main.Pair")).toEqual(pairs);
    expect(fieldsOf(graph, "[]*main.Leaf")).toEqual(["[0]", "[1]", "[127]", "[128]", "[…]", "[…]"]);
    expect(named(graph, "[]main.Pair")[0]!.kind).toBe("KIND_ARRAY");
  });

  test("of classes mean nothing else to Perfetto", async () => {
    const graph = await convert(heap);
    const classes = new Set([...graph.objects.values()].map(({ className }) => className));
    for (const name of ["go:java.lang.Class<main.T>", "main.Array[]…", "(unnamed)"]) expect(classes).toContain(name);
    for (const name of classes) expect(name).not.toMatch(/^java\.lang\.Class<|\[\]$|^$/);
  });
});

describe("sessions, typed", () => {
  test("has the types of fields, and what a variable holds", async () => {
    const graph = await convert(await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64"));
    const [store] = named(graph, "main.store");
    expect(store).toMatchObject({ size: 0, rootType: "ROOT_STICKY_CLASS" });
    expect(store!.references.map(({ field, fieldType }) => [fieldType, field])).toEqual([
      ["*main.SessionStore", "value"],
    ]);
    const [session] = named(graph, "main.Session");
    expect(follow(graph, session!, "User").className).toBe("main.User");
    const types = session!.references.map(({ field, fieldType }) => `${field} ${fieldType}`);
    expect(types).toEqual(expect.arrayContaining(["Token string", "User *main.User", "Attributes map[string]any"]));
    const [loop] = named(graph, "goroutine main.(*SessionStore).expireSessions [select]");
    expect(loop!.references.map(({ to }) => graph.objects.get(to)!.className)).toContainEqual(
      expect.stringMatching(/^main\.\(\*SessionStore\)\.expireSessions main\.go:\d+$/),
    );
  });
});

describe("whose heap it is", () => {
  test("two dumps of a process are one trace with two dumps, in either order", async () => {
    const [before, after] = await Promise.all(
      ["before", "after"].map(async (when) => {
        const heap = await sampleHeap(`sessions-${when}.1.27.amd64`);
        return (await convertToBytes(perfetto, heap, { process: "sessions" })).bytes;
      }),
    );
    for (const order of [
      [before!, after!],
      [after!, before!],
    ]) {
      const { processes, graphs } = readTrace(Buffer.concat(order));
      const [first, second] = graphs;
      expect(graphs.length).toBe(2);
      expect(first!.pid).toBe(second!.pid);
      expect([...processes]).toEqual([[first!.pid, "sessions"]]);
      expect(first!.timestamp).not.toBe(second!.timestamp);
      expect(first!.sequence).not.toBe(second!.sequence);
    }
    const times = [before!, after!].map((bytes) => readTrace(bytes).graphs[0]!.timestamp);
    expect(times[0]! < times[1]!).toBe(true);
  });

  test("two programs are two processes", async () => {
    const pids = await Promise.all(
      ["workers.1.24.amd64", "queue.1.24.amd64", "sessions-before.1.24.amd64"].map(
        async (name) => (await convert(await sampleHeap(name))).pid,
      ),
    );
    expect(new Set(pids).size).toBe(3);
  });

  test("the time is that of the last collection, but for less than a millisecond", async () => {
    const heap = await sampleHeap("sessions-before.1.27.amd64");
    const { timestamp } = await convert(heap);
    const later = Number(timestamp) - heap.memStats!.LastGC;
    expect(later).toBeGreaterThan(0);
    expect(later).toBeLessThan(1e6);
  });

  test("the time may be given, and has to be one", async () => {
    const heap = await sampleHeap("queue.1.24.amd64");
    const time = "2026-11-28T10:30:00Z";
    expect((await convert(heap, { time })).timestamp).toBe(BigInt(Date.parse(time)) * 1_000_000n);
    for (const wrong of ["yesterday", "1969-01-01", "2300-01-01", "x\n"]) {
      await expect(convert(heap, { time: wrong })).rejects.toThrow(UsageError);
    }
  });

  test("numbers that no process has are left out", async () => {
    const heap = await sampleHeap("queue.1.24.amd64");
    for (const wrong of [2 ** 64, 2 ** 63]) {
      const memStats = { ...heap.memStats!, HeapAlloc: wrong, LastGC: wrong, Mallocs: wrong };
      const graph = await convert({ ...heap, memStats });
      expect(graph.heapAllocated).toBeUndefined();
      expect(graph.timestamp).toBeLessThan(1_000_001n);
    }
    expect((await convert(heap)).heapAllocated).toBe(heap.memStats!.HeapAlloc);
  });

  test("says so where the dump tells no time", async () => {
    const { bytes, warnings } = await convertToBytes(perfetto, {
      ...(await sampleHeap("queue.1.24.amd64")),
      memStats: undefined,
    });
    expect(warnings).toEqual(["no-time"]);
    expect(readTrace(bytes).graphs[0]!.timestamp).toBeGreaterThan(0n);
  });

  test("the process is called as it is told, or as the executable, or after the dump", async () => {
    const heap = await sampleHeap("queue.1.24.amd64");
    const nameOf = async (name: string, options: Options = {}) => {
      const { bytes } = await convertToBytes(perfetto, { ...heap, dump: { ...heap.dump, name } }, options);
      return [...readTrace(bytes).processes.values()][0];
    };
    expect(await nameOf("/tmp/app.dump.zst")).toBe("app");
    expect(await nameOf("C:\\dumps\\app-1.2.dump")).toBe("app-1.2");
    expect(await nameOf(".dump")).toBe(".dump");
    expect(await nameOf("app.dump", { process: "the service" })).toBe("the service");
    const typed = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    const { processes } = readTrace((await convertToBytes(perfetto, typed)).bytes);
    expect([...processes.values()]).toEqual(["sessions.1.27.amd64"]);
  });
});

describe("what is large", () => {
  test("goes into several packets", async () => {
    const heap = drawHeap((s) => {
      for (let i = 0; i < 150_000; i++) {
        s.object({ type: `main.T${i % 300}` });
        if (i > 0) s.pointer(i - 1, i, 8 * (i % 2));
      }
      s.global(0);
    });
    const graph = await convert(heap);
    expect(graph.packetCount).toBeGreaterThan(2);
    expect([...graph.objects.values()].filter(({ size }) => size > 0).length).toBe(150_000);
  });

  test("is an object of many pointers in one piece, and one of many bytes", async () => {
    const count = 300_000;
    const drawn = drawHeap((s) => {
      const many = s.object({ type: "main.Many", size: 8 * count });
      const huge = s.object({ type: "main.Huge" });
      for (const few of [10, 11, 12]) {
        const object = s.object({ type: `main.Few${few}`, size: 8 * few });
        for (let i = 0; i < few; i++) s.pointer(object, many, 8 * i);
        s.global(object);
      }
      for (let i = 0; i < count; i++) s.pointer(many, i % 2 === 0 ? huge : many, 8 * i);
    });
    const { objects } = drawn;
    objects.size[1] = HUGE_SIZE;
    const heap: Heap = { ...drawn, objects: { ...objects, hugeSize: new Map([[1, 2 ** 40 + 1]]) } };
    const graph = await convert(heap);
    expect(named(graph, "main.Huge")[0]!.size).toBe(2 ** 40 + 1);
    const [many] = named(graph, "main.Many");
    expect(many!.references.length).toBe(count);
    expect(new Set(many!.references.map(({ to }) => to)).size).toBe(2);
    for (const few of [10, 11, 12]) expect(named(graph, `main.Few${few}`)[0]!.references.length).toBe(few);
  });

  test("can be stopped", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const progress = {
      ...NO_PROGRESS,
      signal: controller.signal,
      phase: (name: string) => {
        if (name === "writing objects") controller.abort(reason);
      },
    };
    const options = { unreachable: true, process: "", time: "" };
    const work = perfetto.convert(await sampleHeap("queue.1.24.amd64"), createMemorySink(), options, progress);
    await expect(work).rejects.toBe(reason);
  });
});
