/** `--to parquet` and `--to duckdb` from the command line. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { openReader } from "../../support/readers/duckdb-reader.ts";
import { sampleBytes, samplePath } from "../../support/sample-dumps.ts";
import { testTerminal } from "../test-terminal.ts";

const SAMPLE = samplePath("dominators.1.24.amd64");

let folder: string;
const previous = process.cwd();

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-tables-")));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

async function gohd(...args: string[]) {
  const terminal = testTerminal({ directory: folder });
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

test("a directory has a default name, unless it has the dumps of many; it is not replaced unasked", async () => {
  expect(await gohd("convert", SAMPLE, "--to", "parquet", "-q")).toEqual({ code: 0, output: "", errors: "" });
  expect(readdirSync(folder)).toEqual(["dominators.1.24.amd64.parquet"]);
  rmSync("dominators.1.24.amd64.parquet", { recursive: true });
  expect(await gohd("convert", SAMPLE, "--to", "parquet", "--partition", "host=a")).toMatchObject({
    code: 2,
    errors: "gohd: name the directory that has the others with -o\n",
  });
  const { code, errors } = await gohd("convert", SAMPLE, "--to", "parquet", "-o", "tables");
  expect({ code, errors }).toEqual({ code: 0, errors: expect.stringMatching(/^wrote tables: [\d.]+ KiB/) });
  expect(readdirSync("tables")).toContain("objects.parquet");
  expect(await gohd("convert", SAMPLE, "--to", "parquet", "-o", "tables")).toMatchObject({
    code: 1,
    errors: expect.stringContaining("tables exists already"),
  });
  expect(readdirSync(folder)).toEqual(["tables"]);
});

test("--force replaces tables, and never what else a directory holds or what is read", async () => {
  const convert = (output: string) => gohd("convert", "app.zst", "--to", "parquet", "-o", output, "--force", "-q");
  copyFileSync(SAMPLE, "app.zst");
  expect(await convert("tables")).toMatchObject({ code: 0 });
  expect(await convert("tables")).toMatchObject({ code: 0 });
  for (const make of [() => writeFileSync("tables/letter.txt", "dear"), () => mkdirSync("tables/objects")]) {
    make();
    expect(await convert("tables")).toMatchObject({ code: 1, errors: expect.stringContaining("holds something else") });
    rmSync("tables/letter.txt", { force: true });
  }
  expect(await convert("app.zst")).toMatchObject({ code: 2, errors: expect.stringContaining("is the dump itself") });
  expect(readFileSync("app.zst").equals(readFileSync(SAMPLE))).toBe(true);
});

test("--partition, given twice, as a flag and by --option; again only by --force", async () => {
  const add = (...args: string[]) => gohd("convert", SAMPLE, "--to", "parquet", "-o", "fleet", "-q", ...args);
  const first = await add("--partition", "host=a", "--partition", "day=1");
  expect(first).toEqual({ code: 0, output: "", errors: "" });
  expect(await add("--option", "partition=host=b", "--option", "partition=day=1")).toMatchObject({ code: 0 });
  expect(readdirSync("fleet/objects").sort()).toEqual(["host=a", "host=b"]);
  expect(existsSync("fleet/dump/host=b/day=1/dump.parquet")).toBe(true);
  expect(await add("--partition", "host=a", "--partition", "day=1")).toMatchObject({
    code: 1,
    errors: expect.stringContaining("exists already"),
  });
  expect(await add("--force", "--partition", "host=a", "--partition", "day=1")).toMatchObject({ code: 0, errors: "" });
  expect(await add("--partition", "host")).toMatchObject({ code: 2, errors: expect.stringContaining("no partition") });
  expect(readdirSync(folder)).toEqual(["fleet"]);
});

test("a database has a default name", async () => {
  expect(await gohd("convert", SAMPLE, "--to", "duckdb", "-q")).toEqual({ code: 0, output: "", errors: "" });
  expect(readdirSync(folder)).toEqual(["dominators.1.24.amd64.duckdb"]);
});

test("help and the list of converters tell the options", async () => {
  const help = await gohd("convert", "--to", "parquet", "--help");
  expect(help.output).toMatch(/--partition <key=value>\s+add the dump to the data set/);
  const list = await gohd("converters");
  expect(list.output).toContain("--option partition=…  add the dump to the data set");
  expect(list.output).toContain("(key=value, may be given several times)");
});

test("a truncated dump that was salvaged says so in its tables", async () => {
  const bytes = await sampleBytes("dominators.1.24.amd64");
  writeFileSync("cut.dump", bytes.subarray(0, Math.floor(bytes.length * 0.6)));
  expect((await gohd("convert", "cut.dump", "--to", "duckdb")).code).toBe(1);
  expect((await gohd("convert", "cut.dump", "--to", "duckdb", "--salvage")).code).toBe(0);
  const reader = await openReader(join(folder, "cut.duckdb"));
  const [dump] = await reader.query("SELECT complete, warnings, objects FROM dump");
  expect(dump).toMatchObject({ complete: false, warnings: expect.stringMatching(/^[a-z-]+: /) });
  expect(dump!.objects).toBe(await reader.value("SELECT count(*) FROM objects"));
  expect(await reader.value("SELECT count(*) FROM memstats")).toBe(0);
  reader.close();
  expect(readFileSync("cut.dump").length).toBeLessThan(bytes.length);
});
