/** Deferred calls: what a loop defers piles up until its function returns. */
import { describe, expect, test } from "vitest";
import { findCulprits } from "../../../src/findings/check/culprits.ts";
import { computeFindings } from "../../../src/findings/inspect.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { inspect, sentences } from "./inspected.ts";

const BODY = 1024;

interface Drawing {
  /** Of the loop, in each goroutine. */
  readonly calls: number;
  readonly goroutines?: number;
  /** How many of the things that calls will work on a variable holds, too. */
  readonly alsoHeld?: number;
  /** Calls of another function, deferred between those of the loop. */
  readonly others?: number;
  /** Whether each goroutine was started for another function. */
  readonly areApart?: boolean;
  /** Whether another goroutine defers as many calls, which capture nothing, to work on the functions of these. */
  readonly onFunctions?: boolean;
  /** Whether the functions capture something; else the record has what they work on, as until Go 1.16. */
  readonly areClosures?: boolean;
}

type Drawn = readonly [TypeFixture, (d: DumpBuilder) => void];

function drawDeferred({
  calls,
  goroutines = 1,
  alsoHeld = 0,
  others = 0,
  areClosures = true,
  onFunctions = false,
  areApart = false,
}: Drawing): Drawn {
  const types = new TypeFixture();
  const bytes = types.pointer(types.array(BODY, types.uint8()));
  const work = closureType(types, "func main.work.deferwrap1");
  const other = closureType(types, "func main.work.func1");
  types.struct("runtime._defer", [
    ["link", types.unsafePointer()],
    ["fn", types.any()],
    ["args", types.unsafePointer()],
  ]);
  function closureType(of: TypeFixture, name: string) {
    return of.struct(name, [
      ["f", of.uintptr()],
      ["c", bytes],
    ]);
  }
  const draw = (d: DumpBuilder): void => {
    const closures: Slot[] = [];
    for (let i = 0; i < goroutines; i++) {
      const g = d.object(64);
      const goroutine = d.goroutine({ g });
      if (areApart) goroutine.frame(`main.work${i}`, 16);
      let next: Slot | undefined;
      const defer = (type: FixtureType | undefined, body: Slot): void => {
        const record = d.object(32);
        if (next === undefined) record.list(0);
        else record.point(0, next);
        const closure = type === undefined ? undefined : d.object(16).point(8, body);
        if (closure === undefined) record.list(16).point(24, body);
        else record.store(8, types.pointer(type!).address).point(16, closure).list(24);
        if (closure !== undefined) closures.push(closure);
        goroutine.defer(closure ?? 0, record);
        next = record;
      };
      for (let call = 0; call < calls; call++) {
        const body = d.object(BODY);
        if (call < alsoHeld) pointFromData(d, body);
        defer(areClosures ? work : undefined, body);
        if (call < others) defer(other, d.object(BODY));
      }
      g.point(0, next!);
    }
    if (!onFunctions) return;
    const g = d.object(64);
    const goroutine = d.goroutine({ g });
    for (const closure of closures) goroutine.defer(0, d.object(32).list(0).list(16).point(24, closure));
  };
  return [types, draw];
}

function pointFromData(d: DumpBuilder, object: Slot): void {
  const at = d.data.size;
  d.data.size += d.pointerSize;
  d.data.point(at, object);
}

describe("deferred calls", () => {
  const inspectDeferred = (drawing: Drawing) => inspect(...drawDeferred(drawing));

  async function told(drawing: Drawing): Promise<string[]> {
    return sentences(await inspectDeferred(drawing), "deferred-calls");
  }

  test("of a loop, with their records", async () => {
    expect(await told({ calls: 200 })).toEqual([
      "func main.work.deferwrap1: 200 calls, deferred in 1 goroutine, alone keep 209 KiB until the function that deferred them returns",
    ]);
  });

  test("of loops in several goroutines", async () => {
    const [found] = (await inspectDeferred({ calls: 100, goroutines: 3 })).filter(
      ({ kind }) => kind === "deferred-calls",
    );
    expect(found).toMatchObject({ count: 300, good: 0, bytes: 300 * (BODY + 16 + 32), evidence: { goroutines: 3 } });
  });

  test("has the function as what is to look at, which captures what the call works on", async () => {
    const { heap } = await typeDump(...drawDeferred({ calls: 200 }));
    const [found] = (await computeFindings(heap)).filter(({ kind }) => kind === "deferred-calls");
    const [first] = found!.objects;
    expect(heap.types.names[heap.objects.type[first!]!]).toBe("func main.work.deferwrap1");
    expect(found!.address).toBe(heap.formatAddress(heap.objects.address[first!]!));
  });

  test("are to blame for live bytes where no goroutine has much by itself", async () => {
    const { heap } = await typeDump(...drawDeferred({ calls: 100, goroutines: 20, areApart: true }));
    const live = { name: "live", of: null } as const;
    expect(await findCulprits(heap, live, undefined, NO_PROGRESS)).toMatchObject([
      { kind: "finding", name: "func main.work.deferwrap1" },
    ]);
  });

  test("of another goroutine, that work on the same functions and do not call them", async () => {
    const found = await inspectDeferred({ calls: 200, onFunctions: true });
    const counts = found.filter(({ kind }) => kind === "deferred-calls").map(({ count }) => count);
    expect(counts).toEqual([200]);
  });

  test("between others, which keep what is theirs", async () => {
    expect(await told({ calls: 200, others: 99 })).toEqual([
      "func main.work.deferwrap1: 200 calls, deferred in 1 goroutine, alone keep 209 KiB until the function that deferred them returns",
    ]);
  });

  test("without what something else leads to", async () => {
    expect(await told({ calls: 200, alsoHeld: 120 })).toEqual([
      "func main.work.deferwrap1: 200 calls, deferred in 1 goroutine, alone keep 89.4 KiB until the function that deferred them returns",
    ]);
  });

  test("whose records have what they work on", async () => {
    expect(await told({ calls: 200, areClosures: false })).toEqual([
      "functions that capture nothing: 200 calls, deferred in 1 goroutine, alone keep 206 KiB until the function that deferred them returns",
    ]);
  });

  test("not a few in each of many goroutines", async () => {
    expect(await told({ calls: 99, goroutines: 5 })).toEqual([]);
  });

  test("not where something else holds all that", async () => {
    expect(await told({ calls: 200, alsoHeld: 200 })).toEqual([]);
  });

  test("are what the report begins with, and names the goroutine once", async () => {
    const { heap } = await typeDump(...drawDeferred({ calls: 200 }));
    const [first] = listStatements(await computeReport(heap));
    expect(first!.sentence).toBe("func main.work.deferwrap1: 209 KiB (> 99.9 %), deferred calls that hold memory");
    expect(first!.lines.slice(0, 2)).toEqual([
      "200 calls, deferred in 1 goroutine, alone keep 209 KiB until the function that deferred them returns",
      "in goroutine [chan receive], which keeps 209 KiB (100 %)",
    ]);
  });
});
