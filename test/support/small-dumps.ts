/** Small dumps with a record of every kind that their header has: what fuzzing and the malformed corpus start from. */
import { FieldKind, Go13ObjectKind } from "../../src/format/records/tags.ts";
import { buildDump, concat, type DumpBuilder, type DumpOptions, uvarint } from "./dump-builder.ts";

const { POINTER, IFACE, EFACE, STRING, SLICE } = FieldKind;

//   data ─► a ─► b ⇄ c      d's frames ─► b, a frame      garbage: x ⇄ y      finalizer(c)      queued(b)
function drawEverything(d: DumpBuilder): void {
  const { header = 7, gccgo = false } = d.options;
  const isTyped = header === 3;
  const w = d.pointerSize;
  const layout = [POINTER, STRING, SLICE, IFACE, EFACE].map((kind, i) => [kind, i * 3 * w] as const);
  const type = d.type("main.Node", 15 * w, { fields: isTyped ? layout : [] });
  const itab = d.itab(type);
  if (header === 5) d.itab(d.type("", 8, { damage: concat(uvarint(0x7f12_3456_7890), [1, 8, 2, 3, 4]) }));
  const [a, b, c, x, y] = [d.object(64), d.object(32), d.object(32), d.object(48), d.object(48)];
  const big = d.object(1024);
  const noscan = d.object(128);
  if (isTyped) {
    Object.assign(a, { kind: Go13ObjectKind.CONSERVATIVE });
    Object.assign(b, { kind: Go13ObjectKind.CONSERVATIVE });
    Object.assign(big, { type: gccgo ? 0 : type, kind: Go13ObjectKind.ARRAY });
    Object.assign(noscan, { type: gccgo ? 0 : type, kind: Go13ObjectKind.CHANNEL });
  }
  a.point(0, b)
    .point(w, c, w)
    .point(3 * w, 0x40_1000);
  b.point(0, c).point(w, 0);
  c.point(0, b);
  x.point(0, y);
  y.point(2 * w, x);
  if (header === 4)
    a.store(4 * w, itab)
      .store(5 * w, c)
      .list(4 * w, IFACE);
  else if (!isTyped) a.store(4 * w, itab).point(5 * w, c);
  big.store(0, type);
  for (let i = 8 / w; i < 1024 / w; i += 3) big.point(i * w, i % 2 ? a : noscan);
  d.root(a);
  d.root(big, 8);
  d.root(d.bss);
  d.bssRoot(c);
  d.data.size += 2 * w;
  d.otherRoot(b);
  d.finalizer(c, noscan);
  d.queuedFinalizer(b, noscan);
  d.thread(x);
  const goroutine = d.goroutine({ g: noscan, context: c, waitReason: "chan receive" });
  if (!gccgo) {
    const f = goroutine.frame("main.f", 4 * w);
    goroutine.frame("runtime.asyncPreempt", 2 * w).point(0, b);
    const g = goroutine.frame("main.g", 4 * w).store(w, c);
    f.point(w, b).point(2 * w, g, w);
    goroutine.frame("runtime.goexit", 0).list(w);
  }
  goroutine.defer(noscan, c);
  goroutine.panic(c, type, 0);
  d.goroutine({ id: 18, status: 3 });
  const bucket = d.bucket(32, ["main.mk", "/src/p.go", 71], ["main.main", "/src/p.go", 125]);
  d.sample(b, bucket, 8);
  d.sample(0x1234, bucket + 1);
}

/** By name: every header, both pointer sizes and byte orders, the versions whose meaning differs. */
export const SMALL_DUMPS: Readonly<Record<string, DumpOptions>> = {
  "go1.3": { header: 3 },
  "go1.3 of gccgo": { header: 3, gccgo: true },
  "go1.4": { header: 4 },
  "go1.5": { header: 5 },
  "go1.6": { header: 6, pointerSize: 4, arch: 53 },
  "go1.7 to 1.16": { version: "" },
  "go1.21": { version: "go1.21.13" },
  "go1.24": { version: "go1.24.4" },
  "go1.27, big-endian": { version: "go1.27.3", bigEndian: true, arch: "s390x" },
  "go1.27, 32-bit": { version: "go1.27.3", pointerSize: 4, arch: "386" },
  AIX: { version: "go1.22.12", bigEndian: true, arch: "ppc64", heapStart: 0x0a00_0100_0000_0000n },
  gccgo: { gccgo: true, version: "unknown" },
};

export function smallDump(name: string): Uint8Array<ArrayBuffer> {
  return buildDump(drawEverything, SMALL_DUMPS[name]!);
}
