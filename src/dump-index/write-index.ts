/** Writing an index: a heap, with what is computed of it, into a file. */
import type { Heap } from "../heap/heap.ts";
import type { ByteWriter } from "../io/sinks/sink.ts";
import type { Progress } from "../progress.ts";
import type { TypedHeap } from "../typing/type-heap.ts";
import { IndexWriter } from "./file/index-writer.ts";
import type { IndexKey } from "./index-key.ts";
import { writeHeap, writePart } from "./parts/keep-heap.ts";
import { Part } from "./parts/part-names.ts";
import { writeResults } from "./parts/results.ts";

export interface IndexContents {
  readonly heap: Heap;
  /** What typing found, if the heap was typed. */
  readonly typed: TypedHeap | undefined;
  /** Whatever else is to be told without reading the dump: plain values. */
  readonly reading: unknown;
}

/**
 * Writes an index. Computes the report, dominators, owner tree, the paths of owners and containers, unless they are known; then as long
 * as writing some 83 bytes an object and 8 a pointer takes.
 * @param version of this gohd
 * @param secret of the dump, as `identify` gives it
 */
export async function writeIndex(
  writer: ByteWriter,
  { heap, typed, reading }: IndexContents,
  key: IndexKey,
  secret: Uint8Array,
  version: string,
  progress: Progress,
): Promise<void> {
  const index = await IndexWriter.begin(writer, progress);
  await writeResults(index, heap, secret, progress);
  await writeHeap(index, heap, typed);
  await writePart(index, Part.READING, reading);
  await index.finish({ writer: version, key });
  await writer.close();
}
