/** What is measured: the programs of this tree, or of another commit, built in a clone. */
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Build {
  /** Undefined for this tree, else the commit. */
  readonly commit: string | undefined;
  /** The command line's main file. */
  readonly cli: string;
  readonly measure: string;
  readonly measureTables: string;
}

/** This file is in dist/test/bench. */
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The build that this is part of. */
export const THIS_BUILD = buildIn(ROOT, undefined);

/**
 * Builds `commit` in a clone in `directory`, with the packages that are installed here.
 * @throws if there is no such commit, or it cannot be built
 */
export function buildCommit(commit: string, directory: string): Build {
  const clone = join(directory, "against");
  run("git", ["clone", "--quiet", "--shared", "--no-checkout", ROOT, clone], ROOT);
  run("git", ["checkout", "--quiet", "--detach", run("git", ["rev-parse", "--verify", commit], ROOT).trim()], clone);
  const lock = (folder: string): string => readFileSync(join(folder, "package-lock.json"), "utf8");
  if (lock(clone) !== lock(ROOT))
    process.stdout.write(`${commit} has other packages; it is measured with those of this tree\n`);
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"), "dir");
  run("npm", ["run", "--silent", "build"], clone);
  return buildIn(clone, commit);
}

function buildIn(folder: string, commit: string | undefined): Build {
  const script = (path: string): string => join(folder, "dist", path);
  return {
    commit,
    cli: script("src/cli/main.js"),
    measure: script("test/bench/measure.js"),
    measureTables: script("test/bench/measure-tables.js"),
  };
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
