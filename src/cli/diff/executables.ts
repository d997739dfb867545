/** Executables of several dumps: which belongs to which. */
import { UsageError } from "../../errors.ts";
import { formatNumber } from "../../quantities.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";

/** What was given, in order. */
export interface ExecutablesGiven {
  readonly exe?: readonly string[];
  readonly symbols?: readonly string[];
  readonly forceExe?: boolean;
}

/**
 * Says for each dump what to type it from: one executable is for all, several are one for each. An empty name is none.
 * @throws UsageError if there are some, but not one for each
 */
export function executablesOf(
  dumps: readonly string[],
  { exe, symbols, forceExe }: ExecutablesGiven,
): ExecutableOptions[] {
  const executables = spread("--exe", exe, dumps.length);
  const names = spread("--symbols", symbols, dumps.length);
  return dumps.map((_, i) => ({
    ...(executables[i] === undefined ? {} : { exe: executables[i] }),
    ...(names[i] === undefined ? {} : { symbols: names[i] }),
    ...(forceExe === undefined ? {} : { forceExe }),
  }));
}

function spread(option: string, given: readonly string[] = [], dumps: number): (string | undefined)[] {
  if (given.length > 1 && given.length !== dumps) {
    throw new UsageError(
      `${option} is there ${formatNumber(given.length, "time")} for ${formatNumber(dumps, "dump")}`,
      {
        hint: `give it once for all, or once for each dump, in their order; ${option} '' for one that has none`,
      },
    );
  }
  return Array.from({ length: dumps }, (_, i) => (given.length === 1 ? given[0] : given[i]) || undefined);
}
