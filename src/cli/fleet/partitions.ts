/** What the paths of dumps tell, as options of the formats that are added to a data set. */
import type { AnyConverter } from "../../converter/load.ts";
import type { GivenOption } from "../../converter/options.ts";
import { UsageError } from "../../errors.ts";
import type { ChosenOutput } from "../options/converter-choice.ts";
import { PathPattern } from "./path-pattern.ts";

/** The options that `pairs` are for an output; none if it takes no such. */
export function partitionOptions({ output: { addedWith } }: AnyConverter, pairs: readonly string[]): GivenOption[] {
  return addedWith === undefined ? [] : pairs.map((pair): GivenOption => [addedWith, pair]);
}

/** @throws UsageError for what is no pattern, or if none of the formats has partitions */
export function readPattern(text: string | undefined, outputs: readonly ChosenOutput[]): PathPattern | undefined {
  if (text === undefined) return undefined;
  if (outputs.some(({ converter }) => converter.output.addedWith !== undefined)) return new PathPattern(text);
  throw new UsageError("--partition-from is for formats that have partitions", { hint: "such as --to parquet" });
}
