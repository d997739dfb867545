/** What finding weak handles reads of a dump. */
import { expect, it } from "vitest";
import type { Heap } from "../../src/heap/heap.ts";
import { NO_OBJECT } from "../../src/heap/objects.ts";
import { findWeakHandles } from "../../src/values/weak-handles.ts";

it("little is read for each object where the dump has them in another order than that of addresses", () => {
  const count = 512;
  const distance = 1 << 13;
  let read = 0;
  const heap = {
    dump: { go: { minorMax: 27 }, pointerSize: 8, bigEndian: false, addressBase: 0n },
    objects: {
      count,
      size: new Uint32Array(count).fill(16),
      flags: new Uint8Array(count),
      position: Float64Array.from({ length: count }, (_, i) => (count - i) * distance),
    },
    findObject: (address: number) => (address === 7 ? 3 : NO_OBJECT),
    readBytes: (_: number, length: number, into: Uint8Array) => {
      read += length;
      into.fill(0, 0, length);
      into[0] = 7;
      return into.subarray(0, length);
    },
  } as unknown as Heap;
  const { handle, target } = findWeakHandles(heap, (object) => object === 3);
  expect(handle).toHaveLength(count);
  expect(new Set(target)).toEqual(new Set([3]));
  expect(read).toBeLessThanOrEqual(count * distance);
});
