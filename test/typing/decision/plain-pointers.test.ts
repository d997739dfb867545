/** What a pointer to the beginning of an object says where something larger begins with such a value, and in tiny blocks. */
import { describe, expect, test } from "vitest";
import { TypeSource } from "../../../src/heap/objects.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

/** Slots are not cleared behind values. */
const options = { version: "go1.27" };

function rootInterface(dump: DumpBuilder, dynamic: FixtureType, target: Slot): void {
  const offset = dump.data.size;
  dump.data.size += 16;
  dump.data.store(offset, dynamic.address);
  dump.data.point(offset + 8, target);
}

/** What an object of 48 bytes has behind a base of 40. */
type Tail = readonly [offset: number, value: number] | undefined;

interface Drawn {
  /** Tails of the objects that a `[]*Base` leads to … */
  readonly bases: readonly Tail[];
  /** … and of those that a `[]*Larger` does. */
  readonly larger: readonly Tail[];
  /** How many of the larger ones the `[]*Base` leads to as well. */
  readonly shared?: number;
  /** Of the flag. */
  readonly kind?: "uint8" | "bool" | "sync/atomic.Bool";
}

/** A base with a flag behind it, in the slots of the base alone. */
async function drawBases({
  bases,
  larger,
  shared = 0,
  kind = "uint8",
}: Drawn): Promise<[name: string | undefined, source: number][]> {
  const types = new TypeFixture();
  const base = types.struct("main.Base", [
    ["name", types.string()],
    ["a", types.int()],
    ["b", types.int()],
    ["c", types.int()],
  ]);
  const outer = types.struct("main.Larger", [
    ["Base", base],
    ["kind", kind === "sync/atomic.Bool" ? types.struct(kind, [["v", types.uint8()]]) : types[kind]()],
  ]);
  expect([base.size, outer.size]).toEqual([40, 48]);
  const slots: Slot[] = [];
  const typed = await typeDump(
    types,
    (d) => {
      const drawAll = (tails: readonly Tail[], list: FixtureType, others: readonly Slot[] = []): Slot[] => {
        const array = d.object(512);
        const header = d.object(24).point(0, array).store(8, tails.length).store(16, 64) as Slot;
        rootInterface(d, list, header);
        const drawn = tails.map((tail, i) => {
          const slot = d.object(48).list(0) as Slot;
          if (tail !== undefined) slot.store(...tail);
          array.point(8 * i, slot);
          return slot;
        });
        for (const [i, slot] of others.entries()) array.point(8 * (tails.length + i), slot);
        for (let i = tails.length + others.length; i < 64; i++) array.list(8 * i);
        return drawn;
      };
      const outers = drawAll(larger, types.slice(types.pointer(outer)));
      slots.push(...drawAll(bases, types.slice(types.pointer(base)), outers.slice(0, shared)));
    },
    options,
  );
  return slots.map((slot) => [typed.typeOf(slot), typed.sourceOf(slot)]);
}

const KIND: Tail = [40, 7];
const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);

describe("a pointer to what something larger begins with", () => {
  const { INFERRED, PROPAGATED } = TypeSource;

  test("tells many objects of one field for certain, where what is larger is known elsewhere", async () => {
    const drawn = await drawBases({ bases: times(20, undefined), larger: times(20, KIND) });
    expect(drawn).toEqual(times(20, ["main.Base", PROPAGATED]));
  });

  test("is a guess where nothing is known to be either", async () => {
    const drawn = await drawBases({ bases: times(20, undefined), larger: [] });
    expect(drawn).toEqual(times(20, ["main.Base", INFERRED]));
  });

  test("tells nothing of what goes on as the larger ones do", async () => {
    const larger = times(20, KIND).map((_, i): Tail => [40, i + 1]);
    const drawn = await drawBases({ bases: [...times(30, undefined), ...times(10, KIND)], larger });
    expect(drawn.slice(0, 30)).toEqual(times(30, ["main.Base", INFERRED]));
    expect(drawn.slice(30).map(([name]) => name)).toEqual(times(10, undefined));
  });

  test("leads to what is larger where it goes on in just the way of many of those", async () => {
    const bases = [...times(30, undefined), ...times(10, KIND)];
    const drawn = await drawBases({ bases, larger: times(20, KIND) });
    expect(drawn.slice(30)).toEqual(times(10, ["main.Larger", INFERRED]));
  });

  test("leads to larger ones if it leads to known ones of them, and what goes on is just as there", async () => {
    const bases = [...times(39, undefined), KIND];
    expect(await drawBases({ bases, larger: times(20, KIND) })).toEqual(times(40, ["main.Base", PROPAGATED]));
    const drawn = await drawBases({ bases, larger: times(20, KIND), shared: 8 });
    expect(drawn).toEqual([...times(39, ["main.Base", PROPAGATED]), ["main.Larger", INFERRED]]);
  });

  test("proves nothing if it leads to larger ones as well, and many of these are zero where they go on", async () => {
    const [bases, larger] = [times(40, undefined), [...times(19, KIND), undefined]];
    expect(await drawBases({ bases, larger })).toEqual(times(40, ["main.Base", PROPAGATED]));
    expect(await drawBases({ bases, larger, shared: 8 })).toEqual(times(40, ["main.Base", INFERRED]));
  });

  test.each(["bool", "sync/atomic.Bool"] as const)("is no worse for leftovers that no %s can be", async (kind) => {
    const bases = [...times(30, undefined), ...times(10, KIND)];
    const drawn = await drawBases({ bases, larger: times(20, [40, 1]), kind });
    expect(drawn).toEqual(times(40, ["main.Base", PROPAGATED]));
  });

  test("is no worse for what slots have that are not cleared, and larger ones never do", async () => {
    const leftover: Tail = [40, 0x1_c000_1234_5678];
    const drawn = await drawBases({
      bases: [...times(30, undefined), ...times(10, leftover)],
      larger: times(20, KIND),
    });
    expect(drawn).toEqual(times(40, ["main.Base", PROPAGATED]));
  });

  test("is no worse for a few that happen to go on like the one that is larger", async () => {
    const drawn = await drawBases({ bases: [...times(36, undefined), ...times(4, KIND)], larger: [KIND] });
    expect(drawn).toEqual(times(40, ["main.Base", PROPAGATED]));
  });
});

describe("a pointer to one small value of a slot with more in it", () => {
  const draw = async (
    hasArrays: boolean,
    other: number,
    isBoxed = false,
  ): Promise<[name: string | undefined, source: number]> => {
    const types = new TypeFixture();
    const id = types.struct("main.ID", [["value", types.int()]]);
    const holder = types.struct("main.Holder", [
      ["id", isBoxed ? types.any() : types.pointer(id)],
      ["ids", types.slice(id)],
    ]);
    let slot: Slot | undefined;
    const typed = await typeDump(
      types,
      (d) => {
        slot = d.object(16).store(0, 5).store(8, other) as Slot;
        const owner = d.object(holder.size);
        if (isBoxed) owner.store(0, id.address).point(8, slot);
        else owner.point(0, slot);
        const ids = isBoxed ? 16 : 8;
        if (hasArrays)
          owner
            .point(ids, d.object(64))
            .store(ids + 8, 8)
            .store(ids + 16, 8);
        else owner.list(ids);
        rootInterface(d, types.pointer(holder), owner);
      },
      options,
    );
    return [typed.typeOf(slot!), typed.sourceOf(slot!)];
  };

  test.each([
    ["may be one to an element, where there are arrays of it", true, 6, false, "(tiny block)"],
    ["is to the value where there are none", false, 6, false, "main.ID"],
    ["is to the value where the rest is zero", true, 0, false, "main.ID"],
    ["is to the value where an interface has it", true, 6, true, "main.ID"],
  ])("%s", async (_name, hasArrays, other, isBoxed, name) => {
    expect(await draw(hasArrays, other, isBoxed)).toEqual([name, TypeSource.PROPAGATED]);
  });
});
