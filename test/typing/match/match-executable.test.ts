/** Whether an executable is the one that wrote a dump. */
import { describe, expect, test } from "vitest";
import { openExecutable } from "../../../src/binary/index.ts";
import type { ExecutableError } from "../../../src/errors.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { matchExecutable } from "../../../src/typing/match/match-executable.ts";
import { type ProgramSpec, type WrittenProgram, writeProgram } from "../../binary/program-writer.ts";
import { sampleTypes } from "../../binary/types/sample-types.ts";
import { buildDump } from "../../support/dump-builder.ts";

const PROGRAM: ProgramSpec = {
  pointerSize: 8,
  bigEndian: false,
  minor: 21,
  version: "go1.21.13",
  types: sampleTypes(8, 21).all,
  // What the builder's frames say of their functions.
  functions: [{ name: "main.main", size: 64, lines: [{ offset: 0, file: "/src/main.go", line: 3 }] }],
};

interface Deviation {
  /** Run-time minus link-time address of data and bss. */
  readonly bias?: number;
  readonly dataSize?: number;
  readonly bssSize?: number;
  readonly function?: string;
  readonly arch?: string;
}

/** The dump that a process of a program wrote. */
async function dumpOf(written: WrittenProgram, deviation: Deviation = {}): Promise<Heap> {
  const { bias = 0, arch = "amd64" } = deviation;
  const bytes = buildDump(
    (d) => {
      d.data.at = BigInt(written.data + bias);
      d.data.size = deviation.dataSize ?? written.dataSize;
      d.bss.at = BigInt(written.bss + bias);
      d.bss.size = deviation.bssSize ?? written.bssSize;
      d.root(d.object(16));
      d.data.size = deviation.dataSize ?? written.dataSize;
      d.goroutine().frame(deviation.function ?? "main.main", 64);
    },
    { version: "go1.21.13", arch },
  );
  return readHeap(memorySource(bytes), { keepShapes: true });
}

function open(written: WrittenProgram): ReturnType<typeof openExecutable> {
  return openExecutable(memorySource(written.file, "./server"));
}

/** The error that a call throws. */
function errorOf(call: () => unknown): ExecutableError {
  try {
    call();
  } catch (error) {
    return error as ExecutableError;
  }
  throw new Error("nothing was thrown");
}

describe("an executable", () => {
  const written = writeProgram(PROGRAM);

  test("that wrote the dump is exact", async () => {
    const entry = written.entries[0]!;
    // The builder's frames are all of the function at 0x401000.
    expect(entry).toBe(0x40_1000);
    const match = matchExecutable(await dumpOf(written), open(written));
    expect(match.verdict).toBe("exact");
    expect(match.biases).toMatchObject({ text: 0, types: 0 });
    expect(match.explanation).toBe(
      "./server wrote this dump: 1 of 1 functions on stacks and 0 of 0 type records agree",
    );
  });

  test("that is a plugin is said to be one", async () => {
    const plugin = open(writeProgram({ ...PROGRAM, settings: ["-compiler=gc", "-buildmode=plugin"] }));
    // The dump's globals are those of the program that loaded it.
    const heap = await dumpOf(written, { dataSize: written.dataSize + 8 });
    const error = errorOf(() => matchExecutable(heap, plugin));
    expect(error).toMatchObject({ code: "not-go", message: expect.stringContaining("./server is a plugin") });
    expect(error.hint).toContain("give the program that loaded it");
  });

  test("whose runtime is in a shared library says so", async () => {
    const heap = await dumpOf(written, { dataSize: written.dataSize + 8, function: "runtime.gopark" });
    const error = errorOf(() => matchExecutable(heap, open(written)));
    expect(error).toMatchObject({ code: "not-go", message: expect.stringContaining("no runtime of its own") });
    expect(error.hint).toContain("libstd.so");
    const functions = [...PROGRAM.functions!, { ...PROGRAM.functions![0]!, name: "runtime.mallocgc" }];
    expect(errorOf(() => matchExecutable(heap, open(writeProgram({ ...PROGRAM, functions })))).code).toBe("mismatch");
  });

  test("whose data stand elsewhere, but not its functions, is a sibling", async () => {
    const match = matchExecutable(await dumpOf(written, { bias: 0x2000 }), open(written));
    expect(match.verdict).toBe("sibling");
    expect(match.biases.text).toBe(0);
  });

  test("with data of another size did not write it: says what differs; can be forced", async () => {
    const heap = await dumpOf(written, { dataSize: written.dataSize + 8 });
    const error = errorOf(() => matchExecutable(heap, open(written)));
    expect(error.code).toBe("mismatch");
    expect(error.message).toContain("did not write this dump");
    expect(error.message).toContain("the data segment is 0x128 bytes in the dump and 0x120 in the file");
    expect(matchExecutable(heap, open(written), { force: true }).verdict).toBe("forced");
  });

  test("with bss of another size did not write it", async () => {
    const heap = await dumpOf(written, { bssSize: written.bssSize + 8 });
    expect(errorOf(() => matchExecutable(heap, open(written))).message).toContain(
      "the bss segment is 0x2348 bytes in the dump and 0x2340 in the file",
    );
  });

  test("with other functions did not write it", async () => {
    const heap = await dumpOf(written, { function: "main.other" });
    const error = errorOf(() => matchExecutable(heap, open(written)));
    expect(error.code).toBe("mismatch");
    expect(error.message).toContain("0 of 1 functions on stacks agree");
  });

  test("for another architecture did not write it", async () => {
    const heap = await dumpOf(written, { arch: "arm64" });
    const error = errorOf(() => matchExecutable(heap, open(written)));
    expect(error.code).toBe("mismatch");
    expect(error.message).toContain(
      "./server is an ELF executable (Linux, the BSDs) for amd64, the dump was written on arm64",
    );
  });
});
