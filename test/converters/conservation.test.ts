/**
 * Conservation: what each converter's output holds, read back by a reader of its own, is what the heap holds. A table,
 * sample × converter; a converter that is not in it fails the first test, so that each states which totals it keeps.
 */
import { describe, expect, test } from "vitest";
import dot from "../../converters/dot/index.ts";
import svg from "../../converters/dot/svg.ts";
import heapprofile from "../../converters/heapsnapshot/heapprofile.ts";
import heaptimeline from "../../converters/heapsnapshot/heaptimeline.ts";
import heapsnapshot from "../../converters/heapsnapshot/index.ts";
import hprof from "../../converters/hprof/index.ts";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import duckdb from "../../converters/parquet/duckdb.ts";
import parquet from "../../converters/parquet/index.ts";
import perfetto from "../../converters/perfetto/index.ts";
import pprof from "../../converters/pprof/index.ts";
import html from "../../converters/report/html.ts";
import json from "../../converters/report/json.ts";
import markdown from "../../converters/report/markdown.ts";
import {
  type Converter,
  type Heap,
  type OptionValues,
  objectSize,
  REACHABLE,
  type Report,
  RootKind,
} from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { convertToPath } from "../support/directory-conversion.ts";
import { readDot } from "../support/readers/dot-reader.ts";
import { openReader } from "../support/readers/duckdb-reader.ts";
import { readHprof } from "../support/readers/hprof-reader.ts";
import { readPage } from "../support/readers/page-reader.ts";
import { readProfile } from "../support/readers/profile-reader.ts";
import { readSnapshot } from "../support/readers/snapshot-reader.ts";
import { readTrace } from "../support/readers/trace-reader.ts";
import { sampleHeap, sampleNames } from "../support/sample-dumps.ts";

/** Figures by name. */
type Totals = Readonly<Record<string, number>>;

/** What is to be conserved, from the heap and from the output. */
type Check = (heap: Heap) => Promise<{ readonly expected: Totals; readonly found: Totals }>;

function graphTotals({ objects, edges, roots }: Heap, isWanted: (object: number) => boolean): Totals {
  const totals = { objects: 0, bytes: 0, edges: 0, roots: 0, garbage: 0, finalized: 0 };
  expect(Math.min(objects.count, edges.count, roots.count)).toBeGreaterThan(20);
  for (let i = 0; i < objects.count; i++) {
    if (!isWanted(i)) continue;
    totals.objects++;
    totals.bytes += objectSize(objects, i);
    totals.edges += edges.start[i + 1]! - edges.start[i]!;
  }
  for (let e = 0; e < roots.count; e++) {
    if (!isWanted(roots.to[e]!)) continue;
    if (roots.kind[e] === RootKind.UNREACHABLE) totals.garbage++;
    else totals.roots++;
  }
  totals.finalized = roots.finalizedObjects.filter(isWanted).length;
  return totals;
}

/** Objects are the nodes with a size; everything above them is drawn without. */
function snapshotTotals(bytes: Uint8Array): Totals {
  const { nodes } = readSnapshot(bytes);
  const totals = { objects: 0, bytes: 0, edges: 0, roots: 0, garbage: 0, finalized: 0 };
  for (const node of nodes) {
    if (node.selfSize > 0) {
      totals.objects++;
      totals.bytes += node.selfSize;
      totals.edges += node.edges.length;
      continue;
    }
    for (const { type, to } of node.edges) {
      if (to.selfSize === 0) continue;
      if (type === "weak") totals.finalized++;
      else if (node.name === "(unreachable)") totals.garbage++;
      else totals.roots++;
    }
  }
  return totals;
}

const snapshot =
  (converter: Converter, options: { readonly unreachable?: boolean } = {}): Check =>
  async (heap) => {
    const live = (object: number): boolean => (heap.objects.flags[object]! & REACHABLE) !== 0;
    const { bytes } = await convertToBytes(converter, heap, options as never);
    return {
      expected: graphTotals(heap, options.unreachable === false ? live : () => true),
      found: snapshotTotals(bytes),
    };
  };

/** Objects are those with a size; those without stand for roots. */
const trace =
  (options: { readonly unreachable?: boolean } = {}): Check =>
  async (heap) => {
    const live = (object: number): boolean => (heap.objects.flags[object]! & REACHABLE) !== 0;
    const isWanted = options.unreachable === false ? live : () => true;
    const { finalized: _, garbage: __, ...expected } = graphTotals(heap, isWanted);
    const [graph] = readTrace((await convertToBytes(perfetto, heap, options)).bytes).graphs;
    const found = { objects: 0, bytes: 0, edges: 0, roots: 0 };
    for (const { size, references } of graph!.objects.values()) {
      if (size > 0) found.objects++;
      found.bytes += size;
      if (size > 0) found.edges += references.length;
      else found.roots += references.filter(({ to }) => graph!.objects.get(to)!.size > 0).length;
    }
    return { expected, found };
  };

/**
 * Objects are those that are neither threads, nor their names, nor arrays that stand for a root. A slot of 8 bytes takes 16 in
 * Java; where Go's pointers have 4 bytes, Java's headers make any object larger by one header at most.
 */
const javaHeap =
  (options: { readonly unreachable?: boolean } = {}): Check =>
  async (heap) => {
    const live = (object: number): boolean => (heap.objects.flags[object]! & REACHABLE) !== 0;
    const { objects, dump } = heap;
    const isWanted = options.unreachable === false ? live : () => true;
    const { finalized: _, ...totals } = graphTotals(heap, isWanted);
    const expected: Record<string, number> = { ...totals, edges: keptPointers(heap, isWanted) };
    const file = readHprof((await convertToBytes(hprof, heap, options)).bytes);
    const added = new Set(file.threads.map(({ id }) => id));
    // The set grows on the way, by names and their characters.
    for (const id of added) for (const { to } of file.objects.get(id)!.references) added.add(to);
    const found = { objects: 0, bytes: 0, edges: 0, roots: 0, garbage: 0 };
    for (const { locals } of file.threads) found.roots += locals.length;
    for (const { statics, name } of file.classes.values()) {
      for (const { value, isReference } of statics) {
        if (!isReference) continue;
        const held = file.objects.get(value as number)!;
        const count = held.className === "(roots)[]" ? held.references.length : 1;
        if (name === "(unreachable)") found.garbage += count;
        else found.roots += count;
      }
    }
    for (const { id, className, size, references } of file.objects.values()) {
      if (added.has(id) || className === "(roots)[]") continue;
      found.objects++;
      found.bytes += size;
      found.edges += references.length;
    }
    if (dump.pointerSize === 8) {
      for (let i = 0; i < objects.count; i++) if (isWanted(i) && objects.size[i] === 8) expected.bytes! += 8;
    } else {
      expect(found.bytes).toBeGreaterThan(expected.bytes!);
      expect(found.bytes).toBeLessThan(expected.bytes! + 16 * found.objects);
      expected.bytes = found.bytes;
    }
    return { expected, found };
  };

/** Pointers but for those of garbage to what is live, which keep nothing alive. */
function keptPointers({ objects, edges }: Heap, isWanted: (object: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < objects.count; i++) {
    if (!isWanted(i)) continue;
    const isLive = (objects.flags[i]! & REACHABLE) !== 0;
    for (let e = edges.start[i]!; e < edges.start[i + 1]!; e++) {
      if (isLive || (objects.flags[edges.to[e]!]! & REACHABLE) === 0) count++;
    }
  }
  return count;
}

interface ProfileNode {
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

/** With a rate of 1 every allocation was sampled: the estimate is the sum itself. */
async function profile(heap: Heap): ReturnType<Check> {
  const { bytes } = await convertToBytes(heapprofile, heap, { "mem-profile-rate": 1 });
  const { head, samples } = JSON.parse(Buffer.from(bytes).toString()) as {
    head: ProfileNode;
    samples: readonly { readonly size: number }[];
  };
  const sum = (node: ProfileNode): number => node.children.reduce((total, child) => total + sum(child), node.selfSize);
  const { buckets, samples: live } = heap.memoryProfile;
  const bytesInUse = live.bucket.reduce((total, bucket) => (bucket < 0 ? total : total + buckets.size[bucket]!), 0);
  return {
    expected: { tree: bytesInUse, samples: bytesInUse },
    found: { tree: sum(head), samples: samples.reduce((total, { size }) => total + size, 0) },
  };
}

const heapTotals = ({ objects }: Heap): { objects: number; bytes: number } => {
  let bytes = 0;
  for (let i = 0; i < objects.count; i++) bytes += objectSize(objects, i);
  return { objects: objects.count, bytes };
};

/** As much as can be drawn: what is not is added up in nodes of its own, and is in what the node above retains. */
const EVERYTHING = { "min-retained": "0", "max-nodes": 1000 };

/** Every byte is some node's own, or in what is left out below one. */
async function dominatorPicture(heap: Heap): ReturnType<Check> {
  const graph = await readDot((await convertToBytes(dot, heap, EVERYTHING)).bytes);
  const own = graph.nodes.reduce(
    (sum, { shape, shallow, retained }) => sum + (shape === "plaintext" ? retained! : shallow),
    0,
  );
  const expected = heapTotals(heap);
  return {
    expected: { ...expected, retained: expected.bytes, own: expected.bytes },
    found: { objects: graph.objects, bytes: graph.bytes, retained: graph.nodes[0]!.retained!, own },
  };
}

/** Every object is in the node of its type. */
async function typePicture(heap: Heap): ReturnType<Check> {
  const { nodes } = await readDot((await convertToBytes(dot, heap, { ...EVERYTHING, graph: "types" })).bytes);
  const types = nodes.filter(({ shape }) => shape === "box");
  return {
    expected: heapTotals(heap),
    found: {
      objects: types.reduce((sum, { objects }) => sum + objects, 0),
      bytes: types.reduce((sum, { shallow }) => sum + shallow, 0),
    },
  };
}

/** The totals that the picture tells of the heap. */
async function renderedPicture(heap: Heap): ReturnType<Check> {
  const picture = Buffer.from((await convertToBytes(svg, heap)).bytes).toString();
  const [, objects, bytes] = /title="the heap[^"]*?([\d,]+) objects[^"]*?(?:retained|owned) ([\d,]+) bytes/.exec(
    picture,
  )!;
  const number = (text: string): number => Number(text.replaceAll(",", ""));
  return { expected: heapTotals(heap), found: { objects: number(objects!), bytes: number(bytes!) } };
}

/** pprof's profiles of objects: nothing is in none of the stacks, however few there may be. */
const objectProfile =
  (options: Partial<OptionValues<typeof pprof.options>>): Check =>
  async (heap) => {
    const { totals } = readProfile((await convertToBytes(pprof, heap, options)).bytes);
    return { expected: heapTotals(heap), found: { objects: totals[0]!, bytes: totals[1]! } };
  };

/** Unscaled, as all allocations were sampled then. The samples collect garbage first, so the runtime's counts are there. */
async function allocationProfile(heap: Heap): ReturnType<Check> {
  const options = { profile: "heap", "mem-profile-rate": 1 } as const;
  const { totals, sampleTypes } = readProfile((await convertToBytes(pprof, heap, options)).bytes);
  const expected = [0, 0, 0, 0];
  const { count, size, allocations, frees } = heap.memoryProfile.buckets;
  for (let i = 0; i < count; i++) {
    const inUse = allocations[i]! - frees[i]!;
    for (const [j, value] of [allocations[i]!, allocations[i]! * size[i]!, inUse, inUse * size[i]!].entries()) {
      expected[j]! += value;
    }
  }
  const named = (values: readonly number[]): Totals =>
    Object.fromEntries(sampleTypes.map((type, i) => [type, values[i]!]));
  return { expected: named(expected), found: named(totals) };
}

async function goroutineProfile(heap: Heap): ReturnType<Check> {
  const { totals } = readProfile((await convertToBytes(pprof, heap, { profile: "goroutine" })).bytes);
  const { count, frames } = heap.goroutines;
  return {
    expected: { goroutines: count, stacks: frames.size.reduce((sum, size) => sum + size, 0) },
    found: { goroutines: totals[2]!, stacks: totals[1]! },
  };
}

/** Tables, as DuckDB reads them. */
const tables =
  (converter: Converter): Check =>
  async (heap) => {
    const reader = await openReader(await convertToPath(converter, heap));
    const count = async (sql: string) => Number(await reader.value(`SELECT ${sql}`));
    const found = {
      objects: await count("count(*) FROM objects"),
      bytes: await count("sum(size) FROM objects"),
      edges: await count("count(*) FROM edges"),
      roots: await count("count(*) FROM roots WHERE kind <> 'unreachable'"),
      garbage: await count("count(*) FROM roots WHERE kind = 'unreachable'"),
      finalized: await count("count(*) FROM finalizers WHERE NOT queued"),
    };
    reader.close();
    return { expected: graphTotals(heap, () => true), found };
  };

/** Every object is in one box, however few there may be; a box owns what it has itself and what the boxes below own. */
const page =
  (options: { readonly "max-nodes"?: number }): Check =>
  async (heap) => {
    const { tree, liveBytes, bars } = readPage((await convertToBytes(html, heap, options)).bytes);
    const sum = (column: readonly number[]): number => column.reduce((total, value) => total + value, 0);
    const owned = [...tree.bytes];
    for (let node = owned.length - 1; node > 0; node--) owned[tree.parent[node]!]! += owned[node]!;
    expect(tree.ownedBytes).toEqual(owned);
    const live = tree.ownedBytes[1]!;
    const byOwner = bars.find(({ title }) => title.includes("owner"))!.parts;
    return {
      expected: { ...heapTotals(heap), live, ofOwners: live },
      found: {
        objects: sum(tree.objects),
        bytes: sum(tree.bytes),
        live: liveBytes,
        ofOwners: sum(byOwner.map(({ bytes }) => bytes)),
      },
    };
  };

/** The report's parts add up to the live bytes, and so do the nodes. */
const reportFile: Check = async (heap) => {
  const { totals, accounted, ownerTree } = JSON.parse(
    Buffer.from((await convertToBytes(json, heap)).bytes).toString(),
  ) as Report;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const { live, garbage, owned, typed } = totals;
  return {
    expected: {
      ...heapTotals(heap),
      all: heapTotals(heap).bytes,
      owned: live.bytes,
      typed: live.bytes,
      told: live.bytes,
    },
    found: {
      objects: sum(ownerTree!.nodes.map(({ objects }) => objects)),
      bytes: sum(ownerTree!.nodes.map(({ bytes }) => bytes)),
      all: live.bytes + garbage.bytes,
      owned: sum(Object.values(owned)),
      typed: sum(Object.values(typed)),
      told: sum(Object.values(accounted)),
    },
  };
};

/** The totals that the text tells. */
const markdownFile: Check = async (heap) => {
  const text = Buffer.from((await convertToBytes(markdown, heap)).bytes).toString();
  const [, live] = /live in ([\d,]+) objects?[,;]/.exec(text)!;
  const isLive = (object: number): boolean => (heap.objects.flags[object]! & REACHABLE) !== 0;
  const expected = graphTotals(heap, isLive).objects!;
  return { expected: { live: expected }, found: { live: Number(live!.replaceAll(",", "")) } };
};

const CHECKS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  heapsnapshot: {
    "objects, bytes, edges, roots": snapshot(heapsnapshot as unknown as Converter),
    "of the live": snapshot(heapsnapshot as unknown as Converter, { unreachable: false }),
  },
  heaptimeline: { "objects, bytes, edges, roots": snapshot(heaptimeline as unknown as Converter) },
  heapprofile: { "bytes in use": profile },
  pprof: {
    "retained: objects, bytes": objectProfile({}),
    "retained, cut: objects, bytes": objectProfile({ "max-samples": 30, "max-depth": 5 }),
    "types: objects, bytes": objectProfile({ profile: "types" }),
    "heap: allocations, what is in use of them": allocationProfile,
    "goroutine: goroutines, stacks": goroutineProfile,
    "sites: objects, bytes": objectProfile({ profile: "sites" }),
    "sites, cut: objects, bytes": objectProfile({ profile: "sites", "max-samples": 10, "max-depth": 3 }),
  },
  perfetto: {
    "objects, bytes, edges, roots": trace(),
    "of the live": trace({ unreachable: false }),
  },
  hprof: {
    "objects, bytes, edges, roots": javaHeap(),
    "of the live": javaHeap({ unreachable: false }),
  },
  dot: { "bytes, each once": dominatorPicture, "objects and bytes by type": typePicture },
  svg: { "the totals": renderedPicture },
  html: { "objects and bytes": page({}), "objects and bytes, folded": page({ "max-nodes": 100 }) },
  json: { "objects and bytes, live bytes in all their parts": reportFile },
  markdown: { "live objects": markdownFile },
  parquet: { "objects, bytes, edges, roots": tables(parquet as unknown as Converter) },
  duckdb: { "objects, bytes, edges, roots": tables(duckdb as unknown as Converter) },
};

test("every converter states what it conserves", () => {
  expect(Object.keys(CHECKS).sort()).toEqual(Object.keys(BUILT_IN_CONVERTERS).sort());
});

describe.each(sampleNames())("%s", (sample) => {
  const heap = sampleHeap(sample);
  const rows = Object.entries(CHECKS).flatMap(([converter, checks]) =>
    Object.entries(checks).map(([what, check]) => [converter, what, check] as const),
  );
  test.each(rows)("%s conserves: %s", async (_, __, check) => {
    const { expected, found } = await check(await heap);
    expect(found).toEqual(expected);
  });
});
