/** What of a slice's array is in use, and how much room there is. */
import { describe, expect, test } from "vitest";
import { findUse } from "../../../src/findings/holders/use.ts";
import { objectSize } from "../../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeValues } from "../../../src/values/values.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { rootPointer } from "../inspections/inspected.ts";

describe("a slice's array", () => {
  /** Of bytes, in a slot of `size`, of which a slice shows `length` and reaches as far as `capacity`. */
  async function use(size: number, length: number, capacity: number) {
    const types = new TypeFixture();
    const holder = types.struct("main.holder", [["b", types.slice(types.uint8())]]);
    const { heap } = await typeDump(types, (d) => {
      const object = d.object(24);
      object.point(0, d.object(size)).store(8, length).store(16, capacity);
      rootPointer(d, types, holder, object);
    });
    const array = Array.from({ length: heap.objects.count }, (_, i) => objectSize(heap.objects, i)).indexOf(size);
    return findUse(heap, await computeValues(heap, NO_PROGRESS), array);
  }

  test("has the room that the slice has the capacity for; what the size class adds is none", async () => {
    expect(await use(1024, 30, 1000)).toEqual({ kind: "slice", length: 30, capacity: 1000 });
    expect(await use(1024, 900, 900)).toEqual({ kind: "slice", length: 900, capacity: 900 });
    expect(await use(16, 1, 1)).toEqual({ kind: "slice", length: 1, capacity: 1 });
  });

  test("has room beyond every capacity if the slot is more than twice as large: 30 bytes do not take 1 KiB", async () => {
    expect(await use(1024, 30, 30)).toEqual({ kind: "slice", length: 30, capacity: 1024 });
  });

  test("has no room in a malloc header", async () => {
    const types = new TypeFixture();
    const element = types.pointer(types.int());
    const holder = types.struct("main.holder", [["p", types.slice(element)]]);
    const { heap } = await typeDump(
      types,
      (d) => {
        const [object, array] = [d.object(24), d.object(1024).store(0, element.address)];
        for (let at = 8; at < 1024; at += 8) at === 8 ? array.point(at, d.object(8)) : array.list(at);
        object.point(0, array, 8).store(8, 1).store(16, 2);
        rootPointer(d, types, holder, object);
      },
      { version: "go1.26.1" },
    );
    const array = Array.from({ length: heap.objects.count }, (_, i) => objectSize(heap.objects, i)).indexOf(1024);
    expect(findUse(heap, await computeValues(heap, NO_PROGRESS), array)).toEqual({
      kind: "slice",
      length: 1,
      capacity: 127,
    });
  });
});
