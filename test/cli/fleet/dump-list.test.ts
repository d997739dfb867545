import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listDumps } from "../../../src/cli/fleet/dump-list.ts";
import { UsageError } from "../../../src/errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-dumps-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (...names: string[]): string => join(folder, ...names);
const pathsOf = (...given: string[]): string[] => listDumps(given).dumps.map(({ path }) => path);

test("of a directory: what is called a dump or begins as one, in folders too, by name", () => {
  mkdirSync(at("web", ".hidden"), { recursive: true });
  for (const name of ["web/2.dump", "web/1.dump.zst", "a.dump.gz", "web/.hidden/x.dump", ".b.dump"]) {
    writeFileSync(at(name), "");
  }
  writeFileSync(at("web", "heap"), "go1.7 heap dump\nrest");
  writeFileSync(at("web", "notes.txt"), "go1.7 heap dumps are nice");
  writeFileSync(at("web", "app"), "ELF");
  symlinkSync(at("web"), at("link"));
  symlinkSync(at("a.dump.gz"), at("z.dump"));
  expect(pathsOf(folder)).toEqual(
    ["a.dump.gz", "web/1.dump.zst", "web/2.dump", "web/heap", "z.dump"].map((name) => at(...name.split("/"))),
  );
});

test("files are taken in the order given, whatever they are called, and once", () => {
  writeFileSync(at("b"), "12345");
  expect(listDumps([at("b"), at("missing"), at("b")])).toEqual({
    dumps: [
      { path: at("b"), size: 5 },
      { path: at("missing"), size: 0 },
    ],
    isSingle: false,
  });
});

test("one file, and standard input, are a single dump; a directory of one is not", () => {
  writeFileSync(at("b.dump"), "");
  expect(listDumps([at("b.dump")]).isSingle).toBe(true);
  expect(listDumps(["-"])).toEqual({ dumps: [{ path: "-", size: 0 }], isSingle: true });
  expect(listDumps([folder])).toEqual({ dumps: [{ path: at("b.dump"), size: 0 }], isSingle: false });
});

test("an empty directory and standard input among others are refused", () => {
  expect(() => listDumps([folder])).toThrow(UsageError);
  expect(() => listDumps([folder])).toThrow(`there is no dump in ${folder}`);
  expect(() => listDumps([at("a"), "-"])).toThrow("standard input is one dump, and there are several");
});
