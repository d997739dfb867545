/** `gohd diff` in this process: what it says of pairs of samples, as text, JSON and Markdown, and what it refuses. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { renderGrowthText } from "../../../src/cli/diff/diff-text.ts";
import { runCommandLine } from "../../../src/cli/program.ts";
import { createStyle } from "../../../src/cli/terminal/style.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";
import { shortenImports } from "../../../src/heap/short-names.ts";
import { hostileDump } from "../../support/hostile-dump.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { type TestTerminalOptions, testTerminal } from "../test-terminal.ts";

vi.setConfig({ testTimeout: 120_000 });

const PAIR = [samplePath("backlog-before.1.19.386"), samplePath("backlog-after.1.19.386")];
const EXE = ["--exe", executablePath("backlog.1.19.386")];
const SESSIONS = [
  samplePath("sessions-before.1.27.amd64"),
  samplePath("sessions-after.1.27.amd64"),
  "--exe",
  executablePath("sessions.1.27.amd64"),
];
const OTHERS = [samplePath("handover-before.1.24.amd64"), samplePath("handover-after.1.24.amd64")];

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-diff-")));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function gohd(args: readonly string[], options: TestTerminalOptions = {}) {
  const terminal = testTerminal({ directory: folder, ...options });
  const code = await runCommandLine(["diff", ...args], terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

async function diff(args: readonly string[], options: TestTerminalOptions = {}): Promise<string> {
  const { code, output, errors } = await gohd(args, options);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  return output;
}

describe("for people", () => {
  test("begins with what grew, and how that is known", async () => {
    const output = await diff([...PAIR, ...EXE]);
    expect(output.split("\n")[0]).toBe("main.shop.backlog.orders grew by 115 KiB (118,144 B): 1,000 more main.Order");
    expect(output).toContain("\n  []*main.Order, in package variable main.shop: 45.8 KiB → 161 KiB\n");
    expect(output).toContain("\nOf one process (the pauses of 8 garbage collections recur): ");
    expect(output).toMatch(
      /\nBy owner path\n +owned +before +after +owner path\n +\+ 115 KiB +45\.8 KiB +161 KiB +main\.shop\.backlog\.orders: /,
    );
    expect(output).toMatch(/\nBy type\n.* objects +new +gone +type\n/);
  });

  test("fits the screen, and shows everything with --all", async () => {
    for (const columns of [72, 100, 132]) {
      const output = await diff(SESSIONS, { outputIsTerminal: true, columns });
      const lines = output.trimEnd().split("\n");
      expect(lines.length).toBeLessThan(40);
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns);
      expect(output).toMatch(/ more rows: --all shows everything\.\n$/);
    }
    const all = await diff([...SESSIONS, "--all"], { outputIsTerminal: true, columns: 132 });
    expect(all).not.toContain("--all");
    const { types }: Growth = JSON.parse(await diff([...SESSIONS, "--all", "--json"]));
    expect(types.rows.length).toBeGreaterThan(10);
    for (const { type } of types.rows) expect(all).toContain(shortenImports(type).slice(0, 20));
  });

  test("counts the rows that have no room, be it a single one", async () => {
    const growth: Growth = JSON.parse(await diff([...SESSIONS, "--all", "--json"]));
    const style = createStyle(false);
    const ends = new Set<string>();
    for (let height = 30; height < 90; height++)
      ends.add((await renderGrowthText(growth, { width: 132, height, style })).split("\n").at(-2)!);
    expect([...ends].filter((end) => end.startsWith("1 more"))).toEqual(["1 more row: --all shows everything."]);
    expect([...ends]).toContain("2 more rows: --all shows everything.");
  });

  test("of several dumps has a line of bars for each row", async () => {
    const output = await diff([PAIR[0]!, PAIR[1]!, PAIR[1]!, ...EXE]);
    expect(output).toMatch(/^main\.shop\.backlog\.orders grew by 115 KiB \(118,144 B\), 57\.7 KiB from dump to dump: /);
    expect(output).toContain("  ▁██ grew 1 of 2 times, never fell\n");
    expect(output).toMatch(/ ▁██ +main\.shop\.backlog\.orders: \[\]\*main\.Order\n/);
  });

  test("of two dumps in the wrong order says so, and what shrank", async () => {
    const output = await diff([PAIR[1]!, PAIR[0]!, ...EXE]);
    expect(output).toMatch(/^Nothing grew: live bytes fell by 11\d KiB/);
    expect(output).toContain("backlog-before.1.19.386.dump.zst is older than backlog-after.1.19.386.dump.zst");
    expect(output).toMatch(/ − 115 KiB +161 KiB +45\.8 KiB +main\.shop\.backlog\.orders: /);
  });

  test("of dumps that are called alike tells which of them it means", async () => {
    const [before, after] = ["1", "2"].map((name, i) => {
      mkdirSync(join(folder, name));
      const path = join(folder, name, "heap.dump.zst");
      copyFileSync(PAIR[i]!, path);
      return path;
    });
    const output = await diff([after!, before!, ...EXE]);
    expect(output).toContain("heap.dump.zst (the 2nd) is older than heap.dump.zst (the 1st), which was given");
  });
});

describe("for programs and pull requests", () => {
  test("JSON has exact figures, and as many rows as were asked for", async () => {
    const few: Growth = JSON.parse(await diff([...PAIR, ...EXE, "--json"]));
    const all: Growth = JSON.parse(await diff([...PAIR, ...EXE, "--json", "--all"]));
    expect(few.paths.rows[0]).toMatchObject({
      path: "main.shop.backlog.orders",
      type: "[]*main.Order",
      owner: "main.shop",
      grownBytes: 118144,
      isSteady: true,
    });
    expect(few.types.rows.length).toBeLessThanOrEqual(20);
    const { rows, moreGrown, moreShrunk } = few.types;
    expect(rows.length + moreGrown + moreShrunk).toBe(all.types.rows.length);
    expect(all.types.rows.reduce((sum, { grownBytes }) => sum + grownBytes, 0)).toBe(all.live.grownBytes);
  });

  test("Markdown has the sentences and the tables", async () => {
    const output = await diff([...PAIR, ...EXE, "--markdown"]);
    expect(output).toMatch(/^## What grew: `backlog-before\.1\.19\.386\.dump\.zst` → `backlog-after/);
    expect(output).toContain("```text\nmain.shop.backlog.orders grew by 115 KiB (118,144 B): 1,000 more main.Order\n");
    expect(output).toMatch(
      /\n### By owner path\n\n\| owned \| before \| after \| owner path \|\n\| ---: \| ---: \| ---: \| --- \|\n/,
    );
    expect(output).toContain("| `main.shop.backlog.orders: []*main.Order` |");
  });
});

describe("executables", () => {
  test("are one for all, or one for each dump", async () => {
    const once = await diff([...PAIR, ...EXE]);
    expect(await diff([...PAIR, ...EXE, ...EXE])).toBe(once);
    const { code, output } = await gohd([PAIR[0]!, OTHERS[1]!, ...EXE, "--exe", executablePath("handover.1.24.amd64")]);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("\nOf several processes: ") });
  });

  test("that are missing for some leave shapes to compare, and a warning", async () => {
    const { code, output, errors } = await gohd([...PAIR, "--exe", "", ...EXE]);
    expect(code).toBe(0);
    expect(errors).toMatch(/backlog-before\.1\.19\.386\.dump\.zst has no executable: all are compared by the sizes/);
    expect(output).toContain("Without --exe types are called after size and pointer layout");
    expect(output).not.toContain("main.Order");
  });

  test.each([
    [
      [...PAIR, ...EXE, ...EXE, ...EXE],
      /^gohd: --exe is there 3 times for 2 dumps\n {2}give it once for all, or once for each dump/,
    ],
    [["-", "-"], /^gohd: only one of the dumps can be standard input\n$/],
    [[PAIR[0]!], /^gohd: missing required argument 'after'\n/],
    [[...PAIR, "--json", "--markdown"], /^gohd: --json and --markdown exclude each other\n/],
  ])("%j: refused", async (args, error) => {
    expect(await gohd(args as string[])).toMatchObject({
      code: 2,
      output: "",
      errors: expect.stringMatching(error as RegExp),
    });
  });

  test("of another build are refused, with what to do", async () => {
    const { code, output, errors } = await gohd([PAIR[0]!, OTHERS[1]!, ...EXE]);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toContain("of several builds give --exe once for each dump, in their order");
  });
});

test("a dump that is cut off is refused, and told of with --salvage", async () => {
  const bytes = readFileSync(PAIR[1]!);
  const cut = join(folder, "cut.dump.zst");
  writeFileSync(cut, bytes.subarray(0, bytes.length - 100));
  expect(await gohd([PAIR[0]!, cut])).toMatchObject({
    code: 1,
    output: "",
    errors: expect.stringMatching(/cut\.dump\.zst: heap dump: /),
  });
  const { code, output } = await gohd([PAIR[0]!, cut, "--salvage"]);
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("cut.dump.zst is cut off") });
});

test("names that lie do nothing to a terminal", async () => {
  const path = join(folder, "hostile.dump");
  writeFileSync(path, hostileDump());
  for (const option of [[], ["--json"], ["--markdown"]]) {
    const { code, output } = await gohd([PAIR[0]!, path, ...option]);
    expect(code).toBe(0);
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});
