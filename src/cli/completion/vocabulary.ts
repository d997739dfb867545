/**
 * What can be completed: commands, their options and values, the converters and theirs. Taken from the very objects that
 * parse command lines and print help, so there is nothing to forget.
 */
import type { Command, Option } from "commander";
import type { OptionSpec } from "../../converter/converter.ts";
import type { AnyConverter } from "../../converter/load.ts";
import { makeConverterFlags, makeOwnFlags } from "../options/converter-flags.ts";

export interface Vocabulary {
  readonly commands: readonly CommandWords[];
  /** What `--to` takes, each with the options that it adds. */
  readonly converters: readonly ConverterWords[];
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What its first argument may be; undefined for a file. */
  readonly values: readonly string[] | undefined;
}

export interface ConverterWords {
  readonly name: string;
  readonly options: readonly OptionWords[];
}

export interface OptionWords {
  /** "--output" and "-o", whichever there are. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows: nothing, one of some words, a file, or anything else. */
  readonly takes: "nothing" | "file" | "text" | readonly string[];
  /** It may be given several times. */
  readonly repeats: boolean;
}

/** Placeholders of options that take a path. */
const FILES = /^<(file|path)>$/;
/** The option whose values are the converters. */
const CONVERTER_OPTION = "--to";
/** Options that are given once for each output, or once for each of a converter's options. */
const REPEATED: ReadonlySet<string | undefined> = new Set([CONVERTER_OPTION, "--output", "--option"]);

/** Collects the words of `program`. */
export function collectVocabulary(program: Command, converters: readonly AnyConverter[]): Vocabulary {
  const names = converters.map(({ name }) => name);
  const helper = program.createHelp();
  const commands = helper.visibleCommands(program).map((command): CommandWords => {
    const options = helper.visibleOptions(command).map((option) => toWords(option, names));
    const [argument] = command.registeredArguments;
    const isHelp = command.name() === "help";
    return {
      name: command.name(),
      description: helper.subcommandDescription(command),
      options,
      values: isHelp
        ? program.commands.map((other) => other.name())
        : argument === undefined
          ? []
          : argument.argChoices,
    };
  });
  return {
    commands,
    converters: converters.map(({ name, options }) => ({
      name,
      options: Object.entries<OptionSpec>(options).flatMap(([option, spec]) =>
        [...makeConverterFlags(option, spec), ...makeOwnFlags(name, option, spec)]
          .filter(({ hidden }) => !hidden)
          .map((flag) => toWords(flag, names, spec)),
      ),
    })),
  };
}

function toWords(option: Option, converters: readonly string[], spec?: OptionSpec): OptionWords {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const placeholder = /<.*>$/.exec(option.flags)?.[0];
  // A format that is written twice has its own options twice.
  const repeats = REPEATED.has(option.long) || spec !== undefined;
  const { description } = option;
  if (placeholder === undefined) return { flags, description, takes: "nothing", repeats };
  const words = spec?.type === "choice" ? spec.values : option.argChoices;
  const takes = option.long === CONVERTER_OPTION ? converters : (words ?? (FILES.test(placeholder) ? "file" : "text"));
  return { flags, description, takes, repeats };
}
