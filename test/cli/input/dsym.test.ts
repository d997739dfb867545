/** .dSYM folders: which file in them is meant. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findDsymFile } from "../../../src/cli/input/dsym.ts";

let folder: string;
const inside = (name: string): string => join(folder, name, "Contents", "Resources", "DWARF");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-dsym-"));
  for (const [name, files] of [
    ["app.dSYM", ["app"]],
    ["two.dSYM", ["b", "a"]],
    ["none.dSYM", []],
    ["folder", ["app"]],
  ] as const) {
    mkdirSync(inside(name), { recursive: true });
    for (const file of files) writeFileSync(join(inside(name), file), "");
  }
  mkdirSync(join(folder, "empty.dSYM"));
  writeFileSync(join(folder, "file.dSYM"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the file in a folder", () => {
  expect(findDsymFile(join(folder, "app.dSYM"))).toBe(join(inside("app.dSYM"), "app"));
  expect(findDsymFile(`${join(folder, "app.dSYM")}/`)).toBe(join(inside("app.dSYM"), "app"));
});

test("other paths stay as they are", () => {
  for (const name of ["file.dSYM", "absent.dSYM", "folder", "app"]) {
    expect(findDsymFile(join(folder, name))).toBe(join(folder, name));
  }
});

test("a folder with no file, or several, is refused", () => {
  for (const name of ["none.dSYM", "empty.dSYM"]) {
    expect(() => findDsymFile(join(folder, name))).toThrow(/has no debug information in Contents/);
  }
  expect(() => findDsymFile(join(folder, "two.dSYM"))).toThrow(/has several files: a, b in Contents/);
});
