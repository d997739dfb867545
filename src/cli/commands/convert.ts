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
import { addOtherOptions, DUMP_ARGUMENT } from "../input/input-options.ts";
import { chooseOutputs, missingConverter, refuseOthersOptions } from "../options/converter-choice.ts";
import { addConverterOptions, sortConverterOptions } from "../options/converter-options.ts";
import { toCount } from "../options/count-option.ts";
import { describeCommand, type Example } from "../options/description.ts";
import { listGivenOptions, spellFlags } from "../options/given-options.ts";
import { addWorkersOption } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ConvertOptions extends ConversionOptions, FleetOptions {
  readonly partitionFrom?: string;
}

const ABOUT =
  "Writes a dump in the format that --to names. gohd converters lists the formats.\n" +
  "gohd convert --to <converter> --help shows the options of one.";

const ABOUT_SEVERAL =
  "\nIf one of several formats or dumps fails, gohd writes the others, lists what failed, and ends with exit code 1. With several\n" +
  "formats, --profile applies to every format that has this option, --pprof.profile only to pprof.";

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
    .summary("write the formats of other tools")
    .argument("<dump...>", `${DUMP_ARGUMENT}; or several dumps, or directories of dumps`)
    .optionsGroup("Output:")
    .option("--to <converter>", "the format; may be given several times; not needed if the name of the output tells it")
    .option(
      "-o, --output <path>",
      'file to write, or directory to write into; "-" is standard output; a name that ends in .gz is packed; give one for all formats, or one for each --to',
    )
    .option("--force", "replace an output that exists")
    .option(
      "--option <name=value>",
      "an option of the converter, also as --name value; <converter>.<name>=<value> if there are several formats",
    );
  command.optionsGroup("Types:");
  addExecutableOptions(command, { several: true });
  command.optionsGroup("Speed:");
  addIndexOptions(command);
  addWorkersOption(command);
  command
    .optionsGroup("Many dumps:")
    .option(
      "--jobs <number>",
      "number of dumps to convert at a time (default: what cores and free memory allow)",
      toCount(1),
    )
    .option(
      "--partition-from <pattern>",
      "with --to parquet: take partitions from the end of each dump's path, as in '{service}/{host}-{time}'",
    )
    .optionsGroup("What grew:");
  addEarlierOptions(command);
  addOtherOptions(command, { quiet: "show neither progress nor summary" });
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
  command.description(describeCommand(ABOUT, listExamples(chosen))).addHelpText("after", ABOUT_SEVERAL);
  command.action(async (paths: readonly string[], options: ConvertOptions) => {
    if (outputs.length === 0 || unknown !== undefined) throw await missingConverter(converters, unknown);
    checkExecutables(options);
    const flags = listGivenOptions(spellFlags(typed, command), command);
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

function listExamples(chosen: readonly AnyConverter[]): readonly Example[] {
  const [converter] = chosen;
  const name = converter?.name ?? "heapsnapshot";
  const extension = converter ? defaultExtension(converter) : "heapsnapshot";
  const elsewhere = converter?.output.kind === "directory" ? `/tmp/app.${extension}` : "/tmp/";
  const to = chosen.length > 1 ? chosen.map((each) => each.name) : [name, name === "pprof" ? "html" : "pprof"];
  const several = to.map((each) => `--to ${each}`).join(" ");
  const apart = to.map((each, i) => `--to ${each} -o ${"ab"[i] ?? "c"}`).join(" ");
  return [
    [`gohd convert app.dump --exe ./app --to ${name}`, `writes app.${extension}`],
    [`gohd convert app.dump --exe ./app --to ${name} -o ${elsewhere}`],
    [`cat app.dump | gohd convert - --exe ./app --to ${name} -o app.${extension}`],
    [`gohd convert app.dump ${several} -o out/`, "two formats into out, which exists"],
    [`gohd convert app.dump ${apart}`, "each with its own name"],
    ["gohd convert app.dump --to pprof --pprof.profile owned --to pprof --pprof.profile types"],
    [`gohd convert dumps/ --exe ./app --to ${name} -o out/`, "all dumps in dumps and its folders"],
  ];
}

/** The extension of default names when no option is given. */
function defaultExtension({ output: { extension, variant }, options }: AnyConverter): string {
  return variant === undefined ? extension : `${(options as OptionsSchema)[variant]!.default}.${extension}`;
}
