/** The options of `gohd check`, and what of them and of the configuration counts. */
import { relative } from "node:path";
import { UsageError } from "../../errors.ts";
import type { GivenBudget } from "../../findings/check/check.ts";
import { MOST_GARBAGE } from "../../findings/check/preconditions.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import { readBudgetOption, readShareOption } from "./budget-option.ts";
import { type CheckConfig, CONFIG_NAMES, findConfig, readConfig } from "./config-file.ts";

export interface CheckOptions extends ExecutableOptions {
  readonly failIf?: readonly string[];
  /** A path; false with `--no-config`. */
  readonly config?: string | false;
  readonly median?: boolean;
  readonly mostGarbage?: string;
  readonly junit?: string;
  readonly github?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What is to be checked. */
export interface CheckPlan {
  readonly budgets: readonly GivenBudget[];
  readonly mostGarbage: number;
  /** How people call the configuration that was read; undefined if there is none. */
  readonly config: string | undefined;
}

/**
 * Brings both together; the command line wins.
 * @throws UsageError if something is no budget, or nothing is to be checked
 */
export function planCheck(options: CheckOptions, directory: string): CheckPlan {
  const config = openConfig(options.config, directory);
  const { failIf = [], mostGarbage } = options;
  const budgets = [...(config?.budgets ?? []), ...failIf.map(readBudgetOption)];
  if (budgets.length === 0) {
    const where = config === undefined ? `there is no ${CONFIG_NAMES.join(", ")} here` : `${config.name} has none`;
    throw new UsageError(`there is nothing to check: no --fail-if is given, and ${where}`, {
      hint: "for example: gohd check app.dump --exe ./app --fail-if 'owned(main.Session) > 100MiB'; gohd check --help tells more",
    });
  }
  return {
    budgets,
    mostGarbage:
      mostGarbage === undefined
        ? (config?.mostGarbage ?? MOST_GARBAGE)
        : readShareOption(mostGarbage, "--most-garbage"),
    config: config?.name,
  };
}

function openConfig(given: string | false | undefined, directory: string): CheckConfig | undefined {
  if (given === false) return undefined;
  if (given !== undefined) return readConfig(given, given);
  const found = findConfig(directory);
  return found === undefined ? undefined : readConfig(found, relative(directory, found));
}
