/** Which converter a command line asks for, and what is said if it asks for none, for two, or for another one's options. */
import { extname } from "node:path";
import type { Command } from "commander";
import { type AnyConverter, type ConverterTable, loadBuiltIns, loadConverter } from "../../converter/load.ts";
import { UsageError } from "../../errors.ts";
import { findNearest } from "../../nearest.ts";
import { type GivenFlag, listGivenOptions } from "./given-options.ts";

/** Pictures that Graphviz makes of --to dot. */
const GRAPHVIZ_ENDINGS = [".png", ".pdf", ".ps", ".eps", ".gif", ".jpg", ".jpeg", ".webp"];

/**
 * Loads the converter that `--to` names, or whose extension `-o` has; undefined if neither tells. `command` has the options
 * that do not depend on the converter.
 * @throws UsageError if there is no such converter, or `--to` or `-o` are given twice and differ; ConverterError
 */
export async function chooseConverter(
  args: readonly string[],
  command: Command,
  converters: ConverterTable,
  directory: string,
): Promise<AnyConverter | undefined> {
  const given = listGivenOptions(args, command);
  const name = findOnly(given, "--to", "gohd writes one format per run");
  const output = findOnly(given, "--output", "gohd writes one output per run");
  if (name !== undefined) return loadConverter(name, converters, directory);
  return output === undefined ? undefined : findByEnding(await loadBuiltIns(converters), output);
}

/** Makes the error for a command line that tells no format. `output` is what `-o` says. */
export async function missingConverter(converters: ConverterTable, output: string | undefined): Promise<UsageError> {
  const all = await loadBuiltIns(converters);
  const ending = output === undefined ? "" : extname(output).toLowerCase();
  if (output === undefined || ending === "") {
    const lines = all.map(({ name, description }) => `--to ${name}: ${description}`);
    return new UsageError(["say what to convert to:", ...lines].join("\n"), {
      hint: "gohd converters tells their options",
    });
  }
  const endings = all.map(({ output: { extension } }) => `.${extension}`);
  return new UsageError(`the ending of ${output} tells no format; known are ${endings.join(", ")}`, {
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
 * Refuses options that `command` lacks, with the options of `converter` added, if they are built-in converters': what is
 * wrong then is the format. Others are left to the parser.
 * @throws UsageError
 */
export async function refuseOthersOptions(
  args: readonly string[],
  command: Command,
  converter: AnyConverter | undefined,
  converters: ConverterTable,
): Promise<void> {
  const given = listGivenOptions(args, command);
  if (given.some(({ flag }) => flag === "--help" || flag === "-h")) return;
  const unknown = given.filter(({ option, flag }) => option === undefined && flag.startsWith("--"));
  if (unknown.length === 0) return;
  const all = await loadBuiltIns(converters);
  for (const { flag } of unknown) {
    const owners = all.filter(({ options }) => hasOption(options, flag)).map(({ name }) => name);
    if (owners.length === 0) continue;
    if (converter === undefined) {
      const { message } = await missingConverter(converters, findOnly(given, "--output", ""));
      throw new UsageError(message, { hint: `${flag} is an option of ${list(owners)}: add --to ${owners[0]}` });
    }
    const own = Object.keys(converter.options).map((name) => `--${name}`);
    const has = own.length === 0 ? "it takes no options" : `it has ${own.join(", ")}`;
    const others = `${list(owners)} ${owners.length === 1 ? "has" : "have"} one`;
    throw new UsageError(`${converter.name} has no ${flag}; ${has}; ${others}`);
  }
}

/** Tells what is odd about writing the format of `converter` to `path`: that its ending is another's. */
export async function describeOddEnding(
  path: string,
  converter: AnyConverter,
  converters: ConverterTable,
): Promise<string | undefined> {
  if (path.endsWith(`.${converter.output.extension}`)) return undefined;
  const other = findByEnding(await loadBuiltIns(converters), path);
  if (other === undefined) return undefined;
  return `${path} has the ending of --to ${other.name}, but what is in it is of --to ${converter.name}`;
}

function findByEnding(converters: readonly AnyConverter[], path: string): AnyConverter | undefined {
  return converters.find(({ output: { extension } }) => path.endsWith(`.${extension}`));
}

/** The value of an option that may be given once; more often if it is the same. */
function findOnly(given: readonly GivenFlag[], option: string, hint: string): string | undefined {
  const of = given.filter((flag) => flag.option === option && flag.value !== undefined);
  const values = [...new Set(of.map(({ value }) => value))];
  if (values.length > 1) throw new UsageError(`${option} is given twice: ${values.join(" and ")}`, { hint });
  return values[0];
}

/** `--name`, and `--no-name` of what is on or off. */
function hasOption(options: AnyConverter["options"], flag: string): boolean {
  const name = flag.slice("--".length);
  if (Object.hasOwn(options, name)) return true;
  const positive = name.replace(/^no-/, "");
  return positive !== name && Object.hasOwn(options, positive) && options[positive].type === "boolean";
}

function list(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
