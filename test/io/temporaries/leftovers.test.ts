import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearLeftovers, describeLeftover } from "../../../src/io/temporaries/leftovers.ts";
import { nameBeside, nameInside } from "../../../src/io/temporaries/temporary.ts";
import { thisWriter } from "../../../src/io/temporaries/writer.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-leftovers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The same name of a process that is none. */
const ofDead = (path: string): string => path.replace(`-${thisWriter().pid}-`, `-${2 ** 22 + 1}-`);
const ofOther = (path: string): string => path.replace(`-${thisWriter().place}-`, "-00000000-");
const output = (): string => nameBeside(join(folder, "out"), "output").path;
const clear = (): string[] => clearLeftovers(folder).map(({ path, result }) => `${basename(path)} ${result}`);

test.each(["output", "scratch"] as const)("%s of a dead writer goes, a file or a full folder", (kind) => {
  const file = ofDead(nameBeside(join(folder, "out"), kind).path);
  const directory = ofDead(nameBeside(join(folder, "out"), kind).path);
  writeFileSync(file, "");
  mkdirSync(join(directory, "a/b"), { recursive: true, mode: 0o700 });
  const living = nameBeside(join(folder, "out"), kind).path;
  writeFileSync(living, "");
  expect(clear().sort()).toEqual([file, directory].map((path) => `${basename(path)} removed`).sort());
  expect(readdirSync(folder)).toEqual([basename(living)]);
});

test.each(["spill", "spool"] as const)("%s of a dead writer goes", (kind) => {
  const path = ofDead(nameInside(folder, kind).path);
  writeFileSync(path, "");
  expect(clear()).toEqual([`${basename(path)} removed`]);
});

test("what others may write into stays: it might lead elsewhere", () => {
  const path = ofDead(output());
  mkdirSync(path);
  chmodSync(path, 0o777);
  expect(clear()).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test("another machine's is told when it is a day old, and stays", () => {
  const path = ofOther(output());
  writeFileSync(path, "");
  expect(clear()).toEqual([]);
  utimesSync(path, 1, 1);
  const [leftover] = clearLeftovers(folder);
  expect(leftover).toEqual({ path, result: "elsewhere", target: undefined });
  expect(describeLeftover(leftover!)).toContain("on another machine or in another container");
  expect(readdirSync(folder)).toHaveLength(1);
});

test("an old output whose name was too long to be kept is told", () => {
  const path = ofDead(nameBeside(join(folder, "x".repeat(200)), "aside").path);
  mkdirSync(path);
  const [leftover] = clearLeftovers(folder);
  expect(leftover).toEqual({ path, result: "kept", target: undefined });
  expect(describeLeftover(leftover!)).toBe(
    `${path} is an old output that a gohd which was killed was to replace; rename it, or remove it`,
  );
});

test("a directory that is not there has none", () => expect(clearLeftovers(join(folder, "absent"))).toEqual([]));
