/** Gives a complete directory its final name, perhaps in the place of one that gohd wrote before. */
import { renameSync } from "node:fs";
import { ConverterError } from "../../errors.ts";
import { findForeign, OwnFiles } from "../existing/directory-mark.ts";
import { findEntry, neverReplaced } from "../existing/entry-kinds.ts";
import { OpenDirectory } from "../existing/open-directory.ts";
import { alreadyExists } from "../output-errors.ts";
import { systemErrorCode } from "../system-errors.ts";
import { nameBeside, removeOldOutput, takeAway } from "../temporaries/temporary.ts";

/** Others may write the same name; each time that one gets in between, it goes on from the beginning. */
const ATTEMPTS = 20;

/** What rename(2) tells of a directory when something has the name. */
const IN_THE_WAY: ReadonlySet<string | undefined> = new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM"]);

/**
 * @param name what people call the directory `path`
 * @throws ConverterError unless nothing has the name, or an empty directory, or, with `force`, one that holds nothing but
 * one output of gohd's
 */
export function refuseOccupied(path: string, force: boolean, name = path): void {
  const stats = findEntry(path);
  if (stats === undefined) return;
  if (!stats.isDirectory()) throw neverReplaced(name, stats, "directory");
  const directory = new OpenDirectory(path);
  try {
    if (directory.list().length === 0) return;
    const { reason, hint } = findReason(directory) ?? {};
    if (reason !== undefined) {
      throw new ConverterError(`${name} ${force ? "is not replaced" : "exists already"}: ${reason}`, {
        hint: `${hint}, or choose another name with -o`,
      });
    }
    if (!force) throw alreadyExists(name);
  } finally {
    directory.close();
  }
}

/** Why a directory is never replaced; undefined if it may be. */
function findReason(directory: OpenDirectory): { readonly reason: string; readonly hint: string } | undefined {
  const own = new OwnFiles(directory);
  if (!own.isMarked) {
    return {
      reason: "it has no list of what gohd wrote into it",
      hint: "remove it if it is an older gohd's, which made no such list",
    };
  }
  const foreign = findForeign(directory, own);
  if (foreign !== undefined) {
    return {
      reason: `it holds something else than gohd wrote: ${foreign}`,
      hint: "move that away",
    };
  }
  if (own.hasAdded) return { reason: "it holds more than one output", hint: "remove it if they are not needed" };
  return undefined;
}

/**
 * Renames the directory `from` to `to`. A directory cannot be renamed over a full one: the old one steps aside, and back
 * if that fails.
 * @throws ConverterError as `refuseOccupied` does; node's own error
 */
export function putDirectory(from: string, to: string, force: boolean, name = to): void {
  for (let attempt = 1; ; attempt++) {
    refuseOccupied(to, force, name);
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (!IN_THE_WAY.has(systemErrorCode(error)) || attempt === ATTEMPTS) throw error;
    }
    if (force && replaceOnce(from, to, name)) return;
  }
}

/** Tells whether it could; if not, somebody else has done something there meanwhile. */
function replaceOnce(from: string, to: string, name: string): boolean {
  const aside = nameBeside(to, "aside");
  try {
    renameSync(to, aside.path);
    // Now that nobody finds it any more, nothing comes into it.
    refuseOccupied(aside.path, true, name);
    renameSync(from, to);
  } catch (error) {
    takeAway(aside);
    const code = systemErrorCode(error);
    if (code === "ENOENT" || IN_THE_WAY.has(code)) return false;
    throw error;
  }
  removeOldOutput(aside);
  return true;
}
