/**
 * A sink that becomes a directory of files: written under a temporary name; when all are complete, it is renamed, or its
 * files are added to a directory that was there before.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { alreadyExists, cannotWrite, isTaken } from "../output-errors.ts";
import { nameBeside, type Temporary, takeAway } from "../temporaries/temporary.ts";
import { type FileSinkOptions, fileWriter } from "./file-sink.ts";
import { refuseOtherKeys } from "./partition-keys.ts";
import type { CommittableSink } from "./sink.ts";

export interface DirectorySinkOptions extends Omit<FileSinkOptions, "option"> {
  /**
   * Add to what the directory holds already. The files get their names one by one, in the order in which they were
   * opened, so that whoever sees the last has all of them.
   */
  readonly add?: boolean;
  /** Names of files that will be written, as far as they are known: with `add`, one that is there is refused at once. */
  readonly files?: readonly string[];
}

const SCRATCH = ".scratch";

/**
 * Makes a sink for the directory `path`; each output has a file name in it, if need be in a folder: "a/b.csv". Mode 0700,
 * files 0600.
 * @throws ConverterError if something but an empty directory has the name already and neither `force` nor `add` is set;
 * with `add`, if one of `files` is there already and `force` is not set, or has other partitions than what is there. So does `commit` if it came meanwhile, of whatever
 * files there are.
 */
export function createDirectorySink(
  path: string,
  { force = false, add = false, files: expected = [] }: DirectorySinkOptions = {},
): CommittableSink {
  if (add) {
    refuseFile(path);
    try {
      for (const name of expected) refuseOtherKeys(path, name);
      if (!force) refuseTakenFiles(expected, path);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  } else if (!force) refuseTaken(path);
  let temporary: Temporary | undefined;
  const names: string[] = [];
  const files = new Set<FileHandle>();

  /** Makes a folder of the unfinished output; returns its path. */
  function makeFolder(name: string): string {
    temporary ??= nameBeside(path, "output");
    const folder = join(temporary.path, name);
    try {
      mkdirSync(folder, { mode: 0o700, recursive: true });
    } catch (error) {
      throw cannotWrite(path, error);
    }
    return folder;
  }

  async function create(name: string | undefined) {
    if (name === undefined || !isName(name)) {
      throw new Error(`bug: ${JSON.stringify(name)} is no file name for an output in a directory`);
    }
    const target = join(makeFolder(dirname(name)), basename(name));
    try {
      const file = await open(target, "wx", 0o600);
      names.push(name);
      return { target, file };
    } catch (error) {
      throw cannotWrite(join(path, name), error);
    }
  }

  /** What a converter that failed did not close. */
  async function closeAll(): Promise<void> {
    for (const file of files) await file.close();
    files.clear();
  }

  return {
    name: path,
    async open(name) {
      const { file } = await create(name);
      files.add(file);
      return fileWriter(file, join(path, name!), () => files.delete(file));
    },
    async path(name) {
      const { file, target } = await create(name);
      await file.close();
      return target;
    },
    async scratch() {
      return makeFolder(SCRATCH);
    },
    async commit() {
      await closeAll();
      if (temporary === undefined || names.length === 0) throw new Error("bug: nothing was written");
      try {
        rmSync(join(temporary.path, SCRATCH), { recursive: true, force: true });
        let size = 0;
        for (const name of names) size += statSync(join(temporary.path, name)).size;
        if (add) {
          addFiles(names, temporary.path, path, force);
        } else {
          if (!force) refuseTaken(path);
          replaceDirectory(temporary.path, path);
        }
        takeAway(temporary);
        temporary = undefined;
        return size;
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    async discard() {
      await closeAll();
      if (temporary !== undefined) takeAway(temporary);
      temporary = undefined;
    },
  };
}

/** Nothing but plain names with slashes between: a converter cannot leave its directory. */
function isName(name: string): boolean {
  return name
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && part !== SCRATCH && !/[\\\0]/.test(part));
}

function refuseTaken(path: string): void {
  if (!isTaken(path)) return;
  const isEmptyDirectory = existsSync(path) && statSync(path).isDirectory() && readdirSync(path).length === 0;
  if (!isEmptyDirectory) throw alreadyExists(path);
}

function refuseFile(path: string): void {
  if (isTaken(path) && !(existsSync(path) && statSync(path).isDirectory())) throw alreadyExists(path);
}

function refuseTakenFiles(names: readonly string[], path: string): void {
  const taken = names.find((name) => isTaken(join(path, name)));
  if (taken !== undefined) throw alreadyExists(join(path, taken));
}

/** Moves files into the directory `to`; if one cannot be, those before it that replaced nothing go again. */
function addFiles(names: readonly string[], from: string, to: string, force: boolean): void {
  if (!force) refuseTakenFiles(names, to);
  const added: string[] = [];
  try {
    for (const name of names) {
      const target = join(to, name);
      mkdirSync(dirname(target), { mode: 0o700, recursive: true });
      const isNew = !isTaken(target);
      renameSync(join(from, name), target);
      if (isNew) added.push(target);
    }
  } catch (error) {
    for (const target of added) rmSync(target, { force: true });
    throw error;
  }
}

/** A directory cannot be renamed over a full one: the old one steps aside, and back if that fails. */
function replaceDirectory(from: string, to: string): void {
  if (!isTaken(to)) {
    renameSync(from, to);
    return;
  }
  const aside = nameBeside(to, "aside");
  try {
    renameSync(to, aside.path);
    renameSync(from, to);
  } finally {
    takeAway(aside);
  }
}
