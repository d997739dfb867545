/**
 * Lengths, capacities and counts against what a program says of itself: everything that `lengths/main.go` holds. Needs a go
 * command, of any version since 1.15; other architectures than this machine's need qemu-user.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openExecutable } from "../../src/binary/index.ts";
import { openSource, readHeap, typeHeap } from "../../src/index.ts";
import { GO, GO_ENVIRONMENT } from "../clients/go.ts";
import { compareLengths } from "./length-truth.ts";

if (GO === undefined) console.warn("tests of lengths skipped: no go command; install it or set GOHD_TEST_GO");

/** How the executables of an architecture are run here. */
const RUNNERS: Readonly<Record<string, string | undefined>> = {
  host: "",
  "386": process.arch === "x64" ? "" : undefined,
  s390x: findProgram("qemu-s390x-static") ?? findProgram("qemu-s390x"),
};

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

describe.skipIf(GO === undefined).each(Object.entries(RUNNERS))("%s", { timeout: 600_000 }, (arch, runner) => {
  let folder = "";
  let executable = "";
  let dump = "";
  let truth = "";

  // Where there is no runner, nothing of this runs, nor what takes the folder away.
  beforeAll(() => {
    if (runner === undefined) return;
    folder = mkdtempSync(join(tmpdir(), "gohd-lengths-"));
    [executable, dump] = [join(folder, "lengths"), join(folder, "lengths.dump")];
    const source = join(import.meta.dirname, "lengths/main.go");
    const env = { ...process.env, ...GO_ENVIRONMENT, ...(arch === "host" ? {} : { GOARCH: arch }) };
    execFileSync(GO!, ["build", "-o", executable, source], { env, stdio: ["ignore", "ignore", "inherit"] });
    const [program, args] = runner === "" ? [executable, [dump]] : [runner, [executable, dump]];
    truth = execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  }, 600_000);
  afterAll(() => {
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  test.skipIf(runner === undefined)("every length, capacity and count is as the program says", async () => {
    const heap = await readHeap(await openSource(dump), { keepShapes: true });
    const typed = await typeHeap(heap, openExecutable(await openSource(executable)));
    const { right, missing, invented } = await compareLengths(typed.heap, truth);
    expect({ missing, invented }).toEqual({ missing: [], invented: [] });
    expect(Object.keys(right).sort()).toEqual(["chan", "map", "slice", "string", "waiters"]);
    expect(right.string).toBeGreaterThan(900);
    heap.close();
  });
});
