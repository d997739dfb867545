/** A folder in the system's temporary directory for what does not fit into memory. */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { ConverterError } from "../../errors.ts";
import { describeSystemError } from "../system-errors.ts";
import { announceGone, nameInside, type Temporary } from "./temporary.ts";

/**
 * Makes the folder, mode 0700; the caller takes it away.
 * @throws ConverterError if it cannot be made
 */
export function makeSpillDirectory(directory: string = tmpdir()): Temporary {
  const spill = nameInside(directory, "spill");
  try {
    mkdirSync(spill.path, { mode: 0o700 });
  } catch (error) {
    announceGone(spill);
    throw new ConverterError(`cannot make a temporary folder in ${directory}: ${describeSystemError(error)}`, {
      hint: "set TMPDIR to a directory that can be written",
      cause: error,
    });
  }
  return spill;
}
