/** Reading an index: a file, and the dump for contents → the heap, without decoding or typing. */
import type { Image } from "../binary/index.ts";
import type { Heap } from "../heap/heap.ts";
import type { ByteSource } from "../io/sources/source.ts";
import { IndexReader } from "./file/index-reader.ts";
import type { UnusableIndexError } from "./file/unusable-index.ts";
import { compareKeys, type IndexKey } from "./index-key.ts";
import { Part } from "./parts/part-names.ts";
import { readPart, restoreHeap } from "./parts/restore-heap.ts";
import { isOfResults, KnownResults } from "./parts/results.ts";

export interface OpenedIndex {
  /** Its columns are read when they are asked for, which may throw UnusableIndexError. */
  readonly heap: Heap;
  /** What `IndexContents.reading` was. */
  readonly reading: unknown;
  /** Gives `heap`, which stands for it, what was computed. */
  giveResults(heap: Heap): void;
  /** From now on nothing that was computed is taken from the index any more. */
  distrust(): void;
  /** Checks all of the heap, so that nothing can come up later. Reads the file once. @throws UnusableIndexError */
  verify(): void;
}

/**
 * Opens an index. Reads a few facts; the caller closes the source.
 * @param dump for contents; closing the heap closes it
 * @param openImage opens the executable, if there is one; of a fat file the part for an architecture
 * @param version of this gohd
 * @param onDamage told when something that was computed is damaged, and will be computed
 * @throws UnusableIndexError if it is not of exactly this, or damaged
 */
export function readIndex(
  source: ByteSource,
  key: IndexKey,
  secret: Uint8Array,
  version: string,
  dump: ByteSource,
  openImage: (arch: string) => Pick<Image, "bytes">,
  onDamage: (error: UnusableIndexError) => void,
): OpenedIndex {
  const index = new IndexReader(source, version);
  compareKeys(index.key, key);
  const { heap, counts } = restoreHeap(index, dump, openImage);
  const results = new KnownResults(index, counts, secret, onDamage);
  return {
    heap,
    reading: readPart(index, Part.READING),
    giveResults: (to) => results.giveTo(to),
    distrust: () => {
      results.isUsable = false;
    },
    verify: () => index.verify((section) => !isOfResults(section)),
  };
}
