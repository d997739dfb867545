/** Samples, and the same heaps restored from an index in memory. */
import { type Executable, openExecutable } from "../../src/binary/index.ts";
import type { UnusableIndexError } from "../../src/dump-index/file/unusable-index.ts";
import type { IndexKey } from "../../src/dump-index/index-key.ts";
import { type OpenedIndex, readIndex } from "../../src/dump-index/read-index.ts";
import { writeIndex } from "../../src/dump-index/write-index.ts";
import { readHeap } from "../../src/heap/read.ts";
import { type Heap, NO_PROGRESS, type Progress, typeHeap } from "../../src/index.ts";
import { createMemorySink } from "../../src/io/sinks/memory-sink.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { openSource } from "../../src/io/sources/open.ts";
import type { ByteSource } from "../../src/io/sources/source.ts";
import { sampleBytes } from "../support/sample-dumps.ts";
import { executablePath } from "../support/typed-samples.ts";

const FILE = { size: 1, modified: "2", samples: "3" };
export const KEY: IndexKey = { dump: FILE, executable: null, symbols: null, isForced: false, isSalvaged: false };
export const SECRET = new Uint8Array(32).fill(7);
export const VERSION = "1.2.3";

export interface IndexedSample {
  /** As it is decoded and typed. */
  readonly heap: Heap;
  readonly dump: ByteSource;
  readonly executable: Executable | undefined;
  readonly index: Uint8Array;
}

/** Decodes a sample, types it if there is an executable in samples/executables to be had, and makes its index. */
export async function indexSample(name: string, executableName?: string): Promise<IndexedSample> {
  const dump = memorySource(await sampleBytes(name), `${name}.dump`);
  const untyped = await readHeap(dump, { keepShapes: executableName !== undefined });
  const executable =
    executableName === undefined ? undefined : openExecutable(await openSource(executablePath(executableName)));
  const typed = executable === undefined ? undefined : await typeHeap(untyped, executable);
  const heap = typed?.heap ?? untyped;
  const sink = createMemorySink();
  const writer = await sink.open();
  await writeIndex(writer, { heap, typed, reading: { said: name } }, KEY, SECRET, VERSION, NO_PROGRESS);
  await sink.commit();
  return { heap, dump, executable, index: sink.files.get("")! };
}

/** Opens an index in memory. */
export function openIndex(
  index: Uint8Array | ByteSource,
  { dump, executable }: Pick<IndexedSample, "dump" | "executable">,
  { key = KEY, secret = SECRET, version = VERSION, onDamage = (_: UnusableIndexError): void => {} } = {},
): OpenedIndex {
  const source = index instanceof Uint8Array ? memorySource(index) : index;
  return readIndex(source, key, secret, version, dump, () => executable!.image, onDamage);
}

/** The heap of an index, with all that was computed of it. */
export function restore(sample: IndexedSample, index = sample.index): Heap {
  const opened = openIndex(index, sample);
  opened.giveResults(opened.heap);
  return opened.heap;
}

/** Progress that notes the phases that work begins. */
export function countingProgress(): { readonly progress: Progress; readonly phases: string[] } {
  const phases: string[] = [];
  return { progress: { ...NO_PROGRESS, phase: (name) => phases.push(name) }, phases };
}
