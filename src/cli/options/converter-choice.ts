/** Which converters a command line asks for, and what is said if it asks for none, or for another one's options. */
import { extname } from "node:path";
import type { Command } from "commander";
import { type AnyConverter, type ConverterTable, loadBuiltIns, loadConverter } from "../../converter/load.ts";
import { UsageError } from "../../errors.ts";
import { findNearest } from "../../nearest.ts";
import { listGivenOptions } from "./given-options.ts";
import { listWantedOutputs, type WantedOutput } from "./wanted-outputs.ts";

/** Pictures that Graphviz makes of --to dot. */
const GRAPHVIZ_ENDINGS = [".png", ".pdf", ".ps", ".eps", ".gif", ".jpg", ".jpeg", ".webp"];

export interface ChosenOutput extends WantedOutput {
  readonly converter: AnyConverter;
}

export interface Choice {
  /** In the order in which they were asked for. */
  readonly outputs: readonly ChosenOutput[];
  /** An output whose ending tells no format, as `-o` says it; undefined if there is none. */
  readonly unknown: string | undefined;
}

/**
 * Loads the converters that `--to` names, or whose extensions `-o` has. `command` has the options that do not depend on
 * converters.
 * @throws UsageError if there is no such converter, or `--to` and `-o` do not go together; ConverterError
 */
export async function chooseOutputs(
  args: readonly string[],
  command: Command,
  converters: ConverterTable,
  directory: string,
): Promise<Choice> {
  const wanted = listWantedOutputs(listGivenOptions(args, command));
  // One format is one converter, however often it is written.
  const loaded = new Map<string, AnyConverter>();
  const outputs: ChosenOutput[] = [];
  let unknown: string | undefined;
  for (const output of wanted) {
    const { format, path } = output;
    const converter =
      format === undefined
        ? findByEnding(await loadBuiltIns(converters), path!)
        : (loaded.get(format) ?? (await loadConverter(format, converters, directory)));
    if (format !== undefined) loaded.set(format, converter!);
    if (converter === undefined) unknown ??= path;
    else outputs.push({ ...output, converter });
  }
  return { outputs, unknown };
}

/** Makes the error for a command line that tells no format. `output` is what `-o` says. */
export async function missingConverter(converters: ConverterTable, output: string | undefined): Promise<UsageError> {
  const all = await loadBuiltIns(converters);
  const ending = output === undefined ? "" : extname(output).toLowerCase();
  if (output === undefined || ending === "") {
    const lines = all.map(({ name, description }) => `--to ${name}: ${description}`);
    return new UsageError(["say what to convert to:", ...lines].join("\n"), {
      hint: "gohd converters lists their options",
    });
  }
  const endings = all.map(({ output: { extension } }) => `.${extension}`);
  return new UsageError(`the ending of ${output} names no format; known are ${endings.join(", ")}`, {
    hint: hintForEnding(ending, endings, output),
  });
}

function hintForEnding(ending: string, endings: readonly string[], output: string): string {
  if (GRAPHVIZ_ENDINGS.includes(ending)) {
    return `Graphviz makes it: --to dot -o - | dot -T${ending.slice(1)} -o ${output}; --to svg needs no Graphviz`;
  }
  const meant = endings.find((known) => known.startsWith(`${ending}.`)) ?? findNearest(ending, endings);
  const guess = meant === undefined ? "" : `did you mean ${meant}? `;
  return `${guess}--to says the format, whatever the ending; gohd converters lists them`;
}

/**
 * Refuses options that `command` lacks, with the options of `chosen` added, if they are built-in converters': what is
 * wrong then is the format. Others are left to the parser.
 * @throws UsageError
 */
export async function refuseOthersOptions(
  args: readonly string[],
  command: Command,
  { outputs, unknown }: Choice,
  converters: ConverterTable,
): Promise<void> {
  const given = listGivenOptions(args, command);
  if (given.some(({ flag }) => flag === "--help" || flag === "-h")) return;
  const foreign = given.filter(({ option, flag }) => option === undefined && flag.startsWith("--"));
  if (foreign.length === 0) return;
  const all = await loadBuiltIns(converters);
  const chosen = [...new Set(outputs.map(({ converter }) => converter))];
  for (const { flag } of foreign) {
    const owners = all.filter((each) => hasOption(each, flag)).map(({ name }) => name);
    const named = all.find(({ name }) => flag.startsWith(`--${name}.`));
    if (owners.length === 0 && named === undefined) continue;
    const isOf = owners.length === 0 ? undefined : `${flag} is an option of ${list(owners)}`;
    if (chosen.length === 0) {
      const { message } = await missingConverter(converters, unknown);
      throw new UsageError(message, {
        hint: `${isOf ?? `${named!.name} has no ${flag}`}: add --to ${owners[0] ?? named!.name}`,
      });
    }
    if (isOf !== undefined && named !== undefined) {
      throw new UsageError(`${isOf}, which is not written`, { hint: `add --to ${named.name}` });
    }
    const faulty = named === undefined ? chosen : [named];
    const others = owners.length === 0 ? "" : `; ${list(owners)} ${owners.length === 1 ? "has" : "have"} one`;
    throw new UsageError(`${faulty.map((each) => describeLack(each, flag)).join("; ")}${others}`);
  }
}

function describeLack({ name, options }: AnyConverter, flag: string): string {
  const own = Object.keys(options).map((option) => `--${option}`);
  return `${name} has no ${flag}; ${own.length === 0 ? "it takes no options" : `it has ${own.join(", ")}`}`;
}

/** Tells what is odd about writing the format of `converter` to `path`: that its ending is another's. */
export async function describeOddEnding(
  path: string,
  converter: AnyConverter,
  converters: ConverterTable,
): Promise<string | undefined> {
  if (findByEnding([converter], path) !== undefined) return undefined;
  const other = findByEnding(await loadBuiltIns(converters), path);
  if (other === undefined) return undefined;
  return `${path} has the ending of --to ${other.name}, but what is in it is of --to ${converter.name}`;
}

/** A packed file's ending is that of its format, and .gz. */
function findByEnding(converters: readonly AnyConverter[], path: string): AnyConverter | undefined {
  const hasEnding = (name: string) => (each: AnyConverter) => name.endsWith(`.${each.output.extension}`);
  return converters.find(hasEnding(path)) ?? converters.find(hasEnding(path.replace(/\.gz$/i, "")));
}

/** `--name`, and `--no-name` of what is on or off; also with the converter's name in front. */
function hasOption({ name: converter, options }: AnyConverter, flag: string): boolean {
  const prefix = `--${converter}.`;
  const name = flag.slice(flag.startsWith(prefix) ? prefix.length : "--".length);
  if (Object.hasOwn(options, name)) return true;
  const positive = name.replace(/^no-/, "");
  return positive !== name && Object.hasOwn(options, positive) && options[positive].type === "boolean";
}

function list(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
