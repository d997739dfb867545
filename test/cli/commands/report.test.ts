/** `gohd report` as a command: what it says besides the report. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { buildDump } from "../../support/dump-builder.ts";
import { testTerminal } from "../test-terminal.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** 1 MiB that is live, and garbage of `size`. */
async function report(size: number, ...options: string[]) {
  const path = join(folder, "x.dump");
  const dump = buildDump((d) => {
    d.root(d.object(1 << 20));
    d.object(size);
  });
  writeFileSync(path, dump);
  const terminal = testTerminal();
  expect(await runCommandLine(["report", path, ...options], terminal)).toBe(0);
  return { output: terminal.outputText(), errors: terminal.errorText() };
}

test("what is unreachable is said once: in the report, or, where that is data, as a warning", async () => {
  const { output, errors } = await report(1 << 18);
  expect(output).toContain("no GC root leads to");
  expect(errors).not.toContain("unreachable");
  expect((await report(1 << 18, "--json")).errors).toContain("unreachable");
});

test("that objects are never finalized is said once as well, unless the report leaves it out", async () => {
  //   x ⇄ y (1 MiB or little)     finalizer of x
  const tell = async (size: number, ...options: string[]) => {
    const path = join(folder, "z.dump");
    const dump = buildDump((d) => {
      const [x, y] = [d.object(32), d.object(size)];
      d.root(d.object(1 << 20));
      x.point(8, y);
      y.point(0, x);
      d.finalizer(x);
    });
    writeFileSync(path, dump);
    const terminal = testTerminal();
    expect(await runCommandLine(["report", path, ...options], terminal)).toBe(0);
    return { output: terminal.outputText(), errors: terminal.errorText() };
  };
  const { output, errors } = await tell(1 << 20);
  expect(output).toContain("1 object that its finalizer can never get");
  expect(errors).not.toContain("finalized");
  expect((await tell(1 << 20, "--json")).errors).toContain("will not be finalized");
  expect((await tell(64)).errors).toContain("will not be finalized");
});

test("a little of it is not said at all", async () => {
  const { output, errors } = await report(1 << 10);
  expect(output).not.toContain("no GC root leads to");
  expect(errors).not.toContain("unreachable");
});

test.each(["report", ""])(
  'in another format it is what convert writes: "gohd %s x.dump --to markdown"',
  async (command) => {
    const path = join(folder, "y.dump");
    writeFileSync(
      path,
      buildDump((d) => d.root(d.object(1 << 20))),
    );
    const written = async (...args: string[]): Promise<string> => {
      const terminal = testTerminal();
      expect(await runCommandLine(args, terminal)).toBe(0);
      return terminal.outputText();
    };
    const begin = command === "" ? [path] : [command, path];
    const converted = await written("convert", path, "--to", "markdown", "-o", "-");
    expect(converted).toContain("## What holds the memory of");
    expect(await written(...begin, "--to", "markdown", "-o", "-")).toBe(converted);
    expect(await written(...begin, "--to=markdown", "-o", "-")).toBe(converted);
  },
);

test("names what owns at least the share that is asked for", async () => {
  const path = join(folder, "z.dump");
  const dump = buildDump((d) => {
    for (const size of [1 << 20, 1 << 16]) d.root(d.object(size));
  });
  writeFileSync(path, dump);
  const told = async (...options: string[]) => {
    const terminal = testTerminal();
    const code = await runCommandLine(["report", path, ...options], terminal);
    return { code, output: terminal.outputText(), errors: terminal.errorText() };
  };
  const count = async (...options: string[]): Promise<number> =>
    [...(await told(...options)).output.matchAll(/ keeps /g)].length;
  expect(await count()).toBe(1);
  expect(await count("--least", "10")).toBe(1);
  for (const least of ["5", "5%", "5.5"]) expect(await count("--least", least)).toBe(2);
  expect((await told("--least", "99.5")).output).toContain("nothing owns 99.5 % of the live heap");
  expect((await told("--least", "5", "--all", "--json")).output).toContain('"leastShare": 0.05');
  for (const least of ["0", "101", "-3", "much"]) {
    expect(await told("--least", least)).toMatchObject({ code: 2, errors: expect.stringContaining("percentage") });
  }
});
