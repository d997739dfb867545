/** What `gohd convert` of many dumps refuses, and the command lines that it comes to. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { testTerminal } from "../test-terminal.ts";

let folder: string;
const previous = process.cwd();
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-fleet-")));
  process.chdir(folder);
  for (const name of ["api/web1", "api/web2", "out", "pages"]) mkdirSync(name, { recursive: true });
  for (const name of ["api/web1/10.dump", "api/web1/11.dump", "api/web2/10.dump.gz"]) writeFileSync(name, "");
});
afterEach(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

/** Runs gohd; what it would start for each dump is listed instead. */
async function gohd(...args: string[]) {
  const started: Record<string, readonly string[]> = {};
  const threads: Record<string, string> = {};
  const terminal = testTerminal({ directory: folder });
  const processes = {
    ...terminal.processes,
    cores: 6,
    freeMemory: 64e9,
    async run(its: readonly string[]) {
      const workers = its.find((arg) => arg.startsWith("--workers="))!;
      threads[its.at(-1)!] = workers;
      started[its.at(-1)!] = its.filter((arg) => arg !== workers);
      return { code: 0, signal: null, errors: "gohd: warning: odd\n" };
    },
  };
  const code = await runCommandLine(["convert", ...args], { ...terminal, processes });
  return { code, errors: terminal.errorText(), started, threads };
}

const PARTITIONED = ["--to", "parquet", "--partition-from", "{service}/{host}/{time}"];

describe("each dump is a gohd of its own", () => {
  test("with its share of the cores, unless it is told how many threads", async () => {
    const each = async (...args: string[]) =>
      Object.values((await gohd("api", ...PARTITIONED, "-o", "fleet", ...args)).threads);
    expect(await each()).toEqual(["--workers=2", "--workers=2", "--workers=2"]);
    expect(await each("--jobs=1")).toEqual(["--workers=6", "--workers=6", "--workers=6"]);
    expect(await each("--jobs=1", "--workers", "3")).toEqual(["--workers=3", "--workers=3", "--workers=3"]);
  });

  test("with its partitions, and all options but those of the fleet", async () => {
    const { code, started, errors } = await gohd(
      "api",
      ...PARTITIONED,
      "-o",
      "fleet",
      "--partition=day=1",
      "--jobs=1",
      "--exe",
      "a",
      "--exe",
      "b",
      "-q",
    );
    expect(code).toBe(0);
    expect(Object.keys(started)).toEqual(["api/web1/10.dump", "api/web1/11.dump", "api/web2/10.dump.gz"]);
    expect(started["api/web2/10.dump.gz"]).toEqual([
      "convert",
      "--to=parquet",
      "--partition=day=1",
      "--exe=a",
      "--exe=b",
      "-q",
      "--parquet.partition=service=api",
      "--parquet.partition=host=web2",
      "--parquet.partition=time=10",
      "--output=fleet",
      "--",
      "api/web2/10.dump.gz",
    ]);
    expect(errors).toMatch(/^(api\/web[12]\/1[01]\.dump(\.gz)?: warning: odd\n){3}$/);
  });

  test("directories for formats that are files, and for those that are directories; each with its -o", async () => {
    const { started, errors } = await gohd(
      "api/web1",
      ...["--to", "html", "-o", "pages", "--to", "parquet", "-o", "out", "--pprof.profile", "types"],
      ...["--to", "pprof", "-o", "pages"],
    );
    expect(started["api/web1/11.dump"]).toEqual([
      "convert",
      "--to=html",
      "--to=parquet",
      "--pprof.profile=types",
      "--to=pprof",
      "--output=pages",
      `--output=${join("out", "11.parquet")}`,
      "--output=pages",
      "--",
      "api/web1/11.dump",
    ]);
    expect(errors).toMatch(/\nconverted 2 dumps in .*, 2 at a time\n$/);
  });

  test("one directory for all formats, and none", async () => {
    expect((await gohd("api/web1", "--to", "html", "--to", "dot", "-o", "out")).started["api/web1/10.dump"]).toEqual([
      "convert",
      "--to=html",
      "--to=dot",
      "--output=out",
      "--",
      "api/web1/10.dump",
    ]);
    expect((await gohd("api/web1", "--to", "html")).started["api/web1/10.dump"]).toEqual([
      "convert",
      "--to=html",
      "--",
      "api/web1/10.dump",
    ]);
  });

  test("a path that does not tell its partitions fails; if none does, the pattern is wrong", async () => {
    const pattern = ["--to", "parquet", "-o", "fleet", "--partition-from"];
    const { code, errors, started } = await gohd("api", ...pattern, "web1/{time}");
    expect(code).toBe(1);
    expect(Object.keys(started).sort()).toEqual(["api/web1/10.dump", "api/web1/11.dump"]);
    expect(errors).toContain(
      'gohd: 1 of 3 dumps failed:\n  api/web2/10.dump.gz: its path does not end as "web1/{time}" says\n',
    );
    expect(await gohd("api", ...pattern, "db/{time}")).toMatchObject({
      code: 2,
      errors: expect.stringContaining('no dump\'s path ends as "db/{time}" says: api/web1/10.dump does not'),
    });
  });
});

describe("before anything is read it is refused", () => {
  test.each([
    ["api --to html", "api/web1/10.dump and api/web2/10.dump.gz would both be 10.html"],
    ["api --to parquet -o f --partition day=1", "would both be objects/day=1/objects.parquet"],
    [
      "api --to parquet -o f --partition-from {service}/*/{time}",
      "api/web1/10.dump and api/web2/10.dump.gz would both",
    ],
    ["api --to parquet --partition-from {service}/{host}/{time}", "say with -o which directory parquet is to be added"],
    ["api --to parquet -o f --partition-from {service}/{host}/{size}", '"size" is a column of objects already'],
    ["api --to html -o -", "standard output takes one dump, and there are several"],
    ["api/web1 --to html -o missing", "missing is no directory, and there is more than one dump"],
    ["api/web1 --to html -o api/web1/10.dump", "10.dump is no directory"],
    ["api/web1 --to parquet --to html -o out --partition day=1", "parquet is added to one directory, and out takes"],
    ["api --to html --partition-from {service}/{host}/{time}", "--partition-from is for formats that have partitions"],
    ["api --to html --exe a --exe b --symbols c", "--symbols is for one executable, and there are 2"],
    ["api --to html --exe a --exe b --force-exe", "--force-exe is for one executable, and there are 2"],
    ["api/web1 - --to html", "standard input is one dump, and there are several"],
    ["pages --to html", "there is no dump in pages"],
    ["api --to html --jobs 0", "It is an integer of at least 1"],
  ])("%s", async (line, message) => {
    const { code, errors, started } = await gohd(...line.split(" "));
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(message) });
    expect(started).toEqual({});
  });
});
