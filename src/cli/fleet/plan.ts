/**
 * What `gohd convert` of many dumps comes to: a command line for each, checked as far as that can be done before anything is
 * read. What two dumps would write under one name is refused, and so is what concerns all of them.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { AnyConverter } from "../../converter/load.ts";
import { type GivenOption, resolveOptions } from "../../converter/options.ts";
import { UsageError } from "../../errors.ts";
import { quoteWord } from "../../shown-text.ts";
import type { ChosenOutput } from "../options/converter-choice.ts";
import type { GivenFlag } from "../options/given-options.ts";
import { STANDARD_OUTPUT } from "../options/wanted-outputs.ts";
import { toDefaultName } from "../output/output.ts";
import type { ListedDump } from "./dump-list.ts";
import type { Job } from "./job.ts";
import { partitionOptions } from "./partitions.ts";
import type { PathPattern } from "./path-pattern.ts";

/** What was asked for, the same for every dump. */
export interface FleetRequest {
  readonly outputs: readonly ChosenOutput[];
  /** Options of the converters, by output. */
  readonly given: readonly (readonly GivenOption[])[];
  /** All options, in the order in which they were typed. */
  readonly flags: readonly GivenFlag[];
  readonly pattern?: PathPattern | undefined;
}

export interface FleetPlan {
  readonly jobs: readonly Job[];
  /** Dumps whose paths do not tell what they have to. */
  readonly unmatched: readonly string[];
}

/** Options of many dumps together. Outputs are said anew for each. */
const OF_ALL: ReadonlySet<string | undefined> = new Set(["--jobs", "--partition-from", "--output"]);

/** @throws UsageError for what cannot be had for many dumps, or not for these */
export function planFleet(dumps: readonly ListedDump[], request: FleetRequest): FleetPlan {
  const { outputs, pattern } = request;
  const isAdded = outputs.map((output, i) => isAddedTo(output.converter, request.given[i]!, pattern));
  for (const [i, output] of outputs.entries()) checkOutput(output, isAdded[i]!);
  const matched = dumps.map(({ path }) => ({ path, pairs: pattern === undefined ? [] : pattern.match(path) }));
  const unmatched = matched.flatMap(({ path, pairs }) => (pairs === undefined ? [path] : []));
  // Then it is the pattern that is wrong.
  if (unmatched.length === dumps.length) pattern!.matchOrRefuse(unmatched[0]!);
  const taken = new Map<string, string>();
  const jobs = matched.flatMap(({ path, pairs }) => {
    if (pairs === undefined) return [];
    for (const [i, output] of outputs.entries()) {
      const place = placeOf(path, output, request.given[i]!, isAdded[i]! ? pairs : []);
      const key = `${i} ${place}`;
      const other = taken.get(key);
      if (other !== undefined) throw samePlace(other, path, place, isAdded[i]!);
      taken.set(key, path);
    }
    return [{ dump: path, args: toCommandLine(path, pairs, isAdded, request) }];
  });
  return { jobs, unmatched };
}

function isAddedTo(converter: AnyConverter, given: readonly GivenOption[], pattern: PathPattern | undefined): boolean {
  const { addedWith } = converter.output;
  return addedWith !== undefined && (pattern !== undefined || given.some(([name]) => name === addedWith));
}

function checkOutput({ converter, path, isShared }: ChosenOutput, isAdded: boolean): void {
  const { name } = converter;
  if (path === STANDARD_OUTPUT) throw new UsageError("standard output takes one dump, and there are several");
  if (isAdded) {
    if (path === undefined) throw new UsageError(`say with -o which directory ${name} is to be added to`);
    if (!isShared) return;
    throw new UsageError(`${name} is added to one directory, and ${path} takes an output for each dump`, {
      hint: "give each --to an -o of its own",
    });
  }
  if (path === undefined || statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UsageError(`${path} is no directory, and there is more than one dump`, {
    hint:
      converter.output.addedWith === undefined
        ? `mkdir ${quoteWord(path)} makes it`
        : `mkdir ${quoteWord(path)} makes it; or --partition-from, to have all dumps in one data set`,
  });
}

/** What tells the output of one dump from those of others. @throws UsageError for options that do not go together */
function placeOf(
  dump: string,
  { converter }: ChosenOutput,
  given: readonly GivenOption[],
  pairs: readonly string[],
): string {
  const values = resolveOptions(converter, [...given, ...partitionOptions(converter, pairs)]);
  const { addedWith } = converter.output;
  const files = converter.listFiles?.(values) ?? [];
  const isAdded = addedWith !== undefined && (values[addedWith] as unknown as readonly string[]).length > 0;
  return isAdded ? (files[0] ?? "") : toDefaultName(dump, converter.output.extension);
}

function samePlace(one: string, other: string, place: string, isAdded: boolean): UsageError {
  return new UsageError(`${one} and ${other} would both be ${place}`, {
    hint: isAdded
      ? "tell them apart: --partition-from '{host}/{time}' takes partitions from folders and names"
      : "give dumps names of their own, or convert them into different directories",
  });
}

function toCommandLine(
  dump: string,
  pairs: readonly string[],
  isAdded: readonly boolean[],
  { outputs, flags }: FleetRequest,
): string[] {
  const args = ["convert"];
  // Endings of -o told the formats; from here on they have others.
  if (!flags.some(({ option }) => option === "--to"))
    args.push(...outputs.map(({ converter }) => `--to=${converter.name}`));
  for (const { flag, option, value } of flags) {
    if (OF_ALL.has(option)) continue;
    if (value === undefined) args.push(flag);
    else args.push(...(flag.startsWith("--") ? [`${flag}=${value}`] : [flag, value]));
  }
  for (const { name, output } of new Set(outputs.map(({ converter }) => converter))) {
    if (output.addedWith !== undefined) args.push(...pairs.map((pair) => `--${name}.${output.addedWith}=${pair}`));
  }
  const isShared = outputs.some((output) => output.isShared);
  for (const [i, { converter, path }] of outputs.slice(0, isShared ? 1 : outputs.length).entries()) {
    if (path === undefined) continue;
    const isBeside = converter.output.kind === "directory" && !isShared && !isAdded[i]!;
    args.push(`--output=${isBeside ? join(path, toDefaultName(dump, converter.output.extension)) : path}`);
  }
  return [...args, "--", dump];
}
