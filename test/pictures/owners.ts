/** The picture of `--to svg`: it is one already. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export async function photographOwners(folder: string, convert: (...args: readonly string[]) => void) {
  convert("--to", "svg", "-o", "app.svg", "--max-nodes", "20");
  return readFileSync(join(folder, "app.svg"));
}
