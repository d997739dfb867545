import { describe, expect, test } from "vitest";
import type { Holder } from "../../../src/findings/holders/holder.ts";
import { explainKnownThing } from "../../../src/findings/report/known-things.ts";

/** As the report names things of libraries in dumps of Go 1.22 to 1.27. */
function holder(pathWithoutKeys: string, type: string, parts: readonly (readonly [number, string])[] = []): Holder {
  const all = parts.map(([count, name]) => ({ count, type: name, mostly: [] }));
  return { pathWithoutKeys, type, parts: all } as unknown as Holder;
}

describe("it is told what lets go of what a library keeps:", () => {
  test.each([
    ["runtime/cgo.handles", "sync.Map", "Delete"],
    ["os/signal.handlers.m", "map[chan<- os.Signal]*os/signal.handler", "signal.Stop"],
    ["reflect.structLookupCache.m", "sync.Map", "never go"],
    ["reflect.structLookupCache", "struct { sync.Mutex; m sync.Map }", "never go"],
    ["runtime.reflectOffs", "struct { lock runtime.mutex; next int32 }", "never go"],
    [
      "main.latency.MetricVec.metricMap.metrics",
      "map[uint64][]github.com/prometheus/client_golang/prometheus.metricWithLabelValues",
      "DeleteLabelValues",
    ],
  ])("%s", (path, type, what) => {
    expect(explainKnownThing(holder(path, type))).toEqual([expect.stringContaining(what)]);
  });

  test("prepared statements, where there are many", () => {
    const closed = [expect.stringContaining("stmt.Close()")];
    const db = "database/sql.DB";
    expect(explainKnownThing(holder("main.db", db, [[8000, "database/sql.driverStmt"]]))).toEqual(closed);
    expect(explainKnownThing(holder("main.db", db, [[20, "database/sql.driverStmt"]]))).toEqual([]);
    const dependents = "map[database/sql.finalCloser]database/sql.depSet";
    expect(explainKnownThing(holder("main.db.dep", dependents, [[8000, "database/sql.Stmt"]]))).toEqual(closed);
    // Connections are among them.
    expect(explainKnownThing(holder("main.db.dep", dependents, [[8000, "database/sql.depSet"]]))).toEqual([]);
  });
});

test("of what is called like that, and is not the library's, nothing is told", () => {
  for (const [path, type] of [
    ["main.handles", "sync.Map"],
    ["example.com/cgo.handles", "sync.Map"],
    ["main.signals", "map[chan<- os.Signal]*main.handler"],
    ["main.reflectOffs", "sync.Map"],
    ["main.metrics", "map[uint64][]main.metricWithLabelValues"],
  ] as const) {
    expect(explainKnownThing(holder(path, type)), path).toEqual([]);
  }
});
