/** `gohd convert --to html --before`: the earlier dumps are read first and compared; formats that show no growth refuse. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { readPage } from "../../support/readers/page-reader.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { testTerminal } from "../test-terminal.ts";

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-before-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function convert(...args: readonly string[]) {
  const terminal = testTerminal({ directory: folder });
  const code = await runCommandLine(["convert", ...args], terminal);
  return { code, errors: terminal.errorText() };
}

const pair = (program: string, version: string) => {
  const [before, after] = ["before", "after"].map((when) => samplePath(`${program}-${when}.${version}`));
  return { before: before!, after: after!, exe: executablePath(`${program}.${version}`) };
};

test("puts the comparison on the page", async () => {
  const { before, after, exe } = pair("handover", "1.24.amd64");
  const path = join(folder, "a.html");
  const { code, errors } = await convert(after, "--exe", exe, "--before", before, "--to", "html", "-o", path);
  expect(code, errors).toBe(0);
  const { growth, statements } = readPage(readFileSync(path));
  expect(growth!.title).toBe("What grew since handover-before.1.24.amd64.dump.zst");
  expect(growth!.statements[0]!.sentence).toBe("main.fleet.devices grew by 73.6 KiB (75,328 B): 300 more main.Device");
  expect(growth!.about[1]).toMatch(/^Of one process/);
  const [paths] = growth!.tables;
  expect(paths!.id).toBe("grown-paths");
  expect(paths!.rows[0]!.slice(0, 5)).toEqual(["main.fleet.devices", "[]*main.Device", 75_328, 124_864, 200_192]);
  // What is on any page is there as well.
  expect(statements[0]!.sentence).toMatch(/^main\.fleet\.devices keeps 196 KiB/);
});

test("takes several earlier dumps, and draws how each row went", async () => {
  const { before, after, exe } = pair("backlog", "1.27.amd64");
  const path = join(folder, "a.html");
  const earlier = ["--before", before, "--before", before];
  expect((await convert(after, "--exe", exe, ...earlier, "--to", "html", "-o", path)).code).toBe(0);
  const { growth } = readPage(readFileSync(path));
  expect(growth!.title).toMatch(/^What grew since backlog-before\S+, through backlog-before\S+$/);
  expect(growth!.tables[0]!.rows[0]!.at(-1)).toBe("▁▁█");
});

test("writes other formats beside it, which are not given the comparison", async () => {
  const { before, after, exe } = pair("backlog", "1.27.amd64");
  const args = ["--to", "html", "--to", "markdown", "-o", `${folder}/`];
  const { code, errors } = await convert(after, "--exe", exe, "--before", before, ...args);
  expect(code, errors).toBe(0);
  const [page, text] = ["html", "md"].map((ending) => readFileSync(join(folder, `backlog-after.1.27.amd64.${ending}`)));
  expect(readPage(page!).growth).not.toBeNull();
  expect(text!.toString()).not.toContain("grew");
});

test("a page without earlier dumps has no comparison", async () => {
  const path = join(folder, "a.html");
  expect((await convert(pair("backlog", "1.27.amd64").after, "--to", "html", "-o", path)).code).toBe(0);
  expect(readPage(readFileSync(path)).growth).toBeNull();
});

test.each([
  [["--to", "heapsnapshot", "--before", "old.dump"], /^gohd: heapsnapshot cannot show what grew/, "gohd diff old.dump"],
  [["--to", "html", "--before-exe", "old"], /--before-exe needs --before/, ""],
  [["--to", "html", "--before", "old.dump", "--before-exe", "old"], /--before-exe needs --exe/, ""],
])("refuses %j", async (args, message, hint) => {
  const { code, errors } = await convert(pair("backlog", "1.27.amd64").after, ...args);
  expect(code).toBe(2);
  expect(errors).toMatch(message);
  expect(errors).toContain(hint);
});

test("says what to do about earlier dumps of another build", async () => {
  const [older, newer] = [pair("fetchers", "1.22.amd64"), pair("fetchers", "1.27.amd64")];
  const path = join(folder, "a.html");
  const args = [newer.after, "--exe", newer.exe, "--before", older.before, "--to", "html", "-o", path];
  const refused = await convert(...args);
  expect(refused.code).toBe(1);
  expect(refused.errors).toContain("--before-exe");
  const { code, errors } = await convert(...args, "--before-exe", older.exe);
  expect(code, errors).toBe(0);
  expect(readPage(readFileSync(path)).growth!.statements[0]!.sentence).toMatch(/^goroutine main\.fetch grew by/);
});
