/** Gives a complete file its final name. */
import { closeSync, linkSync, openSync, renameSync, unlinkSync } from "node:fs";
import { systemErrorCode } from "../system-errors.ts";

/**
 * Renames a file, and replaces nothing, whenever it came: a rename would replace it, a link does not.
 * @throws node's own error; EEXIST if something has the name
 */
export function moveWithoutReplacing(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    // An empty file of our own takes the name, and is then replaced.
    closeSync(openSync(to, "wx", 0o600));
    renameSync(from, to);
    return;
  }
  unlinkSync(from);
}

/** Some file systems have no links. */
function hasNoLinks(error: unknown): boolean {
  return ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(systemErrorCode(error) ?? "");
}
