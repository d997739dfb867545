/** The walk of values costs a pass over the dump's contents: only what shows lengths pays for it. */
import { expect, test } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import { loadConverter } from "../../src/converter/load.ts";
import { NO_PROGRESS, type OptionsSchema, type OptionValues } from "../../src/index.ts";
import { createMemorySink } from "../../src/io/sinks/memory-sink.ts";
import { typedSample } from "../support/typed-samples.ts";

const WALK = "walking values";

/** Whether a conversion with the default options, those given excepted, walks the values of a heap that nobody walked yet. */
async function walks(
  name: keyof typeof BUILT_IN_CONVERTERS,
  options: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const converter = await loadConverter(name, BUILT_IN_CONVERTERS, ".");
  const specs: OptionsSchema = converter.options;
  const defaults = Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, spec.default]));
  const phases: string[] = [];
  const progress = { ...NO_PROGRESS, phase: (phase: string) => void phases.push(phase) };
  await converter.convert(
    heap,
    createMemorySink(),
    { ...defaults, ...options } as OptionValues<OptionsSchema>,
    progress,
  );
  heap.close();
  return phases.includes(WALK);
}

test.each([
  ["heapsnapshot", {}],
  ["heaptimeline", {}],
  ["heapprofile", {}],
  ["pprof", { profile: "types" }],
  ["pprof", { profile: "sites" }],
  ["pprof", { profile: "goroutine" }],
  ["dot", { graph: "types" }],
  ["perfetto", {}],
  ["hprof", {}],
] as const)("%s %o does not walk them", async (name, options) => {
  expect(await walks(name, options)).toBe(false);
});

test("the report does, and heapsnapshot if it is to show lengths", async () => {
  expect(await walks("json", {})).toBe(true);
  expect(await walks("heapsnapshot", { lengths: true })).toBe(true);
});
