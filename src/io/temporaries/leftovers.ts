/** What gohds that were killed left: unfinished outputs are removed, old outputs that were set aside get their names back. */
import { readdirSync, type Stats } from "node:fs";
import { basename, join } from "node:path";
import { findEntry } from "../existing/entry-kinds.ts";
import { parseTemporaryName, type TakenAway, type TemporaryName, takeAway } from "./temporary.ts";
import { isOwn, stateOf } from "./writer.ts";

export interface Leftover {
  readonly path: string;
  /** What was done with it: "elsewhere" is nothing, because its writer may run on another machine. */
  readonly result: TakenAway | "elsewhere";
  /** The output whose old version it is, if it is one. */
  readonly target: string | undefined;
}

/** What another machine's or container's gohd has not touched for so long is worth a word. */
const OLD_MS = 24 * 60 * 60 * 1000;

/**
 * Clears `directory` of what gohds of this user left that run no more. Never fails: what cannot be cleared stays.
 * Costs reading the directory.
 */
export function clearLeftovers(directory: string): readonly Leftover[] {
  return list(directory).flatMap((entry) => {
    const name = parseTemporaryName(entry);
    if (name === undefined) return [];
    try {
      return clear(join(directory, entry), name, directory);
    } catch {
      return [];
    }
  });
}

function clear(path: string, { kind, writer, target: output }: TemporaryName, directory: string): Leftover[] {
  const stats = findEntry(path);
  if (stats === undefined || !isOwn(stats) || !(kind === "aside" || isClosed(stats))) return [];
  const state = stateOf(writer);
  if (state === "alive") return [];
  const target = kind !== "aside" || output === undefined ? undefined : join(directory, output);
  if (state === "elsewhere") {
    return Date.now() - stats.mtimeMs < OLD_MS ? [] : [{ path, result: "elsewhere", target }];
  }
  if (kind === "aside" && target === undefined) return [{ path, result: "kept", target }];
  return [{ path, result: takeAway({ path, kind, target: target ?? path }), target }];
}

/** Whether nobody else can have put anything there, through which removing it would reach elsewhere. */
function isClosed(stats: Stats): boolean {
  return stats.isFile() || (stats.isDirectory() && (stats.mode & 0o022) === 0);
}

/** For people. */
export function describeLeftover({ path, result, target }: Leftover): string {
  const name = basename(path);
  switch (result) {
    case "removed":
      return `removed ${path}, which a gohd that was killed left`;
    case "restored":
      return `${target} is back: a gohd that was killed while it replaced it had it as ${name}`;
    case "kept":
      return `${path} is an old output that a gohd which was killed was to replace; rename it, or remove it`;
    case "elsewhere":
      return `${path} is unfinished output of a gohd on another machine or in another container; if that runs no more, remove it`;
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
