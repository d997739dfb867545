/** The go command, for what only Go's own tools can tell. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of a go command: $GOHD_TEST_GO if that is set (empty for "none"), else what $PATH has; or undefined. */
export const GO = findGo();

/** The same, and that of another release in $GOHD_TEST_OTHER_GO, for what has to hold on several. */
export const GO_RELEASES: readonly string[] = [GO, process.env.GOHD_TEST_OTHER_GO].filter(
  (path): path is string => path !== undefined && path !== "" && existsSync(path),
);

function findGo(): string | undefined {
  const chosen = process.env.GOHD_TEST_GO;
  const candidates =
    chosen === undefined ? (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "go")) : [chosen];
  return candidates.find((path) => path !== "" && existsSync(path));
}

/** Runs the go command in `directory`, away from the network and from what the user has set; returns its output. */
export function runGo(directory: string, args: readonly string[]): string {
  return execFileSync(GO!, args, {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
    env: { ...process.env, ...GO_ENVIRONMENT },
  });
}

/** What makes builds the same everywhere. */
export const GO_ENVIRONMENT = { GO111MODULE: "off", GOENV: "off", GOFLAGS: "", GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
