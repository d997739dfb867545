/**
 * Hive's partitions in a directory of files: folders `key=value`. Readers take all files of a data set for one table only
 * if all have the same keys in the same order.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ConverterError } from "../../errors.ts";

/**
 * Compares the keys of a file that is to be added with those of what is there. Looks at one folder a level.
 * @param name in the directory `path`: "objects/host=web1/objects.parquet"
 * @throws ConverterError if they differ
 */
export function refuseOtherKeys(path: string, name: string): void {
  const folders = name.split("/").slice(0, -1);
  const wanted = folders.filter((folder) => folder.includes("=")).map(keyOf);
  const first = folders.findIndex((folder) => folder.includes("="));
  const base = join(path, ...(first < 0 ? folders : folders.slice(0, first)));
  const present = listKeys(base);
  if (present === undefined || present.join("/") === wanted.join("/")) return;
  throw new ConverterError(`${base} has ${describeKeys(present)}, and this would have ${describeKeys(wanted)}`, {
    hint: "readers need the same partitions in all files; give the same keys in the same order, or write elsewhere",
  });
}

/** The keys of the first file below `folder`; undefined if there is none. */
function listKeys(folder: string): string[] | undefined {
  const keys: string[] = [];
  for (let at = folder; ; ) {
    const entries = list(at).filter(({ name }) => !name.startsWith("."));
    const inside = entries.find((entry) => entry.isDirectory() && entry.name.includes("="));
    if (inside === undefined) return entries.some((entry) => entry.isFile()) ? keys : undefined;
    keys.push(keyOf(inside.name));
    at = join(at, inside.name);
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

function keyOf(folder: string): string {
  return folder.slice(0, folder.indexOf("="));
}

function describeKeys(keys: readonly string[]): string {
  return keys.length === 0 ? "no partitions" : `the partitions ${keys.map((key) => `${key}=…`).join("/")}`;
}
