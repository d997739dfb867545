/**
 * The mark in a directory that gohd wrote: JSON files that list what else there is gohd's, with sizes. Their names begin
 * with an underscore, by which Spark, Hive and Trino pass them over. Only what is listed, and still has its size, is ever
 * replaced or removed.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, rmdirSync, unlinkSync } from "node:fs";
import type { OpenDirectory } from "./open-directory.ts";

/** A file in a directory; `name` has slashes between folders. */
export interface OwnFile {
  readonly name: string;
  readonly size: number;
}

const FORMAT = "gohd-output";

/** Of a whole directory, or of files that were added to one. */
const MARK = /^_gohd(-[0-9a-f]{12})?\.json$/;

/** Something larger is no mark, and what has longer or deeper names was not written by gohd. */
const LARGEST_MARK = 1 << 20;
const LONGEST_NAME = 4096;
const DEEPEST_NAME = 64;

/** Name of the mark of a whole directory; of files that are added to one, the same for the same names. */
export function markName(added?: readonly string[]): string {
  if (added === undefined) return "_gohd.json";
  const hash = createHash("sha256")
    .update([...added].sort().join("\n"))
    .digest("hex");
  return `_gohd-${hash.slice(0, 12)}.json`;
}

/** Whether a mark could have the name. */
export function isMarkName(name: string): boolean {
  return MARK.test(name);
}

/** The text of a mark. */
export function markText(files: readonly OwnFile[]): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, files }, null, 1)}\n`;
}

/** What is gohd's in a directory, as its marks tell. */
export class OwnFiles {
  /** Files that were added to what was there, so that the directory is of several outputs. */
  readonly hasAdded: boolean;
  readonly #marks = new Set<string>();
  readonly #sizes = new Map<string, Set<number>>();
  readonly #folders = new Set<string>();

  /** Reads the marks; there may be none. */
  constructor(directory: OpenDirectory) {
    const names = directory.list().filter((entry) => entry.isFile() && isMarkName(entry.name));
    for (const { name } of names) {
      const files = readMark(directory.at(name));
      if (files === undefined) continue;
      this.#marks.add(name);
      for (const file of files) this.#add(file);
    }
    this.hasAdded = [...this.#marks].some((name) => name !== markName());
  }

  /** Whether there are any marks. */
  get isMarked(): boolean {
    return this.#marks.size > 0;
  }

  /** Whether the file is listed, with this size. Marks list themselves. */
  has({ name, size }: OwnFile): boolean {
    return this.#marks.has(name) || this.#sizes.get(name)?.has(size) === true;
  }

  /** Whether the folder has listed files in it. */
  hasFolder(name: string): boolean {
    return this.#folders.has(name);
  }

  #add({ name, size }: OwnFile): void {
    const sizes = this.#sizes.get(name);
    if (sizes) sizes.add(size);
    else this.#sizes.set(name, new Set([size]));
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      this.#folders.add(name.slice(0, end));
    }
  }
}

/** The first entry of a directory, or of its folders, that is not gohd's; undefined if all are. */
export function findForeign(directory: OpenDirectory, own: OwnFiles, prefix = ""): string | undefined {
  for (const entry of directory.list()) {
    const name = prefix + entry.name;
    if (isOwnFile(directory, entry.name, name, own)) continue;
    if (!entry.isDirectory() || !own.hasFolder(name)) return name;
    const folder = directory.enter(entry.name);
    try {
      const foreign = findForeign(folder, own, `${name}/`);
      if (foreign !== undefined) return foreign;
    } finally {
      folder.close();
    }
  }
  return undefined;
}

/** Removes what is gohd's in a directory, and folders that are empty then. Whatever else there is stays. */
export function removeOwn(directory: OpenDirectory, own: OwnFiles, prefix = ""): void {
  // Marks last: whenever gohd is ended, they tell what the rest is.
  const entries = directory.list().sort((a, b) => Number(isMarkName(a.name)) - Number(isMarkName(b.name)));
  for (const entry of entries) {
    const name = prefix + entry.name;
    if (isOwnFile(directory, entry.name, name, own)) {
      unlinkSync(directory.at(entry.name));
    } else if (entry.isDirectory() && own.hasFolder(name)) {
      const folder = directory.enter(entry.name);
      try {
        removeOwn(folder, own, `${name}/`);
      } finally {
        folder.close();
      }
      removeIfEmpty(directory.at(entry.name));
    }
  }
}

/** Removes the directory if nothing is in it; tells whether it did. */
export function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function isOwnFile(directory: OpenDirectory, entry: string, name: string, own: OwnFiles): boolean {
  const stats = directory.find(entry);
  return stats?.isFile() === true && own.has({ name, size: stats.size });
}

/** The files that a mark lists; undefined if it is none. */
function readMark(path: string): readonly OwnFile[] | undefined {
  let text: string;
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() || stats.size > LARGEST_MARK) return undefined;
      text = readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
    const mark = JSON.parse(text) as { readonly format?: unknown; readonly files?: unknown } | null;
    if (mark?.format !== FORMAT || !Array.isArray(mark.files)) return undefined;
    return (mark.files as unknown[]).filter(isListed);
  } catch {
    return undefined;
  }
}

function isListed(file: unknown): file is OwnFile {
  const { name, size } = (file ?? {}) as { readonly name?: unknown; readonly size?: unknown };
  if (typeof name !== "string" || typeof size !== "number") return false;
  return name.length <= LONGEST_NAME && name.split("/").length <= DEEPEST_NAME;
}
