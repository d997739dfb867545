/** The pool's threads as a process has them: the same results, and the same end, with any number of them. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { GohdProcesses, type Outcome } from "../gohd-process.ts";

// Processes take as long as the machine is busy.
vi.setConfig({ testTimeout: 240_000 });

let processes: GohdProcesses;

beforeAll(() => {
  processes = new GohdProcesses();
}, 240_000);

afterAll(() => processes.remove());

/**
 * What every thread does first. Sample dumps are worth threads, and parts are of 512 bytes of pointers. The thread that works is
 * slow, so that the others get some of each kernel's parts; every part that they get is noted in the file "parts".
 */
function hook(more = ""): string {
  return `
    import { appendFileSync, existsSync, statSync } from "node:fs";
    import { isMainThread, workerData } from "node:worker_threads";
    import { KERNELS } from "${processes.module("src/kernels.js")}";
    import { POOL_LIMITS } from "${processes.module("src/workers/pool.js")}";
    Object.assign(POOL_LIMITS, { leastSteps: 0, partSteps: 512 / 8 });
    const isOfPool = !isMainThread && workerData == null;
    const isAlone = /--workers,[01]$/.test(process.argv.join());
    const count = () => (existsSync("parts") ? statSync("parts").size : 0);
    const sleep = () => new Promise((resolve) => setTimeout(resolve, 5));
    let begin = () => {};
    for (const load of isMainThread ? [] : Object.values(KERNELS)) {
      const kernel = await load();
      const { run } = kernel;
      kernel.run = async (columns, from, ...others) => {
        if (isOfPool) {
          appendFileSync("parts", ".");
          begin();
        }
        const before = count();
        for (let i = 0; i < 100 && from === 0 && !isOfPool && !isAlone && count() === before; i++) await sleep();
        return run(columns, from, ...others);
      };
    }
    ${more}`;
}

/** How many parts threads of the pool did; from now on they count anew. */
function countParts(): number {
  const path = join(processes.folder, "parts");
  const count = readFileSync(path, { flag: "a+" }).length;
  rmSync(path);
  return count;
}

/** The other byte order with one number: most of the time here processes begin. */
const SAMPLES = [
  ["lru.1.27.amd64", "lru.1.27.amd64", [1, 2, 7]],
  ["dominators.1.22.s390x", undefined, [2]],
] as const;

/** A sample, unpacked: threads read what is in a file. */
async function dumpPath(sample: string): Promise<string> {
  const path = join(processes.folder, `${sample}.dump`);
  if (!existsSync(path)) writeFileSync(path, await sampleBytes(sample));
  return path;
}

/** Everything that gohd makes of a sample without a native package, as text. */
async function everything(sample: string, executable: string | undefined, workers: number): Promise<string> {
  const exe = executable === undefined ? [] : ["--exe", executablePath(executable)];
  const formats = ["heapsnapshot", "heapprofile", "pprof", "perfetto", "hprof", "json", "markdown"];
  const outputs = formats.map((format) => `${sample}.${workers}.${format}`);
  const run = (...args: string[]): Promise<Outcome> => processes.start(args, { hook: hook() }).outcome;
  const options = [await dumpPath(sample), ...exe, "--workers", String(workers)];
  const conversion = await run(
    "convert",
    ...options,
    ...formats.flatMap((format, i) => ["--to", format, "-o", outputs[i]!]),
  );
  expect(conversion.errors).not.toContain("error");
  expect(conversion.code).toBe(0);
  const files = outputs.map((name) => readFileSync(join(processes.folder, name), "latin1"));
  return files.join("\n\n");
}

describe.each(SAMPLES)("%s", (sample, executable, numbers) => {
  test("is the same with any number of workers", async () => {
    const alone = await everything(sample, executable, 0);
    expect(alone.length).toBeGreaterThan(10_000);
    expect(countParts()).toBe(0);
    for (const workers of numbers) {
      // Not by `toBe`: nobody wants to see all of it.
      expect((await everything(sample, executable, workers)) === alone, `with ${workers} workers`).toBe(true);
      // This thread is one of them.
      expect(countParts() > 0).toBe(workers > 1);
    }
  });
});

describe("threads", () => {
  const args = async () => ["info", await dumpPath("lru.1.27.amd64"), "--workers", "3"];

  test("are none for a dump that is not worth any", async () => {
    const counting = hook()
      .replace(/Object\.assign.*/, "")
      .replace("i < 100", "i < 0");
    const { code } = await processes.start(await args(), { hook: counting }).outcome;
    expect(code).toBe(0);
    expect(countParts()).toBe(0);
  });

  test("that cannot begin are not missed", async () => {
    const [command, dump] = await args();
    const alone = await processes.run(command!, dump!);
    const failing = hook('if (isOfPool) { appendFileSync("parts", "."); throw new Error("no such thread"); }');
    const outcome = await processes.start(await args(), { hook: failing }).outcome;
    expect(outcome.errors).toBe("");
    expect(outcome.output.equals(alone.output)).toBe(true);
    expect(countParts()).toBeGreaterThan(0);
  });

  test("that run out of memory end the command as it would end without them", async () => {
    // What the main thread is told holds for the threads that come after it.
    const greedy = hook(`
      if (isMainThread) (await import("node:v8")).setFlagsFromString("--max-old-space-size=100");
      begin = () => { for (const all = []; ; ) all.push({ count: all.length, text: String(all.length) }); };`);
    const { code, errors } = await processes.start(await args(), { hook: greedy }).outcome;
    expect(errors).toContain("JavaScript's part of the memory is used up");
    expect(code).toBe(1);
  });

  test("that fail end the command with their error", async () => {
    const failing = hook('begin = () => { throw new RangeError("Array buffer allocation failed"); };');
    const { code, errors } = await processes.start(await args(), { hook: failing }).outcome;
    expect(errors).toContain("there is not enough memory for this heap");
    expect(code).toBe(1);
  });

  test("whose answers there is no memory for end the command", async () => {
    const unread = hook(`
      const { Worker } = await import("node:worker_threads");
      const { emit } = Worker.prototype;
      Worker.prototype.emit = function (event, value) {
        return value?.results === undefined
          ? emit.call(this, event, value)
          : emit.call(this, "messageerror", new RangeError("Array buffer allocation failed"));
      };`);
    const { code, errors } = await processes.start(await args(), { hook: unread }).outcome;
    expect(errors).toContain("there is not enough memory for this heap");
    expect(code).toBe(1);
  });

  test("that do something for ever end with the command, when it is told to", async () => {
    countParts();
    const run = processes.start(await args(), { hook: hook("begin = () => { for (;;); };") });
    const path = join(processes.folder, "parts");
    await vi.waitUntil(() => existsSync(path), 60_000);
    run.child.kill("SIGINT");
    const { code, signal } = await run.outcome;
    expect([code, signal]).toEqual([130, null]);
  });

  test("that do something for ever end with the thread that works, when that fails", async () => {
    countParts();
    const failing = hook(`
      begin = () => { for (;;); };
      const fail = () => { if (count() > 0) throw new Error("the work fails"); };
      if (!isMainThread && !isOfPool) setInterval(fail, 10);`);
    const { code, errors } = await processes.start(await args(), { hook: failing }).outcome;
    expect(errors).toContain("the work fails");
    expect(code).toBe(1);
  });
});
