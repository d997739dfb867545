/** TextFile: a text that somebody keeps in a repository. */
import { readFileSync } from "node:fs";

/** Reads it whole. @throws the system's error, with the path in it, which the system leaves out where it opens what cannot be read */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    (error as NodeJS.ErrnoException).path ??= path;
    throw error;
  }
}
