/** The lines of earlier prompts, in a file for nobody else: queries may hold what is in the dump. */
import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createFileSink } from "../../io/sinks/file-sink.ts";

/** A larger file was not written here. */
const LARGEST = 16 << 20;

/** The lines, the newest first; none if there is no such file, or it is something else than a file. */
export function readHistory(path: string): string[] {
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() || stats.size > LARGEST) return [];
      return readFileSync(fd, "utf8").split("\n").filter(Boolean).reverse();
    } finally {
      closeSync(fd);
    }
  } catch {
    return [];
  }
}

/**
 * Keeps the lines; the directory is made if need be.
 * @throws ConverterError if something else than a regular file has the name, or it cannot be written; node's own error
 */
export async function writeHistory(path: string, lines: readonly string[]): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const sink = createFileSink(path, { force: true, option: "--history" });
  try {
    await (await sink.open()).write(Buffer.from(`${[...lines].reverse().join("\n")}\n`));
    await sink.commit();
  } finally {
    await sink.discard();
  }
}
