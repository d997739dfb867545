/** The process that tries inputs may hang or go down: the next inputs are tried all the same. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FuzzReport } from "./report.ts";
import { supervise, type TrialEnd, watchdog } from "./supervisor.ts";

/** Hangs at input 2 with nothing that lets a signal in, is killed at 4, leaves at 6, and has a fault of its own at 7. */
const CHILD = `
  const [seed, from, stride] = process.argv.slice(2).map(Number);
  process.send("ready");
  for (let index = from; process.connected; index += stride) {
    if (index === 2) for (;;);
    if (index === 4) process.kill(process.pid, "SIGSEGV");
    if (index === 4) await new Promise(() => setInterval(() => {}, 1000));
    if (index === 6) process.exit(3);
    const fault = index === 7 ? { step: "read", message: "x is undefined" } : undefined;
    const end = { index, name: "input", endings: [["read", "heap"]], fault, milliseconds: seed, peakMegabytes: 9 };
    await new Promise((resolve) => process.send(end, resolve));
  }
  process.exit();`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-supervisor-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a module; returns its path. */
function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("faults are told with the input, and how to try it again", { timeout: 60_000 }, async () => {
  const child = write("child.mjs", CHILD);
  const ends: TrialEnd[] = [];
  const task = { child, seed: 5, from: 0, stride: 1, patience: 3000 };
  await supervise({ ...task, wants: (index) => index < 10, onEnd: (end) => ends.push(end) });
  expect(ends.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(ends.filter(({ fault }) => fault !== undefined).map(({ index, fault }) => [index, fault!.message])).toEqual([
    [2, "no end after 3000 ms"],
    [4, "the process ended with SIGSEGV"],
    [6, "the process ended with code 3"],
    [7, "x is undefined"],
  ]);
  const report = new FuzzReport(5);
  for (const end of ends) report.add(end);
  expect(report.hasFaults).toBe(true);
  const text = report.render();
  for (const part of [
    "10 inputs of seed 5 in",
    "read heap",
    "npm run fuzz -- --seed 5 --only 7",
    "peak: 9 MB",
    "4 kinds of faults",
  ]) {
    expect(text).toContain(part);
  }
  expect(report.describeFault(ends[7]!)).toContain("fault in input 7 (input): x is undefined");
});

test("when time is up, the input under way is given up, and is no fault", { timeout: 60_000 }, async () => {
  const stop = new AbortController();
  const ends: TrialEnd[] = [];
  const unfinished: number[] = [];
  await supervise({
    child: write("busy.mjs", CHILD),
    seed: 5,
    from: 0,
    stride: 1,
    patience: 50_000,
    stop: stop.signal,
    wants: () => true,
    onEnd: (end) => {
      ends.push(end);
      if (end.index === 1) setTimeout(() => stop.abort(), 200);
    },
    onUnfinished: (index) => unfinished.push(index),
  });
  expect(ends.map(({ index, fault }) => [index, fault])).toEqual([
    [0, undefined],
    [1, undefined],
  ]);
  expect(unfinished).toEqual([2]);
  const report = new FuzzReport(5);
  for (const index of unfinished) report.addUnfinished(index);
  expect(report.hasFaults).toBe(false);
  expect(report.render()).toContain("not finished when time was up: input 2");
});

test("a process that does not start is no fault of the inputs", { timeout: 60_000 }, async () => {
  const ends: TrialEnd[] = [];
  const child = write("broken.mjs", "process.exit(7);");
  const task = { child, seed: 5, from: 0, stride: 1, patience: 30_000, wants: () => true };
  await expect(supervise({ ...task, onEnd: (end) => ends.push(end) })).rejects.toThrow(
    "the process that tries inputs does not start: the process ended with code 7",
  );
  expect(ends).toEqual([]);
});

test("no busy process outlives its parent, and its files go with it", { timeout: 60_000 }, async () => {
  const files = join(folder, "files");
  mkdirSync(files);
  const pidFile = join(folder, "pid");
  const busy = write(
    "busy-alone.mjs",
    `import { writeFileSync } from "node:fs";
    writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
    for (;;);`,
  );
  const parent = write(
    "parent.mjs",
    `import { spawn } from "node:child_process";
    const watchdog = (${watchdog.toString()})(process.pid, ${JSON.stringify(files)});
    spawn(process.execPath, ["--import", watchdog, ${JSON.stringify(busy)}], { stdio: "inherit" });`,
  );
  const runner = spawn(process.execPath, [parent], { stdio: "inherit" });
  await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "");
  const child = Number(readFileSync(pidFile, "utf8"));
  runner.kill("SIGKILL");
  try {
    await until(() => !isRunning(child));
    expect(existsSync(files)).toBe(false);
  } finally {
    if (isRunning(child)) process.kill(child, "SIGKILL");
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Dead, and nobody has asked how it ended.
  return !(existsSync(`/proc/${pid}/stat`) && / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !isSo(); ) {
    if (performance.now() > end) throw new Error("not so after 30 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
