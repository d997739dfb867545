/** Names of roots in real dumps: samples, typed from the executables that wrote them. */
import { expect, test } from "vitest";
import type { Heap } from "../../../src/heap/heap.ts";
import {
  joinVariable,
  rootEdgeName,
  rootVertexName,
  splitFunction,
  withoutOwnFunction,
} from "../../../src/heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeHolders } from "../../../src/values/values.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

/** "main.store" or "main.main main.go:226: stop" for every root edge that has a name, with the type that it leads to. */
function namedRoots(heap: Heap): Map<string, string> {
  const { vertices, to, edgeName } = heap.roots;
  const names = new Map<string, string>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const name = edgeName?.(edge);
      if (name === undefined) continue;
      const whole = `${rootVertexName(heap, vertex)}${name === "" ? "" : `: ${name}`}`;
      names.set(whole, heap.types.names[heap.objects.type[to[edge]!]!]!);
    }
  }
  return names;
}

test("package variables, locals and arguments: Go 1.24, DWARF 4", async () => {
  const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
  const names = namedRoots(heap);
  expect(names.get("main.service")).toBe("main.Service");
  expect(names.get("main.(*Service).download main.go:138: buffer")).toBe("main.DownloadBuffer");
  expect(names.get("main.(*Service).work main.go:153: scratch")).toBe("main.ScratchBuffer");
  // Since arguments come in registers, they lie in the caller's frame only as long as they are needed.
  expect(names.get("main.(*Service).refreshCatalogue main.go:166: service (main.(*Service).refreshCatalogue)")).toBe(
    "main.Service",
  );
});

test("package variables, locals and arguments: Go 1.27, DWARF 5", async () => {
  const names = namedRoots(await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"));
  expect(names.get("main.store")).toBe("main.SessionStore");
  expect(names.get("main.writeHeapDump main.go:197: output")).toBe("os.File");
  // The wrapper of the go statement is called after what it calls.
  const stop = [...names].filter(([name]) =>
    /^main\.\(\*SessionStore\)\.expireSessions main\.go:\d+: stop /.test(name),
  );
  expect(stop.map(([, type]) => type)).toEqual([expect.stringMatching(/^chan /)]);
});

test("static temporaries by the way to them, with the fields in them: Go 1.22", async () => {
  const names = namedRoots(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"));
  expect([...names.keys()]).toEqual(
    expect.arrayContaining(["*main.pipeline: queue", "*main.pipeline.recent: order", "*main.pipeline: byDay[6]"]),
  );
});

test("whole names of root edges begin with the variable, also where that is the pointer itself", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const { vertices } = heap.roots;
  const names = new Map<string, string[]>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.VARIABLE) continue;
    const list: string[] = [];
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      list.push(rootEdgeName(heap, vertex, edge) ?? "none");
    }
    names.set(rootVertexName(heap, vertex), list);
  }
  expect([...names.values()].flat()).not.toContain("none");
  expect(names.get("*main.pipeline")).toEqual(
    expect.arrayContaining(["main.pipeline.queue", "main.pipeline.byDay[6]"]),
  );
  expect(names.get("*main.pipeline.recent")).toContain("main.pipeline.recent.order");
  const whole = [...names].filter(([variable, list]) => list.length === 1 && list[0] === variable);
  expect(whole.length).toBeGreaterThan(0);
});

test("a field of what a variable points to is called as in Go", () => {
  expect(joinVariable("main.first", "")).toBe("main.first");
  expect(joinVariable("*main.first", "")).toBe("*main.first");
  expect(joinVariable("*main.hub", "clients")).toBe("main.hub.clients");
  expect(joinVariable("main.table[:]", "[3].key")).toBe("main.table[:][3].key");
});

test.each(["dominators.1.19", "queue.1.22", "workers.1.24"])(
  "hardly a pointer of a global is without a variable: %s",
  async (name) => {
    const heap = await typedSample(`${name}.amd64`, `${name}.amd64`);
    const { vertices, kind } = heap.roots;
    let globals = 0;
    let named = 0;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        if (kind[edge] !== RootKind.DATA && kind[edge] !== RootKind.BSS) continue;
        globals++;
        if (vertices.kind[vertex] === RootVertexKind.VARIABLE) named++;
      }
    }
    expect(named / globals).toBeGreaterThan(0.97);
  },
);

test.each([
  ["w (main.(*Watcher).loop)", "main.(*Watcher).loop main.go:42", "w"],
  ["w (main.(*Watcher).loop)", "main.(*Watcher).loop", "w"],
  ["s.items (main.each)", "main.walk main.go:7", "s.items (main.each)"],
  ["w (main.loop)", "main.loops main.go:42", "w (main.loop)"],
  ["jobs", "main.work main.go:1", "jobs"],
  ["b (nats.(*Box[go.shape.int]).Run)", "nats.(*Box[...]).Run conn.go:16", "b"],
])("%s in the frame %s is %s", (name, frame, shown) => expect(withoutOwnFunction(name, frame)).toBe(shown));

test.each([
  ["w (main.(*Watcher).loop)", { name: "w", of: "main.(*Watcher).loop" }],
  ["f (main.apply[struct { f func() (int) }])", { name: "f", of: "main.apply[struct { f func() (int) }]" }],
  ["w", undefined],
  ["w (main.loop", undefined],
])("%s is split where the function stands", (text, split) => expect(splitFunction(text)).toEqual(split));

test("names made to be slow are not: a frame's places take time in proportion to them", async () => {
  const hostile = " (".repeat(1 << 19);
  const drawn = drawHeap((s) => {
    s.goroutine({ frames: [{ name: "main.main", slots: [[s.object({ type: "main.T", size: 64 }), 8]] }] });
  });
  const edgeName = () => `${hostile}\n)`;
  const heap = { ...drawn, roots: { ...drawn.roots, edgeName } };
  const holders = await computeHolders(heap, NO_PROGRESS);
  expect(holders.places.name(holders.placeOf(0))).toMatch(/\n\)?/);
});

test("no local variable is called after the function that its frame is called after", async () => {
  const heap = await typedSample("healthy.1.27.amd64", "healthy.1.27.amd64");
  const { vertices } = heap.roots;
  const names: string[] = [];
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (
      vertices.kind[vertex] !== RootVertexKind.FRAME ||
      !rootVertexName(heap, vertex).startsWith("main.(*Service).work")
    )
      continue;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++)
      names.push(rootEdgeName(heap, vertex, edge) ?? "");
  }
  expect(names).toContain("ctx");
  expect(names.filter((name) => name.endsWith(" (main.(*Service).work)"))).toEqual([]);
});
