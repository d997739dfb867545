/** How results of `gohd sql` look: boxes that fit, lines, addresses, and nothing that moves a terminal's cursor. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { type TestTerminalOptions, testTerminal } from "../test-terminal.ts";

// Each of several questions opens the dump anew.
vi.setConfig({ testTimeout: 60_000 });

const SAMPLE = samplePath("workers.1.24.amd64");

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-sql-results-")));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(args: readonly string[], options: TestTerminalOptions = {}) {
  const terminal = testTerminal({ directory: folder, ...options });
  const code = await runCommandLine(["sql", SAMPLE, ...args], terminal);
  expect({ code, errors: terminal.errorText() }).toEqual({ code: 0, errors: "" });
  return terminal.outputText();
}

/** On a terminal so wide. */
const on = (columns: number): TestTerminalOptions => ({ outputIsTerminal: true, columns });

const LONG =
  "SELECT repeat('long text ', 9) AS a, 12345678901234::BIGINT AS b, 'ツ' || repeat('字', 50) AS c, 'd' AS d";

test("a box is as wide as the terminal at the most: texts are cut, numbers never", async () => {
  for (const columns of [60, 80, 132]) {
    const [top = "", head, , row = "", , count] = (await ask([LONG], on(columns))).split("\n");
    expect(top.length, `${columns}`).toBeLessThanOrEqual(columns);
    expect(top.length).toBeGreaterThan(columns - 4);
    expect(head).toMatch(/│ a +│ +b │ c +│ d │/);
    expect(row).toMatch(/│ long text .*… *│ 12345678901234 │ ツ字+… *│ d │/);
    expect(count).toBe("1 row; --line shows what is cut");
  }
  // All of it fits, or nobody knows how much would.
  for (const options of [on(250), { columns: 60 }]) {
    const output = await ask([LONG.replace("repeat('字', 50)", "'字'")], options);
    expect(output).toContain(`│ ${"long text ".repeat(9)} │ 12345678901234 │ ツ字 │ d │`);
    expect(output).toMatch(/\n1 row\n$/);
  }
});

test("columns in the middle are left out if there are too many, and the box says so", async () => {
  const output = await ask(["FROM objects LIMIT 3"], on(80));
  const lines = output.split("\n");
  for (const line of lines.slice(0, 7)) expect(line).toHaveLength(lines[0]!.length);
  expect(lines[0]!.length).toBeLessThanOrEqual(80);
  expect(lines[1]).toMatch(/^│ id │ +address │.*│ … │.*│ alloc_bucket │$/);
  expect(lines[3]).toMatch(/│ … │/);
  expect(lines.at(-2)).toBe("3 rows; --line shows what is cut");
  // One column stays, however narrow the terminal.
  expect(await ask(["SELECT 123456789012 AS number, 2 AS two, 3 AS three"], on(10))).toMatch(/│ 123456789012 │ … │/);
});

test("values that are too long for any box are cut, and shown whole as lines", async () => {
  const query = "SELECT repeat('x', 5000) AS long, 'a' || chr(10) || chr(155) || chr(8238) AS odd, NULL AS nothing";
  const box = await ask([query]);
  expect(box).toMatch(/│ x{119}… │ a\\n\\u009b\\u202e │/);
  expect(box).toMatch(/\n1 row; --line shows what is cut\n$/);
  const lines = `   long = ${"x".repeat(5000)}\n    odd = a\\n\\u009b\\u202e\nnothing = \n`;
  expect(await ask(["--line", query], on(80))).toBe(`${lines}1 row\n`);
  expect(await ask(["--line", 'SELECT 1 AS "顧客", 2 AS abcde'])).toBe(" 顧客 = 1\nabcde = 2\n1 row\n");
  expect(await ask(["--line", "SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a"])).toBe("a = 1\n\na = 2\n2 rows\n");
});

test("addresses are hexadecimal for people, and numbers for programs", async () => {
  const query = "SELECT address, address AS number, pc FROM frames LIMIT 1";
  const [{ address, number, pc }] = JSON.parse(await ask(["--json", query]));
  expect(address).toBeGreaterThan(2 ** 32);
  const hex = (value: number): string => `0x${value.toString(16)}`;
  expect(await ask([query])).toContain(`│ ${hex(address)} │ ${number} │ ${hex(pc)} │`);
  expect(await ask(["--line", query])).toContain(`address = ${hex(address)}\n number = ${number}\n`);
  expect(await ask(["--csv", query], on(80))).toBe(`address,number,pc\r\n${address},${number},${pc}\r\n`);
});

test("on a terminal CSV and JSON have nothing that moves its cursor; in a pipe they are exact", async () => {
  const odd = "\x1b]0;x\x07\x9b2J\u202e\x7f\u{e0001}";
  const query = `SELECT '${odd}' AS "n\x9b", 'a\nb' AS lines, 'plain' AS plain`;
  expect(await ask(["--csv", query])).toBe(`n\x9b,lines,plain\r\n${odd},"a\nb",plain\r\n`);
  expect(await ask(["--csv", query], on(80))).toBe(
    "n\\u009b,lines,plain\r\n\\x1b]0;x\\a\\u009b2J\\u202e\\x7f\\U000e0001,a\\nb,plain\r\n",
  );
  const value = [{ "n\x9b": odd, lines: "a\nb", plain: "plain" }];
  const piped = await ask(["--json", query]);
  const shown = await ask(["--json", query], on(80));
  expect(JSON.parse(piped)).toEqual(value);
  expect(JSON.parse(shown)).toEqual(value);
  expect(piped).toContain("\u202e");
  expect(shown).toMatch(/^[\x20-\x7e\n]+$/);
});

test(".mode changes how results look from then on, in scripts and at the prompt, which says so", async () => {
  const script = ".mode csv; SELECT 1 AS a; .mode line; SELECT 2 AS a; .mode table; SELECT 3 AS a";
  expect(await ask([script])).toBe("a\r\n1\r\na = 2\n1 row\n┌───┐\n│ a │\n├───┤\n│ 3 │\n└───┘\n1 row\n");
  const terminal = testTerminal({ directory: folder });
  expect(await runCommandLine(["sql", SAMPLE, ".mode wide"], terminal)).toBe(2);
  expect(terminal.errorText()).toBe("gohd: there is no mode wide\n  there are table, line, csv, json\n");

  const input = new PassThrough();
  const prompt = testTerminal({ directory: folder, ...on(40) });
  const done = runCommandLine(["sql", SAMPLE], { ...prompt, input: { fd: 1, isTTY: true, stream: () => input } });
  const wide = "SELECT range AS n, repeat('x', 99) AS x FROM range(1001)";
  for (const line of [`${wide};`, ".mode line", "SELECT 4 AS a;", "FROM path_to_root(-1);", ".exit"])
    input.write(`${line}\r`);
  input.end();
  expect(await done).toBe(0);
  expect(prompt.outputText()).toContain("the first 1,000 rows; .mode csv writes all; .mode line shows what is cut\n");
  expect(prompt.outputText()).toContain("a = 4\n1 row\n");
  expect(prompt.errorText()).toMatch(/^gohd: warning: path_to_root\(\) has no rows/);
});
