/** What DuckDB says of disks that are full, read-only or broken, in gohd's words and with the names that people know. */
import { dirname } from "node:path";
import { describeNativeError, toFinalPath } from "../../../src/index.ts";

/** What to say. */
export interface DiskError {
  readonly message: string;
  readonly hint: string;
}

/** `IO Error: Could not write file "/x/y": No space left on device`, perhaps with other words before it. */
const FILE = /(?:Could not|Cannot|Failed to) (\w+) (?:\w+ )*?(?:file|directory)(?: \w+)? "([^"]+)"/;

/** Where what does not fit into memory should have gone. */
const OFFLOAD = /failed to offload data block|max_temp_directory_size/;

/**
 * Explains an error; undefined if it is about something else.
 * @param temporaryDirectory DuckDB's own, in one that people know; undefined if it has none
 */
export function explainDiskError(text: string, temporaryDirectory: string | undefined): DiskError | undefined {
  const where = temporaryDirectory === undefined ? undefined : dirname(temporaryDirectory);
  if (where !== undefined && OFFLOAD.test(text)) {
    return {
      message: `there is not enough room in ${where} for what does not fit into DuckDB's memory`,
      hint: "make room there, or use --memory-limit to give it more memory",
    };
  }
  const [, verb, path] = FILE.exec(text) ?? [];
  const reason = describeNativeError(text);
  if (path === undefined || reason === undefined) return undefined;
  const output = toFinalPath(path);
  const isOwn = temporaryDirectory !== undefined && path.startsWith(temporaryDirectory);
  const name = output ?? (isOwn ? where! : path);
  const isFull = /no space|quota/.test(reason);
  return {
    message: `cannot ${verb} ${name}: ${reason}`,
    hint: isFull ? "make room there, or choose another place" : "choose another place",
  };
}
