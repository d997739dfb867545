/** What has a name already: only regular files, and directories that gohd wrote, are ever replaced. */
import { lstatSync, realpathSync, type Stats } from "node:fs";
import { ConverterError } from "../../errors.ts";

/** What a directory entry is, for people. */
export function describeKind(stats: Pick<Stats, "isFile" | "isDirectory" | "isSymbolicLink" | "isFIFO" | "isSocket">) {
  if (stats.isFile()) return "a file";
  if (stats.isDirectory()) return "a directory";
  if (stats.isSymbolicLink()) return "a symbolic link";
  if (stats.isFIFO()) return "a named pipe";
  return stats.isSocket() ? "a socket" : "a device";
}

/** What has the name, links not followed; undefined if nothing has. */
export function findEntry(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/**
 * The error for an output's name that something has which is never replaced.
 * @param by what the output is
 * @param option what named the output
 */
export function neverReplaced(path: string, stats: Stats, by: "file" | "directory", option = "-o"): ConverterError {
  const isOfOtherKind = stats.isFile() || stats.isDirectory();
  const target = stats.isSymbolicLink() ? findTarget(path) : undefined;
  return new ConverterError(
    `${path} is ${describeKind(stats)}, which ${isOfOtherKind ? `a ${by} never replaces` : "is never replaced"}`,
    { hint: target === undefined ? `choose another name with ${option}` : `${target} is what it leads to` },
  );
}

function findTarget(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}
