/** `gohd convert`: a dump in, the converters' formats out. */
import type { Command } from "commander";
import type { OptionsSchema } from "../../converter/converter.ts";
import type { AnyConverter, ConverterTable } from "../../converter/load.ts";
import { resolveOptions } from "../../converter/options.ts";
import type { ConversionOptions } from "../convert/conversion.ts";
import { addEarlierOptions } from "../diff/earlier-options.ts";
import type { FleetOptions } from "../fleet/convert-fleet.ts";
import type { FleetRequest } from "../fleet/plan.ts";
import { addExecutableOptions, checkExecutables } from "../input/executable-options.ts";
import { addIndexOptions } from "../input/index-options.ts";
import { chooseOutputs, missingConverter, refuseOthersOptions } from "../options/converter-choice.ts";
import { addConverterOptions, sortConverterOptions } from "../options/converter-options.ts";
import { toCount } from "../options/count-option.ts";
import { listGivenOptions } from "../options/given-options.ts";
import { addWorkersOption } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ConvertOptions extends ConversionOptions, FleetOptions {
  readonly partitionFrom?: string;
}

/**
 * Adds the command to `program`. The options of the converters that `args` name become options of the command, so the
 * converters are loaded here, before the command line is parsed.
 * @throws UsageError, ConverterError from loading them.
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
    .description(
      "Reads a Go heap dump and writes it in the format that --to names. Several --to write several formats and read the " +
        "dump once: the first -o is for the first --to, and so on; a single -o is a directory for all of them; without -o " +
        "each gets its default name. An output that fails keeps no other back.\n\n" +
        "Several dumps, or a directory of them, are converted several at a time; -o is a directory then. One that fails stops " +
        "none of the others: they are listed in the end, and the exit code is 1.",
    )
    .argument(
      "<dump...>",
      'the dump, plain or compressed by gzip or zstd; "-" is standard input; or several, or directories that hold them',
    )
    .option(
      "--to <converter>",
      "format to write, if need be several times; gohd converters lists them (may be left out if -o tells it)",
    )
    .option(
      "-o, --output <path>",
      'file to write, or directory to write into; "-" is standard output; if need be one for each --to, in their order',
    )
    .option("--force", "replace the output if it exists")
    .option("--salvage", "convert what there is of a truncated dump")
    .option("-q, --quiet", "show neither progress nor summary")
    .option(
      "--option <name=value>",
      "an option of the converter, if need be several times; <converter>.<name>=<value> for one of several formats",
    );
  addExecutableOptions(command, { several: true });
  addIndexOptions(command);
  command
    .option(
      "--jobs <number>",
      "dumps to convert at a time; without, as many as cores and free memory allow",
      toCount(1),
    )
    .option(
      "--partition-from <pattern>",
      "partitions from each dump's path: '{service}/{host}-{time}' takes its end apart, .dump and .zst left out; for --to parquet",
    );
  addWorkersOption(command);
  addEarlierOptions(command);
  const own = new Set(command.options.flatMap(({ long, short }) => [long ?? "", short ?? ""]));
  const isMeant = args[0] === "convert";
  const typed = args.slice(1);
  const choice = isMeant
    ? await chooseOutputs(typed, command, converters, terminal.directory)
    : { outputs: [], unknown: undefined };
  const { outputs, unknown } = choice;
  const chosen = [...new Set(outputs.map(({ converter }) => converter))];
  addConverterOptions(command, chosen);
  if (isMeant) await refuseOthersOptions(typed, command, choice, converters);
  command.addHelpText("after", () => examples(chosen));
  command.action(async (paths: readonly string[], options: ConvertOptions) => {
    if (outputs.length === 0 || unknown !== undefined) throw await missingConverter(converters, unknown);
    checkExecutables(options);
    const flags = listGivenOptions(typed, command);
    const given = sortConverterOptions(flags, own, outputs);
    await convertAll(paths, { outputs, given, flags }, converters, options, terminal);
  });
}

/** Converts one dump here, and of several each in a gohd of its own. What that takes is loaded here, because help needs none of it. */
async function convertAll(
  paths: readonly string[],
  request: FleetRequest,
  converters: ConverterTable,
  options: ConvertOptions,
  terminal: Terminal,
): Promise<void> {
  const { listDumps } = await import("../fleet/dump-list.ts");
  const { readPattern, partitionOptions } = await import("../fleet/partitions.ts");
  const { outputs, given } = request;
  const pattern = readPattern(options.partitionFrom, outputs);
  const { dumps, isSingle } = listDumps(paths);
  if (!isSingle) {
    const { convertFleet } = await import("../fleet/convert-fleet.ts");
    await convertFleet(dumps, { ...request, pattern }, options, terminal);
    return;
  }
  const { path } = dumps[0]!;
  const pairs = pattern?.matchOrRefuse(path) ?? [];
  const wanted = outputs.map((output, i) => {
    const values = resolveOptions(output.converter, [...given[i]!, ...partitionOptions(output.converter, pairs)]);
    return { ...output, values };
  });
  const { convert } = await import("../convert/conversion.ts");
  await convert(path, wanted, converters, options, terminal);
}

function examples(chosen: readonly AnyConverter[]): string {
  const [converter] = chosen;
  const name = converter?.name ?? "heapsnapshot";
  const extension = converter ? defaultExtension(converter) : "heapsnapshot";
  const elsewhere = converter?.output.kind === "directory" ? `/tmp/app.${extension}` : "/tmp/";
  const to = chosen.length > 1 ? chosen.map((each) => each.name) : [name, name === "pprof" ? "html" : "pprof"];
  const several = to.map((each) => `--to ${each}`).join(" ");
  const apart = to.map((each, i) => `--to ${each} -o ${"ab"[i] ?? "c"}`).join(" ");
  const lines = [
    "",
    "Examples:",
    `  gohd convert app.dump.zst --to ${name}          writes app.${extension} here`,
    `  gohd convert app.dump --to ${name} -o ${elsewhere}     writes /tmp/app.${extension}`,
    `  gohd convert app.dump --exe ./app --to ${name}  with the types of the program that wrote the dump`,
    `  ssh host cat app.dump | gohd convert - --to ${name} -o app.${extension}`,
    `  gohd convert dumps/ --exe ./app --to ${name} -o out/   all dumps in dumps and its folders`,
    `  gohd convert app.dump ${several} -o out/   several formats into out, which has to be there`,
    `  gohd convert app.dump ${apart}   each its own name`,
    `  gohd convert app.dump --to pprof --pprof.profile retained --to pprof --pprof.profile types`,
  ];
  if (chosen.length > 1) {
    lines.push("", "Without a format's name in front, an option is for every format that has it.");
  }
  if (!converter) lines.push("", "gohd convert --to <converter> --help shows the converter's options.");
  return lines.join("\n");
}

/** The extension of default names when no option is given. */
function defaultExtension({ output: { extension, variant }, options }: AnyConverter): string {
  return variant === undefined ? extension : `${(options as OptionsSchema)[variant]!.default}.${extension}`;
}
