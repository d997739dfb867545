/** `gohd sql` in this process: where queries come from, how answers look, and the prompt. */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { openReader } from "../../support/readers/duckdb-reader.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { type TestTerminalOptions, testTerminal } from "../test-terminal.ts";

const SAMPLE = samplePath("workers.1.24.amd64");
const EXECUTABLE = join(import.meta.dirname, "../../../samples/executables/workers.1.24.amd64.exe.zst");

let folder: string;
const previous = process.cwd();

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-sql-")));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

async function gohd(args: readonly string[], options: TestTerminalOptions = {}) {
  const terminal = testTerminal({ directory: folder, ...options });
  const code = await runCommandLine(["sql", ...args], terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

describe("a query", () => {
  test("as an argument: a table for people, with a line of what it shows", async () => {
    const { code, output, errors } = await gohd([
      SAMPLE,
      "SELECT 'x' || chr(27) AS a, NULL AS b, 12 AS c; SELECT 1 AS d",
    ]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toBe(
      [
        "┌───────┬───┬────┐",
        "│ a     │ b │  c │",
        "├───────┼───┼────┤",
        "│ x\\x1b │   │ 12 │",
        "└───────┴───┴────┘",
        "1 row",
        "┌───┐",
        "│ d │",
        "├───┤",
        "│ 1 │",
        "└───┘",
        "1 row",
        "",
      ].join("\n"),
    );
  });

  test("of very many rows: a table shows the first thousand, CSV and JSON all", async () => {
    const query = "SELECT range AS n FROM range(5000)";
    const table = await gohd([SAMPLE, query]);
    expect(table.output).toMatch(/│\s+999 │\n└─+┘\nthe first 1,000 rows; --csv and --json write all\n$/);
    expect((await gohd([SAMPLE, "SELECT range FROM range(1000)"])).output).toMatch(/\n1,000 rows\n$/);
    expect((await gohd([SAMPLE, "--csv", query])).output.trimEnd().split("\r\n")).toHaveLength(5001);
    expect(JSON.parse((await gohd([SAMPLE, "--json", query])).output)).toHaveLength(5000);
  });

  test("for a plan: its picture as it is", async () => {
    const { output } = await gohd([SAMPLE, "EXPLAIN SELECT count(*) FROM types"]);
    expect(output).toMatch(/^┌─+┐\n[\s\S]*\bGOHD_TYPES\b[\s\S]*┘\n+$/);
  });

  test("as a command of the prompt", async () => {
    expect((await gohd([SAMPLE, "--csv", ".schema segments"])).output).toContain("pointer_slots,");
    expect((await gohd([SAMPLE, ".tables"])).output).toContain("root_vertices");
    expect((await gohd([SAMPLE, ".help"])).output).toContain("Ctrl-D leaves");
    const help = await gohd([SAMPLE, "--json", ".help"]);
    expect(help).toMatchObject({ code: 0, output: "", errors: expect.stringContaining("Ctrl-D leaves") });
  });

  test("up to .exit, and from a comment on", async () => {
    const input = Buffer.from("SELECT 1 AS one;\n.exit\n");
    expect(await gohd([SAMPLE, "--csv"], { input })).toMatchObject({ code: 0, output: "one\r\n1\r\n" });
    const commented = await gohd([SAMPLE, "--csv", "-- how many?\nSELECT 2 AS two"]);
    expect(commented).toMatchObject({ code: 0, output: "two\r\n2\r\n" });
  });

  test("with what nobody can know told, not left empty; a path of no object has no rows", async () => {
    const strings = await gohd([SAMPLE, "--csv", "SELECT count(copies) AS n FROM duplicate_strings()"]);
    expect(strings).toMatchObject({ code: 0, output: "n\r\n0\r\n", errors: expect.stringContaining("--exe") });
    for (const object of ["99999999", "-1", "1.5", "NULL", "(SELECT id FROM objects WHERE false)"]) {
      const { code, output, errors } = await gohd([SAMPLE, "--csv", `FROM path_to_root(${object})`]);
      expect({ code, output }, object).toEqual({ code: 0, output: "step,id,what,field,address,size,retained\r\n" });
      expect(errors).toMatch(/^gohd: warning: path_to_root\(\) has no rows: .* 0 … \d+; of an address: SELECT id FROM/);
    }
  });

  test("from a file, and from standard input", async () => {
    writeFileSync("query.sql", "-- how many?\nSELECT count(*) AS objects FROM objects;\n");
    const fromFile = await gohd([SAMPLE, "--json", "-f", "query.sql"]);
    const [{ objects }] = JSON.parse(fromFile.output);
    expect(objects).toBeGreaterThan(100);
    const input = Buffer.from("SELECT count(*) AS objects FROM objects");
    expect((await gohd([SAMPLE, "--json"], { input })).output).toBe(fromFile.output);
    expect((await gohd([SAMPLE, "--json", "-f", "-"], { input })).output).toBe(fromFile.output);
  });

  test("--csv quotes what has to be; --json writes whole numbers of any size, and nested values", async () => {
    const query = `SELECT 'a,"b"' AS "x,y", '' AS e, NULL AS n, 18446744073709551615::UBIGINT AS u, [1, 2] AS l, true AS t`;
    expect((await gohd([SAMPLE, "--csv", query])).output).toBe(
      '"x,y",e,n,u,l,t\r\n"a,""b""","",,18446744073709551615,"[1,2]",true\r\n',
    );
    expect((await gohd([SAMPLE, "--json", query])).output).toBe(
      '[\n{"x,y":"a,\\"b\\"","e":"","n":null,"u":18446744073709551615,"l":[1,2],"t":true}\n]\n',
    );
    expect((await gohd([SAMPLE, "--json", "SELECT 1 WHERE false"])).output).toBe("[]\n");
  });

  test("--parquet writes the last result, mode 0600, and replaces nothing unasked", async () => {
    const args = [
      SAMPLE,
      "--parquet",
      "out.parquet",
      "CREATE TABLE t AS SELECT id FROM objects LIMIT 7; FROM t -- all",
    ];
    const { code, errors } = await gohd(args);
    expect({ code, errors }).toEqual({ code: 0, errors: expect.stringMatching(/^wrote out\.parquet: [\d.]+ \w+\n$/) });
    expect(statSync("out.parquet").mode & 0o777).toBe(0o600);
    const reader = await openReader(folder);
    expect(await reader.value(`SELECT count(*) FROM '${folder}/out.parquet'`)).toBe(7);
    reader.close();
    expect(await gohd(args)).toMatchObject({
      code: 1,
      errors: "gohd: out.parquet exists already\n  use --force to replace it, or --parquet to choose another name\n",
    });
    expect((await gohd([...args, "--force"])).code).toBe(0);
    const failed = await gohd([SAMPLE, "--parquet", "other.parquet", "SELECT nothing"]);
    expect(failed.code).toBe(1);
    expect(readdirSync(folder)).toEqual(["out.parquet"]);
  });

  test("--parquet takes commands that are queries, and no others", async () => {
    expect((await gohd([SAMPLE, "--parquet", "tables.parquet", ".tables"])).code).toBe(0);
    const reader = await openReader(folder);
    expect(await reader.value(`SELECT count(*) FROM '${folder}/tables.parquet' WHERE name = 'root_vertices'`)).toBe(1);
    reader.close();
    for (const query of [".help", ".exit"]) {
      const refused = await gohd([SAMPLE, "--parquet", "other.parquet", query]);
      expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining("--parquet needs a query") });
    }
    expect(readdirSync(folder)).toEqual(["tables.parquet"]);
  });

  test("--parquet never writes over what is read, and is refused before anything is", async () => {
    copyFileSync(SAMPLE, "app.dump.zst");
    copyFileSync(EXECUTABLE, "app.zst");
    const args = ["app.dump.zst", "--exe", "app.zst", "SELECT 1", "--force", "--parquet"];
    for (const [path, what] of [
      ["./app.dump.zst", "dump"],
      [join(folder, "app.zst"), "executable"],
    ] as const) {
      const errors = expect.stringContaining(`is the ${what} itself\n  choose another name with --parquet`);
      expect(await gohd([...args, path])).toMatchObject({ code: 2, errors });
    }
    expect(readFileSync("app.dump.zst").equals(readFileSync(SAMPLE))).toBe(true);
    expect(readFileSync("app.zst").equals(readFileSync(EXECUTABLE))).toBe(true);
    const early = await gohd(["missing.dump", "--parquet", "app.zst", "SELECT 1"]);
    expect(early.errors).toContain("app.zst exists already");
  });

  test("has the executable's types", async () => {
    const { output } = await gohd([SAMPLE, "--exe", EXECUTABLE, "--csv", "SELECT typed FROM dump"]);
    expect(output).toBe("typed\r\ntrue\r\n");
  });
});

/** More than 10 MB of sums, which DuckDB cannot put aside. */
const HUNGRY = "SELECT id, hash(id), list(i) FROM objects, range(1000000) t(i) GROUP BY ALL ORDER BY 2";

describe("what is refused", () => {
  test.each([
    [["--csv", "--json", "SELECT 1"], 2, "exclude each other"],
    [["-f", "x.sql", "SELECT 1"], 2, "there are two queries"],
    [["--force", "SELECT 1"], 2, "--force needs --parquet"],
    [[" ; -- nothing"], 2, "there is no query"],
    [["--threads", "-1", "SELECT 1"], 2, "integer of at least 0"],
    [["--memory-limit", "lots", "SELECT 1"], 2, "no amount of memory"],
    [["--memory-limit", "0GB", "SELECT 1"], 2, '"0GB" is no amount of memory\n  for example: --memory-limit 2GB'],
    [["-f", "missing.sql"], 1, "cannot read the query from missing.sql: no such file or directory"],
    [["-f", "."], 1, "cannot read the query from .: it is a directory"],
    [
      ["SELECT", "*", "FROM", "types"],
      2,
      "there are 5 arguments, but gohd sql takes two: the dump and a query\n  put the query",
    ],
    [["--parquet", "-", "SELECT 1"], 2, "not standard output\n  --csv and --json write there"],
    [["-o", "out.csv", "SELECT 1"], 2, "gohd sql has no -o: results go to standard output\n  --parquet writes a file"],
    [[".nothing"], 2, "there is no command .nothing"],
    [
      ["--memory-limit", "10MB", HUNGRY],
      1,
      /^gohd: DuckDB: Out of Memory Error: .*\n {2}--memory-limit gives DuckDB more\n$/,
    ],
    [
      ["--parquet", "x.parquet", "DESCRIBE types"],
      1,
      "only the rows of a query can be written into a Parquet file\n  the last",
    ],
    [["--parquet", "x.parquet", "SELECT nothing"], 1, "  LINE 1: SELECT nothing\n                 ^\n"],
    [["SELEC 1"], 1, "DuckDB: Parser Error"],
    [["FROM path_to_root((SELECT 1 FROM unknown))"], 1, "it sees nothing of the query around it"],
    [["FROM path_to_root((FROM range(2)))"], 1, "LIMIT 1 takes the first"],
  ])("%j", async (args, code, message) => {
    const result = await gohd([SAMPLE, ...args]);
    expect(result.errors).toMatch(message);
    expect(result.code).toBe(code);
    expect(result.output).toBe("");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a query from where the dump comes from", async () => {
    expect(await gohd(["-"])).toMatchObject({ code: 2, errors: expect.stringContaining("standard input is the dump") });
  });
});

describe("the prompt", () => {
  /** Types `lines`, each once what came before was answered, and leaves. */
  async function converse(
    lines: readonly string[],
    args: readonly string[] = [],
    options: Partial<TestTerminalOptions> = {},
  ) {
    const input = new PassThrough();
    const terminal = testTerminal({ directory: folder, inputIsTerminal: true, ...options });
    const done = runCommandLine(["sql", SAMPLE, ...args], {
      ...terminal,
      input: { fd: 1, isTTY: true, stream: () => input },
    });
    for (const line of lines) input.write(`${line}\r`);
    input.end();
    return { code: await done, output: plain(terminal.outputText()), errors: terminal.errorText() };
  }

  test("answers, waits for the end of a statement, goes on after mistakes, knows commands", async () => {
    const { code, output, errors } = await converse([
      "SELECT 40 +",
      "  2 AS answer;",
      "SELECT oops;",
      ".tables",
      ".schema finalizers;",
      ".nothing",
      ".help",
      "SELECT 'last' AS word; SELECT 'both' AS words;",
      ".exit",
      "SELECT 'beyond' AS beyond;",
    ]);
    expect(code).toBe(0);
    for (const text of ["│     42 │", "root_vertices", "type_address", "Ctrl-D leaves", "last", "both"]) {
      expect(output).toContain(text);
    }
    expect(output).not.toContain("│ beyond");
    expect(errors).toContain('DuckDB: Binder Error: Referenced column "oops" was not found');
    expect(errors).toContain("there is no command .nothing");
  });

  test("keeps a history only where it is told to, for nobody else to read", async () => {
    await converse(["SELECT 1;", ".exit"]);
    expect(readdirSync(folder)).toEqual([]);
    await converse(["SELECT 1;", "SELECT 2;", ".exit"], ["--history", "asked"]);
    expect(readFileSync("asked", "utf8")).toBe("SELECT 1;\nSELECT 2;\n.exit\n");
    expect(statSync("asked").mode & 0o777).toBe(0o600);
    await converse(["SELECT 3;", ".exit"], ["--history", "asked"]);
    expect(readFileSync("asked", "utf8")).toBe("SELECT 1;\nSELECT 2;\nSELECT 3;\n.exit\n");
    await converse(["SELECT 4;", ".exit"], [], { stateDirectory: join(folder, "state") });
    expect(readFileSync("state/gohd/sql-history", "utf8")).toBe("SELECT 4;\n.exit\n");
    expect(statSync("state/gohd").mode & 0o777).toBe(0o700);
  });

  test("Ctrl-C stops a query, and only it", async () => {
    const input = new PassThrough();
    const terminal = testTerminal({ directory: folder, inputIsTerminal: true });
    const done = runCommandLine(["sql", SAMPLE], { ...terminal, input: { fd: 1, isTTY: true, stream: () => input } });
    input.write("SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range + b.range = -1;\r");
    await until(() => terminal.outputText().includes("range = -1"));
    // Once before the query runs would clear the line; again until it is told.
    while (!terminal.errorText().includes("interrupted")) {
      input.write("\x03");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    input.write("SELECT 'still' || ' here' AS x;\r");
    await until(() => terminal.outputText().includes("still here"));
    input.end();
    expect(await done).toBe(0);
    expect(existsSync("state")).toBe(false);
  }, 120_000);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Without what moves the cursor. */
function plain(text: string): string {
  return text.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, "");
}
