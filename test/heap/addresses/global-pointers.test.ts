/** Pointers of objects into data and bss: no edges, but listed for typing. */
import { expect, test } from "vitest";
import { readHeap } from "../../../src/heap/read.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { buildDump, type DumpBuilder, type Slot } from "../../support/dump-builder.ts";

/** Objects of two sizes, drawn from high addresses to low ones, with pointers to everything there is. */
function draw(dump: DumpBuilder): Slot[] {
  const high = dump.span(32, { base: 0xc0_0010_0000 });
  const low = dump.span(48, { base: 0xc0_0000_0000 });
  const slots = [high.slot(0), high.slot(1), low.slot(0), low.slot(5)];
  dump.root(slots[0]!);
  dump.data.size = 64;
  dump.bss.size = 64;
  const [first, second, third, fourth] = slots as [Slot, Slot, Slot, Slot];
  first.point(0, second).point(8, dump.data, 16).point(16, 0x1234).point(24, dump.bss);
  second.point(0, dump.data, 63).point(8, dump.data, 64);
  third.point(8, first).list(16).point(40, dump.bss, 8);
  fourth.point(0, third);
  return slots;
}

test("are listed by object and offset, and only if shapes are kept", async () => {
  let slots: Slot[] = [];
  const source = () =>
    memorySource(
      buildDump((dump) => {
        slots = draw(dump);
      }),
    );
  const heap = await readHeap(source(), { keepShapes: true });
  const { object, offset, address, count } = heap.globalPointers!;
  const [first, second, third] = slots.map((slot) => heap.findObject(slot.address));
  const [data, bss] = heap.segments.map((segment) => segment.address) as [number, number];
  expect(Array.from({ length: count }, (_, i) => [object[i], offset[i], address[i]])).toEqual([
    [third, 40, bss + 8],
    [first, 8, data + 16],
    [first, 24, bss],
    [second, 0, data + 63],
  ]);
  expect(count).toBe(heap.statistics.pointersToGlobals);
  expect((await readHeap(source())).globalPointers).toBeUndefined();
});
