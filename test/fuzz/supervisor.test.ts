/** The process that tries inputs may hang or go down: the next inputs are tried all the same. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FuzzReport } from "./report.ts";
import { supervise, type TrialEnd } from "./supervisor.ts";

/** Hangs at input 2 with nothing that lets a signal in, is killed at 4, leaves at 6, and has a fault of its own at 7. */
const CHILD = `
  const [seed, from, stride] = process.argv.slice(2).map(Number);
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

test("faults are told with the input, and how to try it again", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "gohd-test-supervisor-"));
  try {
    const child = join(folder, "child.mjs");
    writeFileSync(child, CHILD);
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
  } finally {
    rmSync(folder, { recursive: true });
  }
});
