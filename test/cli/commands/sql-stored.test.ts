/** `gohd sql` on what gohd wrote before, and what is said of two dumps, of files that are not gohd's, and of no TMPDIR. */
import { copyFileSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { testTerminal } from "../test-terminal.ts";

// Each of several questions opens the tables anew.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let folder: string;
const previous = process.cwd();

async function gohd(...args: readonly string[]) {
  const terminal = testTerminal({ directory: folder });
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

async function csv(path: string, query: string) {
  const { code, output, errors } = await gohd("sql", path, "--csv", query);
  expect({ code, errors }, `${path}: ${query}`).toEqual({ code: 0, errors: "" });
  return output;
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-sql-stored-")));
  process.chdir(folder);
  copyFileSync(samplePath("sessions-before.1.27.amd64"), "before.dump");
  copyFileSync(samplePath("sessions-after.1.27.amd64"), "after.dump");
  const exe = ["--exe", executablePath("sessions.1.27.amd64"), "-q"];
  for (const args of [
    ["before.dump", "--to", "duckdb"],
    ["after.dump", "--to", "duckdb", "--strings"],
    ["after.dump", "--to", "parquet", "-o", "a[f]ter*"],
    ["after.dump", "--to", "parquet", "-o", "one", "--partition", "host=a"],
    ["before.dump", "--to", "parquet", "-o", "fleet", "--partition", "host=b"],
    ["after.dump", "--to", "parquet", "-o", "fleet", "--partition", "host=a"],
  ]) {
    expect((await gohd("convert", ...args, ...exe)).errors).toBe("");
  }
});
afterAll(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

describe("what gohd wrote before is asked like the dump", () => {
  const queries = [
    "FROM top_types()",
    "FROM path_to_root((SELECT id FROM objects ORDER BY retained DESC, id LIMIT 1))",
    "SELECT count(*) FROM named_edges",
    "SELECT * EXCLUDE (file) FROM dump",
  ];
  let expected: string;
  beforeAll(async () => {
    const exe = executablePath("sessions.1.27.amd64");
    expected = (await gohd("sql", "after.dump", "--exe", exe, "--csv", queries.join(";"))).output;
    expect(expected).toContain("main.SessionStore");
  });

  test.each(["after.duckdb", "a[f]ter*", "./a[f]ter*/", "one"])("%s", async (path) => {
    const script = queries.join(";");
    const found = await csv(path, path === "one" ? script.replace("EXCLUDE (file)", "EXCLUDE (file, host)") : script);
    expect(found).toBe(expected);
    expect(await csv(path, ".tables")).toContain("root_vertices");
    expect(await csv(path, ".schema objects")).toContain("bfs_parent");
    // What queries make is in memory.
    const made = "CREATE TABLE mine AS SELECT id FROM objects LIMIT 7; SELECT count(*) AS n FROM mine";
    expect(await csv(path, made)).toBe("n\r\n7\r\n");
  });

  test("growth() compares it with others, by the name of its file", async () => {
    const script =
      "ATTACH 'before.duckdb' AS before (READ_ONLY); SELECT type, objects FROM growth('before', 'after') LIMIT 1";
    expect(await csv("after.duckdb", script)).toBe("type,objects\r\nmap.group[string]interface {},350\r\n");
    const advised = await gohd("sql", "after.duckdb", "FROM growth('before')");
    expect(advised.errors).toContain("ATTACH 'before.duckdb' AS before (READ_ONLY); FROM growth('before', 'after')\n");
  });

  test("a table that was not asked for is missed with what makes it", async () => {
    expect(await csv("after.duckdb", "SELECT count(*) > 0 AS x FROM duplicate_strings()")).toBe("x\r\ntrue\r\n");
    const { errors } = await gohd("sql", "before.duckdb", "FROM duplicate_strings()");
    expect(errors).toContain("it needs the table strings: gohd convert --strings");
  });

  test("of several dumps there are tables with the partitions, and no macros that would mix them up", async () => {
    const query = "SELECT host, count(*) AS objects FROM objects GROUP BY ALL ORDER BY ALL";
    const { output, errors } = await gohd("sql", "fleet", "--csv", query);
    expect(output).toMatch(/^host,objects\r\na,9\d+\r\nb,2\d+\r\n$/);
    expect(errors).toMatch(/^gohd: warning: fleet has 2 dumps: .* joins have to compare the partitions/);
    expect((await gohd("sql", "fleet", "FROM top_types()")).errors).toContain("views and macros are about one dump");
  });

  test("of one partition, the largest is told, whether there are other dumps or not", async () => {
    expect(await csv("one", "SELECT max(host) FROM dump")).toBe("max(host)\r\na\r\n");
    expect(await csv("one", "SELECT min(host), count(*) > 1 AS many FROM objects")).toBe(
      "min(host),many\r\na,true\r\n",
    );
  });

  test("it is not changed, and nothing is left beside it", async () => {
    const before = readdirSync(folder).sort();
    expect((await gohd("sql", "before.duckdb", "DELETE FROM objects")).code).toBe(1);
    expect((await gohd("sql", "before.duckdb", "SELECT 1")).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

test("options that are about dumps are refused there", async () => {
  expect(await gohd("sql", "after.duckdb", "--exe", "app", "--string-limit", "9", "SELECT 1")).toMatchObject({
    code: 2,
    errors: expect.stringContaining(
      "after.duckdb has the tables already, so --string-limit and --exe cannot change them",
    ),
  });
  expect((await gohd("sql", "after.duckdb", "--threads", "1", "SELECT 1")).code).toBe(0);
});

test("what is not gohd's is refused, and says how it is read beside a dump", async () => {
  const made =
    "ATTACH 'foreign.duckdb' AS f (READ_WRITE); CREATE TABLE f.dump AS SELECT 1 AS x; CREATE TABLE f.t AS SELECT 1 AS x";
  expect((await gohd("sql", "before.dump", made)).errors).toBe("");
  expect(await gohd("sql", "foreign.duckdb", "SELECT 1")).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/^gohd: foreign\.duckdb is a DuckDB database, but not one that gohd wrote\n.*ATTACH/),
  });
  for (const path of [folder, join(folder, "fleet/types")]) {
    expect(await gohd("sql", path, "SELECT 1")).toMatchObject({
      code: 1,
      errors: expect.stringContaining(`${path} is a directory, and not one that gohd wrote: it has no dump.parquet`),
    });
  }
  const later = "ATTACH 'later.duckdb' AS f (READ_WRITE); CREATE TABLE f.dump AS SELECT 7 AS schema_version";
  expect((await gohd("sql", "before.dump", later)).errors).toBe("");
  expect((await gohd("sql", "later.duckdb", "SELECT 1")).errors).toMatch(
    /later\.duckdb has tables of version 7, and this gohd reads version \d\n {2}convert the dump again/,
  );
  writeFileSync("broken.duckdb", Buffer.from("xxxxxxxxDUCKxxxx"));
  expect(await gohd("sql", "broken.duckdb", "SELECT 1")).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/^gohd: DuckDB: /),
  });
  for (const name of ["foreign.duckdb", "later.duckdb", "broken.duckdb"]) rmSync(name);
});

test("two dumps: what can be done with them", async () => {
  expect(await gohd("sql", "after.dump", "before.dump", "SELECT 1")).toEqual({
    code: 2,
    output: "",
    errors:
      "gohd: before.dump is a file, not a query: gohd sql asks one dump\n" +
      "  what has grown: gohd convert before.dump --to duckdb; then gohd sql after.dump " +
      "\"ATTACH 'before.duckdb' AS before (READ_ONLY); FROM growth('before', 'memory')\"\n",
  });
  expect((await gohd("sql", "after.dump", "before.dump", "--exe", "app")).errors).toContain(
    "gohd convert before.dump --exe app --to duckdb; then gohd sql after.dump --exe app ",
  );
  // Which has its types already.
  expect((await gohd("sql", "after.duckdb", "before.duckdb", "--exe", "app")).errors).toContain(
    "what has grown: gohd sql after.duckdb \"ATTACH 'before.duckdb' AS before (READ_ONLY); FROM growth('before', 'after')\"",
  );
  for (const command of ["info", "report"]) {
    expect(await gohd(command, "before.dump", "after.dump")).toMatchObject({
      code: 2,
      errors: expect.stringContaining(
        `one after the other: gohd ${command} before.dump; gohd ${command} after.dump; what grew`,
      ),
    });
  }
});

test("without a usable TMPDIR queries run, and what does not fit into memory says why", async () => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = join(folder, "missing");
  try {
    expect(await csv("after.dump", "SELECT 2 AS two")).toBe("two\r\n2\r\n");
    const hungry = "SELECT id, hash(id), list(i) FROM objects, range(1000000) t(i) GROUP BY ALL ORDER BY 2";
    const { code, errors } = await gohd("sql", "after.dump", "--memory-limit", "10MB", hungry);
    expect(code).toBe(1);
    expect(errors).toMatch(
      /there is no temporary directory to put anything aside: set TMPDIR to one; --memory-limit gives DuckDB more\n$/,
    );
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});
