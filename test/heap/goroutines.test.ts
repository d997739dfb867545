import { describe, expect, test } from "vitest";
import { findEntryFunction } from "../../src/heap/goroutines.ts";
import { drawHeap } from "../support/heap-fixture.ts";

describe("findEntryFunction", () => {
  test.each([
    [["runtime.gopark", "main.worker", "main.main.gowrap1", "runtime.goexit"], "main.worker"],
    [["runtime.gopark", "main.worker", "main.main·dwrap·2", "runtime.goexit"], "main.worker"],
    [["runtime.gopark", "runtime.chansend", "main.main.gowrap1", "runtime.goexit"], "main.main.gowrap1"],
    [["runtime.gopark", "runtime.bgsweep", "runtime.gcenable.gowrap1", "runtime.goexit"], "runtime.bgsweep"],
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
