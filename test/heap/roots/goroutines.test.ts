import { describe, expect, test } from "vitest";
import {
  findEntryFunction,
  findNamingCall,
  GoroutineStatus,
  goroutineState,
} from "../../../src/heap/roots/goroutines.ts";
import { rootVertexName } from "../../../src/heap/roots/root-names.ts";
import { RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

describe("findEntryFunction", () => {
  test.each([
    [["runtime.gopark", "main.worker", "main.main.gowrap1", "runtime.goexit"], "main.worker"],
    [["runtime.gopark", "main.worker", "main.main·dwrap·2", "runtime.goexit"], "main.worker"],
    [["runtime.gopark", "runtime.chansend", "main.main.gowrap1", "runtime.goexit"], "main.main.gowrap1"],
    [["runtime.gopark", "runtime.bgsweep", "runtime.gcenable.gowrap1", "runtime.goexit"], "runtime.bgsweep"],
    [
      ["runtime.gopark", "main.poll", "main.start.func2", "sync.(*WaitGroup).Go.func1", "runtime.goexit"],
      "main.start.func2",
    ],
    [["runtime.gopark", "main.poll", "golang.org/x/sync/errgroup.(*Group).Go.func1", "runtime.goexit"], "main.poll"],
    [
      [
        "main.poll",
        "github.com/sourcegraph/conc/panics.(*Catcher).Try",
        "github.com/sourcegraph/conc.(*WaitGroup).Go.func1",
        "runtime.goexit",
      ],
      "main.poll",
    ],
    // Not begun, or about to end.
    [["runtime.gopark", "sync.(*WaitGroup).Go.func1", "runtime.goexit"], "sync.(*WaitGroup).Go.func1"],
    [["syscall.Syscall", "main.main", "runtime.main", "runtime.goexit"], "main.main"],
    [["runtime.gopark", "runtime.forcegchelper", "runtime.goexit"], "runtime.forcegchelper"],
    [["runtime.goexit"], undefined],
    [[], undefined],
  ])("%j is about %s", (names, entry) => {
    const { goroutines } = drawHeap((sketch) => {
      sketch.goroutine({ frames: [{ name: "main.other" }] });
      sketch.goroutine({ frames: names.map((name) => ({ name })) });
    });
    expect(findEntryFunction(goroutines, 1)).toBe(entry);
  });
});

test("findNamingCall passes over wrappers, within the goroutine", () => {
  const { goroutines } = drawHeap((sketch) => {
    sketch.goroutine({ frames: ["main.other"].map((name) => ({ name })) });
    sketch.goroutine({ frames: ["main.wait", "main.T.Do", "main.main.gowrap1"].map((name) => ({ name })) });
    // Not begun yet: what it wraps is nowhere.
    sketch.goroutine({ frames: [{ name: "main.main.gowrap2" }] });
  });
  const calls = {
    //  main.other | main.wait | main.(*T).Do in main.T.Do | gowrap1 | gowrap2
    start: Uint32Array.of(0, 1, 2, 4, 5, 6),
    function: Int32Array.of(0, 1, 2, 3, 4, 5),
    file: new Int32Array(6),
    line: new Int32Array(6),
    isHidden: Uint8Array.of(0, 0, 0, 1, 1, 1),
    origin: { function: new Int32Array(9), file: new Int32Array(9), line: new Int32Array(9) },
    names: ["main.other", "main.wait", "main.(*T).Do", "main.T.Do", "main.main.gowrap1", "main.main.gowrap2"],
  };
  const named = [0, 1, 2, 3, 4].map((frame) => calls.names[findNamingCall(goroutines, calls, frame)]);
  expect(named).toEqual(["main.other", "main.wait", "main.(*T).Do", "main.(*T).Do", "main.main.gowrap2"]);
});

describe("goroutineState", () => {
  test.each([
    // Go 1.15 to 1.20 leave the reason of the wait before.
    ["wait for GC cycle", ["runtime/debug.WriteHeapDump", "main.main"], "dumping heap"],
    ["semacquire", ["runtime.systemstack_switch", "runtime/debug.WriteHeapDump", "main.main"], "dumping heap"],
    ["dumping heap", ["runtime/debug.WriteHeapDump", "main.main"], "dumping heap"],
    ["semacquire", ["runtime.gopark", "sync.runtime_Semacquire", "runtime/debug.WriteHeapDump"], "semacquire"],
    ["semacquire", ["runtime.gopark"], "semacquire"],
    ["", ["runtime.gopark"], "waiting"],
  ])("%s in %j is %s", (waitReason, names, state) => {
    const { goroutines } = drawHeap((sketch) => {
      sketch.goroutine({ frames: names.map((name) => ({ name })), waitReason });
      sketch.goroutine({ frames: [{ name: "runtime/debug.WriteHeapDump" }], status: GoroutineStatus.RUNNING });
    });
    expect(goroutineState(goroutines, 0)).toBe(state);
    expect(goroutineState(goroutines, 1)).toBe("running");
  });
});

test("a function whose name the build took out is called as Go calls what it does not know", () => {
  const heap = drawHeap((sketch) => sketch.goroutine({ waitReason: "chan receive", frames: [{ name: "" }] }));
  const { kind } = heap.roots.vertices;
  const named = (of: number): string => rootVertexName(heap, kind.indexOf(of));
  expect(named(RootVertexKind.GOROUTINE)).toBe("goroutine ? [chan receive]");
  expect(named(RootVertexKind.FRAME)).toBe("?");
});
