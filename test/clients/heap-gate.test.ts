/** The recipe of samples/gotest, as people follow it: a Go test writes its heap, and gohd check judges it. Skipped without Go. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../src/cli/program.ts";
import { testTerminal } from "../cli/test-terminal.ts";
import { GO_ENVIRONMENT, GO_RELEASES } from "./go.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const SAMPLE = join(import.meta.dirname, "../../samples/gotest");
const RUNS = 20;

if (GO_RELEASES.length === 0) console.warn("tests of gohd check with Go skipped: no go command");
else if (GO_RELEASES.length === 1)
  console.warn("gohd check is tried with one release of Go: GOHD_TEST_OTHER_GO names none");

const environment = {
  ...process.env,
  ...GO_ENVIRONMENT,
  GO111MODULE: "on",
  GOPROXY: "off",
  LEAK: "",
  HEAPDUMP_DIR: "",
};

describe.each(GO_RELEASES)("a test built by %s", (go) => {
  let folder: string;
  let executable: string;
  let version: string;

  const run = (command: string, args: readonly string[], more: object = {}): string =>
    execFileSync(command, args, { cwd: join(folder, "src"), encoding: "utf8", env: { ...environment, ...more } });

  /** Runs the test; returns the dump that it wrote, and its executable beside it. */
  function dump(name: string, more: object = {}): [dump: string, exe: string] {
    const directory = join(folder, name);
    run(executable, [], { HEAPDUMP_DIR: directory, ...more });
    return [join(directory, "TestSessions.dump"), join(directory, "gotest.test")];
  }

  async function check([path, exe]: readonly [string, string], ...args: string[]) {
    const terminal = testTerminal({ directory: join(folder, "src") });
    const code = await runCommandLine(["check", path, "--exe", exe, "-q", ...args], terminal);
    return { code, output: terminal.outputText(), errors: terminal.errorText() };
  }

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-gate-")));
    cpSync(SAMPLE, join(folder, "src"), { recursive: true });
    executable = join(folder, "gotest.test");
    version = run(go, ["env", "GOVERSION"]).trim();
    // Position-independent, so that the system puts it elsewhere each time; Go does so by itself on Linux without C.
    const isPie = process.platform === "linux" && process.arch === "x64";
    run(go, ["test", "-c", ...(isPie ? ["-buildmode=pie"] : []), "-o", executable, "."]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("passes, and fails with the ones to blame where it leaks", async () => {
    const good = dump("good");
    for (const path of good) expect(statSync(path).mode & 0o077).toBe(0);
    expect(await check(good)).toMatchObject({ code: 0, errors: "" });
    const { code, output } = await check(dump("leak", { LEAK: "1" }));
    expect(output).toMatch(/\nBROKEN {2}count\(gotest\.Session\) > 100: 500 {2}\[gohd\.yaml:4\]\n/);
    expect(output).toContain("gotest.store.sessions");
    expect(code).toBe(3);
  });

  test("cannot be judged where go test stripped it", async () => {
    const directory = join(folder, "plain");
    run(go, ["test", "-count=1", "."], { HEAPDUMP_DIR: directory });
    const { code, errors } = await check([join(directory, "TestSessions.dump"), join(directory, "gotest.test")]);
    expect(errors).toContain("neither symbols nor debug information");
    expect(errors).toContain("build it with go test -c");
    expect(code).toBe(1);
  });

  test("writes nothing where nobody asks for it", () => {
    run(executable, []);
    expect(existsSync(join(folder, "src/TestSessions.dump"))).toBe(false);
  });

  test(`passes with the baseline of its first run ${RUNS} times of ${RUNS}, and not when it leaks`, async () => {
    const baseline = join(folder, "heap.json");
    expect(await check(dump("first"), "--baseline", baseline, "--update")).toMatchObject({ code: 0 });
    expect(readFileSync(baseline, "utf8")).toContain(`"${/^go1\.\d+/.exec(version)?.[0] ?? "go1."}`);
    // Far below what is the default: only what the runtime has for itself, and maps, differ from run to run.
    const strict = ["--tolerance", "1%", "--tolerance-bytes", "4KiB", "--least", "16KiB"];
    const failed: string[] = [];
    for (let i = 0; i < RUNS; i++) {
      const { code, output } = await check(dump("again"), "--baseline", baseline, ...strict);
      if (code !== 0) failed.push(output);
    }
    expect(failed).toEqual([]);
    const { code, output } = await check(dump("leak", { LEAK: "1" }), "--baseline", baseline, "--no-config");
    expect(output).toMatch(
      /BROKEN {2}example\.com\/gotest\.store\.sessions\[…\]\.payload has grown: 100 KiB → 500 KiB/,
    );
    expect(code).toBe(3);
  });
});
