/** What a run with several outputs keeps of the analyses: what outputs to come use, and no more. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { convert } from "../../../src/cli/convert/conversion.ts";
import { listAnalyses } from "../../../src/heap/memo.ts";
import {
  type Analysis,
  type Converter,
  computeDominators,
  computeHistogram,
  computeRetainedSizes,
  type OptionsSchema,
} from "../../../src/index.ts";
import { testTerminal } from "../test-terminal.ts";

type Analyses = readonly Analysis<unknown>[];

const SAMPLE = join(import.meta.dirname, "../../../samples/dumps/dominators.1.24.amd64.dump.zst");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-conversion-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fake = (i: number, convertHeap: Converter<OptionsSchema>["convert"], uses?: Analyses) => ({
  converter: {
    apiVersion: 1,
    name: `fake${i}`,
    description: "",
    output: { kind: "file", extension: "fake", binary: false },
    options: {},
    ...(uses === undefined ? {} : { uses: () => uses }),
    convert: convertHeap,
  } satisfies Converter<OptionsSchema>,
  path: join(folder, String(i)),
  isShared: false,
  values: {},
});

/** In whatever order the program came to know them. */
const toSet = (analyses: Analyses): ReadonlySet<unknown> => new Set(analyses);

/**
 * Runs an output for each of `outputs`: the analyses that it asks for, with whether it says so. Returns what there was
 * when each began.
 */
async function foundBy(
  ...outputs: { readonly uses: Analyses; readonly isSilent?: boolean }[]
): Promise<ReadonlySet<unknown>[]> {
  const found: ReadonlySet<unknown>[] = [];
  const wanted = outputs.map(({ uses, isSilent = false }, i) => {
    const convertHeap: Converter<OptionsSchema>["convert"] = async (heap, sink, _options, progress) => {
      found.push(new Set(listAnalyses(heap)));
      for (const analysis of uses) await analysis(heap, progress);
      await (await sink.open()).close();
    };
    return fake(i, convertHeap, isSilent ? undefined : uses);
  });
  await convert(SAMPLE, wanted, {}, { quiet: true, force: true }, testTerminal());
  return found;
}

test("an output finds what later ones use, its own or not, and nothing else", async () => {
  expect(
    await foundBy(
      { uses: [computeDominators, computeHistogram] },
      { uses: [] },
      { uses: [computeHistogram] },
      { uses: [computeDominators] },
    ),
  ).toEqual(
    [[], [computeDominators, computeHistogram], [computeDominators, computeHistogram], [computeDominators]].map(toSet),
  );
});

test("for an output that does not say what it uses, all is kept; what follows it finds what it uses", async () => {
  expect(
    await foundBy(
      { uses: [computeDominators, computeRetainedSizes] },
      { uses: [], isSilent: true },
      { uses: [computeRetainedSizes] },
      { uses: [] },
    ),
  ).toEqual([[], [computeDominators, computeRetainedSizes], [computeRetainedSizes], []].map(toSet));
});

test("what an output has left behind is freed before the next begins", async () => {
  const left: WeakRef<Uint8Array>[] = [];
  const freed: boolean[] = [];
  const wanted = [0, 1, 2].map((i) =>
    fake(i, async (_heap, sink) => {
      freed.push(left.every((each) => each.deref() === undefined));
      left.push(new WeakRef(new Uint8Array(1 << 20)));
      await (await sink.open()).close();
    }),
  );
  await convert(SAMPLE, wanted, {}, { quiet: true, force: true }, testTerminal());
  expect(left).toHaveLength(3);
  expect(freed).toEqual([true, true, true]);
});
