/**
 * Converters' options on the command line: which flags there are when several formats are written, and which output each
 * one is for. `--profile` is for every format that has such an option, `--pprof.profile` for pprof alone.
 */
import type { Command } from "commander";
import type { OptionSpec } from "../../converter/converter.ts";
import type { AnyConverter } from "../../converter/load.ts";
import { type GivenOption, parseAssignment } from "../../converter/options.ts";
import { UsageError } from "../../errors.ts";
import type { ChosenOutput } from "./converter-choice.ts";
import { makeConverterFlags, makeOwnFlags } from "./converter-flags.ts";
import type { GivenFlag } from "./given-options.ts";

/**
 * Adds the flags of the converters' options to `command`. Those that it has already, it keeps; the converter's own are
 * then to be had by their long names, or by `--option`.
 */
export function addConverterOptions(command: Command, converters: readonly AnyConverter[]): void {
  const isAlone = converters.length === 1;
  const isTaken = (flag: string): boolean => command.options.some(({ long }) => long === flag);
  for (const { name: converter, options } of converters) {
    const group = `Options of ${converter}:`;
    for (const [name, spec] of Object.entries<OptionSpec>(options)) {
      // A name without its dashes is one thing on a command line: --no-x is a flag of x.
      if (![`--${name}`, `--no-${name}`].some(isTaken)) {
        for (const flag of makeConverterFlags(name, spec)) {
          // Among several formats help shows whose the option is.
          command.addOption(isAlone ? flag.helpGroup(group) : flag.hideHelp());
        }
      }
      for (const flag of makeOwnFlags(converter, name, spec)) {
        // Two converters may have one name, a plug-in's and a built-in's.
        if (!isTaken(flag.long!)) command.addOption(isAlone ? flag.hideHelp() : flag.helpGroup(group));
      }
    }
  }
}

/**
 * Sorts what was given by output: the converter's options of each, in the order in which they were typed.
 * @param own names of flags that are the command's: "--force"
 * @throws UsageError for an `--option` that none of the formats has, if there are several
 */
export function sortConverterOptions(
  given: readonly GivenFlag[],
  own: ReadonlySet<string>,
  outputs: readonly ChosenOutput[],
): readonly (readonly GivenOption[])[] {
  const sorted: GivenOption[][] = outputs.map(() => []);
  for (const [place, { flag, option, value }] of given.entries()) {
    const isAssigned = option === "--option" && value !== undefined;
    if (!isAssigned && (own.has(flag) || !flag.startsWith("--"))) continue;
    const [name, text] = isAssigned ? parseAssignment(value) : ([flag.slice(2), value ?? true] as const);
    let isTaken = false;
    for (const [i, output] of outputs.entries()) {
      const meant = findOption(output.converter, name, text, !isAssigned);
      if (meant === undefined) continue;
      isTaken = true;
      if (!meant.isOwn || isNearest(outputs, i, place)) sorted[i]!.push(meant.option);
    }
    if (isTaken || !isAssigned) continue;
    // With one format, what is wrong is told by whoever checks its options.
    if (outputs.length === 1) sorted[0]!.push([name, text]);
    else throw unknownOption(name, outputs);
  }
  return sorted;
}

/** What `name` says to a converter; undefined if nothing. `isOwn`: it says whose it is. */
function findOption(
  converter: AnyConverter,
  name: string,
  value: string | boolean,
  isFlag: boolean,
): { readonly option: GivenOption; readonly isOwn: boolean } | undefined {
  const prefix = `${converter.name}.`;
  const isOwn = name.startsWith(prefix);
  const bare = isOwn ? name.slice(prefix.length) : name;
  if (Object.hasOwn(converter.options, bare)) return { option: [bare, value], isOwn };
  const positive = bare.startsWith("no-") ? bare.slice("no-".length) : undefined;
  if (!isFlag || positive === undefined || !Object.hasOwn(converter.options, positive)) return undefined;
  return converter.options[positive].type === "boolean" ? { option: [positive, false], isOwn } : undefined;
}

/**
 * Whether an option that names its format, at `place`, is for the output `i`: of those of one format the last whose `--to`
 * stands in front of it; all of them if none does.
 */
function isNearest(outputs: readonly ChosenOutput[], i: number, place: number): boolean {
  const { converter } = outputs[i]!;
  const before = outputs.filter((other) => other.converter === converter && other.place < place);
  return before.length === 0 || before.at(-1) === outputs[i];
}

function unknownOption(name: string, outputs: readonly ChosenOutput[]): UsageError {
  const names = [...new Set(outputs.map(({ converter }) => converter.name))];
  return new UsageError(`none of ${names.join(", ")} has an option "${name}"`, {
    hint: `gohd convert ${names.map((each) => `--to ${each}`).join(" ")} --help shows their options`,
  });
}
