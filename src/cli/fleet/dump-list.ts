/** From the arguments of `gohd convert` to dumps: files are taken as they are, of a directory the dumps in it and in its folders. */
import { closeSync, constants, openSync, readdirSync, readSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";

export interface ListedDump {
  readonly path: string;
  /** In bytes, as the file is; 0 if that cannot be told. */
  readonly size: number;
}

export interface DumpList {
  readonly dumps: readonly ListedDump[];
  /** Whether there was one argument, and it was a file, or standard input. */
  readonly isSingle: boolean;
}

/** What a dump is called, compressed or not. */
const DUMP_NAME = /\.dump(\.(gz|zst|zstd))?$/i;
/** How every dump begins that is not compressed. */
const BEGINNING = /^go1\.\d+ heap dump\n/;
const BEGINNING_LENGTH = 32;

/**
 * Lists the dumps in the order of the arguments, those of a directory by name. A file of a directory is a dump if it is called
 * so (.dump, .dump.gz, .dump.zst) or begins as one. Names that begin with a dot are passed over, links to directories are not
 * followed. A dump that is named twice is there once.
 * @throws UsageError if a directory has none, or standard input is one of several; node's own error for what cannot be read
 */
export function listDumps(given: readonly string[]): DumpList {
  const [first] = given;
  if (given.length === 1 && !isDirectory(first!))
    return { dumps: [{ path: first!, size: sizeOf(first!) }], isSingle: true };
  if (given.includes(STANDARD_INPUT)) {
    throw new UsageError("standard input is one dump, and there are several", { hint: "write it into a file first" });
  }
  const paths = given.flatMap((path) => {
    if (!isDirectory(path)) return [path];
    const found = listDirectory(path);
    if (found.length > 0) return found;
    throw new UsageError(`there is no dump in ${path}`, {
      hint: "dumps of a directory are files called .dump, .dump.gz or .dump.zst, and what begins as a heap dump does",
    });
  });
  return { dumps: [...new Set(paths)].map((path) => ({ path, size: sizeOf(path) })), isSingle: false };
}

function listDirectory(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const inside = join(path, entry.name);
    if (entry.name.startsWith(".")) return [];
    if (entry.isDirectory()) return listDirectory(inside);
    return find(inside)?.isFile() === true && (DUMP_NAME.test(entry.name) || beginsAsDump(inside)) ? [inside] : [];
  });
}

function beginsAsDump(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    // Whatever it is, it is not called a dump.
    return false;
  }
  try {
    const head = Buffer.alloc(BEGINNING_LENGTH);
    return BEGINNING.test(head.toString("latin1", 0, readSync(file, head, 0, BEGINNING_LENGTH, 0)));
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}

function isDirectory(path: string): boolean {
  return path !== STANDARD_INPUT && find(path)?.isDirectory() === true;
}

function sizeOf(path: string): number {
  return path === STANDARD_INPUT ? 0 : (find(path)?.size ?? 0);
}

/** What is there, links followed; undefined if nothing is. */
function find(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
