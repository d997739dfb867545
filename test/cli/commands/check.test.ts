/** `gohd check` in this process: exit codes, configuration, and where the verdict goes. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { MEASURES } from "../../../src/findings/check/budget.ts";
import type { Check } from "../../../src/findings/check/check.ts";
import { sampleBytes, samplePath } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { type TestTerminalOptions, testTerminal } from "../test-terminal.ts";

vi.setConfig({ testTimeout: 60_000 });

const SAMPLE = samplePath("sessions-after.1.27.amd64");
const TYPED = [SAMPLE, "--exe", executablePath("sessions.1.27.amd64")];
const README = readFileSync(join(import.meta.dirname, "../../../src/cli/check/README.md"), "utf8");
const HOLDS = ["--fail-if", "count(main.Session) > 500"];
const BROKEN = ["--fail-if", "count(main.Session) > 499"];

const root = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-check-")));
let folder: string;
let runs = 0;
beforeEach(() => {
  folder = join(root, String(runs++));
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true }));

async function check(args: readonly string[], options: TestTerminalOptions = {}) {
  const terminal = testTerminal({ directory: folder, ...options });
  const code = await runCommandLine(["check", ...args], terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

describe("exit codes", () => {
  test("0 where all holds, 3 where a budget is broken", async () => {
    expect(await check([...TYPED, ...HOLDS])).toMatchObject({
      code: 0,
      errors: "",
      output: expect.stringContaining("\nok "),
    });
    const { code, output, errors } = await check([...TYPED, ...HOLDS, ...BROKEN]);
    expect([code, errors]).toEqual([3, "gohd: 1 of 2 budgets is broken\n"]);
    expect(output).toContain("BROKEN  count(main.Session) > 499: 500\n          450 × main.store.byToken[…]");
  });

  test("1 where the dump is cut, or cannot be judged: no verdict", async () => {
    const bytes = await sampleBytes("sessions-after.1.27.amd64");
    const cut = join(folder, "cut.dump");
    writeFileSync(cut, bytes.subarray(0, bytes.length / 2));
    const truncated = await check([cut, "--fail-if", "live > 1B"]);
    expect(truncated).toMatchObject({ code: 1, output: "" });
    const untyped = await check([SAMPLE, ...BROKEN]);
    expect(untyped).toMatchObject({
      code: 1,
      errors: expect.stringContaining("\n  Give it with --exe. go test deletes its binary"),
    });
    const stripped = await check([SAMPLE, ...BROKEN, "--json"]);
    expect([stripped.code, (JSON.parse(stripped.output) as Check).outcome]).toEqual([1, "unable"]);
    const partly = await check([SAMPLE, ...BROKEN, "--fail-if", "live > 1KiB"]);
    expect(partly).toMatchObject({ code: 3, errors: expect.stringContaining("\n  Give it with --exe.") });
    expect(partly.output).toContain("BROKEN  live > 1KiB: ");
    expect(partly.output).toContain("?       count(main.Session) > 499: not measured\n");
  });

  test.each([
    [
      [],
      "there is nothing to check: neither --fail-if nor --baseline is given, and there is no gohd.yaml, gohd.yml, gohd.json here",
    ],
    [
      ["--fail-if", "live > 5 MiBs"],
      '--fail-if: there is no unit "MiBs"\n  live > 5 MiBs\n           ^\n  did you mean MiB?',
    ],
    [["--most-garbage", "5", ...HOLDS], "--most-garbage: this is not a percentage"],
    [["other.dump", ...HOLDS], "there are 2 dumps\n  with --median they count as one"],
    [["--salvage", ...HOLDS], "unknown option '--salvage'"],
    [["--fail-if", "count(/(/) > 1"], "this bracket is not closed"],
    [["--fail-if", "count('/(/') > 1"], "/(/ is not a pattern"],
  ])("2 for %j", async (args, message) => {
    const { code, errors } = await check([...TYPED, ...args]);
    expect(errors).toContain(message);
    expect(code).toBe(2);
  });
});

describe("gohd.yaml", () => {
  test("of the working directory counts, unless another is given or none is wanted", async () => {
    writeFileSync(
      join(folder, "gohd.yaml"),
      "fail-if:\n  - budget: count(main.Session) > 499\n    reason: one a user\n",
    );
    writeFileSync(join(folder, "other.json"), '{"fail-if": "count(main.User) > 500"}');
    const found = await check(TYPED);
    expect(found).toMatchObject({
      code: 3,
      output: expect.stringContaining("  [gohd.yaml:2]\n          one a user\n"),
    });
    expect(found.errors).toContain("budgets of gohd.yaml\n");
    expect((await check([...TYPED, "-q"])).errors).not.toContain("budgets of");
    expect(await check([...TYPED, "--config", join(folder, "other.json")])).toMatchObject({ code: 0, errors: "" });
    expect(await check([...TYPED, "--no-config"])).toMatchObject({ code: 2 });
    // Both count.
    const both = await check([...TYPED, "--fail-if", "count(main.User) > 499", "--json"]);
    expect((JSON.parse(both.output) as Check).budgets.map(({ origin }) => origin)).toEqual([
      "gohd.yaml:2",
      "--fail-if",
    ]);
  });

  test("that cannot be had is told", async () => {
    const absent = await check([...TYPED, "--config", join(folder, "absent.yaml")]);
    expect(absent).toMatchObject({ code: 1, errors: expect.stringContaining("absent.yaml: no such file") });
    writeFileSync(join(folder, "gohd.yaml"), "fail-if:\n  - live > 1\n");
    expect(await check(TYPED)).toMatchObject({
      code: 2,
      errors: expect.stringContaining("gohd: gohd.yaml:2: live is in bytes"),
    });
  });
});

describe("--junit", () => {
  test("is written whatever the verdict, readable by others, again and again", async () => {
    const path = join(folder, "heap.xml");
    for (const [budget, code] of [
      [HOLDS, 0],
      [BROKEN, 3],
      [HOLDS, 0],
    ] as const) {
      expect((await check([...TYPED, ...budget, "--junit", path])).code).toBe(code);
      expect(readFileSync(path, "utf8").includes("<failure")).toBe(code === 3);
    }
    expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask());
    expect((await check([SAMPLE, ...HOLDS, "--junit", path])).code).toBe(1);
    expect(readFileSync(path, "utf8")).toContain('errors="1"');
  });

  test("replaces nothing that gohd did not write, unless it is forced to", async () => {
    const path = join(folder, "precious.xml");
    writeFileSync(path, "<testsuites name='go test'/>");
    const refused = await check([...TYPED, ...HOLDS, "--junit", path]);
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("precious.xml exists already\n") });
    expect(readFileSync(path, "utf8")).toBe("<testsuites name='go test'/>");
    expect((await check([...TYPED, ...HOLDS, "--junit", path, "--force"])).code).toBe(0);
    expect(readFileSync(path, "utf8")).toContain('<testsuites name="gohd check"');
    const dump = join(folder, "a.dump");
    writeFileSync(dump, await sampleBytes("sessions-after.1.27.amd64"));
    expect(await check([dump, "--fail-if", "live > 1GiB", "--junit", dump, "--force"])).toMatchObject({ code: 2 });
  });
});

describe("--github", () => {
  test("prints annotations, and adds a summary to what is there", async () => {
    const stepSummary = join(folder, "summary.md");
    writeFileSync(stepSummary, "before\n");
    const { code, output } = await check([...TYPED, ...BROKEN, "--github"], { stepSummary });
    expect(code).toBe(3);
    const [, token] = /^::stop-commands::([\w-]{36})\n/.exec(output)!;
    expect(output).toMatch(
      new RegExp(`\n::${token}::\n::error title=gohd%3A count\\(main\\.Session\\) > 499%3A 500::450 × .*\n$`),
    );
    expect(readFileSync(stepSummary, "utf8")).toMatch(/^before\n### gohd check: the budget is broken\n/);
    expect((await check([...TYPED, ...HOLDS, "--github"])).output).not.toContain("::error");
  });

  test("and JSON go together: the commands are on standard error", async () => {
    const { output, errors } = await check([...TYPED, ...BROKEN, "--github", "--json"]);
    expect((JSON.parse(output) as Check).outcome).toBe("broken");
    expect(errors).toContain("::error title=");
  });
});

describe("--baseline", () => {
  const BEFORE = [samplePath("sessions-before.1.27.amd64"), "--exe", executablePath("sessions.1.27.amd64")];
  const OLDER = [samplePath("workers.1.24.amd64"), "--exe", executablePath("workers.1.24.amd64")];

  test("is written with --update, and compared with without", async () => {
    const path = join(folder, "heap.json");
    const absent = await check([...BEFORE, "--baseline", path]);
    expect(absent).toMatchObject({
      code: 1,
      output: "",
      errors: expect.stringContaining("heap.json is not there\n  run the same with --update"),
    });
    const written = await check([...BEFORE, "--baseline", path, "--update"]);
    expect(written).toMatchObject({
      code: 0,
      errors: "",
      output: expect.stringContaining("of go1.27 amd64: written\n"),
    });
    expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask());
    const first = readFileSync(path, "utf8");
    expect(await check([...BEFORE, "--baseline", path])).toMatchObject({
      code: 0,
      output: expect.stringContaining(": nothing new\n"),
    });
    const grown = await check([...TYPED, "--baseline", path]);
    expect(grown.output).toContain("BROKEN  main.store has grown: 165 KiB → 551 KiB\n          main.SessionStore\n");
    expect(grown.output).toContain("\n          main.store.byToken[…]: 102 KiB → 339 KiB\n");
    expect([grown.code, grown.errors]).toEqual([3, "gohd: something in the heap is more than in its baseline\n"]);
    // The same dump, the same file, however somebody has laid it out since.
    writeFileSync(path, JSON.stringify(JSON.parse(first), null, 4));
    expect(await check([...BEFORE, "--baseline", path])).toMatchObject({ code: 0 });
    expect((await check([...BEFORE, "--baseline", path, "--update"])).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(first);
    // Another release has its own part.
    const other = await check([...OLDER, "--baseline", path]);
    expect(other).toMatchObject({
      code: 1,
      errors: expect.stringContaining("has nothing for go1.24 amd64, only for go1.27 amd64"),
    });
    expect((await check([...OLDER, "--baseline", path, "--update"])).code).toBe(0);
    expect(await check([...BEFORE, "--baseline", path])).toMatchObject({ code: 0 });
    expect(await check([...OLDER, "--baseline", path])).toMatchObject({ code: 0 });
  });

  test("has no contents: no keys of maps", async () => {
    const path = join(folder, "heap.json");
    await check([...TYPED, "--baseline", path, "--update", "--least", "1B"]);
    expect(readFileSync(path, "utf8")).toContain("main.store.byToken[…]");
    expect(readFileSync(path, "utf8")).not.toMatch(/\[\\"/);
  });

  test("of gohd.yaml is beside that file, with what is expected and what differs", async () => {
    const yaml = (more: string) => writeFileSync(join(folder, "gohd.yaml"), `baseline: ci/heap.json\n${more}`);
    mkdirSync(join(folder, "ci"));
    yaml("");
    expect((await check([...BEFORE, "--update"])).code).toBe(0);
    expect(existsSync(join(folder, "ci/heap.json"))).toBe(true);
    expect((await check(TYPED)).code).toBe(3);
    yaml("tolerance: 300%\n");
    expect((await check(TYPED)).code).toBe(0);
    expect((await check([...TYPED, "--tolerance", "10%"])).code).toBe(3);
    expect((await check([...TYPED, "--tolerance", "10%", "--tolerance-bytes", "1MiB", "--least", "1MiB"])).code).toBe(
      0,
    );
    yaml(
      "expect:\n  - path: main.store\n    up-to: 600KiB\n    reason: 500 logins\n  - {path: main.gone, reason: old}\n",
    );
    const { code, output } = await check(TYPED);
    expect(output).toContain("  expected: main.store, 165 KiB → 551 KiB (500 logins)\n");
    expect(output).toContain("  warning: nothing is there that main.gone of gohd.yaml:6 expects (old)\n");
    expect(code).toBe(0);
  });

  test("needs names, and a heap that can be judged", async () => {
    const path = join(folder, "heap.json");
    const untyped = await check([SAMPLE, "--baseline", path, "--update"]);
    expect(untyped).toMatchObject({ code: 1, errors: expect.stringContaining("no types are known") });
    expect(existsSync(path)).toBe(false);
    expect(await check([...TYPED, "--fail-if", "live > 1GiB", "--update"])).toMatchObject({ code: 2 });
  });

  test("replaces nothing that is no baseline", async () => {
    const path = join(folder, "package.json");
    writeFileSync(path, "{}");
    const refused = await check([...TYPED, "--baseline", path, "--update"]);
    expect(refused).toMatchObject({
      code: 1,
      errors: expect.stringContaining('package.json is not a baseline of gohd check: it has no "heaps"'),
    });
    expect(readFileSync(path, "utf8")).toBe("{}");
  });
});

test("--median takes several dumps of one test", async () => {
  const before = samplePath("sessions-before.1.27.amd64");
  const dumps = [SAMPLE, before, before];
  const exe = ["--exe", executablePath("sessions.1.27.amd64")];
  const { code, output } = await check([...dumps, ...exe, "--median", "--fail-if", "count(main.Session) > 150"]);
  expect(output).toContain("The median of 3 dumps counts.");
  expect(output).toContain("count(main.Session) > 150: 150\n");
  expect(code).toBe(0);
});

test("the README's gohd.yaml is one", async () => {
  const [, yaml] = /^```yaml\n([^`]*)```/m.exec(README)!;
  writeFileSync(join(folder, "gohd.yaml"), yaml!);
  const { budgets: read } = JSON.parse((await check([...TYPED, "--json"])).output) as Check;
  expect(read.map(({ reason }) => reason)).toContain("500 users of the load test, 200 KiB each");
});

test("--help and the README have every measure, option and key", async () => {
  const { output } = await check(["--help"]);
  for (const name of Object.keys(MEASURES)) {
    expect(output).toMatch(new RegExp(`\\b${name}\\b`));
    expect(README).toMatch(new RegExp(`\`${name}\\b`));
  }
  for (const key of ["fail-if", "expect", "baseline", "tolerance", "tolerance-bytes", "least", "most-garbage"]) {
    expect(output).toContain(key);
  }
});

test("--help has the grammar, and no budget of it is none", async () => {
  const { output } = await check(["--help"]);
  const { parseBudget } = await import("../../../src/findings/check/budget-parser.ts");
  const shown = [...output.matchAll(/^ {2}(\S.*?[\d%B])(?: {2,}|$)/gm)]
    .map(([, text]) => text!)
    .filter((text) => / [<>]=? /.test(text));
  expect(shown.length).toBeGreaterThan(6);
  for (const text of shown.filter((one) => !/^(gohd|Comparisons)/.test(one))) expect(parseBudget(text).text).toBe(text);
  expect(existsSync(join(folder, "gohd.yaml"))).toBe(false);
});
