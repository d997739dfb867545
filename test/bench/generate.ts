/**
 * Generates heap dumps of any size for benchmarks: header go1.7, as Go 1.21 on amd64 writes it (no malloc headers, no
 * phantom objects). The same size and seed give the same bytes.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import type { FieldList } from "../../src/format/records/records.ts";
import { MEM_STATS_FIELDS } from "../../src/format/records/records.ts";
import { Tag } from "../../src/format/records/tags.ts";
import { DumpWriter } from "../../src/format/records/writer.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { HEAP_START, planHeap, type SyntheticHeap } from "./synthetic-heap.ts";

const POINTER_SIZE = 8;
/** Of an object in a span with pointers: slots that hold pointers, at most. */
const MAX_POINTERS = 11;
/** Objects of one tree. */
const STRUCTURE = 1024;
/** Objects that many others refer to. */
const SHARED = 200;
const DATA_START = 0x5b0000;
const STACK_START = 0xc8_0000_0000;
const FRAME_SIZE = 128;
const CODE_START = 0x401000;

type Random = (below: number) => number;

/** Writes a dump of about `size` bytes of objects to a new file. */
export function generateDump(path: string, size: number, seed: number): void {
  const file = openSync(path, "w", 0o600);
  try {
    const writer = new DumpWriter(
      (chunk) => {
        for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
      },
      { header: 7, gccgo13: false },
    );
    writeDump(writer, planHeap(size, seed), seededRandom(seed + 1));
    writer.flush();
  } finally {
    closeSync(file);
  }
}

function writeDump(writer: DumpWriter, heap: SyntheticHeap, random: Random): void {
  writer.write({
    tag: Tag.PARAMS,
    bigEndian: false,
    pointerSize: POINTER_SIZE,
    heapStart: HEAP_START,
    heapEnd: heap.end,
    arch: "amd64",
    version: "go1.21.13",
    cpuCount: 2,
  });
  for (const object of heap.order) writeObject(writer, heap, object, random);
  writeGoroutines(writer, heap, random);
  writeSegment(writer, heap, Tag.DATA, DATA_START, random);
  writeSegment(writer, heap, Tag.BSS, DATA_START + 0x1000000, random);
  writer.write({ tag: Tag.MEM_STATS, values: new Array<number>(MEM_STATS_FIELDS).fill(0) });
  writeProfile(writer, heap, random);
  writer.write({ tag: Tag.EOF });
}

function writeObject(writer: DumpWriter, heap: SyntheticHeap, object: number, random: Random): void {
  const size = heap.size[object]!;
  const words = size / POINTER_SIZE;
  const contents = new Uint8Array(size);
  const offsets: number[] = [];
  if (heap.scan[object] === 1) {
    const wanted = 1 + random(MAX_POINTERS);
    // Dense at the beginning, as fields of structs are; the rest are plain words.
    for (let word = 0; word < words && offsets.length < wanted; word++) {
      if (random(8) === 0) continue;
      offsets.push(word * POINTER_SIZE);
      if (random(8) === 0) continue;
      const target = pickTarget(heap, object, offsets.length - 1, random);
      writeAddress(contents, word * POINTER_SIZE, pointerTo(heap, target, random));
    }
  } else {
    for (let at = 0; at < size; at += 7) contents[at] = random(256);
  }
  writer.write({ tag: Tag.OBJECT, address: heap.address[object]!, contents, fields: pointerFields(offsets) });
}

/**
 * Where the n-th pointer of an object leads. The first two build the structure: binary trees of STRUCTURE objects each,
 * allocated together. The others lead to its neighbours, to a few objects that everybody shares, to older structures.
 */
function pickTarget(heap: SyntheticHeap, object: number, n: number, random: Random): number {
  const structure = object - (object % STRUCTURE);
  const child = 2 * (object - structure) + 1 + n;
  if (n < 2 && child < STRUCTURE) return Math.min(structure + child, heap.count - 1);
  const how = random(100);
  if (how < 55) return structure + random(object - structure + 1);
  if (how < 85) return random(Math.min(heap.count, SHARED));
  return Math.max(0, object - random(how < 97 ? 20 * STRUCTURE : object + 1));
}

/** One pointer in ten is an interior one. */
function pointerTo(heap: SyntheticHeap, target: number, random: Random): number {
  const offset = random(10) === 0 ? random(heap.size[target]! / POINTER_SIZE) : 0;
  return heap.address[target]! + POINTER_SIZE * offset;
}

function writeGoroutines(writer: DumpWriter, heap: SyntheticHeap, random: Random): void {
  const count = Math.min(10_000, 4 + Math.floor(heap.count / 5_000));
  for (let id = 1; id <= count; id++) {
    let stackPointer = STACK_START + id * 0x1000;
    writer.write({
      tag: Tag.GOROUTINE,
      address: heap.address[random(heap.count)]!,
      stackPointer,
      id,
      createdBy: CODE_START,
      status: 4,
      system: false,
      background: false,
      waitSince: 0,
      waitReason: "chan receive",
      context: 0,
      thread: 0,
      defer: 0,
      panic: 0,
    });
    let child = 0;
    for (const [depth, name] of ["runtime.gopark", "main.worker", "main.main"].entries()) {
      const contents = new Uint8Array(FRAME_SIZE);
      const offsets = [16, 24, 64];
      for (const offset of offsets) writeAddress(contents, offset, pointerTo(heap, random(heap.count), random));
      const pc = CODE_START + 0x100 * depth;
      writer.write({
        tag: Tag.STACK_FRAME,
        stackPointer,
        depth,
        child,
        contents,
        entry: pc,
        pc: pc + 0x20,
        continuationPc: pc + 0x20,
        name,
        fields: pointerFields(offsets),
      });
      child = stackPointer;
      stackPointer += FRAME_SIZE;
    }
  }
}

function writeSegment(
  writer: DumpWriter,
  heap: SyntheticHeap,
  tag: typeof Tag.DATA | typeof Tag.BSS,
  address: number,
  random: Random,
): void {
  const slots = Math.min(500_000, 64 + Math.floor(heap.count / 1_000));
  const contents = new Uint8Array(slots * 2 * POINTER_SIZE);
  const offsets = Array.from({ length: slots }, (_, i) => i * 2 * POINTER_SIZE);
  for (const offset of offsets) writeAddress(contents, offset, heap.address[random(heap.count)]!);
  writer.write({ tag, address, contents, fields: pointerFields(offsets) });
}

function writeProfile(writer: DumpWriter, heap: SyntheticHeap, random: Random): void {
  const buckets = 100;
  for (let id = 1; id <= buckets; id++) {
    writer.write({
      tag: Tag.MEM_PROF,
      id,
      size: 16 * id,
      stack: [
        { function: `main.allocate${id}`, file: "main.go", line: id },
        { function: "main.main", file: "main.go", line: 1 },
      ],
      allocations: 2 * id,
      frees: id,
    });
  }
  for (let i = Math.floor(heap.count / 4_000); i >= 0; i--) {
    writer.write({
      tag: Tag.ALLOC_SAMPLE,
      address: heap.address[random(heap.count)]!,
      bucket: 1 + random(buckets),
    });
  }
}

function pointerFields(offsets: readonly number[]): FieldList {
  return { kind: new Uint8Array(offsets.length).fill(1), offset: Float64Array.from(offsets) };
}

/** Little endian, 8 bytes. */
function writeAddress(contents: Uint8Array, offset: number, address: number): void {
  let rest = address;
  for (let i = 0; i < POINTER_SIZE; i++) {
    contents[offset + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}
