/**
 * OpenDirectory: a directory that is held open, so that its entries are reached in it and nowhere else, whatever somebody
 * puts under its name meanwhile. Symbolic links in it are not followed. Node has no openat(2), but Linux shows open
 * directories under /proc; elsewhere entries are reached by the directory's name.
 */
import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import { ConverterError } from "../../errors.ts";
import { systemErrorCode } from "../system-errors.ts";
import { describeKind, findEntry } from "./entry-kinds.ts";

const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;

/** Where Linux shows what this process has open. */
const OPEN_FILES = "/proc/self/fd";

export class OpenDirectory {
  /** As people know it. */
  readonly name: string;
  readonly #fd: number | undefined;
  readonly #path: string;

  /**
   * Opens the directory `path`; a symbolic link is only followed if told to.
   * @throws node's own error; ENOTDIR or ELOOP for a link
   */
  constructor(path: string, options: { readonly follow?: boolean; readonly name?: string } = {}) {
    this.name = options.name ?? path;
    this.#path = path;
    // Windows opens no directories.
    if (O_DIRECTORY === 0) return;
    this.#fd = openSync(path, O_RDONLY | O_DIRECTORY | (options.follow ? 0 : O_NOFOLLOW));
    if (existsSync(OPEN_FILES)) this.#path = `${OPEN_FILES}/${this.#fd}`;
  }

  /** The path by which to reach an entry; "" is the directory itself. */
  at(entry: string): string {
    return join(this.#path, entry);
  }

  /** What an entry is, links not followed; undefined if there is none. */
  find(entry: string): Stats | undefined {
    return findEntry(this.at(entry));
  }

  list() {
    return readdirSync(this.#path, { withFileTypes: true });
  }

  /**
   * Opens a directory in this one.
   * @throws ConverterError if the entry is something else, be it a link to a directory; node's own error
   */
  enter(entry: string): OpenDirectory {
    const name = join(this.name, entry);
    const stats = this.find(entry);
    if (stats !== undefined && !stats.isDirectory()) {
      throw new ConverterError(`${name} is ${describeKind(stats)}, where a directory is needed`);
    }
    return new OpenDirectory(this.at(entry), { name });
  }

  /** Makes a directory in this one, mode 0700, if nothing has the name. */
  make(entry: string): void {
    makeDirectory(this.at(entry));
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}

/** Makes a directory, mode 0700, if nothing has the name; not those above it. @throws node's own error */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
  }
}
