/** The README files, and the block with which each reader begins. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Block, readBlocks } from "./blocks.ts";

export const ROOT = join(import.meta.dirname, "../..");

const FOLDERS = ["", "src", "converters", "samples", "proto"];

/** Their paths in the repository. */
export const READMES: readonly string[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== "", encoding: "utf8" })
    .filter((path) => /(^|\/)README\.md$/.test(path))
    .map((path) => join(folder, path)),
).sort();

/** Whether it is the block that makes the folder in which the commands of all pages run. */
export const makesFolder = ({ text }: Block): boolean => text.includes("mkdir try\n");

/** That block. */
export function firstBlock(): Block {
  return readBlocks(join(ROOT, "README.md")).find(makesFolder)!;
}
