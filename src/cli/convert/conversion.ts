/** The work of `gohd convert`: one reading of the dump, and then one output after the other. */

import type { OptionValues } from "../../converter/converter.ts";
import type { AnyConverter, ConverterTable } from "../../converter/load.ts";
import { HeapDumpError, InputChangedError } from "../../errors.ts";
import type { Growth } from "../../findings/growth/growth.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, keepAnalyses } from "../../heap/memo.ts";
import type { CommittableSink } from "../../io/sinks/sink.ts";
import { formatBytes, formatDuration, formatNumber, formatShare } from "../../quantities.ts";
import { collectGarbage } from "../collect-garbage.ts";
import { runSession, type Session } from "../command.ts";
import { checkEarlierDumps, type EarlierDumps, readEarlierDumps } from "../diff/earlier-dumps.ts";
import type { EarlierOptions } from "../diff/earlier-options.ts";
import { countTypeSources, sumTypeSources } from "../info/type-sources.ts";
import { type DumpInput, readDump } from "../input/dump-input.ts";
import type { ExecutableReport } from "../input/executable-input.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import type { IndexOptions } from "../input/index-options.ts";
import { describeOddEnding } from "../options/converter-choice.ts";
import { createOutput } from "../output/output.ts";
import { refuseClashes } from "../output/output-clashes.ts";
import { FailedOutputs } from "../terminal/error-report.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface ConversionOptions extends Omit<ExecutableOptions, "exe" | "orElse">, IndexOptions, EarlierOptions {
  /** The executable, or several of which one has to fit. */
  readonly exe?: readonly string[];
  readonly force?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
}

/** One output that was asked for, with its converter's options checked. */
export interface WantedConversion {
  readonly converter: AnyConverter;
  readonly path: string | undefined;
  readonly isShared: boolean;
  readonly values: OptionValues<AnyConverter["options"]>;
}

/** An output with its place. */
interface Conversion extends WantedConversion {
  readonly sink: CommittableSink;
}

/**
 * Converts the dump at path `dump`. Every output is there whole or not at all; one that fails keeps no other back.
 * @throws what the only output fails with, or `FailedOutputs` of several; at once what concerns all: the dump, or an abort
 */
export async function convert(
  dump: string,
  wanted: readonly WantedConversion[],
  converters: ConverterTable,
  { exe: executables = [], ...others }: ConversionOptions,
  terminal: Terminal,
): Promise<void> {
  const [exe, ...orElse] = executables;
  const options = exe === undefined ? others : { ...others, exe, orElse };
  checkEarlierDumps(
    dump,
    options,
    wanted.map(({ converter }) => converter),
  );
  await runSession(terminal, options, async (session) => {
    const { progress } = session;
    const conversions = wanted.map((each) => ({ ...each, sink: createSink(dump, each, options, session) }));
    refuseClashes(
      conversions.map(({ converter, sink }) => ({
        format: converter.name,
        name: sink.name,
        kind: converter.output.kind,
      })),
    );
    for (const converter of new Set(wanted.map((each) => each.converter))) await converter.check?.();
    for (const { sink, converter, path, isShared } of conversions) {
      const isNamed = path !== undefined && !isShared;
      const oddEnding = isNamed ? await describeOddEnding(sink.name, converter, converters) : undefined;
      if (oddEnding !== undefined) progress.warn("odd-ending", oddEnding);
    }
    const started = performance.now();
    const earlier = await readEarlierDumps(options, terminal, progress);
    const input = await readDump(dump, { ...options, isWhole: true }, terminal, progress);
    try {
      await writeAll(conversions, input, earlier, started, session);
    } finally {
      input.close();
    }
  });
}

function createSink(
  dump: string,
  { converter, path, isShared, values }: WantedConversion,
  { exe: executable, symbols, force = false }: ExecutableOptions & { readonly force?: boolean },
  { terminal, progress }: Session,
): CommittableSink {
  const { variant: variantOption, addedWith } = converter.output;
  const variant = variantOption === undefined ? undefined : String(values[variantOption]);
  const isAdded = addedWith !== undefined && (values[addedWith] as unknown as readonly string[]).length > 0;
  const files = converter.listFiles?.(values) ?? [];
  const request = { dump, executable, symbols, output: path, isShared, force, variant, isAdded, files };
  return createOutput(converter, request, terminal, progress.warn);
}

async function writeAll(
  conversions: readonly Conversion[],
  input: DumpInput,
  earlier: EarlierDumps | undefined,
  started: number,
  { terminal, progress, say }: Session,
): Promise<void> {
  const { heap } = input;
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  let begun = started;
  let growth: Growth | undefined;
  letGo(heap, conversions);
  for (const [i, { converter, sink, values }] of conversions.entries()) {
    try {
      await input.watch(async () => {
        if (!converter.showsGrowth) return converter.convert(heap, sink, values, progress);
        growth ??= await earlier?.compare(heap, progress);
        return converter.convert(heap, sink, values, progress, growth);
      });
      // What arrived too late for the converter to notice still counts.
      terminal.signal.throwIfAborted();
      const size = await sink.commit();
      const objects = formatNumber(heap.objects.count, "object");
      say(`wrote ${sink.name}: ${formatBytes(size)}, ${objects}, in ${formatDuration(performance.now() - begun)}`);
    } catch (error) {
      if (conversions.length === 1 || terminal.signal.aborted || isOfAll(error)) throw error;
      failures.push({ name: sink.name, error });
    } finally {
      await sink.discard();
    }
    if (i + 1 < conversions.length) {
      letGo(heap, conversions.slice(i + 1));
      collectGarbage();
    }
    begun = performance.now();
  }
  if (input.executable && failures.length < conversions.length) say(describeTypes(heap, input.executable));
  if (failures.length > 0) throw new FailedOutputs(failures);
}

/** Frees the analyses that none of the outputs to come uses: the peak is to be that of one output, not of all of them. */
function letGo(heap: Heap, rest: readonly Conversion[]): void {
  const kept = new Set<Analysis<unknown>>();
  for (const { converter, values } of rest) {
    const used = converter.uses?.(values);
    if (used === undefined) return;
    for (const analysis of used) kept.add(analysis);
  }
  keepAnalyses(heap, kept);
}

/** Whether an error would come again with every other output. */
function isOfAll(error: unknown): boolean {
  return error instanceof HeapDumpError || error instanceof InputChangedError;
}

/** How much of the heap the executable gave types to. */
function describeTypes(heap: Heap, { name }: ExecutableReport): string {
  const sources = countTypeSources(heap);
  const { known, all } = sumTypeSources(sources);
  return `types of ${formatShare(known.count, all.count)} of the objects, ${formatShare(known.bytes, all.bytes)} of the bytes, from ${name}`;
}
