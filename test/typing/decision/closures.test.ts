/** Of which of several layouts a closure is: by the code that makes it. */
import { describe, expect, test } from "vitest";
import { TypeSource } from "../../../src/heap/objects.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

/** Two types that nothing tells apart, and the layouts of closures that captured a pointer to one. */
function twins(types: TypeFixture): Record<"a" | "b", FixtureType> {
  const [a, b] = ["main.A", "main.B"].map((name) => {
    const twin = types.struct(name, [
      ["link", types.unsafePointer()],
      ["n", types.int()],
      ["m", types.int()],
    ]);
    return types.struct(`struct { F uintptr; X0 *${name} }`, [
      ["F", types.uintptr()],
      ["X0", types.pointer(twin)],
    ]);
  });
  return { a: a!, b: b! };
}

type Loads = (layouts: Record<"a" | "b", FixtureType>, entry: number, other: number) => Record<string, number[][]>;

/** What a closure of `name` holds is called, if functions load that. */
async function capturedOf(name: string, loads: Loads): Promise<[type: string | undefined, source: number]> {
  const types = new TypeFixture();
  const layouts = twins(types);
  const [entry, other] = [types.functionNamed(name), types.functionNamed("main.main.func9")];
  for (const [maker, loaded] of Object.entries(loads(layouts, entry, other))) types.loads.set(maker, loaded);
  let captured: Slot | undefined;
  const typed = await typeDump(types, (d) => {
    captured = d.object(24).list(0) as Slot;
    d.root(d.object(16).store(0, entry).point(8, captured));
  });
  return [typed.typeOf(captured!), typed.sourceOf(captured!)];
}

const B = ["main.B", TypeSource.PROPAGATED];
const UNKNOWN = [undefined, TypeSource.NONE];

describe("a closure of two possible layouts", () => {
  test("has the one whose descriptor is loaded before its function", async () => {
    const loads: Loads = ({ a, b }, entry, other) => ({
      "main.main": [[a.address, other, 0x1234, b.address, 0x1234, entry, a.address, other]],
    });
    expect(await capturedOf("main.main.func1", loads)).toEqual(B);
  });

  test("has it in what its function's own was inlined into, too, and in each instantiation of that", async () => {
    const loads: Loads = ({ a, b }, entry, other) => ({
      "main.F[...]": [
        [a.address, other],
        [b.address, entry],
      ],
    });
    expect(await capturedOf("main.F[...].inlined.func1.2", loads)).toEqual(B);
  });

  test.each<[string, Loads]>([
    ["nothing loads it", ({ a }, _, other) => ({ "main.main": [[a.address, other]] })],
    ["it is on a stack", ({ a }, entry, other) => ({ "main.main": [[a.address, other, entry]] })],
    ["two places disagree", ({ a, b }, entry) => ({ "main.main": [[a.address, entry, b.address, entry]] })],
    ["one place does not tell", ({ b }, entry) => ({ "main.main": [[b.address, entry], [entry]] })],
    ["something else makes it", ({ b }, entry) => ({ "main.other": [[b.address, entry]] })],
  ])("stays unknown if %s", async (_, loads) => {
    expect(await capturedOf("main.main.func1", loads)).toEqual(UNKNOWN);
  });
});

describe("an object of which only its first word says that it is a closure", () => {
  const loads: Loads = ({ b }, entry) => ({ "main.main": [[b.address, entry]] });

  test.each([
    "main.main.func1.2",
    "main.main.gowrap3",
    "main.main.deferwrap1",
    "main.main·dwrap·1",
    "main.main-range1",
    "main.main.Close-fm",
    "main.main.func·001",
  ])("is one if a function that captures something begins there: %s", async (name) => {
    expect(await capturedOf(name, loads)).toEqual(B);
  });

  test.each(["main.main", "main.(*T).Close", "main.update1"])("is none if another one does: %s", async (name) => {
    const types = new TypeFixture();
    types.struct("struct { F uintptr; X0 *int }", [
      ["F", types.uintptr()],
      ["X0", types.pointer(types.int())],
    ]);
    const slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      for (const each of [name, "main.main.func1"]) {
        const slot = d.object(16).store(0, types.functionNamed(each)).point(8, d.object(8)) as Slot;
        slots.push(slot);
        d.root(slot);
      }
    });
    const sources = slots.map((slot) => typed.sourceOf(slot));
    expect(sources[0]).not.toBe(TypeSource.PROPAGATED);
    expect(sources[1]).toBe(TypeSource.PROPAGATED);
  });
});
