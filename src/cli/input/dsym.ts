/** .dSYM: the folder into which macOS's dsymutil puts a program's debug information, in a file deep inside. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ExecutableError } from "../../errors.ts";

const INSIDE = ["Contents", "Resources", "DWARF"] as const;

/**
 * Gives the path of the file in a .dSYM folder; every other path as it is.
 * @throws ExecutableError (`not-an-executable`) if the folder has no such file, or several
 */
export function findDsymFile(path: string): string {
  if (!/\.dSYM[/\\]?$/.test(path) || !isDirectory(path)) return path;
  const folder = join(path, ...INSIDE);
  const names = isDirectory(folder) ? readdirSync(folder).sort() : [];
  if (names.length === 1) return join(folder, names[0]!);
  const what = names.length === 0 ? "no debug information" : `several files: ${names.join(", ")}`;
  throw new ExecutableError(`${path} has ${what} in ${join(...INSIDE)}`, {
    code: "not-an-executable",
    ...(names.length === 0 ? {} : { hint: "give the file itself" }),
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
