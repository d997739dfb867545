/** A stream that may be a terminal, as far as that is of interest to those who write. */
import type { Writable } from "node:stream";

export type TerminalStream = Writable & {
  readonly isTTY?: boolean;
  /** Characters of a line, as far as that is known. */
  readonly columns?: number;
  /** Its lines, as far as that is known. */
  readonly rows?: number;
};
