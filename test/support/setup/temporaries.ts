/** Around all tests: one temporary directory, which is gone in the end, whatever becomes of those who use it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

let folder: string;

export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), "gohd-"));
  process.env.TMPDIR = folder;
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
