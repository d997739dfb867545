/**
 * What is on the disk when gohds are killed, when several write one name, and when it is full or read-only: never a part of
 * an output, never less than before.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { GohdProcesses, SAMPLE, until } from "./gohd-process.ts";

vi.setConfig({ testTimeout: 120_000 });

const isUnix = process.platform !== "win32";

let gohd: GohdProcesses;

beforeAll(() => {
  gohd = new GohdProcesses();
}, 120_000);
afterAll(() => gohd.remove());

/** A converter of a directory of two files, whose contents are what the environment says. */
const CONVERTER = `
  import { setTimeout as sleep } from "node:timers/promises";
  export default { apiVersion: 1, name: "pair", description: "", options: {},
    output: { kind: "directory", extension: "pair", binary: false },
    async convert(heap, sink) {
      for (const name of ["a", "folder/b"]) {
        const writer = await sink.open(name);
        await writer.write(Buffer.from(process.env.TEXT));
        await writer.close();
      }
      if (process.env.WAIT) await sleep(1e9);
    } }`;

beforeEach(() => {
  for (const name of readdirSync(gohd.folder)) rmSync(join(gohd.folder, name), { recursive: true });
  writeFileSync(join(gohd.folder, "pair.mjs"), CONVERTER);
});

const convert = (...more: string[]): readonly string[] => [
  "convert",
  SAMPLE,
  "--to",
  "./pair.mjs",
  "-o",
  "out",
  "-q",
  ...more,
];
const write = (text: string, ...more: string[]) => gohd.start(convert(...more), { env: { TEXT: text } }).outcome;
const at = (...names: string[]): string => join(gohd.folder, ...names);
const hidden = (): string[] => readdirSync(gohd.folder).filter((name) => name.startsWith("."));

/** What the output holds: one text, or the test fails. */
function readOutput(): string {
  expect(readdirSync(at("out")).sort()).toEqual(["_gohd.json", "a", "folder"]);
  const text = readFileSync(at("out/a"), "utf8");
  expect(readFileSync(at("out/folder/b"), "utf8")).toBe(text);
  return text;
}

/** Kills its process, of all threads, before a call of a function of node:fs for whose paths something holds. */
const killAt = (call: "renameSync" | "unlinkSync", condition: string): string => `
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  const real = fs.${call};
  fs.${call} = (from, to) => {
    if (${condition}) process.kill(process.pid, "SIGKILL");
    return real(from, to);
  };
  syncBuiltinESMExports();`;

describe.runIf(isUnix)("killed while it replaces a directory", () => {
  const kill = async (hook: string) => {
    expect((await write("old")).code).toBe(0);
    const killed = await gohd.start(convert("--force"), { env: { TEXT: "new" }, hook }).outcome;
    expect(killed).toMatchObject({ code: null, signal: "SIGKILL" });
  };

  test("before it sets the old one aside: the old one is there", async () => {
    await kill(killAt("renameSync", "to.includes('gohd-aside')"));
    expect(readOutput()).toBe("old");
    const { code, errors } = await write("newer", "--force");
    expect(errors).toMatch(/^gohd: warning: removed \.out\.gohd-output-[^\n]*, which a gohd that was killed left\n$/);
    expect(code).toBe(0);
    expect(readOutput()).toBe("newer");
    expect(hidden()).toEqual([]);
  });

  test("between the renames: the next one puts the old one back, and replaces nothing unasked", async () => {
    await kill(killAt("renameSync", "from.includes('gohd-output') && !fs.existsSync(to)"));
    expect(readdirSync(gohd.folder)).not.toContain("out");
    const { code, errors } = await write("newer");
    expect(errors).toMatch(
      /^gohd: warning: out is back: a gohd that was killed while it replaced it had it as \.out\./m,
    );
    expect(errors).toMatch(/^gohd: warning: removed \.out\.gohd-output-/m);
    expect(errors).toMatch(/^gohd: out exists already$/m);
    expect(code).toBe(1);
    expect(readOutput()).toBe("old");
    expect(hidden()).toEqual([]);
  });

  test("while it removes the old one: the new one is there, and the next one removes the rest", async () => {
    await kill(killAt("unlinkSync", "from.endsWith('/b')"));
    expect(readOutput()).toBe("new");
    expect(hidden()).toEqual([expect.stringContaining("gohd-aside")]);
    const { errors } = await write("newer");
    expect(errors).toMatch(/^gohd: warning: removed \.out\.gohd-aside-/m);
    expect(readOutput()).toBe("new");
    expect(hidden()).toEqual([]);
  });
});

describe.runIf(isUnix)("what a killed gohd left", () => {
  test("of sql in the temporary directory goes with the next sql", async () => {
    const { child, outcome } = gohd.start([
      "sql",
      SAMPLE,
      "SELECT count(*) FROM range(100000000000) AS r(x) WHERE x % 7 = 9",
    ]);
    const spills = (): string[] => readdirSync(gohd.temporary).filter((name) => name.startsWith("gohd-spill-"));
    await until(() => spills().length > 0);
    // A living one's stays.
    const other = await gohd.run("sql", SAMPLE, "SELECT 1", "--csv");
    expect(other).toMatchObject({ code: 0, errors: "" });
    expect(spills()).toHaveLength(1);
    child.kill("SIGKILL");
    await outcome;
    const { code, errors } = await gohd.run("sql", SAMPLE, "SELECT 1", "--csv");
    expect(errors).toMatch(/^gohd: warning: removed [^\n]*gohd-spill-[^\n]*\n$/);
    expect(code).toBe(0);
    expect(spills()).toEqual([]);
  });

  test("stays while it lives", async () => {
    const { child, outcome } = gohd.start(convert(), { env: { TEXT: "living", WAIT: "1" } });
    await until(() => hidden().length > 0);
    const { code, errors } = await write("new");
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(hidden()).toHaveLength(1);
    child.kill("SIGTERM");
    await outcome;
    expect(hidden()).toEqual([]);
  });

  test("nothing else that is hidden goes", async () => {
    for (const name of [".out.0123abcd.tmp", ".gohd-output", ".out.gohd-output-1-a-00000000-000000000000"]) {
      mkdirSync(at(name));
    }
    expect(await write("new")).toMatchObject({ code: 0, errors: "" });
    expect(hidden()).toHaveLength(3);
  });
});

describe("two gohds that write one name", () => {
  test("unasked: one of them does, and the other says that it is there", async () => {
    const texts = ["one", "two", "three"];
    const outcomes = await Promise.all(texts.map((text) => write(text)));
    expect(outcomes.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    for (const { code, errors } of outcomes) expect(errors).toMatch(code === 0 ? /^$/ : /^gohd: out exists already\n/);
    expect(readOutput()).toBe(texts[outcomes.findIndex(({ code }) => code === 0)]);
    expect(hidden()).toEqual([]);
  });

  test("by force: one after the other, whole", async () => {
    await write("old");
    const texts = ["one", "two", "three"];
    const outcomes = await Promise.all(texts.map((text) => write(text, "--force")));
    expect(outcomes.map(({ code, errors }) => ({ code, errors }))).toEqual(texts.map(() => ({ code: 0, errors: "" })));
    expect(texts).toContain(readOutput());
    expect(hidden()).toEqual([]);
  });

  test("of one file", async () => {
    const args = ["convert", SAMPLE, "--to", "heapsnapshot", "-o", "x.heapsnapshot", "-q"];
    const outcomes = await Promise.all([gohd.run(...args), gohd.run(...args)]);
    expect(outcomes.map(({ code }) => code).sort()).toEqual([0, 1]);
    const forced = await Promise.all([gohd.run(...args, "--force"), gohd.run(...args, "--force")]);
    expect(forced).toMatchObject([
      { code: 0, errors: "" },
      { code: 0, errors: "" },
    ]);
    JSON.parse(readFileSync(at("x.heapsnapshot"), "utf8"));
    expect(statSync(at("x.heapsnapshot")).mode & 0o777).toBe(0o600);
    expect(hidden()).toEqual([]);
  });
});

/** Runs what follows with a file system of its own, which nobody else sees, at a place. */
const mounted = (options: string): readonly string[] => [
  ...["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o "$1" none mnt && shift && exec "$@"', "sh", options],
];
const canMount = (): boolean => {
  const [command, ...args] = [...mounted("ro"), "true"];
  mkdirSync(at("mnt"));
  const { status } = spawnSync(command!, args, { cwd: gohd.folder });
  return status === 0;
};

describe("a disk", () => {
  const full = "no space left on the device";
  const rows = "SELECT range, hash(range) FROM range(1000000)";

  test.for([
    [
      "read-only",
      ["convert", SAMPLE, "--to", "parquet", "-o", "mnt/out"],
      "cannot write mnt/out: the file system is read-only",
    ],
    [
      "read-only",
      ["convert", SAMPLE, "--to", "heapsnapshot", "-o", "mnt/out"],
      "cannot write mnt/out: the file system is read-only",
    ],
    [
      "read-only",
      ["convert", SAMPLE, "--to", "parquet", "-o", "mnt/out", "--partition", "a=b"],
      "cannot write mnt/out: the file system is read-only",
    ],
    ["full", ["convert", SAMPLE, "--to", "heapsnapshot", "-o", "mnt/out"], `cannot write mnt/out: ${full}`],
    ["full", ["convert", SAMPLE, "--to", "parquet", "-o", "mnt/out"], `cannot write MNT/out/objects.parquet: ${full}`],
    [
      "full",
      ["convert", SAMPLE, "--to", "parquet", "-o", "mnt/out", "--partition", "a=b"],
      `cannot write MNT/out/objects/a=b/objects.parquet: ${full}`,
    ],
    ["full", ["convert", SAMPLE, "--to", "duckdb", "-o", "mnt/out"], `cannot write MNT/out: ${full}`],
    ["full", ["sql", SAMPLE, "--parquet", "mnt/out", rows], `cannot write mnt/out: ${full}`],
  ] as const)("that is %s: %j", async ([state, args, message], context) => {
    context.skip(!canMount(), "nothing can be mounted here");
    const through = mounted(state === "full" ? "size=4k" : "ro");
    const { code, errors } = await gohd.start(args, { through }).outcome;
    expect(errors.replaceAll(realpathSync(at("mnt")), "MNT").split("\n")[0]).toBe(`gohd: ${message}`);
    expect(code).toBe(1);
  });

  test("that is full has no room for what does not fit into memory", async (context) => {
    context.skip(!canMount(), "nothing can be mounted here");
    const sort = "SELECT count(*) FROM (SELECT range, hash(range) h FROM range(5000000) ORDER BY h)";
    const args = ["sql", SAMPLE, "--memory-limit", "50MB", sort];
    const env = { TMPDIR: at("mnt") };
    const spilled = await gohd.start(args, { through: mounted("size=64k"), env }).outcome;
    expect(spilled.errors).toMatch(
      /^gohd: there is not enough room in .*mnt for what does not fit into DuckDB's memory\n/,
    );
  });
});
