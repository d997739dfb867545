/** Stack frames, and which of their words are roots. */
import { describe, expect, test } from "vitest";
import { REACHABLE } from "../../../src/heap/objects.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { RootKind, RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { DumpBuilder, type DumpOptions, readDump } from "../../support/dump-builder.ts";
import { countingSource, virtualSource } from "../../support/virtual-source.ts";

/** Root edges of frames as [offset, object, kind], in the frames' order. */
async function frameRoots(draw: (d: DumpBuilder) => void, options: DumpOptions = {}) {
  const { heap } = await readDump(draw, options);
  const { vertices, kind, to, offset } = heap.roots;
  const edges: [number, number, number][] = [];
  for (let v = 0; v < vertices.count; v++) {
    if (vertices.kind[v] !== RootVertexKind.FRAME) continue;
    for (let e = vertices.edgeStart[v]!; e < vertices.edgeStart[v + 1]!; e++)
      edges.push([offset[e]!, to[e]!, kind[e]!]);
  }
  return { heap, edges };
}

const { FRAME, FRAME_CONSERVATIVE } = RootKind;

describe("frames", () => {
  // "up to 1.16 the goexit frame lists offsets >= its length … Ignore such fields."
  test("fields beyond a frame's end are passed over, silently", async () => {
    const { heap, edges } = await frameRoots((d) => {
      const a = d.object(32);
      d.root(a);
      const goexit = d.goroutine().frame("runtime.goexit", 8);
      goexit
        .list(8)
        .list(40)
        .list(1 << 30)
        .point(0, a);
    });
    expect(edges).toEqual([[0, 0, FRAME]]);
    expect(heap.dump.warnings).toEqual([]);
  });

  // "On LR machines those two loops can list a word twice: tolerate duplicates and unsorted offsets in frames."
  test("a word listed twice is one root, wherever in the list", async () => {
    const { edges } = await frameRoots((d) => {
      const [a, b, c] = [d.object(32), d.object(32), d.object(32)];
      d.goroutine().frame("main.f", 48).point(8, a).point(16, b).list(16).list(8).point(24, c).list(16).point(0, c);
    });
    expect(edges.sort((x, y) => x[0] - y[0])).toEqual([
      [0, 2, FRAME],
      [8, 0, FRAME],
      [16, 1, FRAME],
      [24, 2, FRAME],
    ]);
  });

  // "LR architectures: goexit frames are EMPTY": one that ends where another stack begins must not hide that.
  //     first stack, above:  f [8: ─► f+8]  [16: ─► a, unlisted]        second stack, right below:  g, goexit (empty)
  test("an empty frame hides no other", async () => {
    const { edges } = await frameRoots((d) => {
      const a = d.object(32);
      const f = d.goroutine({ stack: 0xc8_0000_1000 }).frame("main.f", 32);
      f.point(8, f, 8).store(16, a);
      const below = d.goroutine({ stack: 0xc8_0000_0fe0 });
      below.frame("main.g", 32);
      below.frame("runtime.goexit", 0);
    });
    expect(edges).toEqual([[16, 0, FRAME_CONSERVATIVE]]);
  });
});

describe("stack objects", () => {
  // "Follow listed pointers that land in a frame's [sp, sp+len) and scan that frame's words from there to its end"
  //     f: [8: ─► g+16]      g: [8: ─► a] [16: ─► b] [24: ─► h+0]      h: [0: ─► c]      none of g and h listed
  const draw = (d: DumpBuilder): void => {
    const [a, b, c] = [d.object(32), d.object(32), d.object(32)];
    const goroutine = d.goroutine();
    const f = goroutine.frame("main.f", 32);
    const g = goroutine.frame("main.g", 32).store(8, a).store(16, b);
    const h = goroutine.frame("main.h", 16).store(0, c);
    g.store(24, h);
    f.point(8, g, 16);
  };
  test("are followed from Go 1.12 on, and through one another", async () => {
    const { heap, edges } = await frameRoots(draw, { version: "go1.27.3" });
    expect(edges).toEqual([
      [16, 1, FRAME_CONSERVATIVE],
      [0, 2, FRAME_CONSERVATIVE],
    ]);
    expect(Array.from(heap.objects.flags, (flags) => (flags & REACHABLE) !== 0)).toEqual([false, true, true]);
  });

  test.each(["go1.17.1", ""])("of version %j too, which may be 1.12 or later", async (version) => {
    expect((await frameRoots(draw, { version })).edges).toHaveLength(2);
  });

  test.each([3, 4, 5, 6] as const)("of go1.%i are listed themselves", async (header) => {
    expect((await frameRoots(draw, { header })).edges).toEqual([]);
  });

  test("on 32-bit and big-endian machines, from a pointer that is not aligned", async () => {
    const { edges } = await frameRoots(
      (d) => {
        const a = d.object(32);
        const goroutine = d.goroutine();
        const f = goroutine.frame("main.f", 8);
        const g = goroutine.frame("main.g", 16).store(4, a).store(8, a, 4).store(12, a);
        f.point(4, g, 5);
      },
      { version: "go1.24.4", pointerSize: 4, bigEndian: true },
    );
    expect(edges).toEqual([
      [8, 0, FRAME_CONSERVATIVE],
      [12, 0, FRAME_CONSERVATIVE],
    ]);
  });

  test("do not count a word again that is listed already", async () => {
    const { edges } = await frameRoots((d) => {
      const a = d.object(32);
      const goroutine = d.goroutine();
      const f = goroutine.frame("main.f", 16);
      const g = goroutine.frame("main.g", 32).point(8, a).store(16, a);
      f.point(0, g).point(8, g, 8);
    });
    expect(edges).toEqual([
      [8, 0, FRAME],
      [16, 0, FRAME_CONSERVATIVE],
    ]);
  });

  //     f: [8: ─► f+16] [16: ─► f+24] … each word to the next, and the last to a; then the other way round
  test.each([8, -8])("that lead on within one frame, %i bytes at a time, cost what the frame has", async (step) => {
    const size = 1 << 16;
    const d = new DumpBuilder();
    const a = d.object(32);
    const goroutine = d.goroutine();
    const f = goroutine.frame("main.f", size);
    for (let offset = 0; offset < size; offset += 8) {
      const to = offset + step;
      if (to < 0 || to >= size) f.store(offset, a);
      else f.store(offset, f, to);
    }
    goroutine.frame("main.g", 16).point(8, f, step > 0 ? 0 : size - 8);
    const source = countingSource(virtualSource(d.parts()));
    const heap = await readHeap(source);
    expect(heap.statistics.rootsByKind[FRAME_CONSERVATIVE]).toBe(1);
    expect(source.bytesRead).toBeLessThan(3 * source.size);
    expect(source.reads).toBeLessThan(10);
  });

  //     f [o: ─► g+o], g [o: ─► f+o-8], from the end to where their listed words end; then a
  test("that lead back and forth between frames far apart cost what the frames have", async () => {
    const [size, listed] = [1 << 18, 1 << 17];
    const d = new DumpBuilder();
    const [a, b] = [d.object(32), d.object(32)];
    const goroutine = d.goroutine();
    const f = goroutine.frame("main.f", size);
    goroutine.frame("main.between", size);
    const g = goroutine.frame("main.g", size);
    for (let offset = 0; offset < size; offset += 8) {
      if (offset < listed) for (const frame of [f, g]) frame.point(offset, a);
      else f.store(offset, g, offset);
      if (offset > listed) g.store(offset, f, offset - 8);
    }
    g.store(listed, b);
    goroutine.frame("main.h", 16).point(8, f, size - 8);
    const source = countingSource(virtualSource(d.parts()));
    const { rootsByKind } = (await readHeap(source)).statistics;
    expect([rootsByKind[FRAME], rootsByKind[FRAME_CONSERVATIVE]]).toEqual([listed / 4, 1]);
    const words = (size - listed) / 4;
    expect(source.bytesRead).toBeLessThan(source.size + 1100 * words);
  }, 20_000);

  test("are words of a frame that its list has not, in whatever order that is", async () => {
    const { edges } = await frameRoots((d) => {
      const [a, b] = [d.object(32), d.object(32)];
      const goroutine = d.goroutine();
      const f = goroutine.frame("main.f", 16);
      const g = goroutine.frame("main.g", 64).point(48, a).point(32, a).point(56, a).point(8, a).point(24, a);
      // From 32 on first, and from there to what is before.
      g.store(0, b).store(16, b).store(40, g);
      f.point(0, g, 32);
    });
    const ofKind = (wanted: number) => edges.filter(([, , kind]) => kind === wanted).map(([offset]) => offset);
    expect(ofKind(FRAME).sort((x, y) => x - y)).toEqual([8, 24, 32, 48, 56]);
    expect(ofKind(FRAME_CONSERVATIVE).sort((x, y) => x - y)).toEqual([0, 16]);
  });

  // "scan the frame directly above runtime.asyncPreempt fully"
  test("a frame interrupted by asyncPreempt is taken whole", async () => {
    const { edges } = await frameRoots((d) => {
      const [a, b, c] = [d.object(32), d.object(32), d.object(32)];
      const goroutine = d.goroutine();
      goroutine.frame("runtime.asyncPreempt2", 16);
      goroutine.frame("runtime.asyncPreempt", 16).point(8, a);
      goroutine.frame("main.interrupted", 32).point(8, b).store(24, c);
      goroutine.frame("main.caller", 32).store(8, c);
    });
    expect(edges).toEqual([
      [8, 0, FRAME],
      [8, 1, FRAME],
      [24, 2, FRAME_CONSERVATIVE],
    ]);
  });
});

describe("goroutines", () => {
  test("frames belong to the goroutine before them", async () => {
    const { heap } = await readDump((d) => {
      const first = d.goroutine({ id: 1, waitReason: "select" });
      first.frame("runtime.gopark", 32);
      first.frame("main.main", 64);
      d.goroutine({ id: 18, status: 1 }).frame("main.worker", 16);
      d.goroutine({ id: 19, status: 3 });
    });
    const { frameStart, frames, names, id } = heap.goroutines;
    expect(Array.from(frameStart)).toEqual([0, 2, 3, 3]);
    expect(Array.from(frames.function, (name) => names[name])).toEqual(["runtime.gopark", "main.main", "main.worker"]);
    expect(Array.from(id)).toEqual([1, 18, 19]);
  });

  test("in the dump twice are taken once", async () => {
    const { heap } = await readDump((d) => {
      for (let i = 0; i < 2; i++) d.goroutine({ g: 0x57_0000, id: 7 }).frame("main.f", 16);
    });
    expect([heap.goroutines.count, heap.goroutines.frames.count]).toEqual([1, 1]);
    expect(heap.dump.warnings.map((w) => w.code)).toContain("duplicate-goroutines");
  });
});
