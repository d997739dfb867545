/** What converters say they use is what they ask for: no more is computed, and in a run of several no more is kept. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import { loadConverter } from "../../src/converter/load.ts";
import { keepAnalyses, listAnalyses } from "../../src/heap/memo.ts";
import * as gohd from "../../src/index.ts";
import { createDirectorySink } from "../../src/io/sinks/directory-sink.ts";
import { createFileSink } from "../../src/io/sinks/file-sink.ts";
import { typedSample } from "../support/typed-samples.ts";

vi.setConfig({ testTimeout: 120_000 });

const NAMES = new Map<unknown, string>(Object.entries(gohd).map(([name, value]) => [value, name]));

let heap: gohd.Heap;
let folder: string;
beforeAll(async () => {
  heap = await typedSample("trie.1.27.amd64", "trie.1.27.amd64");
  folder = mkdtempSync(join(tmpdir(), "gohd-test-uses-"));
});
afterAll(() => {
  heap.close();
  rmSync(folder, { recursive: true });
});

const nameAll = (analyses: readonly gohd.Analysis<unknown>[]): string[] =>
  [...new Set(analyses)].map((analysis) => NAMES.get(analysis) ?? "one that is not public").sort();

test.each([
  ...Object.keys(BUILT_IN_CONVERTERS).map((name) => [name, {}] as const),
  ["heapsnapshot", { lengths: true }],
  ["heapsnapshot", { internals: true }],
  ["heapsnapshot", { internals: true, lengths: true }],
  ...["owned", "heap", "goroutine", "types", "sites"].map((profile) => ["pprof", { profile }] as const),
  ["pprof", { "run-lengths": true }],
  ["pprof", { "run-lengths": true, profile: "owned" }],
  ["pprof", { "run-lengths": true, profile: "types" }],
  ["dot", { graph: "dominators" }],
  ["dot", { graph: "references" }],
  ["dot", { graph: "types" }],
  ["parquet", { strings: true, contents: true }],
] as const)("%s %o", async (name, given) => {
  const converter = await loadConverter(name, BUILT_IN_CONVERTERS, ".");
  const specs: gohd.OptionsSchema = converter.options;
  const defaults = Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, spec.default]));
  const options = { ...defaults, ...given } as gohd.OptionValues<gohd.OptionsSchema>;
  keepAnalyses(heap, new Set());
  const sink = (converter.output.kind === "file" ? createFileSink : createDirectorySink)(join(folder, "output"));
  try {
    await converter.convert(heap, sink, options, gohd.NO_PROGRESS);
  } finally {
    await sink.discard();
  }
  expect(nameAll(converter.uses!(options))).toEqual(nameAll(listAnalyses(heap)));
});
