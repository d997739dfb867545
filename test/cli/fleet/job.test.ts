/** Processes of a fleet, with a program in gohd's place that does what its arguments say. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type JobResult, runJobs } from "../../../src/cli/fleet/job.ts";
import { chooseJobCount } from "../../../src/cli/fleet/job-count.ts";
import { createFurtherProcesses } from "../../../src/cli/terminal/further-processes.ts";
import { until } from "../gohd-process.ts";

const NODE = [process.execPath, "--eval"];
const NEVER = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-jobs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(bodies: Record<string, string>, most = 2, command: readonly string[] = NODE, signal = NEVER) {
  const results: Record<string, JobResult> = {};
  const jobs = Object.entries(bodies).map(([dump, body]) => ({ dump, args: [body] }));
  const processes = createFurtherProcesses({ command, cores: 2, freeMemory: 1e9 });
  await runJobs(jobs, most, processes, signal, (result) => {
    results[result.job.dump] = result;
  });
  return results;
}

test("one that fails stops none; what each said and why it failed is told", async () => {
  const results = await run({
    good: 'console.error("gohd: warning: odd\\nwrote it"); console.log("ignored")',
    wrong: 'console.error("gohd: warning: odd\\ngohd: not a dump\\n  a hint"); process.exit(2)',
    silent: "process.exit(7)",
    killed: 'process.kill(process.pid, "SIGKILL")',
    last: "",
  });
  expect(results).toMatchObject({
    good: { failure: undefined, lines: ["warning: odd", "wrote it"] },
    wrong: { failure: "not a dump", lines: ["warning: odd", "not a dump", "  a hint"] },
    silent: { failure: "its gohd ended with exit code 7", lines: [] },
    killed: { failure: "its gohd was ended by SIGKILL" },
    last: { failure: undefined },
  });
});

test("no more than so many run at a time, and so many do", async () => {
  // Each waits until there are two, and notices a third.
  const body = (name: string): string => `
    const { mkdirSync, readdirSync, rmdirSync } = require("node:fs");
    const at = ${JSON.stringify(folder)};
    mkdirSync(at + "/${name}");
    const wait = () => {
      const count = readdirSync(at).length;
      if (count > 2) process.exit(3);
      if (count < 2) return setTimeout(wait, 5);
      setTimeout(() => { rmdirSync(at + "/${name}"); process.exit(0); }, 50);
    };
    wait();`;
  const results = await run({ a: body("a"), b: body("b"), c: body("c"), d: body("d") });
  expect(Object.values(results).filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(Object.keys(results)).toHaveLength(4);
});

test("a program that cannot be started is told for each", async () => {
  const results = await run({ a: "", b: "" }, 1, [join(folder, "missing")]);
  expect(results.a!.failure).toMatch(/^no gohd could be started for it: .*ENOENT/);
  expect(results.b!.failure).toMatch(/ENOENT/);
});

test("an interruption ends those that run, waits for them and starts no more", async () => {
  const controller = new AbortController();
  const started = join(folder, "started");
  const ended = join(folder, "ended");
  writeFileSync(join(folder, "x"), "");
  const body = `const { writeFileSync } = require("node:fs");
    process.on("SIGTERM", () => { writeFileSync(${JSON.stringify(ended)}, ""); process.exit(143); });
    writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1000);`;
  const never = join(folder, "never");
  const running = run(
    { a: body, b: `require("node:fs").writeFileSync(${JSON.stringify(never)}, "")` },
    1,
    NODE,
    controller.signal,
  );
  await until(() => existsSync(started));
  controller.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  expect(existsSync(ended)).toBe(true);
  expect(existsSync(never)).toBe(false);
});

test("an interruption that comes while the first is being started ends it all the same", async () => {
  const controller = new AbortController();
  const processes = createFurtherProcesses({ command: NODE, cores: 2, freeMemory: 1e9 });
  const running = processes.run(["setInterval(() => {}, 1000)"], controller.signal);
  controller.abort(new Error("enough"));
  expect(await running).toMatchObject({ code: null, signal: "SIGTERM" });
});

test("as many as there are cores, but no more than the memory has room for; always one", () => {
  const dump = (path: string, size: number) => ({ path, size });
  const small = [dump("a.dump", 1e6), dump("b.dump", 1e6), dump("c.dump", 1e6)];
  const choose = (dumps: typeof small, cores: number, gigabytes: number) =>
    chooseJobCount(dumps, { cores, freeMemory: gigabytes * 1e9 });
  expect(choose(small, 8, 16)).toBe(3);
  expect(choose(small, 2, 16)).toBe(2);
  expect(choose([...small, dump("d.dump", 2e9)], 8, 16)).toBe(2);
  expect(choose([...small, dump("d.dump.zst", 2e8)], 8, 16)).toBe(2);
  expect(choose([...small, dump("d.dump", 9e9)], 8, 16)).toBe(1);
});
