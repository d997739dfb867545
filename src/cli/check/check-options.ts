/** The options of `gohd check`, and what of them and of the configuration counts. */
import { relative } from "node:path";
import { UsageError } from "../../errors.ts";
import { DEFAULT_TOLERANCE, type Tolerance } from "../../findings/check/baseline-change.ts";
import type { GivenBudget } from "../../findings/check/check.ts";
import type { Expectation } from "../../findings/check/expectation.ts";
import { MOST_GARBAGE } from "../../findings/check/preconditions.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import type { IndexOptions } from "../input/index-options.ts";
import { readBudgetOption, readShareOption, readSizeOption } from "./budget-option.ts";
import { type CheckConfig, CONFIG_NAMES, findConfig, readConfig } from "./config-file.ts";

export interface CheckOptions extends ExecutableOptions, IndexOptions {
  readonly failIf?: readonly string[];
  /** A path; false with `--no-config`. */
  readonly config?: string | false;
  readonly median?: boolean;
  readonly mostGarbage?: string;
  readonly baseline?: string;
  readonly update?: boolean;
  readonly tolerance?: string;
  readonly toleranceBytes?: string;
  readonly least?: string;
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
  /** The file to compare with, and how people call it; undefined if there is none. */
  readonly baseline: { readonly path: string; readonly name: string } | undefined;
  /** Whether the heap becomes the baseline. */
  readonly isUpdated: boolean;
  readonly tolerance: Tolerance;
  readonly expected: readonly Expectation[];
  /** How people call the configuration that was read; undefined if there is none. */
  readonly config: string | undefined;
}

/**
 * Brings both together; the command line wins.
 * @throws UsageError if something is no budget, or nothing is to be checked
 */
export function planCheck(options: CheckOptions, directory: string): CheckPlan {
  const config = openConfig(options.config, directory);
  const { failIf = [], mostGarbage, tolerance, toleranceBytes, least, update = false } = options;
  const budgets = [...(config?.budgets ?? []), ...failIf.map(readBudgetOption)];
  const baseline = chooseBaseline(options.baseline, config, directory);
  if (budgets.length === 0 && baseline === undefined) throw nothingToCheck(config);
  return {
    budgets,
    mostGarbage: read(mostGarbage, "--most-garbage", readShareOption) ?? config?.mostGarbage ?? MOST_GARBAGE,
    baseline,
    isUpdated: update,
    tolerance: {
      share: read(tolerance, "--tolerance", readShareOption) ?? config?.tolerance ?? DEFAULT_TOLERANCE.share,
      bytes:
        read(toleranceBytes, "--tolerance-bytes", readSizeOption) ?? config?.toleranceBytes ?? DEFAULT_TOLERANCE.bytes,
      least: read(least, "--least", readSizeOption) ?? config?.least ?? DEFAULT_TOLERANCE.least,
    },
    expected: config?.expected ?? [],
    config: config?.name,
  };
}

function chooseBaseline(
  given: string | undefined,
  config: CheckConfig | undefined,
  directory: string,
): CheckPlan["baseline"] {
  if (given !== undefined) return { path: given, name: given };
  const path = config?.baseline;
  return path === undefined ? undefined : { path, name: relative(directory, path) };
}

function nothingToCheck(config: CheckConfig | undefined): UsageError {
  const where = config === undefined ? `there is no ${CONFIG_NAMES.join(", ")} here` : `${config.name} has neither`;
  return new UsageError(`there is nothing to check: neither --fail-if nor --baseline is given, and ${where}`, {
    hint: "for example: gohd check app.dump --exe ./app --fail-if 'owned(main.Session) > 100MiB'; gohd check --help tells more",
  });
}

function read(
  text: string | undefined,
  option: string,
  parse: (text: string, option: string) => number,
): number | undefined {
  return text === undefined ? undefined : parse(text, option);
}

function openConfig(given: string | false | undefined, directory: string): CheckConfig | undefined {
  if (given === false) return undefined;
  if (given !== undefined) return readConfig(given, given);
  const found = findConfig(directory);
  return found === undefined ? undefined : readConfig(found, relative(directory, found));
}
