import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  announceGone,
  nameBeside,
  nameInside,
  parseTemporaryName,
  type Temporary,
  takeAway,
  watchTemporaries,
} from "../../../src/io/temporaries/temporary.ts";
import { stateOf, thisWriter } from "../../../src/io/temporaries/writer.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-temporaries-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a name tells output, kind and writer, and is hidden beside the output", () => {
  const { path, kind, target } = nameBeside(join(folder, "a b.c"), "aside");
  expect({ kind, target }).toEqual({ kind: "aside", target: join(folder, "a b.c") });
  expect(basename(path)).toMatch(/^\.a b\.c\.gohd-aside-/);
  expect(parseTemporaryName(basename(path))).toEqual({ kind: "aside", target: "a b.c", writer: thisWriter() });
  const spill = nameInside(folder, "spill");
  expect(parseTemporaryName(basename(spill.path))).toEqual({ kind: "spill", target: undefined, writer: thisWriter() });
});

test.each(["a".repeat(255), "ä".repeat(127), "😀".repeat(63)])(
  "a name as long as can be leaves room, whatever the characters",
  (name) => {
    const { path } = nameBeside(join(folder, name), "output");
    writeFileSync(path, "");
    expect(parseTemporaryName(basename(path))).toEqual({ kind: "output", target: undefined, writer: thisWriter() });
  },
);

test.each([
  ".x.tmp",
  "gohd-sql-abcdef",
  ".x.gohd-output-1-a-00000000",
  ".x.gohd-spill-1-a-00000000-000000000000",
  "gohd-output-1-a-00000000-000000000000",
  ".x.gohd-output-1-a-00000000-000000000000.heapsnapshot",
])("%s is no temporary of gohd's", (name) => {
  expect(parseTemporaryName(name)).toBeUndefined();
});

test("watchers hear of each before it is made and after it is gone, until they stop", () => {
  const heard: string[] = [];
  const stop = watchTemporaries({
    // Another thread may be the one that listens.
    created: (temporary) => {
      const { path, kind } = structuredClone(temporary);
      heard.push(`created ${kind} ${existsSync(path)}`);
    },
    gone: ({ path, kind }) => heard.push(`gone ${kind} ${existsSync(path)}`),
  });
  const output = nameBeside(join(folder, "x"), "output");
  mkdirSync(output.path);
  writeFileSync(join(output.path, "inside"), "");
  takeAway(output);
  announceGone(nameInside(folder, "spool"));
  stop();
  nameBeside(join(folder, "x"), "output");
  expect(heard).toEqual(["created output false", "gone output false", "created spool false", "gone spool false"]);
});

describe("an old output that was set aside", () => {
  const mark = JSON.stringify({ format: "gohd-output", version: 1, files: [{ name: "f", size: 3 }] });
  let target: string;
  let aside: Temporary;
  beforeEach(() => {
    target = join(folder, "out");
    aside = nameBeside(target, "aside");
    mkdirSync(aside.path);
    writeFileSync(join(aside.path, "f"), "old");
    writeFileSync(join(aside.path, "_gohd.json"), mark);
  });

  test("gets its name back, if that is free", () => {
    expect(takeAway(aside)).toBe("restored");
    expect(readFileSync(join(target, "f"), "utf8")).toBe("old");
    expect(takeAway(aside)).toBe("removed");
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("goes, if a newer one has its name; but nothing that is not gohd's goes with it", () => {
    mkdirSync(target);
    writeFileSync(join(target, "_gohd.json"), mark);
    writeFileSync(join(aside.path, "notes"), "mine");
    expect(takeAway(aside)).toBe("kept");
    expect(readdirSync(aside.path)).toEqual(["notes"]);
    writeFileSync(join(target, "f"), "new");
    rmSync(join(aside.path, "notes"));
    expect(takeAway(aside)).toBe("removed");
    expect(readdirSync(folder)).toEqual(["out"]);
    expect(readFileSync(join(target, "f"), "utf8")).toBe("new");
  });

  test.each([
    ["a file", () => writeFileSync(target, "")],
    ["a directory of somebody else", () => mkdirSync(target)],
  ])("stays, if %s has its name", (_what, make) => {
    make();
    expect(takeAway(aside)).toBe("kept");
    expect(readFileSync(join(aside.path, "f"), "utf8")).toBe("old");
  });
});

test("a writer is alive only as the process that it was, and untold on other machines", () => {
  const self = thisWriter();
  expect(stateOf(self)).toBe("alive");
  expect(stateOf({ ...self, pid: 2 ** 22 + 1 })).toBe("dead");
  expect(stateOf({ ...self, place: "00000000" })).toBe("elsewhere");
  if (existsSync("/proc/self/stat")) expect(stateOf({ ...self, start: `${self.start}0` })).toBe("dead");
});
