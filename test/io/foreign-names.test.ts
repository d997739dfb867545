/**
 * What has the name of an output already and is not gohd's: pipes, devices, sockets, links, foreign files. All of it is
 * made here, in a directory of its own.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConverterError } from "../../src/errors.ts";
import { createDirectorySink } from "../../src/io/sinks/directory-sink.ts";
import { createFileSink } from "../../src/io/sinks/file-sink.ts";
import type { CommittableSink } from "../../src/io/sinks/sink.ts";

const isUnix = process.platform !== "win32";
const isRoot = process.getuid?.() === 0;

let folder: string;
let target: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-foreign-"));
  target = join(folder, "out");
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function write(sink: CommittableSink, name?: string, text = "new"): Promise<void> {
  try {
    await (await sink.open(name)).write(Buffer.from(text));
    await sink.commit();
  } finally {
    await sink.discard();
  }
}

async function refusal(work: () => Promise<void> | CommittableSink): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConverterError);
    return (error as Error).message;
  }
  throw new Error("was not refused");
}

const NODES: readonly (readonly [kind: string, can: boolean, make: () => Promise<void> | void])[] = [
  ["a named pipe", isUnix, () => void execFileSync("mkfifo", [target])],
  ["a device", isRoot, () => void execFileSync("mknod", [target, "c", "1", "3"])],
  ["a device", isRoot, () => void execFileSync("mknod", [target, "b", "7", "250"])],
  [
    "a socket",
    isUnix,
    () =>
      new Promise((resolve) => {
        server = createServer().listen(target, resolve);
      }),
  ],
  ["a symbolic link", isUnix, () => symlinkSync("/nowhere", target)],
  [
    "a symbolic link",
    isUnix,
    () => {
      writeFileSync(join(folder, "precious"), "precious");
      symlinkSync("precious", target);
    },
  ],
  [
    "a symbolic link",
    isUnix,
    () => {
      mkdirSync(join(folder, "precious"));
      symlinkSync("precious", target);
    },
  ],
];

describe.each(NODES.map(([kind, can, make], i) => ({ kind, can, make, i })))("$kind ($i)", ({ kind, can, make }) => {
  const options = { skip: !can };
  const message = () => `${target} is ${kind}, which is never replaced`;

  test("is not replaced by a file, forced or not, early or late", options, async () => {
    const late = createFileSink(target);
    const forced = createFileSink(target, { force: true });
    await make();
    const before = lstatSync(target);
    for (const force of [false, true]) expect(await refusal(() => createFileSink(target, { force }))).toBe(message());
    for (const sink of [late, forced]) expect(await refusal(() => write(sink))).toBe(message());
    expect(lstatSync(target)).toMatchObject({ ino: before.ino, mode: before.mode });
  });

  test("is not replaced by a directory, forced or not, early or late", options, async () => {
    const late = createDirectorySink(target);
    const forced = createDirectorySink(target, { force: true });
    await make();
    const before = lstatSync(target);
    for (const force of [false, true]) {
      expect(await refusal(() => createDirectorySink(target, { force }))).toBe(message());
    }
    for (const sink of [late, forced]) expect(await refusal(() => write(sink, "a"))).toBe(message());
    expect(lstatSync(target)).toMatchObject({ ino: before.ino, mode: before.mode });
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("is not replaced by a file that is added, nor gone through", options, async () => {
    await make();
    const before = lstatSync(target);
    for (const force of [false, true]) {
      for (const [file, text] of [
        ["out", message()],
        ["out/deeper", `${target} is ${kind}, where a directory is needed`],
      ] as const) {
        expect(await refusal(() => createDirectorySink(folder, { add: true, force, files: [file] }))).toBe(text);
        expect(await refusal(() => write(createDirectorySink(folder, { add: true, force }), file))).toBe(text);
      }
    }
    expect(lstatSync(target)).toMatchObject({ ino: before.ino, mode: before.mode });
    const precious = join(folder, "precious");
    if (existsSync(precious) && statSync(precious).isDirectory()) expect(readdirSync(precious)).toEqual([]);
  });
});

describe("a directory", () => {
  const force = (): CommittableSink => createDirectorySink(target, { force: true });

  test("of nobody knows whom is not replaced, with advice that works", async () => {
    mkdirSync(target);
    writeFileSync(join(target, "objects.parquet"), "mine");
    expect(await refusal(() => createDirectorySink(target))).toBe(
      `${target} exists already: it has no list of what gohd wrote into it`,
    );
    expect(await refusal(force)).toBe(`${target} is not replaced: it has no list of what gohd wrote into it`);
    expect(() => force()).toThrow(expect.objectContaining({ hint: expect.stringContaining("an older gohd's") }));
    expect(readFileSync(join(target, "objects.parquet"), "utf8")).toBe("mine");
  });

  test.each([
    ["a file", "b", () => writeFileSync(join(target, "b"), "mine")],
    ["a folder", "folder", () => mkdirSync(join(target, "folder"))],
    ["a file in gohd's folder", "f/b", () => writeFileSync(join(target, "f/b"), "mine")],
    ["a hidden file", ".b", () => writeFileSync(join(target, ".b"), "mine")],
    ["a link of gohd's file's name", "f/a", () => relink(join(target, "f/a"))],
    ["gohd's file, changed", "f/a", () => writeFileSync(join(target, "f/a"), "changed")],
    ["what only looks like a mark", "_gohd-0123456789ab.json", () => forgeMark("{}")],
    ["what only looks like a mark", "_gohd-0123456789ab.json", () => forgeMark("null")],
    ["what only looks like a mark", "_gohd-0123456789ab.json", () => forgeMark("[1")],
  ])("of gohd's into which %s came is not replaced", async (_what, name, change) => {
    await write(createDirectorySink(target), "f/a", "old");
    const late = force();
    change();
    const message = `${target} is not replaced: it holds something else than gohd wrote: ${name}`;
    expect(await refusal(force)).toBe(message);
    expect(await refusal(() => write(late, "f/a"))).toBe(message);
    expect(lstatSync(join(target, name))).toBeDefined();
    expect(readdirSync(folder).filter((entry) => entry.startsWith("."))).toEqual([]);
  });

  test("of gohd's is replaced with its folders", async () => {
    await write(createDirectorySink(target), "f/g/a", "old");
    expect(await refusal(() => createDirectorySink(target))).toBe(`${target} exists already`);
    await write(force(), "h/b", "new");
    expect(readdirSync(target).sort()).toEqual(["_gohd.json", "h"]);
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("of several outputs is not replaced as a whole", async () => {
    await write(createDirectorySink(target, { add: true }), "k=1/f");
    await write(createDirectorySink(target, { add: true }), "k=2/f");
    expect(await refusal(force)).toBe(`${target} is not replaced: it holds more than one output`);
  });

  test("a list with names outside leads nowhere", async () => {
    writeFileSync(join(folder, "precious"), "precious");
    mkdirSync(target);
    const files = [{ name: "../precious", size: 8 }, { name: join(folder, "precious"), size: 8 }, null, { name: 1 }];
    writeFileSync(join(target, "_gohd.json"), JSON.stringify({ format: "gohd-output", version: 1, files }));
    await write(force(), "a");
    expect(readFileSync(join(folder, "precious"), "utf8")).toBe("precious");
  });

  test("a list of deep names costs nothing", () => {
    mkdirSync(target);
    const files = Array.from({ length: 50 }, () => ({ name: "/".repeat(16_000), size: 1 }));
    writeFileSync(join(target, "_gohd.json"), JSON.stringify({ format: "gohd-output", version: 1, files }));
    expect(() => force()).not.toThrow();
  });

  function relink(path: string): void {
    rmSync(path);
    writeFileSync(join(folder, "precious"), "old");
    symlinkSync(join(folder, "precious"), path);
  }

  function forgeMark(text: string): void {
    writeFileSync(join(target, "_gohd-0123456789ab.json"), text);
  }
});

describe("files that are added", () => {
  const add = (name: string, force: boolean, text: string) =>
    write(createDirectorySink(target, { add: true, force }), name, text);

  test("replace gohd's own by force, and no others", async () => {
    await add("k=1/f", false, "one");
    await add("k=1/f", true, "another");
    expect(readFileSync(join(target, "k=1/f"), "utf8")).toBe("another");
    await add("k=1/f", true, "third");
    for (const name of ["k=1/f", "k=2/f"]) {
      mkdirSync(join(target, "k=2"), { recursive: true });
      writeFileSync(join(target, name), "mine");
      const message = `${join(target, name)} is not replaced: gohd did not write it, or it was changed since`;
      expect(await refusal(() => createDirectorySink(target, { add: true, force: true, files: [name] }))).toBe(message);
      expect(await refusal(() => add(name, true, "new"))).toBe(message);
      expect(readFileSync(join(target, name), "utf8")).toBe("mine");
    }
  });

  test("go into a directory of others, and into one that a link names", async () => {
    mkdirSync(join(folder, "lake"));
    writeFileSync(join(folder, "lake/theirs"), "theirs");
    symlinkSync("lake", target);
    await add("k=1/f", false, "new");
    expect(readdirSync(join(folder, "lake")).sort()).toEqual([expect.stringMatching(/^_gohd-/), "k=1", "theirs"]);
    expect(readFileSync(join(folder, "lake/theirs"), "utf8")).toBe("theirs");
  });

  test("do not take a mark for theirs that is not", async () => {
    await add("k=1/f", false, "new");
    const mark = readdirSync(target).find((name) => name.startsWith("_gohd"))!;
    writeFileSync(join(target, mark), "mine");
    rmSync(join(target, "k=1"), { recursive: true });
    await refusal(() => add("k=1/f", true, "new"));
    expect(readFileSync(join(target, mark), "utf8")).toBe("mine");
    expect(existsSync(join(target, "k=1/f"))).toBe(false);
  });
});

test("an empty directory that cannot be renamed takes the files", async () => {
  mkdirSync(target, { mode: 0o755 });
  const previous = process.cwd();
  process.chdir(target);
  try {
    await write(createDirectorySink("."), "f/a");
    expect(readdirSync(target).sort()).toEqual(["_gohd.json", "f"]);
    expect(await refusal(() => createDirectorySink(".", { force: true }))).toBe(
      ". is not replaced: it is a mount point or the current directory",
    );
  } finally {
    process.chdir(previous);
  }
  // From elsewhere it can be.
  await write(createDirectorySink(target, { force: true }), "b");
  expect(readdirSync(target).sort()).toEqual(["_gohd.json", "b"]);
});
