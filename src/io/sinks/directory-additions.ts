/**
 * Adds files to a directory that may hold others. Nothing is replaced but files that gohd wrote, and no symbolic link in
 * the directory is followed: what is added stays in it.
 */
import { renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConverterError } from "../../errors.ts";
import { isMarkName, markText, OwnFiles } from "../existing/directory-mark.ts";
import { neverReplaced } from "../existing/entry-kinds.ts";
import { moveWithoutReplacing } from "../existing/move.ts";
import { makeDirectory, OpenDirectory } from "../existing/open-directory.ts";
import { alreadyExists } from "../output-errors.ts";
import { systemErrorCode } from "../system-errors.ts";

export interface AddOptions {
  /** Replace files that gohd wrote. */
  readonly force: boolean;
  /** Name of the files' mark. */
  readonly mark: string;
  /** What people call the directory. */
  readonly shown: string;
}

/**
 * Looks whether files can be added to a directory, as far as that can be told beforehand.
 * @param names of files in `path`, with slashes between folders
 * @param shown what people call the directory
 * @throws ConverterError if there is one already that may not be replaced, or something in the way; node's own error
 */
export function refuseAdditions(path: string, names: readonly string[], force: boolean, shown = path): void {
  const folders = new Folders(path, shown);
  try {
    const own = new OwnFiles(folders.root);
    for (const name of names) findReplaced(folders, name, own, force);
  } finally {
    folders.close();
  }
}

/**
 * Moves files into a directory, which is made if it is not there, and marks them as gohd's. If one cannot be moved, those
 * before it that replaced nothing go again.
 * @param names of files in `from` and in `to`; they appear in that order
 * @throws as `refuseAdditions` does
 */
export function addFiles(names: readonly string[], from: string, to: string, { force, mark, shown }: AddOptions): void {
  makeDirectory(to);
  const folders = new Folders(to, shown);
  const added: string[] = [];
  try {
    const own = new OwnFiles(folders.root);
    const replaced = names.flatMap((name) => {
      const size = findReplaced(folders, name, own, force);
      return size === undefined ? [] : [{ name, size }];
    });
    // Before the files, and with those that they replace: whenever gohd is ended, all that is its own is listed.
    const written = names.map((name) => ({ name, size: statSync(join(from, name)).size }));
    writeFileSync(join(from, mark), markText([...written, ...replaced]), { flag: "wx", mode: 0o600 });
    for (const name of [mark, ...names]) {
      const isNew = findReplaced(folders, name, own, force) === undefined;
      const target = folders.make(dirname(name)).at(basename(name));
      if (isNew) put(join(from, name), target, join(shown, name));
      else renameSync(join(from, name), target);
      if (isNew) added.push(target);
    }
  } catch (error) {
    for (const target of added) unlinkSync(target);
    throw error;
  } finally {
    folders.close();
  }
}

/** Size of gohd's file that has the name already; undefined if nothing has. @throws ConverterError if it may not be replaced */
function findReplaced(folders: Folders, name: string, own: OwnFiles, force: boolean): number | undefined {
  const stats = folders.find(dirname(name))?.find(basename(name));
  if (stats === undefined) return undefined;
  const path = join(folders.root.name, name);
  if (!stats.isFile()) throw neverReplaced(path, stats, "file");
  const { size } = stats;
  const isOwn = own.has({ name, size });
  // A mark is rewritten with what it lists; nobody has to be asked.
  if (isMarkName(name) && isOwn) return size;
  if (!force) throw alreadyExists(path);
  if (isOwn) return size;
  throw new ConverterError(`${path} is not replaced: gohd did not write it, or it was changed since`, {
    hint: "remove it if it is an older gohd's, which kept no list of what it wrote; or choose another name",
  });
}

function put(from: string, to: string, name: string): void {
  try {
    moveWithoutReplacing(from, to);
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") throw alreadyExists(name);
    throw error;
  }
}

/** The folders of a directory, opened when they are first needed; "." is the directory itself. */
class Folders {
  readonly root: OpenDirectory;
  readonly #opened = new Map<string, OpenDirectory>();

  /** The user named the directory, so that it may be a link. */
  constructor(path: string, name: string) {
    this.root = new OpenDirectory(path, { follow: true, name });
    this.#opened.set(".", this.root);
  }

  /** The folder; undefined if there is none. @throws ConverterError if something else has the name */
  find(name: string): OpenDirectory | undefined {
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    const above = this.find(dirname(name));
    if (above?.find(basename(name)) === undefined) return undefined;
    const folder = above.enter(basename(name));
    this.#opened.set(name, folder);
    return folder;
  }

  /** The same, and makes it if there is none. */
  make(name: string): OpenDirectory {
    const there = this.find(name);
    if (there !== undefined) return there;
    this.make(dirname(name)).make(basename(name));
    return this.find(name)!;
  }

  close(): void {
    for (const folder of this.#opened.values()) folder.close();
  }
}
