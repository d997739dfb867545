/** What options a command line gives, before it can be parsed: a converter's options are known only once it is. */
import type { Command } from "commander";

export interface GivenFlag {
  /** As typed, without what follows "=": "--to", "-o". */
  readonly flag: string;
  /** Long name of the command's option that it is; undefined if the command has none of that name. */
  readonly option: string | undefined;
  /** Undefined if it takes none, or none follows. */
  readonly value: string | undefined;
}

/** Lists the options in `args`, as `command` would read them: `--to x`, `--to=x`, `-o x`, `-ox`, `-qo x`; none after `--`. */
export function listGivenOptions(args: readonly string[], command: Command): readonly GivenFlag[] {
  const given: GivenFlag[] = [];
  const takesValue = (flag: string): boolean => find(command, flag)?.required ?? false;
  const add = (flag: string, value?: string): void => {
    given.push({ flag, option: find(command, flag)?.long ?? undefined, value });
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") break;
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      if (equals >= 0) add(arg.slice(0, equals), arg.slice(equals + 1));
      else add(arg, takesValue(arg) ? args[++i] : undefined);
      continue;
    }
    if (!arg.startsWith("-") || arg === "-") continue;
    // Letters without values may stand together; the first that takes one has the rest.
    for (let at = 1; at < arg.length; at++) {
      const flag = `-${arg[at]}`;
      if (!takesValue(flag)) {
        add(flag);
        continue;
      }
      add(flag, at + 1 < arg.length ? arg.slice(at + 1) : args[++i]);
      break;
    }
  }
  return given;
}

/**
 * Spells options that are on or off as the parser knows them: `--contents true` and `--contents=true` are `--contents`, `--contents false` is
 * `--no-contents`. The parser would take what follows for a dump, and the option for switched on.
 */
export function spellFlags(args: readonly string[], command: Command): readonly string[] {
  const spelt: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") return [...spelt, ...args.slice(i)];
    const [, flag, assigned] = /^(--[^=]+)(?:=(true|false))?$/.exec(arg) ?? [];
    const opposite = flag === undefined ? undefined : findOpposite(command, flag);
    const next = args[i + 1];
    const value = assigned ?? (next === "true" || next === "false" ? next : undefined);
    if (opposite !== undefined && value !== undefined) {
      spelt.push(value === "true" ? flag! : opposite);
      if (assigned === undefined) i++;
      continue;
    }
    spelt.push(arg);
    // What follows may begin with dashes, too.
    if (flag === arg && find(command, flag)?.required === true && next !== undefined) spelt.push(args[++i]!);
  }
  return spelt;
}

/** "--no-contents" of "--contents", and the other way round: of an option that is on or off. */
function findOpposite(command: Command, flag: string): string | undefined {
  const [, dashes, negation, name] = /^(--(?:[^.]+\.)?)(no-)?(.+)$/.exec(flag) ?? [];
  const opposite = negation === undefined ? `${dashes}no-${name}` : `${dashes}${name}`;
  const isThere = [flag, opposite].every((each) => command.options.some(({ long }) => long === each));
  return isThere ? opposite : undefined;
}

function find({ options }: Command, flag: string) {
  return options.find(({ long, short }) => long === flag || short === flag);
}
