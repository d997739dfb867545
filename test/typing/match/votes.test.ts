/** What of a dump speaks for an executable, what against it, and what says nothing of it. */
import { describe, expect, test } from "vitest";
import { openExecutable } from "../../../src/binary/index.ts";
import { Kind } from "../../../src/binary/types/type.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import type { Progress } from "../../../src/progress.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { type MatchedExecutable, matchExecutable } from "../../../src/typing/match/match-executable.ts";
import { typeHeap } from "../../../src/typing/type-heap.ts";
import { type ProgramSpec, writeProgram } from "../../binary/program-writer.ts";
import type { TypeSpec } from "../../binary/types/type-writer.ts";
import { buildDump, type DumpBuilder } from "../../support/dump-builder.ts";

const MANY = 25;
const node: TypeSpec = { kind: Kind.Struct, string: "list.Node", path: "example.com/my/list", named: true, size: 16 };
/** An unnamed struct of a type whose package is not called like its path. */
const wrapper: TypeSpec = {
  kind: Kind.Struct,
  string: "struct { list.Node; n int }",
  size: 24,
  fields: [{ name: "Node", type: node, offset: 0, embedded: true }],
};
const text: TypeSpec = { kind: Kind.String, string: "string", named: true, size: 16, pointerBytes: 8 };
const pair: TypeSpec = {
  kind: Kind.Struct,
  string: "main.Pair",
  path: "main",
  named: true,
  size: 32,
  pointerBytes: 24,
  fields: [
    { name: "first", type: text, offset: 0 },
    { name: "second", type: text, offset: 16 },
  ],
};
const others = Array.from(
  { length: MANY },
  (_, i): TypeSpec => ({ kind: Kind.Struct, string: `main.T${i}`, path: "main", named: true, size: 8 }),
);
const PROGRAM: ProgramSpec = {
  pointerSize: 8,
  bigEndian: false,
  minor: 21,
  version: "go1.21.13",
  types: [node, wrapper, text, pair, ...others],
  functions: Array.from({ length: MANY }, (_, i) => ({
    name: `main.f${i}`,
    size: 64,
    lines: [{ offset: 0, file: "/src/main.go", line: 3 }],
  })),
};
const written = writeProgram(PROGRAM);
const executable = openExecutable(memorySource(written.file, "./server"));

async function dumpOf(draw: (d: DumpBuilder) => void): Promise<Heap> {
  const bytes = buildDump(
    (d) => {
      d.data.at = BigInt(written.data);
      d.bss.at = BigInt(written.bss);
      d.data.size = written.dataSize;
      d.bss.size = written.bssSize;
      draw(d);
    },
    { version: "go1.21.13" },
  );
  return readHeap(memorySource(bytes), { keepShapes: true });
}

async function match(draw: (d: DumpBuilder) => void): Promise<MatchedExecutable> {
  return matchExecutable(await dumpOf(draw), executable);
}

/** Frames of the program's first functions, where they are. */
function callFunctions(d: DumpBuilder, count: number): void {
  const goroutine = d.goroutine();
  for (let i = 0; i < count; i++) goroutine.frame(`main.f${i}`, 64, written.entries[i]!);
}

/** Type records of the program's first types, as the runtime writes them. */
function recordTypes(d: DumpBuilder, count: number): void {
  for (const type of others.slice(0, count)) d.type(type.string, 8, { at: written.types.get(type)! });
}

describe("types", () => {
  test("agree by the names that the runtime writes: an unnamed struct has short package names", async () => {
    const matched = await match((d) => {
      d.type("struct { list.Node; n int }", 24, { at: written.types.get(wrapper)! });
      d.type("example.com/my/list.Node", 16, { at: written.types.get(node)! });
    });
    expect(matched).toMatchObject({ verdict: "exact", isClean: true, dispute: undefined });
    expect(matched.explanation).toContain("2 of 2 type records agree");
  });

  test("of another name disagree", async () => {
    const matched = await match((d) => d.type("example.com/my/list.Other", 16, { at: written.types.get(node)! }));
    expect(matched).toMatchObject({ isClean: false, dispute: "1 of the 1 type records that it has" });
  });

  test("that lie in the file where it has none disagree", async () => {
    const matched = await match((d) => {
      recordTypes(d, 3);
      d.type("example.com/my/list.Node", 16, { at: written.types.get(node)! + 8 });
    });
    expect(matched).toMatchObject({ verdict: "sibling", isClean: false, disagreeing: 1 });
  });

  test("that lie outside of the file say nothing of it", async () => {
    const matched = await match((d) => {
      callFunctions(d, 1);
      d.type("example.com/plugin.Thing", 16, { at: 0x7f00_0000_0000 });
    });
    expect(matched).toMatchObject({ verdict: "exact", isClean: true });
    expect(matched.explanation).toContain("0 of 0 type records agree");
  });
});

describe("one vote that disagrees", () => {
  test("among few decides", async () => {
    const matched = await match((d) => {
      recordTypes(d, 10);
      d.type("main.Other", 16, { at: written.types.get(node)! });
    });
    expect(matched).toMatchObject({ verdict: "sibling", isClean: false, disagreeing: 1 });
    expect(matched.explanation).toMatch(
      /^\.\/server is probably another build of the program: .*10 of 11 type records agree/,
    );
  });

  test("among many is weighed and told", async () => {
    const heap = await dumpOf((d) => {
      recordTypes(d, MANY);
      callFunctions(d, MANY);
      d.type("main.Other", 16, { at: written.types.get(node)! });
    });
    const warnings: string[] = [];
    const progress: Progress = { ...NO_PROGRESS, warn: (code, message) => warnings.push(`${code}: ${message}`) };
    const typed = await typeHeap(heap, executable, { progress });
    expect(typed.executable).toMatchObject({ verdict: "exact", isClean: true });
    expect(warnings).toContain(
      "disputed-executable: ./server disagrees with the dump in 1 of the 26 type records that it has; all else agrees",
    );
  });

  test("is no exception where there are two", async () => {
    const matched = await match((d) => {
      recordTypes(d, MANY);
      d.type("main.Other", 16, { at: written.types.get(node)! });
      d.type("main.Another", 24, { at: written.types.get(wrapper)! });
    });
    expect(matched.isClean).toBe(false);
  });
});

describe("functions on stacks", () => {
  test("that a plugin has copies of, more than the executable has there, do not move the executable", async () => {
    const SLIDE = 0x7f00_0000_0000;
    const matched = await match((d) => {
      callFunctions(d, 3);
      const goroutine = d.goroutine();
      for (let i = 3; i < MANY; i++) goroutine.frame(`main.f${i}`, 64, written.entries[i]! + SLIDE);
    });
    expect(matched).toMatchObject({ verdict: "exact", isClean: true });
    expect(matched.biases.text).toBe(0);
    expect(matched.explanation).toContain("3 of 3 functions on stacks");
  });

  test("of a build whose text lies elsewhere move it", async () => {
    const matched = await match((d) => {
      const goroutine = d.goroutine();
      for (let i = 0; i < MANY; i++) goroutine.frame(`main.f${i}`, 64, written.entries[i]! + 0x20);
    });
    expect(matched).toMatchObject({ verdict: "sibling", isClean: true });
    expect(matched.biases.text).toBe(0x20);
  });

  test("that lie outside of the file are told, and then nothing is guessed by its looks", async () => {
    const draw = (plugin: boolean) => (d: DumpBuilder) => {
      callFunctions(d, 3);
      if (plugin) d.goroutine().frame("example.com/plugin.Run", 64, 0x7f00_0000_0000);
      const pair = d.object(32);
      const bytes = d.object(16);
      for (const offset of [0, 16]) {
        pair.point(offset, bytes);
        pair.store(offset + 8, 5);
      }
      d.otherRoot(pair);
    };
    const typed = async (plugin: boolean) => {
      const warnings: string[] = [];
      const progress: Progress = { ...NO_PROGRESS, warn: (code, message) => warnings.push(`${code}: ${message}`) };
      const heap = await typeHeap(await dumpOf(draw(plugin)), executable, { progress });
      return {
        guesses: [...heap.heap.objects.typeSource].filter((source) => source === TypeSource.INFERRED),
        warnings,
      };
    };
    const alone = await typed(false);
    expect(alone.guesses).not.toEqual([]);
    expect(alone.warnings).toEqual([]);
    const together = await typed(true);
    expect(together.guesses).toEqual([]);
    expect(together.warnings).toEqual([
      expect.stringContaining(
        "other-modules: the process runs functions that are not in ./server: example.com/plugin.Run.",
      ),
    ]);
    expect(together.warnings[0]).toMatch(/, and 2 of 2 objects, 100\.0 % of the bytes, stay without;/);
  });
});
