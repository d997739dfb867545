/** Outputs of one run that would be written over one another. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../../errors.ts";

export interface PlannedOutput {
  /** What `--to` says. */
  readonly format: string;
  /** A path, or how people call standard output. */
  readonly name: string;
  readonly kind: "file" | "directory";
}

/** @throws UsageError if two outputs have one name, or one would be inside the directory that another one is */
export function refuseClashes(outputs: readonly PlannedOutput[]): void {
  const placed = outputs.map((output) => ({ ...output, place: placeOf(output.name) }));
  for (const [i, one] of placed.entries()) {
    for (const other of placed.slice(i + 1)) {
      if (one.place === other.place) {
        throw new UsageError(`two outputs are ${one.name}: --to ${one.format} and --to ${other.format}`, {
          hint: "give each --to an -o of its own",
        });
      }
      for (const [inner, outer] of [
        [one, other],
        [other, one],
      ] as const) {
        if (outer.kind !== "directory" || !inner.place.startsWith(outer.place + sep)) continue;
        throw new UsageError(`${inner.name} would be inside ${outer.name}, which --to ${outer.format} writes whole`, {
          hint: "choose another name with -o",
        });
      }
    }
  }
}

/** The path with the links of the folders above followed; the output itself is not there yet, or is replaced. */
function placeOf(name: string): string {
  const path = resolve(name);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
