/** Pools, timers, contexts, finalizers: each inspection has a heap that must trigger it and one that must not. */
import { describe, expect, test } from "vitest";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { addBucketMap } from "../../values/value-fixture.ts";
import { inspect, rootPointer, sentences } from "./inspected.ts";

const LARGE = 1 << 17;

describe("pools", () => {
  /**
   * @param victims whether the last collection left one of the two, and the other was put there since
   * @param users how many of the buffers' arrays others have as well
   * @param whole whether they have the buffers, and the arrays by these
   */
  async function findings(bufferSize: number, victims = false, users = 0, whole = false) {
    const types = new TypeFixture();
    const element = types.struct("sync.poolChainElt", []);
    const eface = types.struct("sync.eface", [
      ["typ", types.unsafePointer()],
      ["val", types.unsafePointer()],
    ]);
    types.setFields(element, [
      ["headTail", types.int()],
      ["vals", types.slice(eface)],
      ["next", types.pointer(element)],
    ]);
    types.struct("sync.poolLocal", [
      ["private", types.any()],
      ["head", types.pointer(element)],
      ["pad", types.array(13, types.int())],
    ]);
    const pool = types.struct("sync.Pool", [
      ["local", types.unsafePointer()],
      ["localSize", types.uintptr()],
      ["victim", types.unsafePointer()],
    ]);
    const buffer = types.struct("bytes.Buffer", [
      ["buf", types.slice(types.uint8())],
      ["off", types.int()],
    ]);
    const server = types.struct("main.server", [
      ["buffers", pool],
      ["n", types.int()],
      ["m", types.int()],
    ]);
    return inspect(types, (d) => {
      const arrays: Slot[] = [];
      const buffers: Slot[] = [];
      const makeBuffer = (): Slot => {
        const array = d.object(bufferSize);
        arrays.push(array);
        const made = d.object(32).point(0, array).store(8, bufferSize).store(16, bufferSize);
        buffers.push(made);
        return made;
      };
      const locals = d.object(128 * 2);
      const chain = d.object(48);
      const ring = d.object(32);
      locals.store(0, types.pointer(buffer).address).point(8, makeBuffer()).point(16, chain).list(136).list(144);
      chain.point(8, ring).store(16, 2).store(24, 2).list(32);
      ring.list(0).point(8, makeBuffer()).list(16).list(24);
      const left = d.object(128).store(0, types.pointer(buffer).address);
      if (victims) left.point(8, makeBuffer()).list(16);
      else left.list(8).list(16);
      rootPointer(d, types, server, d.object(48).point(0, locals).store(8, 2).point(16, left));
      for (const [i, array] of arrays.slice(0, users).entries()) {
        const copy = (): Slot => d.object(32).point(0, array).store(8, bufferSize).store(16, bufferSize);
        rootPointer(d, types, buffer, whole ? buffers[i]! : copy());
      }
    });
  }

  test("with large buffers, in the ring too", async () => {
    expect(sentences(await findings(LARGE), "pool-hoard")).toEqual([
      "main.server.buffers: 2 buffers above 64 KiB wait in the pool: 256 KiB",
    ]);
  });

  test("with buffers that the next collection frees, which are told", async () => {
    expect(sentences(await findings(LARGE, true), "pool-hoard")).toEqual([
      "main.server.buffers: 3 buffers above 64 KiB wait in the pool: 384 KiB; the next garbage collection frees 1 of them, if it is not taken out before",
    ]);
  });

  test("but not with what others have as well", async () => {
    expect(sentences(await findings(LARGE, false, 1), "pool-hoard")).toEqual([
      "main.server.buffers: 1 buffer above 64 KiB waits in the pool: 128 KiB",
    ]);
    expect(sentences(await findings(LARGE, false, 2), "pool-hoard")).toEqual([]);
    expect(sentences(await findings(LARGE, false, 1, true), "pool-hoard")).toHaveLength(1);
    expect(sentences(await findings(LARGE, false, 2, true), "pool-hoard")).toEqual([]);
  });

  test("not with buffers that fmt would put back", async () => {
    expect(sentences(await findings(1 << 15), "pool-hoard")).toEqual([]);
  });
});

describe("free lists", () => {
  async function findings(length: number) {
    const types = new TypeFixture();
    const buffer = types.struct("bytes.Buffer", [["buf", types.slice(types.uint8())]]);
    const list = types.struct("main.freeList", [["free", types.slice(types.pointer(buffer))]]);
    return inspect(types, (d) => {
      const array = d.object(32);
      for (let i = 0; i < 4; i++) {
        array.point(8 * i, d.object(24).point(0, d.object(LARGE)).store(8, length).store(16, LARGE));
      }
      rootPointer(d, types, list, d.object(24).point(0, array).store(8, 4).store(16, 4));
    });
  }

  test("of large buffers that are empty", async () => {
    expect(sentences(await findings(0), "idle-buffers")).toEqual([
      "main.freeList.free[] (bytes.Buffer.buf): 4 buffers above 64 KiB are empty: 512 KiB",
    ]);
  });

  test("not those that are in use", async () => {
    expect(sentences(await findings(LARGE), "idle-buffers")).toEqual([]);
  });
});

/** The runtime's list of timers: 16 bytes for each, and a struct of 32. */
function timersOf(types: TypeFixture) {
  const timer = types.struct("runtime.timer", [
    ["when", types.int()],
    ["f", types.func()],
    ["arg", types.any()],
  ]);
  const when = types.struct("runtime.timerWhen", [
    ["timer", types.pointer(timer)],
    ["when", types.int()],
  ]);
  return types.struct("runtime.timers", [["heap", types.slice(when)]]);
}

describe("timers", () => {
  /**
   * @param alsoHeld of 20 sessions that timers will work on, and of their timers, those that a store has, too
   * @param due when each is, in seconds, where a goroutine waits since the tenth second
   */
  async function inspectTimers(
    alsoHeld: { readonly sessions?: number; readonly timers?: number } = {},
    due?: (timer: number) => number,
  ) {
    const types = new TypeFixture();
    const session = types.struct("main.session", [
      ["data", types.slice(types.uint8())],
      ["n", types.int()],
    ]);
    const heap = timersOf(types);
    const { sessions = 0, timers = 0 } = alsoHeld;
    const findings = await inspect(types, (d) => {
      const [array, index, stoppable] = [d.object(16 * 20), d.object(8 * 20), d.object(8 * 20)];
      for (let i = 0; i < 20; i++) {
        const held = d.object(32).point(0, d.object(8192)).store(8, 8192).store(16, 8192);
        const object = d.object(32).list(8).store(16, types.pointer(session).address).point(24, held);
        array.point(16 * i, object);
        if (due !== undefined) array.store(16 * i + 8, due(i) * 1e9);
        if (i < sessions) index.point(8 * i, held);
        if (i < timers) stoppable.point(8 * i, object);
      }
      rootPointer(d, types, heap, d.object(24).point(0, array).store(8, 20).store(16, 20));
      d.root(d.object(48).point(0, index).store(8, 20).store(16, 20).point(24, stoppable).store(32, 20).store(40, 20));
      if (due !== undefined) d.goroutine({ waitSince: 10e9 });
    });
    return findings.filter(({ kind }) => kind === "pending-timers");
  }

  test("that alone keep what they will work on", async () => {
    const found = await inspectTimers();
    expect(sentences(found, "pending-timers")).toEqual([
      "main.session: 20 pending timers alone keep 161 KiB, 160 KiB of it in 20 × main.session.data",
    ]);
    expect(found[0]).toMatchObject({ count: 20, good: 0 });
    expect(found[0]!.evidence).toEqual({
      timers: 20,
      place: "main.session.data",
      placeBytes: 20 * 8192,
      placeObjects: 20,
    });
  });

  test.each([
    [() => 3610, "due within 1 h", 3600, 3600],
    [(i: number) => 10 + 60 * (i + 1), "half of them are due within 11 min, the last within 20 min", 660, 1200],
    [(i: number) => (i < 12 ? 5 : 9e9), "half of them are due now, the last never", 0, 9e9 - 10],
    [() => 9e9, "never due, or not within a hundred years", 9e9 - 10, 9e9 - 10],
  ] as const)("are due, as far as the dump tells what time it was: %#", async (due, text, half, last) => {
    const [found] = await inspectTimers({}, due);
    expect(found!.problem.split("; ")[1]).toBe(text);
    expect(found!.evidence).toMatchObject({ medianDueSeconds: half, lastDueSeconds: last });
  });

  test("are due at a time that is not told where one of them does not tell it", async () => {
    const [found] = await inspectTimers({}, (i) => (i === 3 ? 0 : 100));
    expect(found!.problem).not.toContain("due");
  });

  /**
   * Timers of some functions, all of which work on one store, and the timers of each on one of its own.
   * @param counts of each function how many timers there are
   * @param canStop whether the store has the timers, too, as one has that will stop them
   * @param hasOwn false leaves out the stores of their own
   */
  async function inspectShared(
    counts: readonly number[],
    canStop = false,
    isSharer: (i: number) => boolean = () => true,
    hasOwn = true,
  ) {
    const types = new TypeFixture();
    const store = types.struct("main.store", [
      ["data", types.slice(types.uint8())],
      ["timers", types.slice(types.unsafePointer())],
    ]);
    const functions = counts.map((_, i) =>
      types.struct(`func main.f${i}`, [
        ["f", types.uintptr()],
        ["shared", types.pointer(store)],
        ["own", types.pointer(store)],
        ["pad", types.int()],
      ]),
    );
    const heap = timersOf(types);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return inspect(types, (d) => {
      const array = d.object(16 * total);
      const index = d.object(8 * total);
      const drawStore = (): Slot => d.object(48).point(0, d.object(LARGE)).store(8, LARGE).store(16, LARGE);
      const shared = drawStore();
      if (canStop) shared.point(24, index).store(32, total).store(40, total);
      let row = 0;
      for (const [i, count] of counts.entries()) {
        const own = hasOwn ? drawStore() : shared;
        for (let j = 0; j < count; j++, row++) {
          const closure = d
            .object(32)
            .point(8, isSharer(i) ? shared : own)
            .point(16, own);
          const timer = d.object(32).list(8).store(16, types.pointer(functions[i]!).address).point(24, closure);
          array.point(16 * row, timer);
          if (canStop) index.point(8 * row, timer);
        }
      }
      rootPointer(d, types, heap, d.object(24).point(0, array).store(8, total).store(16, total));
    });
  }

  test("all of them together, where each leads to the same, also by the others", async () => {
    for (const canStop of [false, true]) {
      const [found] = (await inspectShared([600], canStop)).filter(({ kind }) => kind === "pending-timers");
      expect(found).toMatchObject({ holder: "func main.f0", count: 600, good: 0 });
      expect(found!.problem).toMatch(/^600 pending timers alone keep 29\d KiB, \d+ KiB of it in /);
      expect(found!.evidence).not.toHaveProperty("sharedBytes");
    }
  });

  test("with those of other functions, where these lead there, too: once, for those that are more", async () => {
    const found = (await inspectShared([3, 5, 2])).filter(({ kind }) => kind === "pending-timers");
    const texts = found.map(({ holder, problem }) => `${holder}: ${problem.split(" of it in")[0]}`);
    expect(texts).toEqual([
      "func main.f1: 5 pending timers keep 256 KiB, 128 KiB of it together with 3 of func main.f0, 2 of func main.f2, 256 KiB",
      "func main.f0: 3 pending timers alone keep 128 KiB, 128 KiB",
      "func main.f2: 2 pending timers alone keep 128 KiB, 128 KiB",
    ]);
    expect(found[0]!.evidence).toMatchObject({ sharedBytes: LARGE + 48 });
    const shared = found[0]!.evidence.sharedBytes as number;
    expect(found.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(4 * shared + 10 * (32 + 32));
  });

  test("with those of others, where these lead to all of it", async () => {
    const [found] = await inspectShared([3, 2], false, undefined, false);
    expect(found!.problem).toMatch(
      /^3 pending timers keep 128 KiB, together with 2 of func main\.f1, 128 KiB of it in /,
    );
  });

  test("of no more functions than can be told apart", async () => {
    const found = (await inspectShared(Array.from({ length: 40 }, (_, i) => 40 - i))).filter(
      ({ kind }) => kind === "pending-timers",
    );
    // Each has as much of its own; of those that are not told apart nothing is said.
    expect(found.map(({ holder }) => holder)).toEqual(Array.from({ length: 30 }, (_, i) => `func main.f${i}`));
    expect(found[0]!.problem).toMatch(
      /^40 pending timers keep 259 KiB, 128 KiB of it together with 39 of func main\.f1, 38 of func main\.f2 and others, /,
    );
    expect(found[1]!.problem).toMatch(/^39 pending timers alone keep 130 KiB, 128 KiB of it in /);
  });

  test("with others alone, where those that share it are not told apart", async () => {
    const counts = Array.from({ length: 40 }, (_, i) => 40 - i);
    const found = await inspectShared(counts, false, (i) => i === 0 || i === 39);
    expect(found.find(({ holder }) => holder === "func main.f0")!.problem).toMatch(
      /^40 pending timers keep 259 KiB, 128 KiB of it together with others, /,
    );
  });

  test("not where something else holds that, too", async () => {
    expect(await inspectTimers({ sessions: 20 })).toEqual([]);
  });

  test("not those that something else leads to, and what hangs on them", async () => {
    const found = await inspectTimers({ timers: 8 });
    expect(sentences(found, "pending-timers")).toEqual([
      "main.session: 12 pending timers alone keep 96.8 KiB, 96.0 KiB of it in 12 × main.session.data",
    ]);
    expect(found[0]).toMatchObject({ count: 12, good: 8 });
  });
});

describe("contexts", () => {
  /**
   * @param hasDeadlines whether each child has a timer, which leads to it by the function that will cancel it
   * @param functionCount children that are functions of context.AfterFunc: the first ones
   * @param staleCount children that a spare bucket of the map's old array points to as well, and as many that were taken off
   */
  async function children(count: number, hasDeadlines = false, functionCount = 0, staleCount = 0) {
    const types = new TypeFixture();
    const context = types.struct("context.cancelCtx", []);
    const functions = types.struct("context.afterFuncCtx", [
      ["Context", types.any()],
      ["next", types.pointer(context)],
      ["f", types.any()],
      ["pad", types.int()],
    ]);
    const cancel = types.struct("func context.WithDeadlineCause.func2", [
      ["f", types.uintptr()],
      ["c", types.pointer(context)],
    ]);
    const heap = timersOf(types);
    const map = addBucketMap(types, types.any(), types.int());
    types.setFields(context, [
      ["Context", types.any()],
      ["children", map],
      ["err", types.any()],
      ["pad", types.int()],
    ]);
    const server = types.struct("main.server", [["ctx", types.pointer(context)]]);
    const bucket = 8 + 128 + 64 + 8;
    return inspect(types, (d) => {
      const parent = d.object(48).list(8);
      const drawContext = (): Slot => {
        const child = d.object(48);
        if (hasDeadlines) child.store(0, types.pointer(context).address).point(8, parent);
        else child.list(8);
        return child.list(16).list(32);
      };
      const buckets = 2 ** Math.ceil(Math.log2(count / 8));
      const array = d.object(buckets * bucket);
      const timers = d.object(16 * count);
      const stale: Slot[] = [];
      for (let i = 0; i < buckets * 8; i++) {
        const at = Math.floor(i / 8) * bucket + 8 + 16 * (i % 8);
        if (i < count) {
          const child = drawContext();
          array.store(at, types.pointer(i < functionCount ? functions : context).address).point(at + 8, child);
          const closure = d.object(16).point(8, child);
          if (i < staleCount) stale.push(child, drawContext());
          timers.point(16 * i, d.object(32).list(8).store(16, types.pointer(cancel).address).point(24, closure));
        } else array.list(at + 8);
        if (i % 8 === 7) array.list(Math.floor(i / 8) * bucket + bucket - 8);
      }
      const header = d.object(48).store(0, count).point(16, array);
      if (stale.length === 0) header.list(24);
      else {
        const old = d.object(bucket);
        for (let i = 0; i < 8; i++) {
          const at = 8 + 16 * i;
          if (i < stale.length) old.store(at, types.pointer(functions).address).point(at + 8, stale[i]!);
          else old.list(at + 8);
        }
        header.point(24, old.list(bucket - 8));
      }
      header.list(40);
      rootPointer(d, types, server, d.object(8).point(0, parent.point(16, header).list(32)));
      if (hasDeadlines) rootPointer(d, types, heap, d.object(24).point(0, timers).store(8, count).store(16, count));
    });
  }

  test("with children that were never cancelled", async () => {
    expect(sentences(await children(2048), "context-children")).toEqual([
      "main.server.ctx: 2,048 children of 1 context were never cancelled: 96.0 KiB",
    ]);
  });

  test("with children whose deadlines keep them as well: who cancels them stops these", async () => {
    // With 16 bytes of a function and 32 of a timer.
    expect(sentences(await children(2048, true), "context-children")).toEqual([
      "context.cancelCtx.Context: 2,048 children of 1 context were never cancelled: 192 KiB",
    ]);
  });

  test("with functions of context.AfterFunc, which another function takes off than cancel", async () => {
    const found = await children(2048, false, 2048);
    expect(sentences(found, "context-children")).toEqual([
      "main.server.ctx: 2,048 functions of context.AfterFunc wait for 1 context: 96.0 KiB",
    ]);
    expect(found[0]!.advice).toBe(
      "Call the stop function that context.AfterFunc returns (defer stop()) when what it is for has ended.",
    );
  });

  test("with functions of context.AfterFunc among others: who cancels takes off only these", async () => {
    const [found] = await children(2048, false, 48);
    expect(found!.problem).toBe(
      "2,048 children of 1 context were never taken off, 48 functions of context.AfterFunc among them: 96.0 KiB",
    );
    expect(found!.evidence).toEqual({ contexts: 1, children: 2048, functions: 48 });
    expect(found!.advice).toMatch(/^Call the cancel function .* Call the stop function /);
  });

  test("each once, also while their map grows, and has some in old buckets, too", async () => {
    const [found] = await children(2048, false, 2048, 3);
    expect(found!.problem).toMatch(/^2,048 functions of context.AfterFunc wait for 1 context: /);
    expect(found!.evidence).toEqual({ contexts: 1, children: 2048, functions: 2048 });
  });

  test("also with some hundreds, if these hold much", async () => {
    expect(sentences(await children(999, true), "context-children")).toEqual([
      expect.stringContaining("999 children of 1 context were never cancelled"),
    ]);
    expect(sentences(await children(512), "context-children")).toEqual([]);
    expect(sentences(await children(64, true), "context-children")).toEqual([]);
  });

  async function chain(length: number, valueSize = 0, childCount = 0) {
    const types = new TypeFixture();
    const value = types.struct("main.user", [["name", types.array(Math.max(1, valueSize), types.uint8())]]);
    const context = types.struct("context.valueCtx", []);
    types.setFields(context, [
      ["Context", types.any()],
      ["key", types.any()],
      ["val", types.any()],
    ]);
    const server = types.struct("main.server", [["ctx", types.pointer(context)]]);
    const child = types.struct("context.cancelCtx", [
      ["Context", types.any()],
      ["done", types.any()],
    ]);
    return inspect(types, (d) => {
      const root = d.object(8);
      let last: Slot | undefined;
      for (let i = 0; i < length; i++) {
        const object = d.object(48);
        if (last === undefined) object.list(8);
        else object.store(0, types.pointer(context).address).point(8, last);
        last = object.list(24);
        if (valueSize === 0) object.list(40);
        else object.store(32, types.pointer(value).address).point(40, d.object(valueSize));
      }
      rootPointer(d, types, server, root.point(0, last!));
      for (let i = 0; i < childCount; i++) {
        const object = d.object(32).store(0, types.pointer(context).address).point(8, last!).list(24);
        const timer = types.struct("context.WithDeadline.func1", [["c", types.pointer(child)]]);
        rootPointer(d, types, timer, d.object(8).point(0, object));
      }
    });
  }

  test("by who has them, and not by their children and the timers of these", async () => {
    const [text] = sentences(await chain(3000, 0, 20), "context-depth");
    expect(text).toBe("main.server.ctx: 2,920 contexts have 100 or more above them, up to 3,000");
  });

  test("in chains without end", async () => {
    const [text] = sentences(await chain(3000), "context-depth");
    expect(text).toBe("main.server.ctx: 2,900 contexts have 100 or more above them, up to 2,999");
  });

  test("with the values that are there for a chain alone", async () => {
    const bytesOf = async (valueSize: number): Promise<number> =>
      (await chain(3000, valueSize)).find(({ kind }) => kind === "context-depth")!.bytes;
    expect(await bytesOf(0)).toBe(2900 * 48);
    // That of the end, which something else leads to, is not counted.
    expect(await bytesOf(64)).toBe(2900 * 48 + 2899 * 64);
  });

  test("of the program's own as well, which embed the one above", async () => {
    const types = new TypeFixture();
    const context = types.interface("context.Context");
    const own = types.struct("main.requestContext", [["Context", context, "embedded"]]);
    const itab = types.itab(context, types.pointer(own));
    const server = types.struct("main.server", [["ctx", types.pointer(own)]]);
    const found = await inspect(types, (d) => {
      let last = d.object(16).list(8);
      for (let i = 1; i < 9000; i++) last = d.object(16).store(0, itab).point(8, last);
      rootPointer(d, types, server, d.object(8).point(0, last));
    });
    expect(sentences(found, "context-depth")).toEqual([
      "main.server.ctx: 8,900 contexts have 100 or more above them, up to 8,999",
    ]);
  });

  test("not in many short ones", async () => {
    expect(sentences(await chain(90), "context-depth")).toEqual([]);
  });
});

describe("finalizers", () => {
  function draw(d: DumpBuilder, isCycle: boolean, isQueued: boolean, count = 20): void {
    for (let i = 0; i < count; i++) {
      const [object, inner] = [d.object(32), d.object(16)];
      object.point(0, inner).point(8, d.object((20 / count) * 8192));
      if (isCycle) inner.point(0, object);
      else inner.list(0);
      if (isQueued) d.queuedFinalizer(object);
      else d.finalizer(object);
    }
  }

  test.each([
    ["finalizer-cycle", true, false],
    ["pending-finalizers", false, true],
    ["finalizer-weight", false, false],
  ] as const)("%s", async (kind, isCycle, isQueued) => {
    const found = await inspect(new TypeFixture(), (d) => draw(d, isCycle, isQueued));
    expect(found.filter((finding) => finding.kind.includes("finalizer")).map((finding) => finding.kind)).toEqual([
      kind,
    ]);
    const { bytes, objects } = found.find((finding) => finding.kind === kind)!;
    expect(bytes).toBeGreaterThanOrEqual(20 * 8192);
    // Some to look at: of what is kept of a cycle those with finalizers, which come first by address, else what is largest, which comes last.
    expect(objects).toHaveLength(8);
    expect(objects.filter((object) => (isCycle ? object < 20 : object >= 40))).toHaveLength(8);
  });

  test.each([
    [1, true, false, "1 object that its finalizer can never get, because it leads back to itself, keeps 160 KiB alive"],
    [1, false, true, "1 object that waits for its finalizer to run keeps 160 KiB alive"],
    [1, false, false, "the finalizer of 1 object keeps 160 KiB alive"],
    // The objects themselves are held by something else, which is not what counts.
    [20, false, false, "the finalizers of 20 objects keep 160 KiB alive"],
  ] as const)("of %i", async (count, isCycle, isQueued, text) => {
    const found = await inspect(new TypeFixture(), (d) => draw(d, isCycle, isQueued, count));
    expect(found.map(({ problem }) => problem)).toContain(text);
  });

  test.each([
    ["sync.Mutex.Lock", true, "is in main.(*blob).close [sync.Mutex.Lock]", /^Let finalizers not wait/],
    // A collection that waits for it to stop is none of the program's doing.
    ["GC assist wait", true, "is in main.(*blob).close [GC assist wait]", /^Give finalizers time/],
    ["finalizer wait", false, "is not blocked", /^Give finalizers time/],
  ] as const)("that wait to run are told with what runs them: %s", async (waitReason, isInOne, text, advice) => {
    const found = await inspect(new TypeFixture(), (d) => {
      draw(d, false, true);
      const runner = d.goroutine({ status: GoroutineStatus.WAITING, waitReason });
      runner.frame("runtime.gopark", 64);
      if (isInOne) runner.frame("main.(*blob).close", 64);
      runner.frame("runtime.runfinq", 64);
      runner.frame("runtime.goexit", 0);
    });
    const finding = found.find(({ kind }) => kind === "pending-finalizers")!;
    expect(finding.problem).toContain(`alive; the goroutine that runs finalizers ${text}`);
    expect(finding.advice).toMatch(advice);
  });

  test("that are at work are not taken to be blocked, and nothing is said where nobody runs them", async () => {
    const draws = (d: DumpBuilder): void => draw(d, false, true);
    const [alone] = await inspect(new TypeFixture(), draws);
    expect(alone!.problem).toMatch(/ alive$/);
    expect(alone!.advice).toMatch(/if one of them blocks/);
    const [called] = await inspect(new TypeFixture(), (d) => {
      draws(d);
      const runner = d.goroutine({ status: GoroutineStatus.SYSCALL });
      runner.frame("syscall.Syscall", 64);
      runner.frame("main.(*blob).close", 64);
      runner.frame("runtime.runFinalizers", 64);
    });
    expect(called!.advice).toMatch(/^Let finalizers not wait/);
    const [running] = await inspect(new TypeFixture(), (d) => {
      draws(d);
      const runner = d.goroutine({ status: GoroutineStatus.RUNNABLE });
      runner.frame("main.(*blob).close", 64);
      runner.frame("runtime.runFinalizers", 64);
    });
    expect(running!.problem).toMatch(/is in main\.\(\*blob\)\.close \[runnable\]$/);
    expect(running!.advice).toMatch(/^Give finalizers time/);
  });

  test("not of what something else holds", async () => {
    const types = new TypeFixture();
    const blob = types.struct("main.blob", [["data", types.slice(types.uint8())]]);
    const found = await inspect(types, (d) => {
      for (let i = 0; i < 20; i++) {
        const [object, data] = [d.object(32), d.object(8192)];
        object.point(0, data).list(8);
        d.finalizer(object);
        rootPointer(d, types, blob, d.object(24).point(0, data).store(8, 8192).store(16, 8192));
      }
    });
    expect(found.filter(({ kind }) => kind.includes("finalizer"))).toEqual([]);
  });
});
