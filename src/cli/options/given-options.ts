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

function find({ options }: Command, flag: string) {
  return options.find(({ long, short }) => long === flag || short === flag);
}
