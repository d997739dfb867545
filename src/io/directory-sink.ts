/** A sink that becomes a directory of files: written under a temporary name, renamed when all of them are complete. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { type FileSinkOptions, fileWriter } from "./file-sink.ts";
import type { CommittableSink } from "./sink.ts";
import { alreadyExists, cannotWrite, isTaken, toTemporaryPath } from "./temporary-name.ts";

/**
 * Makes a sink for the directory `path`; each output has a plain file name in it. Mode 0700, files 0600.
 * @throws ConverterError if something but an empty directory has the name already and `force` is not set.
 */
export function createDirectorySink(path: string, { force = false }: FileSinkOptions = {}): CommittableSink {
  if (!force) refuseTaken(path);
  const temporary = toTemporaryPath(path);
  let made = false;
  const files = new Set<FileHandle>();

  function toPath(name: string | undefined): string {
    if (name === undefined || name !== basename(name) || name === "." || name === ".." || name === "") {
      throw new Error(`bug: ${JSON.stringify(name)} is no file name for an output in a directory`);
    }
    try {
      if (!made) mkdirSync(temporary, { mode: 0o700 });
    } catch (error) {
      throw cannotWrite(path, error);
    }
    made = true;
    return join(temporary, name);
  }

  async function create(name: string | undefined) {
    const target = toPath(name);
    try {
      return { target, file: await open(target, "wx", 0o600) };
    } catch (error) {
      throw cannotWrite(join(path, name!), error);
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
    async commit() {
      await closeAll();
      if (!made) throw new Error("bug: nothing was written");
      try {
        let size = 0;
        for (const name of readdirSync(temporary)) size += statSync(join(temporary, name)).size;
        if (!force) refuseTaken(path);
        replaceDirectory(temporary, path);
        return size;
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    async discard() {
      await closeAll();
      if (made) rmSync(temporary, { recursive: true, force: true });
    },
  };
}

function refuseTaken(path: string): void {
  if (!isTaken(path)) return;
  const isEmptyDirectory = existsSync(path) && statSync(path).isDirectory() && readdirSync(path).length === 0;
  if (!isEmptyDirectory) throw alreadyExists(path);
}

/** A directory cannot be renamed over a full one: the old one steps aside, and back if that fails. */
function replaceDirectory(from: string, to: string): void {
  if (!isTaken(to)) {
    renameSync(from, to);
    return;
  }
  const aside = toTemporaryPath(to);
  renameSync(to, aside);
  try {
    renameSync(from, to);
  } catch (error) {
    renameSync(aside, to);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}
