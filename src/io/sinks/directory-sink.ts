/**
 * A sink that becomes a directory of files: written under a temporary name; when all are complete, it is renamed, or its
 * files are moved into a directory that was there before. A mark in it lists what gohd wrote (`directory-mark.ts`).
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConverterError } from "../../errors.ts";
import { isMarkName, markName, markText } from "../existing/directory-mark.ts";
import { findEntry, neverReplaced } from "../existing/entry-kinds.ts";
import { cannotWrite } from "../output-errors.ts";
import { nameBeside, type Temporary, takeAway } from "../temporaries/temporary.ts";
import { addFiles, refuseAdditions } from "./directory-additions.ts";
import { putDirectory, refuseOccupied } from "./directory-replacement.ts";
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
 * files 0600. The directory above has to be there.
 * @throws ConverterError if something but an empty directory has the name already; with `force` a directory that gohd
 * wrote and nobody has changed may have it. With `add`, if one of `files` is there already and is not gohd's or `force` is
 * not set, or has other partitions than what is there. So does `commit` if it came meanwhile, of whatever files there are.
 */
export function createDirectorySink(path: string, options: DirectorySinkOptions = {}): CommittableSink {
  const { force = false, add = false } = options;
  const target = resolve(path);
  try {
    refuse(target, path, options);
  } catch (error) {
    throw cannotWrite(path, error);
  }
  const isFixed = stays(target);
  let temporary: Temporary | undefined;
  const names: string[] = [];
  const files = new Set<FileHandle>();

  /** Makes a folder of the unfinished output; returns its path. */
  function makeFolder(name: string): string {
    try {
      if (temporary === undefined) {
        temporary = nameBeside(isFixed ? join(target, basename(target)) : target, "output");
        mkdirSync(temporary.path, { mode: 0o700 });
      }
      const folder = join(temporary.path, name);
      mkdirSync(folder, { mode: 0o700, recursive: true });
      return folder;
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  async function create(name: string | undefined) {
    if (name === undefined || !isName(name)) {
      throw new Error(`bug: ${JSON.stringify(name)} is no file name for an output in a directory`);
    }
    const place = join(makeFolder(dirname(name)), basename(name));
    try {
      const file = await open(place, "wx", 0o600);
      names.push(name);
      return { place, file };
    } catch (error) {
      throw cannotWrite(join(path, name), error);
    }
  }

  /** What a converter that failed did not close. */
  async function closeAll(): Promise<void> {
    for (const file of files) await file.close();
    files.clear();
  }

  /** Gives what is in the folder `from` its place. */
  function put(from: string, sizes: readonly number[]): void {
    if (add || isFixed) {
      // To a fixed directory nothing but this output belongs, whose mark is that of a whole.
      addFiles(names, from, target, {
        force: add && force,
        mark: markName(add ? names : undefined),
        shown: path,
      });
      return;
    }
    const mark = markText(names.map((name, i) => ({ name, size: sizes[i]! })));
    writeFileSync(join(from, markName()), mark, { flag: "wx", mode: 0o600 });
    putDirectory(from, target, force, path);
  }

  return {
    name: path,
    async open(name) {
      const { file } = await create(name);
      files.add(file);
      return fileWriter(file, join(path, name!), () => files.delete(file));
    },
    async path(name) {
      const { file, place } = await create(name);
      await file.close();
      return place;
    },
    async scratch() {
      return makeFolder(SCRATCH);
    },
    async commit() {
      await closeAll();
      const from = temporary?.path;
      if (temporary === undefined || from === undefined || names.length === 0) {
        throw new Error("bug: nothing was written");
      }
      try {
        rmSync(join(from, SCRATCH), { recursive: true, force: true });
        const sizes = names.map((name) => statSync(join(from, name)).size);
        put(from, sizes);
        takeAway(temporary);
        temporary = undefined;
        return sizes.reduce((sum, size) => sum + size);
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
  const isPart = (part: string): boolean =>
    part !== "" && part !== "." && part !== ".." && part !== SCRATCH && !/[\\\0]/.test(part);
  return name.split("/").every(isPart) && !isMarkName(name);
}

function refuse(target: string, path: string, { force = false, add = false, files = [] }: DirectorySinkOptions): void {
  if (!add) {
    if (force && stays(target) && readdirSync(target).length > 0) {
      throw new ConverterError(`${path} is not replaced: it is a mount point or the current directory`, {
        hint: "empty it first, or choose another name with -o",
      });
    }
    refuseOccupied(target, force, path);
    return;
  }
  const stats = findEntry(target);
  if (stats === undefined) return;
  if (!statSync(target, { throwIfNoEntry: false })?.isDirectory()) throw neverReplaced(path, stats, "directory");
  refuseAdditions(target, files, force, path);
  for (const name of files) refuseOtherKeys(path, name);
}

/** Whether a directory cannot be renamed: where a file system is mounted, as a container's volume; or the current one. */
function stays(target: string): boolean {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return false;
  return target === resolve("") || stats.dev !== statSync(dirname(target)).dev;
}
