/** Damaged index files: either nothing that counts was hit, or they are refused. Nothing else is thrown, and nothing hangs. */
import { beforeAll, expect, test } from "vitest";
import { computeDominatorDepths } from "../../src/analysis/dominators/dominator-tree.ts";
import { computeOwnerWays } from "../../src/analysis/ownership/owner-paths.ts";
import { UnusableIndexError } from "../../src/dump-index/file/unusable-index.ts";
import { computeReport } from "../../src/findings/report/report.ts";
import { computePackageGroups, computeTypeSums } from "../../src/findings/top/object-groups.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { type IndexedSample, indexSample, KEY, openIndex } from "./indexed-sample.ts";

let sample: IndexedSample;
let report: string;
let depths: readonly number[];
let more: unknown;
beforeAll(async () => {
  sample = await indexSample("queue.1.22.amd64", "queue.1.22.amd64");
  report = JSON.stringify(await computeReport(sample.heap));
  depths = Array.from(await computeDominatorDepths(sample.heap));
  more = await compute(sample.heap);
}, 60_000);

/** What is kept beside the report and the trees. */
async function compute(heap: Heap) {
  const ways = await computeOwnerWays(heap);
  return { ways, types: await computeTypeSums(heap), packages: await computePackageGroups(heap) };
}

/** True if the index was refused; if not, all that it tells is right. */
async function isRefused(index: Uint8Array): Promise<boolean> {
  try {
    let isDamaged = false;
    const onDamage = (): void => {
      isDamaged = true;
    };
    const opened = openIndex(index, sample, { onDamage });
    opened.verify();
    opened.giveResults(opened.heap);
    expect(JSON.stringify(await computeReport(opened.heap))).toBe(report);
    expect(Array.from(await computeDominatorDepths(opened.heap))).toEqual(depths);
    expect(await compute(opened.heap)).toEqual(more);
    return isDamaged;
  } catch (error) {
    if (error instanceof UnusableIndexError) return true;
    throw error;
  }
}

test("an index that is whole is used", async () => {
  expect(await isRefused(sample.index)).toBe(false);
});

test.each(["one bit", "a stretch", "the beginning only", "swapped halves", "the directory", "the tail"])(
  "damage: %s",
  async (kind) => {
    const random = seededRandom(kind.length);
    let refused = 0;
    for (let trial = 0; trial < 60; trial++) {
      const index = damage(sample.index, kind, random);
      if (await isRefused(index)) refused++;
    }
    // Now and then padding is hit.
    expect(refused).toBeGreaterThan(40);
  },
);

function damage(whole: Uint8Array, kind: string, random: (below: number) => number): Uint8Array {
  const index = whole.slice();
  const at = random(index.length);
  const flip = (from: number, count: number): void => {
    for (let i = 0; i < count; i++) index[from + i]! ^= 1 << random(8);
  };
  switch (kind) {
    case "one bit":
      flip(at, 1);
      return index;
    case "a stretch":
      flip(at, Math.min(100, index.length - at));
      return index;
    case "the beginning only":
      return index.subarray(0, at);
    case "swapped halves":
      return Buffer.concat([index.subarray(at), index.subarray(0, at)]);
    case "the directory":
      flip(index.length - 32 - random(2000) - 1, 1);
      return index;
    default:
      // Where the directory is, how long, and its checksum.
      flip(index.length - 32 + random(16), 1);
      return index;
  }
}

test("an index of something else is refused, and says of what", () => {
  const other = { ...KEY.dump, size: 2 };
  const refusal = (given: Parameters<typeof openIndex>[2]) => {
    try {
      openIndex(sample.index, sample, given);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  expect(refusal({})).toBeUndefined();
  expect(refusal({ key: { ...KEY, dump: other } })).toBe("it is of another dump, or the dump was written since");
  expect(refusal({ key: { ...KEY, executable: other } })).toBe("it was made without --exe");
  expect(refusal({ key: { ...KEY, isSalvaged: true } })).toBe("it was made without --salvage");
  expect(refusal({ version: "9.9.9" })).toBe("another build of gohd wrote it");
});
