/** Which words of stacks are pointers for sure: of the collector's stack objects, as a function's table has them. */
import { describe, expect, it } from "vitest";
import { type FunctionTable, NO_FUNCTION, openExecutable, type StackObject } from "../../../src/binary/index.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { RootKind, RootVertexKind } from "../../../src/heap/roots/roots.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { proveStackObjects } from "../../../src/typing/evidence/stack-objects.ts";
import { typeHeap } from "../../../src/typing/type-heap.ts";
import { concat, DumpBuilder, type Slot } from "../../support/dump-builder.ts";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";

const ENTRY = 0x40_1000;
const STACK = 0xc9_0000_0000;
/** Of main.f: a struct of three words whose first and last are pointers, at the beginning of its locals, and a pointer above it. */
const OBJECTS: readonly StackObject[] = [
  { offset: -64, size: 24, pointers: Int32Array.of(0, 16) },
  { offset: -40, size: 8, pointers: Int32Array.of(0) },
];

const functionsWith = (objects: readonly StackObject[], name = "main.f"): FunctionTable =>
  ({
    indexOfEntry: (pc: number) => (pc === ENTRY ? 0 : NO_FUNCTION),
    name: () => name,
    stackObjects: () => objects,
  }) as Partial<FunctionTable> as FunctionTable;

const match = (functions: FunctionTable) => ({
  functions,
  biases: { data: 0, text: 0, types: 0 },
  verdict: "exact" as const,
  isClean: true,
  program: { goMinor: 24 } as Parameters<typeof proveStackObjects>[1]["program"],
});

const WORDS: Readonly<Record<number, string>> = {
  [RootKind.FRAME]: "sure",
  [RootKind.FRAME_CONSERVATIVE]: "perhaps",
};

/** By the letter of each object: whether a root leads there for sure. */
function kindsOf(heap: Heap, slots: Readonly<Record<string, Slot>>): Record<string, string> {
  const { roots } = heap;
  const kinds: Record<string, string> = {};
  for (const [letter, slot] of Object.entries(slots)) {
    const row = roots.to.indexOf(heap.findObject(slot.address));
    kinds[letter] = WORDS[roots.kind[row]!] ?? "none";
  }
  return kinds;
}

/** main.f has its struct at 0, its pointer at 24 and 24 bytes of other locals, then the frame pointer and the return address. */
async function draw(callee: string, point: (struct: number) => number, arch = "amd64") {
  const d = new DumpBuilder({ version: "go1.24.4", arch });
  const slots = Object.fromEntries(["a", "b", "c", "d", "e"].map((letter) => [letter, d.object(64) as Slot]));
  const goroutine = d.goroutine({ stack: STACK });
  const inner = goroutine.frame(callee, 32, 0x40_0000);
  const f = goroutine.frame("main.f", 80, ENTRY);
  const start = STACK + 32;
  inner.point(0, point(start));
  f.store(0, slots.a!)
    .store(8, slots.b!)
    .store(16, start + 24)
    .store(24, slots.c!)
    .store(32, slots.d!)
    .store(48, slots.e!);
  const parts = d.parts().map((part) => (typeof part === "number" ? new Uint8Array(part) : part));
  return { heap: await readHeap(memorySource(concat(...parts)), { keepShapes: true }), slots };
}

describe("words of a frame", () => {
  it("are pointers for sure where a variable that is alive has one, and those that it points to", async () => {
    const { heap, slots } = await draw("main.g", (struct) => struct);
    expect(kindsOf(heap, slots)).toEqual({ a: "perhaps", b: "perhaps", c: "perhaps", d: "perhaps", e: "perhaps" });
    const proved = await proveStackObjects(heap, match(functionsWith(OBJECTS)), NO_PROGRESS);
    expect(kindsOf(proved, slots)).toEqual({ a: "sure", b: "perhaps", c: "sure", d: "perhaps", e: "perhaps" });
    expect(proved.statistics.rootsByKind[RootKind.FRAME]).toBe(heap.statistics.rootsByKind[RootKind.FRAME]! + 2);
  });

  it("are not those of a variable that nothing points to any more", async () => {
    const { heap, slots } = await draw("main.g", (struct) => struct + 24);
    const proved = await proveStackObjects(heap, match(functionsWith(OBJECTS)), NO_PROGRESS);
    expect(kindsOf(proved, slots)).toEqual({ a: "none", b: "none", c: "sure", d: "perhaps", e: "perhaps" });
  });

  it("are as they were in a frame that was interrupted, whose function is another one, or has none", async () => {
    for (const [callee, functions] of [
      ["runtime.asyncPreempt", functionsWith(OBJECTS)],
      ["main.g", functionsWith(OBJECTS, "main.other")],
      ["main.g", functionsWith([])],
    ] as const) {
      const { heap } = await draw(callee, (struct) => struct);
      expect(await proveStackObjects(heap, match(functions), NO_PROGRESS)).toBe(heap);
    }
  });

  it("are as they were where the executable is not surely the one that wrote the dump", async () => {
    const { heap } = await draw("main.g", (struct) => struct);
    const sure = match(functionsWith(OBJECTS));
    expect(await proveStackObjects(heap, { ...sure, isClean: false }, NO_PROGRESS)).toBe(heap);
    expect(await proveStackObjects(heap, { ...sure, verdict: "forced" }, NO_PROGRESS)).toBe(heap);
  });

  it("are counted from the end of the locals, which architectures have at places of their own", async () => {
    const { heap, slots } = await draw("main.g", (struct) => struct, "s390x");
    // No return address, and no frame pointer: the struct would be 16 bytes further on.
    const proved = await proveStackObjects(heap, match(functionsWith([{ ...OBJECTS[0]!, offset: -80 }])), NO_PROGRESS);
    expect(kindsOf(proved, slots)).toMatchObject({ a: "sure", b: "perhaps", c: "perhaps" });
  });
});

it.each([
  ["senders.1.19.amd64", "senders.1.19.amd64", 120],
  ["senders.1.24.amd64", "senders.1.24.amd64", 120],
  ["workers.1.24.amd64", "workers.1.24.amd64", 42],
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64", 2],
])("%s: its executable has the tables", async (dump, executable, least) => {
  const heap = await readHeap(memorySource(await sampleBytes(dump), `${dump}.dump`), { keepShapes: true });
  const typed = await typeHeap(heap, openExecutable(await openSource(executablePath(executable))));
  const perhaps = ({ roots }: Heap): number => roots.kind.filter((kind) => kind === RootKind.FRAME_CONSERVATIVE).length;
  expect(perhaps(heap) - perhaps(typed.heap)).toBeGreaterThanOrEqual(least);
  expect(typed.heap.roots.vertices.kind.includes(RootVertexKind.FRAME)).toBe(true);
});
