/** Which outputs a command line of `gohd convert` asks for: how each `-o` finds its `--to`. */
import { UsageError } from "../../errors.ts";
import type { GivenFlag } from "./given-options.ts";

/** What `-o` takes for standard output. */
export const STANDARD_OUTPUT = "-";

export interface WantedOutput {
  /** What `--to` says; undefined where the ending of `path` has to tell. */
  readonly format: string | undefined;
  /** What `-o` says; undefined for the default name. */
  readonly path: string | undefined;
  /** `path` is a directory that takes this output and others, under their default names. */
  readonly isShared: boolean;
  /** Where `--to` stands among the options that were given; -1 where there is none. */
  readonly place: number;
}

/**
 * Lists the outputs in the order of the formats: the first `-o` is the first format's, and so on; a single one for several
 * formats is a directory for all of them; without `--to` every `-o` is an output, whose ending tells the format.
 * @throws UsageError if there are more or fewer `-o` than that takes
 */
export function listWantedOutputs(given: readonly GivenFlag[]): readonly WantedOutput[] {
  const formats = [...given.entries()].filter(([, { option, value }]) => option === "--to" && value !== undefined);
  const paths = given.flatMap(({ option, value }) => (option === "--output" && value !== undefined ? [value] : []));
  if (formats.length === 0) return paths.map((path) => ({ format: undefined, path, isShared: false, place: -1 }));
  const isShared = formats.length > 1 && paths.length === 1;
  const toStandardOutput = isShared ? formats.length : paths.filter((path) => path === STANDARD_OUTPUT).length;
  if (paths.includes(STANDARD_OUTPUT) && toStandardOutput > 1) {
    throw new UsageError(`standard output takes one format, and there are ${toStandardOutput}`, {
      hint: "write the others into files: an -o for each --to",
    });
  }
  if (!isShared && paths.length > 0 && paths.length !== formats.length) throw wrongCount(formats.length, paths.length);
  return formats.map(([place, { value }], i) => ({
    format: value,
    path: isShared ? paths[0] : paths[i],
    isShared,
    place,
  }));
}

function wrongCount(formats: number, paths: number): UsageError {
  const counts = `there ${formats === 1 ? "is" : "are"} ${formats} --to and ${paths} -o`;
  return paths > formats
    ? new UsageError(`${counts}: which format is which output?`, {
        hint: "give a --to for each -o, or no --to at all where the endings tell the formats",
      })
    : new UsageError(`${counts}: which output is which format's?`, {
        hint: "give an -o for each --to, or one -o with a directory for all of them, or none for default names",
      });
}
