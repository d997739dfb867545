/** What is told of kinds of builds of which a heap has fewer types than usual. */
import { describe, expect, test } from "vitest";
import { openExecutable } from "../../../src/binary/index.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typeHeap } from "../../../src/typing/type-heap.ts";
import { writeProgram } from "../../binary/program-writer.ts";
import { sampleTypes } from "../../binary/types/sample-types.ts";
import { buildDump, type DumpBuilder } from "../../support/dump-builder.ts";

/** Codes and messages of the warnings of a program that has one more function. */
async function notesOf(name: string, draw: (d: DumpBuilder) => void): Promise<string[]> {
  const lines = [{ offset: 0, file: "/src/main.go", line: 3 }];
  const written = writeProgram({
    pointerSize: 8,
    bigEndian: false,
    minor: 21,
    version: "go1.21.13",
    types: sampleTypes(8, 21).all,
    functions: ["main.main", name].map((name) => ({ name, size: 64, lines })),
  });
  const bytes = buildDump(
    (d) => {
      Object.assign(d.data, { at: BigInt(written.data), size: written.dataSize });
      Object.assign(d.bss, { at: BigInt(written.bss), size: written.bssSize });
      d.goroutine().frame("main.main", 64, written.entries[0]!);
      draw(d);
    },
    { version: "go1.21.13" },
  );
  const warnings: string[] = [];
  const progress = {
    ...NO_PROGRESS,
    warn: (code: string, message: string) => void warnings.push(`${code}: ${message}`),
  };
  const heap = await readHeap(memorySource(bytes), { keepShapes: true });
  await typeHeap(heap, openExecutable(memorySource(written.file, "./server")), { progress });
  // The sample types are not all of a runtime's.
  return warnings.filter((warning) => !warning.startsWith("unknown-runtime"));
}

/** Pointer-free memory has no type unless something says so. */
const drawObject = (size: number) => (d: DumpBuilder) => {
  const object = d.object(size);
  for (let offset = 0; offset < 48; offset += 8) object.point(offset, object);
  d.otherRoot(object);
};

describe("a build", () => {
  test("with -asan says why objects have no type, if many have none", async () => {
    expect(await notesOf("runtime.asanpoison", drawObject(96))).toEqual([
      expect.stringMatching(/^address-sanitizer: .*redzone/),
    ]);
    expect(await notesOf("runtime.asanpoison", () => {})).toEqual([]);
  });

  test("with arenas says what large objects without a type probably are", async () => {
    const notes = await notesOf("runtime.newUserArenaChunk", drawObject(2 << 20));
    expect(notes).toEqual([
      expect.stringMatching(/^arenas: .*one object without a type, 2097152 bytes, probably is such a chunk/),
    ]);
    expect(await notesOf("runtime.newUserArenaChunk", drawObject(96))).toEqual([]);
  });

  test("of the usual kind says nothing", async () => {
    expect(await notesOf("main.other", drawObject(2 << 20))).toEqual([]);
  });
});
