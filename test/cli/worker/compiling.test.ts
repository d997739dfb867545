import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compilesInBetween } from "../../../src/cli/worker/compiling.ts";
import { temporaryFolder } from "../../support/directory-conversion.ts";

const directory = temporaryFolder();

/** A file of so many MiB, of which none is written. */
function file(name: string, megabytes: number): string {
  writeFileSync(join(directory, name), "");
  truncateSync(join(directory, name), megabytes * 2 ** 20);
  return name;
}

test("one core: nothing is compiled beside the work, whatever it is", () => {
  expect(compilesInBetween(["report", "app.dump", "--exe", "app"], directory, 1)).toBe(true);
  expect(compilesInBetween(["report", "app.dump", "--exe", "app"], directory, 2)).toBe(false);
});

test("info of a dump of some size, without an executable", () => {
  const dump = file("app.dump", 140);
  expect(compilesInBetween(["info", dump], directory, 2)).toBe(true);
  expect(compilesInBetween(["info", "--json", join(directory, dump)], "/", 8)).toBe(true);
  expect(compilesInBetween(["report", dump], directory, 2)).toBe(false);
  expect(compilesInBetween(["info", dump, "--exe", file("app", 10)], directory, 2)).toBe(false);
  expect(compilesInBetween(["info", dump, "--exe=app"], directory, 2)).toBe(false);
});

test("info of dumps that are small or large, or not there", () => {
  expect(compilesInBetween(["info", file("small.dump", 10)], directory, 2)).toBe(false);
  expect(compilesInBetween(["info", file("large.dump", 800)], directory, 2)).toBe(false);
  expect(compilesInBetween(["info"], directory, 2)).toBe(false);
  expect(compilesInBetween(["info", "missing.dump", "a\0b", "x".repeat(5000)], directory, 2)).toBe(false);
});
