/**
 * Goroutines' stacks and allocation sites against what the process itself said at the same moment, for a program that
 * blocks in inlined and generic functions, wrappers, deferred calls, after faults and in coroutines (stacks/). Needs a go
 * command, of any version since 1.15.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openExecutable } from "../../src/binary/index.ts";
import { GoroutineStatus } from "../../src/heap/roots/goroutines.ts";
import { findShownCallSites, type Heap, openSource, printedFunctionName, readHeap, typeHeap } from "../../src/index.ts";
import { readProfile } from "../support/readers/profile-reader.ts";
import { GO, runGo } from "./go.ts";

if (GO === undefined) console.warn("tests of Go's stacks skipped: no go command; install it or set GOHD_TEST_GO");

const PROGRAM = join(import.meta.dirname, "stacks");

const BUILDS: Readonly<Record<string, readonly string[]>> = {
  normal: [],
  "stripped and trimmed": ["-ldflags=-s -w", "-trimpath"],
  "position-independent": ["-buildmode=pie"],
  "without inlining": ["-gcflags=all=-l"],
};

/** The text of pprof.Lookup("goroutine").WriteTo(f, 2): "function file:line" of each goroutine's frames, innermost first. */
function parseStacks(text: string): Map<number, string[]> {
  const stacks = new Map<number, string[]>();
  for (const paragraph of text.trim().split("\n\n")) {
    const [head, ...lines] = paragraph.split("\n");
    const id = Number(/^goroutine (\d+) /.exec(head!)![1]);
    const frames: string[] = [];
    for (let i = 0; i < lines.length && !lines[i]!.startsWith("created by "); i += 2) {
      const place = /^\t(.*:\d+)( \+0x[0-9a-f]+)?$/.exec(lines[i + 1]!)![1];
      frames.push(`${lines[i]!.slice(0, lines[i]!.lastIndexOf("("))} ${place}`);
    }
    stacks.set(id, frames);
  }
  return stacks;
}

/** The frames of one goroutine that Go prints, as Go prints them: runtime/traceback.go, showframe. */
function printedStack({ goroutines, dump }: Heap, index: number): string[] {
  const { frameStart, frames, names } = goroutines;
  const calls = goroutines.calls!;
  const shown: string[] = [];
  const all: string[] = [];
  for (let frame = frameStart[index]!; frame < frameStart[index + 1]!; frame++) {
    for (let call = calls.start[frame]!; call < calls.start[frame + 1]!; call++) {
      const name = printedFunctionName(calls.names[calls.function[call]!]!);
      const text = `${name === "runtime.gopanic" ? "panic" : name} ${calls.names[calls.file[call]!]}:${calls.line[call]}`;
      all.push(text);
      // Go 1.15 went by the name of the function that the call was inlined into.
      const deciding = dump.go.minor < 16 ? names[frames.function[frame]!]! : name;
      if (calls.isHidden[call] === 0 && isPrinted(deciding, shown.length === 0)) shown.push(text);
    }
  }
  return shown.length === 0 ? all : shown;
}

function isPrinted(name: string, isFirst: boolean): boolean {
  if (/^runtime\.run(Finalizers|Cleanups)$/.test(name) || (name === "runtime.gopanic" && !isFirst)) return true;
  return name.includes(".") && (!name.startsWith("runtime.") || /^runtime\.[A-Z]/.test(name));
}

/** The call sites of each bucket that profiles show, outermost first, sorted. */
function allocationStacks({ memoryProfile }: Heap): string[] {
  const { buckets, names } = memoryProfile;
  const { start, end } = findShownCallSites(memoryProfile);
  return Array.from(buckets.size, (size, bucket) => {
    const sites: string[] = [];
    for (let row = end[bucket]! - 1; row >= start[bucket]!; row--) {
      sites.push(`${names[buckets.siteFunction[row]!]} ${names[buckets.siteFile[row]!]}:${buckets.siteLine[row]}`);
    }
    return `${size}\n${sites.join("\n")}`;
  }).sort();
}

describe.skipIf(GO === undefined).each(Object.keys(BUILDS))("a program built %s", { timeout: 300_000 }, (build) => {
  let folder = "";
  let heap: Heap;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gohd-stacks-"));
    const file = join(folder, "stacks");
    runGo(PROGRAM, ["build", ...BUILDS[build]!, "-o", file, "."]);
    execFileSync(file, [`${file}.dump`], { timeout: 60_000, stdio: "pipe" });
    const untyped = await readHeap(await openSource(`${file}.dump`), { keepShapes: true });
    heap = (await typeHeap(untyped, openExecutable(await openSource(file)))).heap;
  }, 300_000);

  afterAll(() => {
    heap?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("every goroutine's stack is the one that Go prints", () => {
    const { goroutines } = heap;
    const printed = parseStacks(readFileSync(join(folder, "stacks.dump.goroutine"), "utf8"));
    let compared = 0;
    for (let i = 0; i < goroutines.count; i++) {
      const id = goroutines.id[i]!;
      // The main goroutine went on, from writing the dump to writing the text.
      if (goroutines.system[i] === 1 || id === 1) continue;
      // One that spins went on, too, within the function that it is in: it may be at another instruction by then.
      const isWaiting = goroutines.status[i] === GoroutineStatus.WAITING;
      const compare = (stack: readonly string[]): string[] =>
        stack.map((frame, k) => (k === 0 && !isWaiting ? frame.replace(/:\d+$/, "") : frame));
      expect(compare(printedStack(heap, i)), `goroutine ${id}`).toEqual(compare(printed.get(id)!));
      compared++;
    }
    expect(compared).toBe(printed.size - 1);
    expect(compared).toBeGreaterThan(30);
    const main = Array.from(goroutines.id).indexOf(1);
    expect(printedStack(heap, main).at(-1)).toMatch(/^main\.main .*main\.go:\d+$/);
  });

  test("allocations have the stacks of Go's own profile", () => {
    const profile = readProfile(readFileSync(join(folder, "stacks.dump.heap")), false);
    const left = new Map<string, number>();
    for (const { stack, labels } of profile.samples) {
      const text = `${labels.bytes}\n${stack.map(({ name, file, line }) => `${name} ${file}:${line}`).join("\n")}`;
      left.set(text, (left.get(text) ?? 0) + 1);
    }
    const ours = allocationStacks(heap);
    expect(ours.length).toBeGreaterThan(5);
    const unknown = ours.filter((text) => {
      // What was allocated since the last garbage collection is not published: Go's profile has its stack, but no size.
      const key = [text, text.replace(/^\d+/, "undefined")].find((candidate) => (left.get(candidate) ?? 0) > 0);
      if (key === undefined) return true;
      left.set(key, left.get(key)! - 1);
      return false;
    });
    // Where one line follows on another that allocates, too, a dump does not tell which of them it was.
    expect(unknown.length).toBeLessThanOrEqual(Math.ceil(ours.length / 20));
    if (process.arch === "x64" || process.arch === "arm64") {
      expect(unknown.filter((text) => /\nmain\.\S+ \S+$/.test(text))).toEqual([]);
    }
  });
});
