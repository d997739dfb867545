/** Executables and dumps that were cut: what evidence is left decides, and only evidence against a file refuses it. */
import { describe, expect, test } from "vitest";
import { type Executable, openExecutable } from "../../../src/binary/index.ts";
import { DumpReader } from "../../../src/format/records/reader.ts";
import { Tag } from "../../../src/format/records/tags.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { readHeap } from "../../../src/heap/read.ts";
import type { Heap } from "../../../src/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { matchExecutable } from "../../../src/typing/match/match-executable.ts";
import { typeHeap } from "../../../src/typing/type-heap.ts";
import { type ProgramSpec, type WrittenProgram, writeProgram } from "../../binary/program-writer.ts";
import { sampleTypes } from "../../binary/types/sample-types.ts";
import { buildDump, type DumpBuilder } from "../../support/dump-builder.ts";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { executablePath, typedSample } from "../../support/typed-samples.ts";

const PAIRS = [
  ["dominators.1.19.amd64", "dominators.1.19.amd64"],
  ["queue.1.22.amd64", "queue.1.22.amd64"],
  ["workers.1.24.amd64", "workers.1.24.amd64"],
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
] as const;

/** Where a dump is cut: in front of the first record of a kind, or in the middle of what leads to it. */
const CUTS = ["inside objects", "before goroutines", "between data and bss", "before memory statistics"] as const;
type Cut = (typeof CUTS)[number];

function positionOf(bytes: Uint8Array<ArrayBuffer>, cut: Cut): number {
  const wanted = { "between data and bss": Tag.BSS, "before memory statistics": Tag.MEM_STATS } as const;
  const tag = wanted[cut as keyof typeof wanted] ?? Tag.GOROUTINE;
  const reader = new DumpReader(memorySource(bytes));
  for (;;) {
    const { position } = reader.cursor;
    const record = reader.next();
    if (record.tag === Tag.EOF) throw new Error("there is no such record");
    if (record.tag === tag) return cut === "inside objects" ? Math.floor(position / 2) : position;
  }
}

async function cutSample(name: string, cut: Cut): Promise<Heap> {
  const bytes = await sampleBytes(name);
  return readHeap(memorySource(bytes.slice(0, positionOf(bytes, cut))), { keepShapes: true, salvage: true });
}

async function openSample(name: string): Promise<Executable> {
  return openExecutable(await openSource(executablePath(name)));
}

describe.each(PAIRS)("%s, cut", (dump, executable) => {
  test.each(CUTS)("%s: its executable types it, with debug information", async (cut) => {
    const heap = await cutSample(dump, cut);
    const typed = await typeHeap(heap, await openSample(executable));
    const { verdict, explanation, isClean } = typed.executable;
    expect(isClean).toBe(true);
    expect(typed.names.source).toBe("debug information");
    if (cut === "before memory statistics") expect(verdict).toBe("exact");
    else {
      expect(verdict).toBe("unchecked");
      expect(explanation).toContain("could not be checked: the dump ends before its globals");
      expect(explanation).toMatch(/ (\d+) of \1 functions on stacks and ([1-9]\d*) of \2 type records agree$/);
    }
    const whole = await typedSample(dump, executable);
    const { type, typeSource, address, count } = typed.heap.objects;
    let known = 0;
    let agreeing = 0;
    const wrong: string[] = [];
    for (let object = 0; object < count; object++) {
      if (typeSource[object] === TypeSource.NONE) continue;
      known++;
      const name = typed.heap.types.names[type[object]!]!;
      const expected = whole.types.names[whole.objects.type[whole.findObject(address[object]!)]!]!;
      if (name === expected) agreeing++;
      else if (typeSource[object] === TypeSource.EXACT) wrong.push(`${name}, not ${expected}`);
    }
    // What less is known of can be guessed otherwise, but what the runtime wrote down is what it was.
    expect(wrong).toEqual([]);
    expect(known / count).toBeGreaterThan(0.25);
    expect(agreeing / known).toBeGreaterThan(0.9);
  });

  test.each(CUTS)("%s: the executables of others are refused", async (cut) => {
    const heap = await cutSample(dump, cut);
    for (const [, other] of PAIRS) {
      if (other === executable) continue;
      const file = await openSample(other);
      expect(() => matchExecutable(heap, file), other).toThrow(/did not write this dump: the dump was written by/);
      // Of the same version of Go it would be the types that tell.
      const renamed = { ...heap, dump: { ...heap.dump, go: { ...heap.dump.go, text: "", how: "from the header" } } };
      const sameVersion = { ...renamed, dump: { ...renamed.dump, go: { ...renamed.dump.go, minor: 1, minorMax: 99 } } };
      for (const type of ["exec", "pie"] as const) {
        const refuse = () => matchExecutable(sameVersion as Heap, { ...file, type });
        expect(refuse, `${other}, ${type}`).toThrow(/did not write this dump: .* agree/);
      }
    }
  });

  test("inside objects: a symbol file names things for a stripped executable", async () => {
    const heap = await cutSample(dump, "inside objects");
    const symbols = await openSample(executable);
    const stripped: Executable = { ...symbols, debugSection: () => undefined };
    const { names } = await typeHeap(heap, stripped, { symbols });
    expect(names.source).toBe("debug information");
    const [, other] = PAIRS.find(([, each]) => each !== executable)!;
    const wrong = typeHeap(heap, stripped, { symbols: await openSample(other) });
    await expect(wrong).rejects.toThrow(/the data segment is 0x\w+ bytes in the executable and 0x\w+ in the file/);
  });

  test("where a position-independent program was loaded follows from what there is", async () => {
    const file: Executable = { ...(await openSample(executable)), type: "pie" };
    for (const cut of ["inside objects", "between data and bss"] as const) {
      const match = matchExecutable(await cutSample(dump, cut), file);
      expect(match.biases).toEqual({ data: 0, text: 0, types: 0 });
      expect(match.isClean).toBe(true);
    }
  });
});

describe("a dump that was cut", () => {
  const types = sampleTypes(8, 21);
  const program: ProgramSpec = {
    pointerSize: 8,
    bigEndian: false,
    minor: 21,
    version: "go1.21.13",
    types: types.all,
    functions: [{ name: "main.main", size: 64, lines: [{ offset: 0, file: "/src/main.go", line: 3 }] }],
  };
  const written = writeProgram(program);

  async function cut(draw: (d: DumpBuilder) => void): Promise<Heap> {
    const bytes = buildDump(draw, { version: "go1.21.13", complete: false });
    return readHeap(memorySource(bytes), { keepShapes: true, salvage: true });
  }

  function open(file: WrittenProgram, type: Executable["type"]): Executable {
    return { ...openExecutable(memorySource(file.file, "./server")), type };
  }

  test("and tells nothing leaves the executable unchecked; one that may be anywhere has no addresses", async () => {
    const heap = await cut((d) => d.object(16));
    const fixed = matchExecutable(heap, open(written, "exec"));
    expect(fixed).toMatchObject({ verdict: "unchecked", isClean: true });
    expect(fixed.explanation).toBe(
      "whether ./server wrote this dump could not be checked: the dump ends before its globals; nothing could be compared",
    );
    const someType = [...written.types.values()].find((address) => fixed.types.typeAt(address) !== undefined)!;
    expect(someType).toBeGreaterThan(0);
    const moved = matchExecutable(heap, open(written, "pie"));
    expect(moved).toMatchObject({ verdict: "unchecked", isClean: false });
    expect(moved.explanation).toMatch(/types that the process knew by their addresses cannot be had$/);
    expect(moved.types.typeAt(someType)).toBeUndefined();
    expect(moved.types.functionAt(written.entries[0]!)).toBeUndefined();
    expect(fixed.types.functionAt(written.entries[0]!)).toBe("main.main");
  });

  test("has functions on stacks to tell by how much a program was moved", async () => {
    const SLIDE = 0x5555_0000_0000;
    const heap = await cut((d) => {
      d.goroutine().frame("main.main", 64, written.entries[0]! + SLIDE);
    });
    const match = matchExecutable(heap, open(written, "pie"));
    expect(match).toMatchObject({ verdict: "unchecked", isClean: true });
    expect(match.biases).toEqual({ data: SLIDE, text: SLIDE, types: SLIDE });
    expect(match.types.functionAt(written.entries[0]! + SLIDE)).toBe("main.main");
  });

  test("refutes a file by its functions; forced, it is called a mismatch", async () => {
    const heap = await cut((d) => {
      d.goroutine().frame("main.other", 64, written.entries[0]!);
    });
    expect(() => matchExecutable(heap, open(written, "exec"))).toThrow(
      /did not write this dump: 0 of 1 functions on stacks agree$/m,
    );
    const forced = matchExecutable(heap, open(written, "exec"), { force: true });
    expect(forced).toMatchObject({ verdict: "forced", isClean: false });
  });
});
