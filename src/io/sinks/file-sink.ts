/** A sink that becomes one file: written under a temporary name, with mode 0600 unless told otherwise, renamed when it is complete. */
import { mkdirSync, renameSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { findEntry, neverReplaced } from "../existing/entry-kinds.ts";
import { moveWithoutReplacing } from "../existing/move.ts";
import { alreadyExists, cannotWrite } from "../output-errors.ts";
import { systemErrorCode } from "../system-errors.ts";
import { announceGone, nameBeside, type Temporary, takeAway } from "../temporaries/temporary.ts";
import type { ByteWriter, CommittableSink } from "./sink.ts";

/** How `createFileSink` makes its file. */
export interface FileSinkOptions {
  /** Replace what has the name already. */
  readonly force?: boolean;
  /** The option of the command line that names the output, for hints; "-o" by default. */
  readonly option?: string;
  /** Mode of the file, of which the process's umask takes its part; 0600 by default, because a dump's contents are secrets. */
  readonly mode?: number;
}

/**
 * Makes a sink for the file `path`. Touches nothing before the converter asks for something.
 * @throws ConverterError if something has the name already, but for a regular file with `force`; so does `commit`, if it
 * came meanwhile.
 */
export function createFileSink(
  path: string,
  { force = false, option = "-o", mode = 0o600 }: FileSinkOptions = {},
): CommittableSink {
  refuseTaken(path, force, option);
  let file: FileHandle | undefined;
  let temporary: Temporary | undefined;
  let scratch: Temporary | undefined;

  async function create(): Promise<FileHandle> {
    if (temporary !== undefined) throw new Error("bug: a file sink has one output, and it was opened twice");
    temporary = nameBeside(path, "output");
    try {
      return await open(temporary.path, "wx", mode);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  function removeScratch(): void {
    if (scratch !== undefined) takeAway(scratch);
    scratch = undefined;
  }

  return {
    name: path,
    async open(name) {
      if (name !== undefined) throw new Error("bug: a file sink's output has no name of its own");
      file = await create();
      return fileWriter(file, path, () => {
        file = undefined;
      });
    },
    async path() {
      // Made here so that the native writer finds it with our mode, not its own.
      await (await create()).close();
      return temporary!.path;
    },
    async scratch() {
      if (scratch !== undefined) return scratch.path;
      scratch = nameBeside(path, "scratch");
      try {
        mkdirSync(scratch.path, { mode: 0o700 });
      } catch (error) {
        throw cannotWrite(path, error);
      }
      return scratch.path;
    },
    async commit() {
      if (temporary === undefined) throw new Error("bug: nothing was written");
      await file?.close();
      file = undefined;
      removeScratch();
      try {
        const { size } = statSync(temporary.path);
        refuseTaken(path, force, option);
        put(temporary.path, path, force, option);
        announceGone(temporary);
        temporary = undefined;
        return size;
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    async discard() {
      await file?.close();
      file = undefined;
      removeScratch();
      if (temporary !== undefined) takeAway(temporary);
      temporary = undefined;
    },
  };
}

/** An open file: what of node's FileHandle a writer needs, so that the declarations do without node's. */
export interface OpenFile {
  write(buffer: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  close(): Promise<void>;
}

/** Writes to `file`, whatever a write takes at once; `onClose` runs when the writer was closed. */
export function fileWriter(file: OpenFile, path: string, onClose: () => void = () => {}): ByteWriter {
  return {
    async write(chunk) {
      try {
        let done = 0;
        while (done < chunk.length) done += (await file.write(chunk, done, chunk.length - done)).bytesWritten;
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    async close() {
      onClose();
      try {
        await file.close();
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
  };
}

function refuseTaken(path: string, force: boolean, option: string): void {
  const stats = findEntry(path);
  if (stats === undefined) return;
  if (!stats.isFile()) throw neverReplaced(path, stats, "file", option);
  if (!force) throw alreadyExists(path, option);
}

function put(from: string, to: string, force: boolean, option: string): void {
  try {
    if (force) renameSync(from, to);
    else moveWithoutReplacing(from, to);
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") throw alreadyExists(to, option);
    throw error;
  }
}
