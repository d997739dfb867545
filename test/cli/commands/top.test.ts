/** `gohd top` in this process: tables, JSON and CSV, and what it refuses. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { createStyle } from "../../../src/cli/terminal/style.ts";
import { renderTop } from "../../../src/cli/top/top-text.ts";
import type { Top } from "../../../src/findings/top/top.ts";
import { TOP_KINDS } from "../../../src/findings/top/top-kinds.ts";
import { HOSTILE_TEXT, hostileDump } from "../../support/hostile-dump.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { type TestTerminalOptions, testTerminal } from "../test-terminal.ts";

vi.setConfig({ testTimeout: 60_000 });

const SAMPLE = samplePath("sessions-after.1.27.amd64");
const TYPED = [SAMPLE, "--exe", executablePath("sessions.1.27.amd64")];

let folder: string;
let hostile: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-top-")));
  hostile = join(folder, "hostile.dump");
  writeFileSync(hostile, hostileDump());
});
afterAll(() => rmSync(folder, { recursive: true }));

async function gohd(args: readonly string[], options: TestTerminalOptions = {}) {
  const terminal = testTerminal({ directory: folder, ...options });
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

async function top(args: readonly string[], options: TestTerminalOptions = {}): Promise<string> {
  const { code, output, errors } = await gohd(["top", ...args], options);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  return output;
}

const json = async (...args: string[]): Promise<Top> => JSON.parse(await top([...args, "--json"]));

test("sentences end where a line does, names do not, where no terminal tells how wide it is", async () => {
  const result = await json(...TYPED, "--limit", "3");
  const name = "main.".padEnd(150, "x");
  const layout = { width: undefined, style: createStyle(false), filter: undefined };
  const text = await renderTop({ ...result, rows: result.rows.map((row) => ({ ...row, name })) }, layout);
  expect(text.split(`  ${name}`)).toHaveLength(4);
  expect(text.replaceAll("\n", " ")).toMatch(/Owned is what .* may be in another\. Shares are of the live bytes\./);
  for (const line of text.split("\n")) if (!line.includes(name)) expect(line.length).toBeLessThanOrEqual(100);
});

describe("for people", () => {
  test("why nothing tells where most was allocated, if that is a row", async () => {
    const why = "A smaller runtime.MemProfileRate, set when the program starts, samples more.";
    const output = await top([...TYPED, "--by", "sites"]);
    expect(output).toContain("  (no sampled site)\n");
    expect(output).toContain(why);
    expect(await top([...TYPED, "--by", "site", "--filter", "^main"])).not.toContain(why);
  });

  test("a table of the terminal's width, with what its figures mean", async () => {
    for (const columns of [72, 80, 132]) {
      for (const by of TOP_KINDS) {
        const output = await top([...TYPED, "--by", by], { outputIsTerminal: true, columns });
        for (const line of output.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
      }
    }
    expect(await top([...TYPED, "--by", "packages", "--csv"])).toBe(await top([...TYPED, "--by", "package", "--csv"]));
    const narrow = await top([...TYPED, "--by", "site"], { outputIsTerminal: true, columns: 80 });
    expect(narrow).toMatch(/\n +owned +shallow +objects +sampled {2}site\n/);
    expect(narrow).toMatch(/ 500 +84 {2}main\..* main\.go:120\n/);
    const output = await top([...TYPED, "--limit", "3"]);
    expect(output).toMatch(
      /^sessions-after\.1\.27\.amd64\.dump\.zst: 609 KiB live in 9,431 objects; go1\.27\.3, amd64\n\n3 of \d+ types, by what they own\n +owned +shallow +objects {2}type\n/,
    );
    expect(output.split("\n").filter((line) => / KiB +[\d.]+ % /.test(line))).toHaveLength(3);
    expect(output).toMatch(/\n\n\d+ more rows: --limit 0 shows all\n/);
    expect(await top([...TYPED, "--limit", "0"])).not.toContain("more row");
  });

  test("goroutines come by their stacks and what they own, unless something else is asked for", async () => {
    const workers = [
      samplePath("contexts.1.24.amd64"),
      "--exe",
      executablePath("contexts.1.24.amd64"),
      "--by",
      "goroutine",
    ];
    expect(await top(workers)).toMatch(/\n\d+ functions of goroutines, by their stacks and what they own\n/);
    const both = await json(...workers);
    expect(both.sort).toBe("both");
    const worth = both.rows.map(({ ownedBytes, shallowBytes }) => ownedBytes + shallowBytes);
    expect(worth).toEqual([...worth].sort((a, b) => b - a));
    const owned = (await json(...workers, "--sort", "owned")).rows.map(({ name, ownedBytes }) => ({
      name,
      ownedBytes,
    }));
    expect(owned.map(({ ownedBytes }) => ownedBytes)).toEqual(
      owned.map(({ ownedBytes }) => ownedBytes).sort((a, b) => b - a),
    );
    // Only so can one tell which order was taken.
    expect(owned.map(({ name }) => name)).not.toEqual(both.rows.map(({ name }) => name));
    expect((await json(...TYPED)).sort).toBe("owned");
  });

  test("that nothing matches is an answer", async () => {
    const output = await top([...TYPED, "--filter", "no such"]);
    expect(output).toContain("\n0 types that match /no such/, by what they own\n");
  });

  test("titles stand out on a terminal with colours", async () => {
    const output = await top([SAMPLE, "--by", "root"], { isColored: true });
    expect(output).toMatch(/\x1b\[1m\d+ roots, by what they own\x1b\[22m\n\x1b\[2m +owned/);
  });

  test("without an executable it says what is missing", async () => {
    expect(await top([SAMPLE])).toContain("Without --exe");
    expect(await top(TYPED)).not.toContain("Without --exe");
  });
});

describe("for programs", () => {
  test("JSON: all rows, unless fewer are wanted", async () => {
    const { rows, rowCount, matchCount, by, sort, schemaVersion, dump } = await json(...TYPED);
    expect([rows.length, matchCount]).toEqual([rowCount, rowCount]);
    expect(rowCount).toBeGreaterThan(30);
    expect([schemaVersion, by, sort, dump.name]).toEqual([1, "type", "owned", "sessions-after.1.27.amd64.dump.zst"]);
    const some = await json(...TYPED, "--filter", "^main\\.", "--sort", "count", "--limit", "2");
    expect(some.rows.map(({ name }) => name)).toEqual(["main.Session", "main.User"]);
  });

  test("CSV: the same rows, exact", async () => {
    for (const by of TOP_KINDS) {
      const csv = await top([...TYPED, "--by", by, "--csv", "--limit", "5"]);
      const [head, ...lines] = csv.trimEnd().split("\r\n");
      const { rows } = await json(...TYPED, "--by", by, "--limit", "5");
      const columns = head!.split(",");
      expect(columns).toEqual(expect.arrayContaining(Object.keys(rows[0]!)));
      const cells = rows.map((row) =>
        columns.map((column) => {
          const text = String(row[column as keyof typeof row] ?? "");
          return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        }),
      );
      expect(lines).toEqual(cells.map((row) => row.join(",")));
    }
  });

  test("names are exact in a pipe, and move no cursor on a terminal", async () => {
    const [name] = (await json(hostile)).rows.map((row) => row.name).filter((each) => each.includes("\x1b"));
    expect(name).toContain(HOSTILE_TEXT.slice(0, 4));
    expect(await top([hostile, "--csv"])).toContain(`"${name!.replaceAll('"', '""')}"`);
    const shown = await top([hostile, "--csv"], { outputIsTerminal: true });
    expect(shown).not.toContain("\x1b");
    expect(shown).toContain("\\x1b");
  });

  test("the same from standard input", async () => {
    const output = await top(["-", "--json", "--by", "goroutine"], { input: readFileSync(SAMPLE) });
    expect(JSON.parse(output).rows).toEqual((await json(SAMPLE, "--by", "goroutine")).rows);
  });
});

test("has the figures of gohd sql", async () => {
  const query =
    "SELECT type, sum(live_objects) AS count, sum(live_bytes) AS bytes FROM top_types() WHERE live_objects > 0 GROUP BY type";
  const { output } = await gohd(["sql", ...TYPED, "--json", query]);
  const expected = (JSON.parse(output) as { type: string; count: number; bytes: number }[]).map(
    ({ type, count, bytes }) => [type, count, bytes] as const,
  );
  const sums = new Map<string, [count: number, bytes: number]>();
  for (const { name, count, shallowBytes } of (await json(...TYPED)).rows) {
    const type = name.replace(/ \((its bytes|slice header)\)$/, "");
    const [objects, bytes] = sums.get(type) ?? [0, 0];
    sums.set(type, [objects + count, bytes + shallowBytes]);
  }
  expect([...sums].map(([type, [count, bytes]]) => [type, count, bytes]).sort()).toEqual(expected.sort());
});

describe("refuses", () => {
  test.each([
    [["--by", "color"], "Allowed choices are type, package, site, goroutine, root"],
    [["--sort", "size"], "Allowed choices are owned, shallow, both, count, name"],
    [["--limit", "-1"], "It is an integer of at least 0"],
    [["--limit", "x"], "It is an integer of at least 0"],
    [["--filter", "("], "--filter: Invalid regular expression"],
    [["--json", "--csv"], "--json and --csv exclude each other"],
    [["--site-calls", "2"], "--site-calls is about sites: add --by site"],
    [["other.dump"], "the command takes one, the dump"],
  ])("%j", async (args, message) => {
    const { code, output, errors } = await gohd(["top", SAMPLE, ...args]);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toContain(message);
  });

  test("a file that is no dump", async () => {
    const path = join(folder, "text");
    writeFileSync(path, "no dump\n");
    expect(await gohd(["top", path])).toMatchObject({ code: 1, output: "" });
  });
});
