/**
 * The malformed corpus: one file a fault, and the error that it must give. What fuzzing finds is added here, named by its
 * sha1. The files are a header and what is wrong; `xxd` shows all there is to see.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HeapDumpError } from "../../src/errors.ts";
import { readHeap } from "../../src/heap/read.ts";
import type { Heap } from "../../src/index.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { checkHeap } from "../fuzz/heap-invariants.ts";

/** File, code, position (-1: the file as a whole is meant), record that was being read, and with --salvage the number of objects or the code. */
const CORPUS: readonly (readonly [string, string, number, string, number | string])[] = [
  ["empty", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["one-byte", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["header-cut", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["header-only", "truncated", 16, "", "truncated"],
  ["header-unknown", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["header-crlf", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["elf", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["java", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["heapsnapshot", "not-a-heap-dump", -1, "", "not-a-heap-dump"],
  ["params-missing", "bad-value", 17, "EOF", "bad-value"],
  ["params-cut", "truncated", 25, "Params", "truncated"],
  ["params-pointers-of-3", "bad-value", 19, "Params", "bad-value"],
  ["params-byte-order-2", "bad-value", 18, "Params", "bad-value"],
  ["params-twice", "bad-value", 78, "Params", 0],
  ["tag-18", "unknown-record", 47, "", 0],
  ["tag-of-two-bytes", "unknown-record", 47, "", 0],
  ["tag-of-64-bits", "unknown-record", 47, "", 0],
  ["varint-of-11-bytes", "bad-varint", 48, "Itab", 0],
  ["varint-of-65-bits", "bad-varint", 58, "Itab", 0],
  ["varint-cut", "truncated", 48, "Itab", 0],
  ["object-address-cut", "truncated", 48, "Object", 0],
  ["object-longer-than-the-file", "truncated", 55, "Object", 0],
  ["object-of-2^53-bytes", "bad-value", 62, "Object", 0],
  ["object-of-5-gib", "bad-length", 59, "Object", 0],
  ["object-list-cut", "truncated", 90, "Object", 0],
  ["object-list-endless", "bad-field-list", 95, "Object", 0],
  ["object-field-outside", "bad-field-list", 87, "Object", 0],
  ["object-field-half-outside", "bad-field-list", 83, "Object", 0],
  ["object-field-odd", "bad-field-list", 87, "Object", 0],
  ["object-fields-descending", "bad-field-list", 89, "Object", 0],
  ["object-field-twice", "bad-field-list", 89, "Object", 0],
  ["object-field-far-outside", "bad-field-list", 87, "Object", 0],
  ["object-field-kind-2", "bad-field-list", 87, "Object", 0],
  ["object-field-kind-4-of-go1.4", "bad-field-list", 74, "Object", 0],
  ["object-interface-half-outside", "bad-field-list", 74, "Object", 0],
  ["frame-without-goroutine", "bad-value", 63, "StackFrame", 0],
  ["frame-longer-than-the-file", "truncated", 80, "StackFrame", 0],
  ["frame-field-kind-9", "bad-field-list", 90, "StackFrame", 0],
  ["goroutine-bool-2", "bad-value", 59, "Goroutine", 0],
  ["string-longer-than-the-file", "truncated", 52, "Type", 0],
  ["string-of-2^63-bytes", "bad-value", 60, "Type", 0],
  ["mem-prof-of-2^40-call-sites", "truncated", 56, "MemProf", 0],
  ["mem-stats-cut", "truncated", 328, "MemStats", 0],
  ["go1.3-type-fields-outside", "bad-field-list", 41, "Type", 0],
  ["go1.3-type-fields-over-one-another", "bad-field-list", 41, "Type", 0],
  ["go1.3-field-kind-6", "bad-field-list", 42, "Type", 0],
  ["go1.5-damage-without-end", "bad-length", 38, "Type", 0],
  ["no-eof", "truncated", 3512, "", 7],
];

function read(name: string, salvage: boolean): Promise<Heap> {
  return readHeap(memorySource(readFileSync(join(import.meta.dirname, `${name}.bin`))), { salvage });
}

test("every file is in the table", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".bin"));
  expect(files.sort()).toEqual(CORPUS.map(([name]) => `${name}.bin`).sort());
});

describe.each(CORPUS)("%s", (name, code, position, record, salvaged) => {
  test(`is ${code} at ${position}`, async () => {
    const error = await read(name, false).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HeapDumpError);
    const found = error as HeapDumpError;
    expect([found.code, found.position ?? -1, found.record ?? ""]).toEqual([code, position, record]);
    if (found.previous !== undefined) expect(found.previous.position).toBeLessThan(position);
    expect(found.message).toMatch(
      position < 0 ? /^heap dump: (?:the header line of )?<memory> / : /^heap dump: byte 0x[0-9a-f]+ \(\d+\): /,
    );
  });

  test(`is salvaged: ${salvaged}`, async () => {
    if (typeof salvaged === "string") {
      await expect(read(name, true)).rejects.toMatchObject({ code: salvaged });
      return;
    }
    const heap = await read(name, true);
    checkHeap(heap);
    expect(heap.objects.count).toBe(salvaged);
    expect(heap.dump.complete).toBe(false);
    expect(heap.dump.warnings[0]!.code).toBe("salvaged");
  });
});
