/** Samples with the types that their executables tell. */
import { join } from "node:path";
import { openExecutable } from "../../src/binary/index.ts";
import { packageFolder } from "../../src/converter/running-package.ts";
import { readHeap } from "../../src/heap/read.ts";
import { type Heap, typeHeap } from "../../src/index.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { openSource } from "../../src/io/sources/open.ts";
import { sampleBytes } from "./sample-dumps.ts";

const FOLDER = join(packageFolder(), "samples/executables");

/** Where an executable of samples/executables is. */
export function executablePath(name: string): string {
  return join(FOLDER, `${name}.exe.zst`);
}

/** The heap of a sample, typed by an executable in samples/executables; `asStripped` as if that had no debug information. */
export async function typedSample(dump: string, executable: string, asStripped = false): Promise<Heap> {
  const heap = await readHeap(memorySource(await sampleBytes(dump), `${dump}.dump`), { keepShapes: true });
  const opened = openExecutable(await openSource(executablePath(executable)));
  return (await typeHeap(heap, asStripped ? { ...opened, debugSection: () => undefined } : opened)).heap;
}
