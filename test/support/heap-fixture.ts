/**
 * Draws a heap by hand: objects, pointers, roots, goroutines and an allocation profile in a few lines, without a dump.
 * Reachability, the tree of root vertices and the entries into unreachable parts are worked out as the builder does.
 */
import {
  GoroutineStatus,
  HAS_HEADER,
  HAS_POINTERS,
  type Heap,
  HUGE_SIZE,
  type MemoryProfile,
  REACHABLE,
  RootKind,
  RootVertexKind,
  TypeKind,
} from "../../src/index.ts";

export interface ObjectSketch {
  readonly size?: number;
  readonly type?: string;
  readonly header?: boolean;
  /** Ascending; the next multiple of 8 after the last object by default. */
  readonly address?: number;
}

export interface GoroutineSketch {
  readonly id?: number;
  readonly status?: number;
  readonly waitReason?: string;
  /** Innermost first; `slots` are pairs of object and offset, taken conservatively if they `areWords`. */
  readonly frames?: readonly {
    readonly name: string;
    readonly slots?: readonly (readonly [number, number])[];
    readonly areWords?: boolean;
  }[];
  /** The runtime.g object. */
  readonly g?: number;
}

export interface BucketSketch {
  readonly size: number;
  readonly allocations: number;
  readonly frees: number;
  /** Innermost first: function, file, line. */
  readonly sites: readonly (readonly [string, string, number])[];
  /** Live sampled objects. */
  readonly live?: readonly number[];
}

/** Collects what the test draws; every method returns the index of what it added. */
export class HeapSketch {
  readonly objects: Required<ObjectSketch>[] = [];
  readonly pointers: { from: number; to: number; offset: number }[] = [];
  readonly globals: { segment: number; object: number; offset: number }[] = [];
  readonly goroutines: GoroutineSketch[] = [];
  readonly finalizers: { object: number; fn: number }[] = [];
  readonly others: { kind: number; object: number }[] = [];
  readonly buckets: BucketSketch[] = [];
  heapStart = 0xc000000000;

  object(sketch: ObjectSketch = {}): number {
    const last = this.objects.at(-1);
    const address =
      sketch.address ?? (last === undefined ? 0xc000010000 : Math.ceil((last.address + last.size) / 8) * 8);
    this.objects.push({ size: 16, type: "main.T", header: false, ...sketch, address });
    return this.objects.length - 1;
  }
  pointer(from: number, to: number, offset = 0): void {
    this.pointers.push({ from, to, offset });
  }
  global(object: number, offset = 0, segment: "data" | "bss" = "data"): void {
    this.globals.push({ segment: segment === "data" ? 0 : 1, object, offset });
  }
  goroutine(sketch: GoroutineSketch): void {
    this.goroutines.push(sketch);
  }
  finalizer(object: number, fn: number): void {
    this.finalizers.push({ object, fn });
  }
  otherRoot(object: number, kind: number = RootKind.QUEUED_FINALIZER): void {
    this.others.push({ object, kind });
  }
  bucket(sketch: BucketSketch): void {
    this.buckets.push(sketch);
  }
  /** What the runtime allocates as it starts: since Go 1.23 it is sampled before the runtime turns sampling off. */
  runtimeStart(): void {
    const object = this.object({ size: 1152 });
    this.global(object);
    const sites = [["runtime.schedinit", "proc.go", 1046]] as const;
    this.bucket({ size: 1152, allocations: 1, frees: 0, sites, live: [object] });
  }
}

/** Builds the heap that `draw` draws. */
export function drawHeap(draw: (sketch: HeapSketch) => void): Heap {
  const sketch = new HeapSketch();
  draw(sketch);
  const { objects } = sketch;
  const count = objects.length;
  const typeNames = [...new Set(objects.map((o) => o.type))];
  const names = new Names();

  const pointers = [...sketch.pointers].sort((a, b) => a.from - b.from || a.offset - b.offset);
  const start = new Uint32Array(count + 1);
  for (const { from } of pointers) start[from + 1]!++;
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;

  const tree = buildVertices(sketch, names);
  const reached = new Uint8Array(count);
  for (const vertex of tree) for (const edge of vertex.edges) markFrom(edge.to, pointers, start, reached);
  const flags = Uint8Array.from(objects, (o, i) => {
    const pointing = start[i + 1]! > start[i]! ? HAS_POINTERS : 0;
    return pointing | (o.header ? HAS_HEADER : 0) | (reached[i] ? REACHABLE : 0);
  });
  // Garbage is entered at its lowest object, again and again until none is left.
  const unreachable = tree.find((vertex) => vertex.kind === RootVertexKind.UNREACHABLE)!;
  const referred = new Set(pointers.filter((p) => !reached[p.from] && p.from !== p.to).map((p) => p.to));
  for (const pass of ["unreferred", "cycles"]) {
    for (let i = 0; i < count; i++) {
      if (reached[i] || (pass === "unreferred" && referred.has(i))) continue;
      unreachable.edges.push({ kind: RootKind.UNREACHABLE, to: i, offset: 0 });
      if (pass === "cycles") markFrom(i, pointers, start, reached);
    }
    if (pass === "unreferred") for (const { to } of unreachable.edges) markFrom(to, pointers, start, reached);
  }

  const frames = sketch.goroutines.flatMap((g) => g.frames ?? []);
  const columns = <T>(rows: readonly T[], value: (row: T, index: number) => number) => Float64Array.from(rows, value);
  return {
    dump: {
      name: "drawn",
      size: 0,
      header: 7,
      go: { text: "go1.24.4", minor: 24, minorMax: 24, how: "drawn", experiments: [], compiler: "gc" },
      arch: "amd64",
      pointerSize: 8,
      bigEndian: false,
      heapStart: sketch.heapStart,
      heapEnd: sketch.heapStart + 2 ** 26,
      cpuCount: 2,
      complete: true,
      trailingBytes: 0,
      warnings: [],
      addressBase: 0n,
    },
    objects: {
      count,
      address: columns(objects, (o) => o.address),
      size: Uint32Array.from(objects, (o) => Math.min(o.size, HUGE_SIZE)),
      hugeSize: new Map(objects.flatMap((o, i) => (o.size >= HUGE_SIZE ? [[i, o.size]] : []))),
      position: new Float64Array(count),
      type: Int32Array.from(objects, (o) => typeNames.indexOf(o.type)),
      typeSource: new Uint8Array(count),
      flags,
    },
    edges: {
      count: pointers.length,
      start,
      to: Int32Array.from(pointers, (p) => p.to),
      offset: Uint32Array.from(pointers, (p) => p.offset),
      interiorEdge: new Uint32Array(0),
      interiorOffset: new Float64Array(0),
    },
    types: {
      count: typeNames.length,
      names: typeNames,
      kind: new Uint8Array(typeNames.length).fill(TypeKind.NAMED),
    },
    roots: {
      vertices: {
        count: tree.length,
        kind: Uint8Array.from(tree, (v) => v.kind),
        parent: Int32Array.from(tree, (v) => v.parent),
        firstChild: cumulate(countChildren(tree), 1),
        item: Int32Array.from(tree, (v) => v.item),
        edgeStart: Uint32Array.from(
          cumulate(
            tree.map((v) => v.edges.length),
            0,
          ),
        ),
      },
      count: tree.reduce((sum, v) => sum + v.edges.length, 0),
      kind: Uint8Array.from(tree.flatMap((v) => v.edges.map((e) => e.kind))),
      to: Int32Array.from(tree.flatMap((v) => v.edges.map((e) => e.to))),
      offset: Float64Array.from(tree.flatMap((v) => v.edges.map((e) => e.offset))),
      finalizedObjects: Int32Array.from(new Set(sketch.finalizers.map((f) => f.object))).sort(),
      finalizers:
        sketch.finalizers.length === 0
          ? []
          : [{ count: 1, type: 0, function: 0x401000, isQueued: false, isNeverFinalized: false }],
      finalizedBy: new Int32Array(new Set(sketch.finalizers.map((f) => f.object)).size),
      finalizedType: new Float64Array(new Set(sketch.finalizers.map((f) => f.object)).size),
    },
    goroutines: {
      count: sketch.goroutines.length,
      address: new Float64Array(sketch.goroutines.length),
      id: columns(sketch.goroutines, (g, i) => g.id ?? i + 1),
      status: Uint8Array.from(sketch.goroutines, (g) => g.status ?? GoroutineStatus.WAITING),
      system: new Uint8Array(sketch.goroutines.length),
      waitReason: Int32Array.from(sketch.goroutines, (g) => names.index(g.waitReason ?? "")),
      waitSince: new Float64Array(sketch.goroutines.length),
      createdBy: new Float64Array(sketch.goroutines.length),
      frameStart: Uint32Array.from(
        cumulate(
          sketch.goroutines.map((g) => g.frames?.length ?? 0),
          0,
        ),
      ),
      frames: {
        count: frames.length,
        address: new Float64Array(frames.length),
        size: new Float64Array(frames.length),
        position: new Float64Array(frames.length),
        entry: new Float64Array(frames.length),
        pc: new Float64Array(frames.length),
        function: Int32Array.from(frames, (f) => names.index(f.name)),
      },
      names: names.all,
    },
    segments: (["data", "bss"] as const).map((kind, i) => ({
      kind,
      address: 0x500000 + i * 0x10000,
      size: 0x10000,
      position: 0,
      pointerSlots: 1,
    })),
    statistics: undefined as never,
    memStats: undefined,
    memoryProfile: buildProfile(sketch.buckets),
    findObject: (address) => objects.findIndex((o) => address >= o.address && address < o.address + o.size),
    readContents: refuse,
    readBytes: refuse,
    formatAddress: (address) => `0x${address.toString(16)}`,
    close() {},
  };
}

interface Vertex {
  readonly kind: number;
  readonly parent: number;
  readonly item: number;
  readonly edges: { kind: number; to: number; offset: number }[];
}

/** The root vertices, breadth first. */
function buildVertices(sketch: HeapSketch, names: Names): Vertex[] {
  const tree: Vertex[] = [];
  const add = (kind: number, parent: number, item = -1): Vertex => {
    const vertex = { kind, parent, item, edges: [] };
    tree.push(vertex);
    return vertex;
  };
  const K = RootVertexKind;
  add(K.ROOT, -1);
  add(K.GC_ROOTS, 0);
  add(K.UNREACHABLE, 0);
  add(K.GLOBALS, 1);
  add(K.GOROUTINES, 1);
  add(K.FINALIZERS, 1);
  const other = add(K.OTHER, 1);
  for (const segment of [0, 1]) {
    const { edges } = add(K.SEGMENT, 3, segment);
    for (const g of sketch.globals) {
      const kind = segment === 0 ? RootKind.DATA : RootKind.BSS;
      if (g.segment === segment) edges.push({ kind, to: g.object, offset: g.offset });
    }
  }
  const firstGoroutine = tree.length;
  sketch.goroutines.forEach((g, i) => {
    const { edges } = add(K.GOROUTINE, 4, i);
    if (g.g !== undefined) edges.push({ kind: RootKind.GOROUTINE, to: g.g, offset: 0 });
  });
  const finalizers = sketch.finalizers.length === 0 ? undefined : add(K.FINALIZER, K.FINALIZERS, 0);
  let frame = 0;
  sketch.goroutines.forEach((g, i) => {
    for (const { name, slots, areWords } of g.frames ?? []) {
      names.index(name);
      const { edges } = add(K.FRAME, firstGoroutine + i, frame++);
      const kind = areWords ? RootKind.FRAME_CONSERVATIVE : RootKind.FRAME;
      for (const [to, offset] of slots ?? []) edges.push({ kind, to, offset });
    }
  });
  for (const { object, fn } of sketch.finalizers) {
    const { edges } = finalizers!;
    edges.push({ kind: RootKind.FINALIZER_FUNCTION, to: fn, offset: 0 });
    for (const p of sketch.pointers) {
      if (p.from === object) edges.push({ kind: RootKind.FINALIZER_REFERENT, to: p.to, offset: p.offset });
    }
  }
  for (const { kind, object } of sketch.others) other.edges.push({ kind, to: object, offset: 0 });
  return tree;
}

function countChildren(tree: readonly Vertex[]): number[] {
  const counts = new Array<number>(tree.length).fill(0);
  for (const { parent } of tree) if (parent >= 0) counts[parent]!++;
  return counts;
}

function buildProfile(buckets: readonly BucketSketch[]): MemoryProfile {
  const names = new Names();
  const sites = buckets.flatMap((b) => b.sites);
  const samples = buckets.flatMap((b, bucket) => (b.live ?? []).map((object) => ({ object, bucket })));
  return {
    buckets: {
      count: buckets.length,
      size: Float64Array.from(buckets, (b) => b.size),
      allocations: Float64Array.from(buckets, (b) => b.allocations),
      frees: Float64Array.from(buckets, (b) => b.frees),
      siteStart: Uint32Array.from(
        cumulate(
          buckets.map((b) => b.sites.length),
          0,
        ),
      ),
      siteFunction: Int32Array.from(sites, (s) => names.index(s[0])),
      siteFile: Int32Array.from(sites, (s) => names.index(s[1])),
      siteLine: Int32Array.from(sites, (s) => s[2]),
    },
    samples: {
      count: samples.length,
      object: Int32Array.from(samples, (s) => s.object),
      bucket: Int32Array.from(samples, (s) => s.bucket),
    },
    names: names.all,
  };
}

function markFrom(object: number, pointers: readonly { to: number }[], start: Uint32Array, reached: Uint8Array): void {
  const stack = [object];
  while (stack.length > 0) {
    const i = stack.pop()!;
    if (reached[i]) continue;
    reached[i] = 1;
    for (let e = start[i]!; e < start[i + 1]!; e++) stack.push(pointers[e]!.to);
  }
}

/** [first, first + a, first + a + b, …]. */
function cumulate(counts: readonly number[], first: number): Int32Array {
  const sums = new Int32Array(counts.length + 1);
  sums[0] = first;
  counts.forEach((n, i) => {
    sums[i + 1] = sums[i]! + n;
  });
  return sums;
}

class Names {
  readonly all: string[] = [];
  index(name: string): number {
    const known = this.all.indexOf(name);
    return known >= 0 ? known : this.all.push(name) - 1;
  }
}

function refuse(): never {
  throw new Error("a drawn heap has no dump behind it");
}
