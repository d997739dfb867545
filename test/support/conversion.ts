/** Runs a converter into memory. */
import {
  type Converter,
  type Growth,
  type Heap,
  NO_PROGRESS,
  type OptionsSchema,
  type OptionValues,
  type Progress,
} from "../../src/index.ts";
import { createMemorySink } from "../../src/io/sinks/memory-sink.ts";

export interface Conversion {
  readonly bytes: Uint8Array;
  /** Codes of the warnings, in order. */
  readonly warnings: readonly string[];
}

/** Converts `heap` with the default options, those given excepted, and returns the only output. */
export async function convertToBytes<S extends OptionsSchema>(
  converter: Converter<S>,
  heap: Heap,
  options: Partial<OptionValues<S>> = {},
  growth?: Growth,
): Promise<Conversion> {
  const defaults = Object.fromEntries(Object.entries(converter.options).map(([name, spec]) => [name, spec.default]));
  const warnings: string[] = [];
  const progress: Progress = { ...NO_PROGRESS, warn: (code) => warnings.push(code) };
  const sink = createMemorySink();
  await converter.convert(heap, sink, { ...defaults, ...options } as OptionValues<S>, progress, growth);
  await sink.commit();
  return { bytes: sink.files.get("")!, warnings };
}
