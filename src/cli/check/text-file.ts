/** TextFile: a text that somebody keeps in a repository. */
import { readFileSync } from "node:fs";

/** Reads it whole. @throws the system's error, with the path in it: of a directory the system leaves it out */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    (error as NodeJS.ErrnoException).path ??= path;
    throw error;
  }
}
