/** Resolution of pointers against a linear scan, on random heaps: whole dumps in, edges and counts out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TypeSource } from "../../../src/heap/objects.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { checkHeap } from "../../fuzz/heap-invariants.ts";
import { concat, DumpBuilder, type DumpOptions, readDump, type Slot } from "../../support/dump-builder.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { virtualSource } from "../../support/virtual-source.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 20_141_007);

interface Drawn {
  readonly builder: DumpBuilder;
  readonly slots: readonly Slot[];
  /** From, offset, value. */
  readonly pointers: readonly (readonly [Slot, number, () => bigint])[];
}

function draw(options: DumpOptions, seed: number, count: number): Drawn {
  const random = seededRandom(seed);
  const builder = new DumpBuilder(options);
  const { pointerSize } = builder;
  const start = BigInt(options.heapStart ?? (pointerSize === 8 ? 0xc0_0000_0000 : 0x1840_0000));
  const slots: Slot[] = [];
  for (let page = 0; slots.length < count; page += 1 + random(random(5) === 0 ? 3000 : 2)) {
    const far = random(20) === 0 && pointerSize === 8 ? 2n ** 36n * BigInt(random(5)) : 0n;
    const base = start + BigInt(page) * 0x1_0000n + far;
    const size = [16, 24, 48, 112, 512, 2048, 9472, 40960][random(8)]!;
    if (slots.some((slot) => slot.at !== undefined && slot.at - base < 0x1_0000n && base - slot.at < 0x1_0000n))
      continue;
    let at = base;
    for (let n = 1 + random(20); n > 0 && at < base + 0xc000n; n--) {
      // Now and then a slot that is not on its size's grid.
      if (random(4) === 0) at += BigInt(size);
      if (random(60) === 0) at += 8n;
      slots.push(builder.object(random(40) === 0 ? size + 8 : size, { address: at }));
      at = slots.at(-1)!.at! + BigInt(slots.at(-1)!.size);
    }
  }
  const pointers: [Slot, number, () => bigint][] = [];
  for (const slot of slots) {
    for (let offset = 0; offset + pointerSize <= Math.min(slot.size, 400); offset += pointerSize) {
      if (random(3) !== 0) continue;
      const target = slots[random(slots.length)]!;
      const inside = [0, 0, 1, 8, target.size - 1, target.size, -1, target.size + 4096][random(8)]!;
      slot.point(offset, target, inside);
      pointers.push([slot, offset, () => target.at! + BigInt(inside)]);
    }
  }
  builder.root(slots[0]!);
  return { builder, slots, pointers };
}

describe.each<[string, DumpOptions]>([
  ["64-bit", {}],
  ["32-bit, big-endian", { pointerSize: 4, bigEndian: true }],
  ["above 2^53", { heapStart: 0x0a00_0100_0000_0000n, bigEndian: true }],
])("random heaps, %s", (_, options) => {
  test("have the edges that a linear scan finds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(1, 20, 150), async (seed, count) => {
        const { builder, slots, pointers } = draw(options, seed, count);
        const heap = await readHeap(virtualSource(builder.parts()));
        checkHeap(heap);
        const sorted = [...slots].sort((a, b) => (a.at! < b.at! ? -1 : 1));
        expect(heap.objects.count).toBe(sorted.length);
        const expected: string[] = [];
        const interior: number[] = [];
        for (const [from, offset, value] of pointers) {
          const to = sorted.findIndex((slot) => value() >= slot.at! && value() < slot.at! + BigInt(slot.size));
          if (to < 0) continue;
          expected.push(`${sorted.indexOf(from)}+${offset} -> ${to}+${value() - sorted[to]!.at!}`);
          if (value() !== sorted[to]!.at) interior.push(expected.length);
        }
        const inside = new Map(Array.from(heap.edges.interiorEdge, (e, i) => [e, heap.edges.interiorOffset[i]!]));
        const found: string[] = [];
        for (let i = 0; i < heap.objects.count; i++) {
          for (let e = heap.edges.start[i]!; e < heap.edges.start[i + 1]!; e++) {
            found.push(`${i}+${heap.edges.offset[e]} -> ${heap.edges.to[e]}+${inside.get(e) ?? 0}`);
          }
        }
        expect(found.sort()).toEqual(expected.sort());
        expect(inside.size).toBe(interior.length);
        expect(heap.statistics.pointersElsewhere).toBe(pointers.length - expected.length);
      }),
      { seed: SEED, numRuns: 40 },
    );
  }, 30_000);
});

describe("interfaces", () => {
  //   second span, first in the dump: c ─iface T─► a     first span: a, b     c ─iface T─► b+8, ─iface U─► d, ─iface T─► d
  test("give their dynamic type to what they point to the beginning of, unless they contradict one another", async () => {
    const { heap, drawn } = await readDump((d) => {
      const [t, u] = [d.type("main.T", 48), d.type("main.U", 48)];
      const [it, iu] = [d.itab(t), d.itab(u)];
      const high = d.span(128, { base: 0xc0_0000_8000 });
      const low = d.span(48, { base: 0xc0_0000_0000 });
      const c = high.slot(3);
      const [a, b, e] = [low.slot(9), low.slot(2), low.slot(5)];
      c.store(0, it).point(8, a).store(16, it).point(24, b, 8);
      c.store(32, iu).point(40, e).store(48, it).point(56, e);
      c.store(64, u).point(72, a, 0);
      const f = low.slot(7);
      c.store(80, u).point(88, f).point(96, it).point(104, f);
      d.root(c);
      return { a, b, e, f };
    });
    const typeOf = (slot: Slot) => {
      const object = heap.findObject(slot.address);
      const isTyped = heap.objects.typeSource[object] !== TypeSource.NONE;
      return isTyped ? heap.types.names[heap.objects.type[object]!] : undefined;
    };
    // a: T by its itab, U by its type word: a contradiction; f likewise; b: only its inside is pointed to.
    expect([drawn.a, drawn.b, drawn.e, drawn.f].map(typeOf)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("of one type settle it, whether their type words are listed or not", async () => {
    const { heap, drawn } = await readDump((d) => {
      const t = d.type("main.T", 48);
      const it = d.itab(t);
      const holder = d.span(128, { base: 0xc0_0000_8000 }).slot(3);
      const low = d.span(48, { base: 0xc0_0000_0000 });
      const [a, b] = [low.slot(9), low.slot(2)];
      holder.store(0, it).point(8, a).store(16, t).point(24, a).point(32, it).point(40, b);
      d.root(holder);
      return { a, b };
    });
    for (const slot of [drawn.a, drawn.b]) {
      const object = heap.findObject(slot.address);
      expect(heap.types.names[heap.objects.type[object]!]).toBe("main.T");
      expect(heap.objects.typeSource[object]).toBe(TypeSource.PROPAGATED);
    }
  });

  test("of an object that the file ends in say nothing", async () => {
    const builder = new DumpBuilder({ complete: false });
    const t = builder.type("main.T", 16);
    const it = builder.itab(t);
    builder.object(16);
    builder.object(16);
    // Read as an address this is none; as a number it is the second object's.
    builder.object(48).store(0, it).point(8, 1);
    const whole = concat(...(builder.parts() as Uint8Array[]));
    // Without the end of its field list, and what follows.
    const heap = await readHeap(virtualSource([whole.subarray(0, -1)]), { salvage: true });
    expect(heap.objects.count).toBe(2);
    expect([...heap.objects.typeSource]).toEqual([TypeSource.NONE, TypeSource.NONE]);
  });
});
