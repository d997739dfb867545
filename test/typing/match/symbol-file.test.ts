/** Names from another file than the executable. */
import { expect, test } from "vitest";
import { type Executable, openExecutable } from "../../../src/binary/index.ts";
import { ExecutableError } from "../../../src/errors.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { type TypedHeap, typeHeap } from "../../../src/typing/type-heap.ts";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";

async function open(name: string): Promise<Executable> {
  return openExecutable(await openSource(executablePath(name)));
}

async function read(name: string): Promise<Heap> {
  return readHeap(memorySource(await sampleBytes(name)), { keepShapes: true });
}

/** The same executable as -ldflags="-s -w" leaves it. */
function strip(executable: Executable): Executable {
  return { ...executable, symbols: () => noSymbols(executable), debugSection: () => undefined };
}

function noSymbols(executable: Executable): ReturnType<Executable["symbols"]> {
  return { ...executable.symbols(), count: 0, find: () => -1 };
}

/** What `objcopy --only-keep-debug` leaves of it. */
function keepDebug(executable: Executable): Executable {
  return { ...executable, segments: [] };
}

function countNamed({ heap }: TypedHeap): number {
  let named = 0;
  for (let edge = 0; edge < heap.roots.count; edge++) if (heap.roots.edgeName?.(edge) !== undefined) named++;
  return named;
}

async function errorOf(promise: Promise<unknown>): Promise<ExecutableError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ExecutableError) return error;
  throw new Error("no ExecutableError was thrown");
}

const NAME = "workers.1.24.amd64";

test("a stripped executable with its unstripped build names as much as that alone", async () => {
  const executable = await open(NAME);
  const heap = await read(NAME);
  const alone = await typeHeap(heap, executable);
  const stripped = await typeHeap(heap, strip(executable));
  const together = await typeHeap(heap, strip(executable), { symbols: executable });
  expect(stripped.names).toMatchObject({ source: "none", explanation: expect.stringContaining("neither symbols nor") });
  expect(countNamed(stripped)).toBe(0);
  expect(countNamed(together)).toBe(countNamed(alone));
  expect(countNamed(together)).toBeGreaterThan(200);
  expect(together.names.explanation).toMatch(
    /^names from debug information of .* \(data 0, text 0, types 0; (\d+) of \1 functions on stacks agree\)$/,
  );
  expect(Array.from(together.heap.objects.typeSource)).toEqual(Array.from(alone.heap.objects.typeSource));
});

test.each([
  ["by the linker's marks", keepDebug],
  ["by its sections alone", (file: Executable) => ({ ...keepDebug(file), symbols: () => noSymbols(file) })],
])("a file of debug information alone is placed %s", async (_, make) => {
  const executable = await open(NAME);
  const heap = await read(NAME);
  const alone = await typeHeap(heap, executable);
  const together = await typeHeap(heap, strip(executable), { symbols: make(executable) });
  expect(together.names.source).toBe("debug information");
  expect(countNamed(together)).toBe(countNamed(alone));
});

test("a file with symbols and no debug information names package variables", async () => {
  const executable = await open(NAME);
  const symbols = { ...executable, debugSection: () => undefined };
  const typed = await typeHeap(await read(NAME), strip(executable), { symbols });
  expect(typed.names.source).toBe("symbols");
  expect(typed.heap.variables?.map(({ name }) => name)).toContain("main.service");
});

test("another program's symbols are refused, with what differs", async () => {
  const error = await errorOf(
    typeHeap(await read(NAME), await open(NAME), { symbols: await open("queue.1.22.amd64") }),
  );
  expect(error.code).toBe("mismatch");
  expect(error.message).toMatch(
    /is not of the program that wrote this dump: the data segment is 0x[\da-f]+ bytes in the dump/,
  );
});

test("the same data with functions elsewhere is refused", async () => {
  const executable = await open(NAME);
  const { count, kind, address } = executable.symbols();
  // As if everything behind the first half of the code had grown.
  const middle = address[Math.floor(count / 4)]!;
  const symbols = {
    ...executable.symbols(),
    address: address.map((at, i) => (kind[i] === 2 && at > middle ? at + 32 : at)),
  };
  const file = { ...keepDebug(executable), symbols: () => symbols };
  const error = await errorOf(typeHeap(await read(NAME), strip(executable), { symbols: file }));
  expect(error.message).toMatch(/: its code is laid out otherwise: (\d+) of (?!\1 )\d+ functions on stacks agree$/);
  expect(error.hint).toContain("-buildmode");
});

test("a file without names is refused", async () => {
  const executable = await open(NAME);
  const error = await errorOf(typeHeap(await read(NAME), executable, { symbols: strip(executable) }));
  expect(error.code).toBe("unsupported");
  expect(error.message).toContain("neither symbols nor debug information");
});

test("a file for another architecture is refused", async () => {
  const executable = await open(NAME);
  const error = await errorOf(typeHeap(await read(NAME), executable, { symbols: { ...executable, arch: "arm64" } }));
  expect(error.message).toContain("it is for arm64, the dump was written on amd64");
});
