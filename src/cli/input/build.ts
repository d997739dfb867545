/** Which build of gohd this is: versions are the same for as long as somebody works on the next one. */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readVersion } from "../version.ts";

/** The version, and when this file was compiled; of a package that npm installed, the same on every machine. */
export function readBuild(): string {
  return `${readVersion()} ${statSync(fileURLToPath(import.meta.url)).mtimeMs}`;
}
