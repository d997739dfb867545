/** That no goroutine is called leaked which a cleanup or a weak pointer may wake. runtime/mcleanup.go, runtime/mheap.go. */
import { describe, expect, test } from "vitest";
import { findLeakedGoroutines } from "../../../src/findings/goroutines/leaked.ts";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import type { GoroutineSketch } from "../../support/dump-regions.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

interface Scene {
  readonly d: DumpBuilder;
  /** What the goroutine waits for. */
  readonly channel: Slot;
  /** main.wait, which began with main.run. */
  readonly goroutine: GoroutineSketch;
  /** A closure of a function, which has one pointer. */
  closureOf(name: string): Slot;
}

const CLEANUP = "runtime.AddCleanup[go.shape.struct { main.a int },go.shape.";

/** Whether a goroutine is called leaked that waits for a channel to which nothing that runs leads but what is drawn. */
async function isLeaked(draw: (scene: Scene) => void, version = "go1.27.1"): Promise<boolean> {
  const types = new TypeFixture();
  const channelType = types.struct("runtime.hchan", [["buf", types.array(12, types.uintptr())]]);
  const toG = types.pointer(types.int());
  const fields = [
    ["g", toG],
    ["c", types.pointer(channelType)],
  ] as const;
  const sudog = types.struct("runtime.sudog", fields);
  toG.elem = types.struct("runtime.g", [
    ["m", types.int()],
    ["waiting", types.pointer(sudog)],
    ["goid", types.int()],
    ["param", types.int()],
    ["sched", types.int()],
  ]);
  types.struct("struct { F uintptr; X0 chan int }", [
    ["F", types.uintptr()],
    ["X0", types.pointer(channelType)],
  ]);
  for (const name of ["chan int].func1", "struct {}].func1", "struct { main.c chan int }].func1"])
    types.functionNamed(`${CLEANUP}${name}`);
  for (const name of ["main.start.func1", "main.start.gowrap1", "main.run"]) types.functionNamed(name);
  const entryOf = (name: string): number => [...types.functions].find(([, known]) => known === name)![0];
  const { heap } = await typeDump(
    types,
    (d) => {
      const channel = d.object(96);
      const descriptor = d.object(40);
      const waiter = d.object(16).point(0, descriptor).point(8, channel);
      descriptor.point(8, waiter);
      const goroutine = d.goroutine({ g: descriptor, status: GoroutineStatus.WAITING, waitReason: "chan receive" });
      goroutine.frame("main.wait", 64).point(8, channel);
      goroutine.frame("main.run", 64);
      goroutine.frame("runtime.goexit", 0);
      const closureOf = (name: string): Slot => d.object(16).store(0, entryOf(name)).list(8);
      draw({ d, channel, goroutine, closureOf });
    },
    { version },
  );
  return (await findLeakedGoroutines(heap))[0] === 1;
}

test("A goroutine is leaked if only garbage leads to what it waits for", async () => {
  expect(await isLeaked(() => {})).toBe(true);
  expect(await isLeaked(({ d, channel }) => d.object(8).point(0, channel))).toBe(true);
  expect(await isLeaked(({ d, channel }) => d.root(channel))).toBe(false);
});

test.each([
  ["nobody", () => {}, true],
  ["a variable", ({ d, coroutine }: CoroutineScene) => d.root(coroutine), false],
  ["a closure that runs", ({ d, coroutine }: CoroutineScene) => d.root(d.object(8).point(0, coroutine)), false],
  ["garbage", ({ d, coroutine }: CoroutineScene) => d.object(8).point(0, coroutine), true],
  ["a variable, of another goroutine", ({ d, other }: CoroutineScene) => d.root(other), true],
] as const)("An iterator is leaked unless somebody can ask it for more: %s has its coroutine", async (_, draw, is) => {
  const types = new TypeFixture();
  const coro = types.struct("runtime.coro", [
    ["mp", types.uintptr()],
    ["gp", types.uintptr()],
  ]);
  types.struct("runtime.g", [
    ["coroarg", types.pointer(coro)],
    ["next", types.pointer(coro)],
  ]);
  const { heap } = await typeDump(
    types,
    (d) => {
      const coroutine = d.object(16);
      const other = d.object(16);
      const descriptor = d.object(16).point(0, coroutine).point(8, other);
      coroutine.store(8, descriptor);
      const goroutine = d.goroutine({ g: descriptor, status: GoroutineStatus.WAITING, waitReason: "coroutine" });
      goroutine.frame("runtime.corostart", 64).point(8, coroutine);
      goroutine.frame("runtime.goexit", 0);
      draw({ d, coroutine, other });
    },
    { version: "go1.27.1" },
  );
  expect((await findLeakedGoroutines(heap))[0] === 1).toBe(is);
});

interface CoroutineScene {
  readonly d: DumpBuilder;
  /** What the goroutine waits to be switched to by, and one that has nothing to do with it. */
  readonly coroutine: Slot;
  readonly other: Slot;
}

test("Nothing is leaked for sure where the dump ends before the variables", async () => {
  const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
  expect(await findLeakedGoroutines(heap)).toContain(1);
  const cut = { ...heap, dump: { ...heap.dump, complete: false } };
  expect(await findLeakedGoroutines(cut)).toContain(1);
  expect(await findLeakedGoroutines({ ...cut, memStats: undefined })).not.toContain(1);
});

describe("A weak pointer", () => {
  const weak = ({ d, channel, goroutine }: Scene): Slot => {
    const watched = d.object(48).point(16, channel);
    goroutine.frames[0]!.region.point(16, watched);
    return d.object(16).store(0, watched, 8);
  };

  test("leads to what it refers to, if what runs has it", async () => {
    expect(await isLeaked((scene) => scene.d.root(weak(scene)))).toBe(false);
    expect(await isLeaked((scene) => weak(scene))).toBe(true);
    expect(await isLeaked((scene) => scene.goroutine.frames[1]!.region.point(0, weak(scene)))).toBe(true);
  });

  test("leads to another one", async () => {
    const chain = (scene: Scene): Slot => {
      const { d } = scene;
      const between = d.object(48).point(8, weak(scene));
      scene.goroutine.frames[1]!.region.point(8, between);
      return d.object(16).store(0, between);
    };
    expect(await isLeaked((scene) => scene.d.root(chain(scene)))).toBe(false);
  });

  test("is none in a version without them", async () => {
    expect(await isLeaked((scene) => scene.d.root(weak(scene)), "go1.22.3")).toBe(true);
  });
});

describe("A cleanup", () => {
  const PLAIN = `${CLEANUP}struct {}].func1`;
  const OF_CHANNEL = `${CLEANUP}chan int].func1`;
  const OF_STRUCT = `${CLEANUP}struct { main.c chan int }].func1`;

  test("holds its argument, until Go 1.25 in its closure", async () => {
    const version = "go1.25.1";
    expect(await isLeaked(({ closureOf, channel }) => closureOf(OF_CHANNEL).store(8, channel), version)).toBe(false);
    const other = ({ d, closureOf, channel }: Scene): void => {
      closureOf(OF_CHANNEL);
      d.object(8).point(0, channel);
    };
    expect(await isLeaked(other, version)).toBe(true);
    expect(await isLeaked(other)).toBe(false);
  });

  test("has no argument in what cannot be one", async () => {
    const box = ({ d, channel }: Scene, size: number): Slot => d.object(size).point(0, channel);
    for (const [cleanup, size, expected] of [
      [OF_CHANNEL, 8, false],
      [OF_CHANNEL, 64, true],
      [OF_STRUCT, 64, false],
      [PLAIN, 8, true],
    ] as const) {
      const draw = (scene: Scene): void => {
        scene.closureOf(cleanup);
        box(scene, size);
      };
      expect(await isLeaked(draw), `${cleanup} ${size}`).toBe(expected);
    }
    const inside = (scene: Scene): void => {
      scene.closureOf(OF_CHANNEL);
      scene.d.object(64).point(0, box(scene, 8));
    };
    expect(await isLeaked(inside)).toBe(true);
  });

  test("has a closure for a function, but none of a go statement", async () => {
    for (const [name, expected] of [
      ["main.start.func1", false],
      ["main.start.gowrap1", true],
      ["main.run", true],
    ] as const) {
      const draw = ({ closureOf, channel }: Scene): void => {
        closureOf(PLAIN);
        closureOf(name).store(8, channel);
      };
      expect(await isLeaked(draw), name).toBe(expected);
    }
    const unknown = ({ closureOf, d, channel }: Scene): void => {
      closureOf(PLAIN);
      d.object(40).point(16, channel);
    };
    expect(await isLeaked(unknown)).toBe(false);
  });
});
