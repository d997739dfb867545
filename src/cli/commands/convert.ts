/** `gohd convert`: a dump in, one of the converters' formats out. */
import type { Command } from "commander";
import type { OptionSpec, OptionsSchema } from "../../converter/converter.ts";
import type { AnyConverter, ConverterTable } from "../../converter/load.ts";
import { type GivenOption, parseAssignment, resolveOptions } from "../../converter/options.ts";
import type { Heap } from "../../heap/heap.ts";
import { formatBytes, formatDuration, formatNumber, formatShare } from "../../quantities.ts";
import { quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { countTypeSources, sumTypeSources } from "../info/type-sources.ts";
import type { ExecutableReport } from "../input/executable-input.ts";
import { addExecutableOptions, type ExecutableOptions } from "../input/executable-options.ts";
import {
  chooseConverter,
  describeOddEnding,
  missingConverter,
  refuseOthersOptions,
} from "../options/converter-choice.ts";
import { makeConverterFlags } from "../options/converter-flags.ts";
import { refuseOtherDumps } from "../options/one-dump.ts";
import { createOutput } from "../output/output.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ConvertOptions extends ExecutableOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
  readonly option?: readonly GivenOption[];
}

/**
 * Adds the command to `program`. The options of the converter that `args` name become options of the command, so the
 * converter is loaded here, before the command line is parsed.
 * @throws UsageError, ConverterError from loading it.
 */
export async function addConvertCommand(
  program: Command,
  args: readonly string[],
  converters: ConverterTable,
  terminal: Terminal,
): Promise<void> {
  const command = program
    .command("convert")
    .summary("write a dump in a format that heap tools open")
    .description("Reads a Go heap dump and writes it in the format that --to names.")
    .argument("<dump>", 'the dump, plain or compressed by gzip or zstd; "-" is standard input')
    .allowExcessArguments()
    .option("--to <converter>", "format to write; gohd converters lists them (may be left out if -o tells it)")
    .option("-o, --output <path>", 'file to write, or directory to write into; "-" is standard output')
    .option("--force", "replace the output if it exists")
    .option("--salvage", "convert what there is of a truncated dump")
    .option("-q, --quiet", "show neither progress nor summary")
    .option(
      "--option <name=value>",
      "an option of the converter, if need be several times",
      (text: string, previous: readonly GivenOption[] = []) => [...previous, parseAssignment(text)],
    );
  addExecutableOptions(command);
  const isMeant = args[0] === "convert";
  const given = args.slice(1);
  const converter = isMeant ? await chooseConverter(given, command, converters, terminal.directory) : undefined;
  const flags = converter ? addConverterOptions(command, converter) : [];
  if (isMeant) await refuseOthersOptions(given, command, converter, converters);
  command.addHelpText("after", () => examples(converter));
  command.action(async (dump: string, options: ConvertOptions) => {
    refuseOtherDumps(command.args, (one) => `gohd convert ${quoteWord(one)} --to ${converter?.name ?? "heapsnapshot"}`);
    if (!converter) throw await missingConverter(converters, options.output);
    const given = [...(options.option ?? []), ...flags.flatMap((flag) => flag.read())];
    await convert(dump, converter, converters, resolveOptions(converter, given), options, terminal);
  });
}

async function convert(
  dump: string,
  converter: AnyConverter,
  converters: ConverterTable,
  values: ReturnType<typeof resolveOptions>,
  options: ConvertOptions,
  terminal: Terminal,
): Promise<void> {
  const { output, exe: executable, symbols, force = false } = options;
  const variantOption = converter.output.variant;
  const variant = variantOption === undefined ? undefined : String(values[variantOption]);
  const { addedWith } = converter.output;
  const isAdded = addedWith !== undefined && (values[addedWith] as unknown as readonly string[]).length > 0;
  const files = converter.listFiles?.(values) ?? [];
  const request = { dump, executable, symbols, output, force, variant, isAdded, files };
  await runSession(terminal, options, async ({ progress, say }) => {
    const sink = createOutput(converter, request, terminal, progress.warn);
    await converter.check?.();
    // Loaded here because help needs none of it.
    const { readDump } = await import("../input/dump-input.ts");
    const oddEnding = output === undefined ? undefined : await describeOddEnding(sink.name, converter, converters);
    if (oddEnding !== undefined) progress.warn("odd-ending", oddEnding);
    const started = performance.now();
    const input = await readDump(dump, options, terminal, progress);
    const { heap } = input;
    try {
      await input.watch(() => converter.convert(heap, sink, values, progress));
      // What arrived too late for the converter to notice still counts.
      terminal.signal.throwIfAborted();
      const size = await sink.commit();
      const objects = formatNumber(heap.objects.count, "object");
      const time = formatDuration(performance.now() - started);
      say(`wrote ${sink.name}: ${formatBytes(size)}, ${objects}, in ${time}`);
      if (input.executable) say(describeTypes(heap, input.executable));
    } finally {
      await sink.discard();
      input.close();
    }
  });
}

/** How much of the heap the executable gave types to. */
function describeTypes(heap: Heap, { name }: ExecutableReport): string {
  const sources = countTypeSources(heap);
  const { known, all } = sumTypeSources(sources);
  return `types of ${formatShare(known.count, all.count)} of the objects, ${formatShare(known.bytes, all.bytes)} of the bytes, from ${name}`;
}

/** Reads back what the user gave for one of the converter's options. */
interface Flag {
  read(): GivenOption[];
}

/** Makes each option a flag, unless the command itself has one of that name; `--option` reaches them all. */
function addConverterOptions(command: Command, converter: AnyConverter): Flag[] {
  const taken = new Set(["help", ...command.options.map(({ long }) => long?.replace(/^--(no-)?/, ""))]);
  return Object.entries<OptionSpec>(converter.options)
    .filter(([name]) => !taken.has(name))
    .map(([name, spec]) => {
      const options = makeConverterFlags(name, spec);
      for (const option of options) command.addOption(option.helpGroup(`Options of ${converter.name}:`));
      const key = options[0]!.attributeName();
      return {
        read: () =>
          command.getOptionValueSource(key) === "cli"
            ? [command.getOptionValue(key)].flat().map((value): GivenOption => [name, value])
            : [],
      };
    });
}

function examples(converter: AnyConverter | undefined): string {
  const name = converter?.name ?? "heapsnapshot";
  const extension = converter ? defaultExtension(converter) : "heapsnapshot";
  const elsewhere = converter?.output.kind === "directory" ? `/tmp/app.${extension}` : "/tmp/";
  const lines = [
    "",
    "Examples:",
    `  gohd convert app.dump.zst --to ${name}          writes app.${extension} here`,
    `  gohd convert app.dump --to ${name} -o ${elsewhere}     writes /tmp/app.${extension}`,
    `  gohd convert app.dump --exe ./app --to ${name}  with the types of the program that wrote the dump`,
    `  ssh host cat app.dump | gohd convert - --to ${name} -o app.${extension}`,
  ];
  if (!converter) lines.push("", "gohd convert --to <converter> --help shows the converter's options.");
  return lines.join("\n");
}

/** The extension of default names when no option is given. */
function defaultExtension({ output: { extension, variant }, options }: AnyConverter): string {
  return variant === undefined ? extension : `${(options as OptionsSchema)[variant]!.default}.${extension}`;
}
