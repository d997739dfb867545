/** `gohd index`, `--cache` and `--no-cache`: the same output, sooner; and whatever is wrong with an index does no harm. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { temporaryFolder } from "../../support/directory-conversion.ts";
import { sampleBytes, samplePath } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { testTerminal } from "../test-terminal.ts";

const SAMPLE = "cache.1.27.amd64";
const folder = temporaryFolder();
const dump = join(folder, "app.dump");
const exe = join(folder, "app");
const index = `${dump}.gohd`;
/** When the dump was written, in seconds since 1970. */
const WRITTEN = 1_700_000_000;
/** An index that gohd wrote. */
const good = join(folder, "good");

interface Run {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
  readonly phases: readonly string[];
}

async function run(...args: string[]): Promise<Run> {
  const phases: string[] = [];
  const terminal = testTerminal({ directory: folder });
  const bar = { ...terminal.bar, phase: (name: string) => void phases.push(name) };
  const code = await runCommandLine(args, { ...terminal, bar });
  return {
    code,
    output: terminal.outputText(),
    errors: terminal.errorText().replace(/in [\d.]+ m?s$/m, "in time"),
    phases,
  };
}

/** What only reading the dump, or computing what the index has, does. */
const WORK = ["reading", "sorting objects", "resolving pointers", "assigning types", "dominators", "owners"];

const workOf = ({ phases }: Run): string[] => WORK.filter((phase) => phases.includes(phase));

beforeAll(async () => {
  writeFileSync(dump, await sampleBytes(SAMPLE));
  utimesSync(dump, WRITTEN, WRITTEN);
  const source = await openSource(executablePath(SAMPLE));
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0, bytes.length, 0);
  writeFileSync(exe, bytes);
  const { code, errors } = await run("index", dump, "--exe", exe);
  expect(errors).toMatch(/^wrote .*app\.dump\.gohd: /);
  expect(code).toBe(0);
  renameSync(index, good);
}, 60_000);

beforeEach(() => {
  rmSync(index, { recursive: true, force: true });
  copyFileSync(good, index);
});

const COMMANDS: readonly (readonly string[])[] = [
  ["report", dump, "--exe", exe, "--all"],
  ["report", dump, "--exe", exe, "--json"],
  ["info", dump, "--exe", exe],
  ["info", dump, "--exe", exe, "--json"],
  ["top", dump, "--exe", exe],
  ["check", dump, "--exe", exe, "--fail-if", "live > 1TiB"],
  ["why", dump, "/./", "--exe", exe],
  ["sql", dump, "SELECT count(*), sum(size) FROM objects", "--exe", exe],
  ["convert", dump, "--exe", exe, "--to", "json", "-o", "-"],
];

describe.each(COMMANDS)("gohd %s", (...args) => {
  test("prints the same, and neither reads the dump nor types it", async () => {
    const expected = await run(...args, "--no-cache");
    const found = await run(...args);
    expect([found.code, found.output, found.errors]).toEqual([expected.code, expected.output, expected.errors]);
    expect(found.output).not.toBe("");
    expect(workOf(found)).toEqual([]);
    expect(workOf(expected)).toContain("assigning types");
  });
});

test("nobody else can read an index", () => {
  expect(statSync(good).mode & 0o777).toBe(0o600);
});

describe("an index is not used, and gohd says so,", () => {
  async function expectUnused(reason: string, args: readonly string[] = ["info", dump, "--exe", exe]): Promise<void> {
    const expected = await run(...args, "--no-cache");
    const found = await run(...args);
    expect(found.errors).toContain(`app.dump.gohd is not used: ${reason}`);
    expect(found.output.replace(/^.*app\.dump\.gohd is not used.*\n/m, "")).toBe(expected.output);
    expect(workOf(found)).toEqual(workOf(expected));
  }
  const json = ["report", dump, "--exe", exe, "--json"];

  test.each([
    ["without --exe", ["report", dump, "--json"], "it was made with --exe"],
    ["with --salvage", [...json, "--salvage"], "it was made without --salvage"],
    ["with --force-exe", [...json, "--force-exe"], "it was made without --force-exe"],
    ["with --symbols", [...json, "--symbols", exe], "it was made without --symbols"],
  ])("%s", async (_, args, reason) => {
    await expectUnused(reason, args);
  });

  test("after the dump was written", async () => {
    utimesSync(dump, WRITTEN + 1, WRITTEN + 1);
    await expectUnused("it is of another dump", json);
    utimesSync(dump, WRITTEN, WRITTEN);
    expect(workOf(await run(...json))).toEqual([]);
  });

  test("if others can write it", async () => {
    chmodSync(index, 0o622);
    await expectUnused("others may have written it", json);
  });

  test("if it is a link, or no file", async () => {
    rmSync(index);
    symlinkSync(good, index);
    await expectUnused("it is a symbolic link", json);
    rmSync(index);
    mkdirSync(index);
    await expectUnused("it is not a regular file", json);
  });

  test("if gohd did not write it, or another version", async () => {
    writeFileSync(index, "notes", { mode: 0o600 });
    await expectUnused("gohd did not write it", json);
    const bytes = readFileSync(good);
    bytes.write("gohd index 999\n", "latin1");
    writeFileSync(index, bytes);
    await expectUnused("another build of gohd wrote it", json);
  });

  test("if it is cut short", async () => {
    truncateSync(index, 5000);
    await expectUnused("it is damaged", json);
  });

  test("if what a command needs is damaged: it begins once more", async () => {
    const bytes = readFileSync(good);
    // Everything but the head and the directory.
    for (let at = 64; at < bytes.length / 2; at += 64) bytes[at]! ^= 0x40;
    writeFileSync(index, bytes);
    for (const args of [
      json,
      ["top", dump, "--exe", exe, "--json"],
      ["sql", dump, "FROM objects", "--exe", exe, "--csv"],
    ])
      await expectUnused("it is damaged", args);
  });
});

describe("--cache", () => {
  test("makes an index, and prints what is printed without", async () => {
    rmSync(index);
    const args = ["report", dump, "--exe", exe, "--json"];
    const expected = await run(...args, "--no-cache");
    expect(existsSync(index)).toBe(false);
    const made = await run(...args, "--cache");
    expect([made.output, made.errors]).toEqual([expected.output, expected.errors]);
    const { mtimeMs } = statSync(index);
    const used = await run(...args, "--cache");
    expect([used.output, used.errors]).toEqual([expected.output, expected.errors]);
    expect(workOf(used)).toEqual([]);
    expect(statSync(index).mtimeMs).toBe(mtimeMs);
  });

  test("does without where there cannot be one, and says so", async () => {
    writeFileSync(index, "notes", { mode: 0o600 });
    const { code, errors } = await run("report", dump, "--exe", exe, "--json", "--cache");
    expect(code).toBe(0);
    expect(errors).toContain("there is no index for the next command: ");
    expect(readFileSync(index, "utf8")).toBe("notes");
    const packed = await run("report", samplePath("queue.1.27.amd64"), "--json", "--cache");
    expect(packed.errors).toContain("only a dump and an executable that are plain files can have an index");
    expect(existsSync(`${samplePath("queue.1.27.amd64")}.gohd`)).toBe(false);
  });
});

describe("gohd index", () => {
  test("replaces an index of its own", async () => {
    truncateSync(index, 5000);
    expect((await run("index", dump, "--exe", exe, "-q")).code).toBe(0);
    expect(statSync(index).size).toBeGreaterThan(5000);
  });

  test("replaces nothing else", async () => {
    const hint = "the index of a dump has this name: move it away";
    writeFileSync(index, "notes");
    const foreign = await run("index", dump);
    expect(foreign.code).toBe(1);
    expect(foreign.errors).toContain("exists, and gohd did not write it");
    expect(foreign.errors).toContain(hint);
    expect(readFileSync(index, "utf8")).toBe("notes");
    rmSync(index);
    symlinkSync(good, index);
    expect((await run("index", dump)).errors).toContain("is a symbolic link, which is never replaced");
    expect(statSync(good).size).toBeGreaterThan(5000);
  });

  test.each([
    ["a dump that is compressed", [samplePath("queue.1.27.amd64")]],
    ["an executable that is compressed", [dump, "--exe", executablePath(SAMPLE)]],
    ["standard input", ["-"]],
  ])("refuses %s before it reads anything", async (_, args) => {
    const { code, errors, phases } = await run("index", ...args);
    expect(code).toBe(1);
    expect(errors).toContain("only a dump and an executable that are plain files can have an index");
    expect(phases).toEqual([]);
  });

  test("leaves nothing behind when it fails", async () => {
    rmSync(index);
    const { code } = await run("index", dump, "--exe", dump);
    expect(code).toBe(1);
    expect(existsSync(index)).toBe(false);
  });
});

describe("gohd diff", () => {
  const args = ["diff", dump, dump, "--exe", exe, "--json"];

  test("takes both heaps from their index", async () => {
    const expected = await run(...args, "--no-cache");
    const found = await run(...args);
    expect([found.code, found.output, found.errors]).toEqual([expected.code, expected.output, expected.errors]);
    expect(workOf(found)).toEqual([]);
    expect(workOf(expected)).toContain("reading");
  });

  test("adds up nothing twice where an index is damaged", async () => {
    const expected = await run(...args, "--no-cache");
    const bytes = readFileSync(good);
    for (let at = Math.floor(bytes.length / 2); at < bytes.length / 2 + 100_000; at += 64) bytes[at]! ^= 1;
    writeFileSync(index, bytes);
    const found = await run(...args);
    expect(found.output).toBe(expected.output);
    expect(found.errors).toContain("is not used: it is damaged");
  });
});
