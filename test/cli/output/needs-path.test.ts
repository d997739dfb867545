/** A format that is written by way of a real path: what is none is refused before the dump is read. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { testTerminal } from "../test-terminal.ts";

let folder: string;
const previous = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-path-"));
  process.chdir(folder);
  // Whoever reads it fails.
  writeFileSync("app.dump", "no dump");
});
afterEach(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

async function convert(...args: string[]) {
  const terminal = testTerminal({ directory: folder });
  const code = await runCommandLine(["convert", "app.dump", ...args], terminal);
  return { code, errors: terminal.errorText() };
}

test.each([
  ["-", "gohd: duckdb needs a file, which standard output is not\n"],
  ["app.duckdb.gz", "gohd: app.duckdb.gz: duckdb cannot be packed while it is written\n  leave .gz out of the name\n"],
])("-o %s", async (output, message) => {
  const { code, errors } = await convert("--to", "duckdb", "-o", output);
  expect(code).toBe(2);
  expect(errors).toContain(message);
  expect(readdirSync(folder)).toEqual(["app.dump"]);
});

test.skipIf(process.platform === "win32")("-o of a pipe", async () => {
  execFileSync("mkfifo", ["pipe"]);
  const { code, errors } = await convert("--to", "duckdb", "-o", "pipe");
  expect(code).toBe(2);
  expect(errors).toContain("gohd: duckdb needs a file, which pipe is not\n");
});
