/**
 * Stripped processes and their unstripped builds, as a real toolchain makes them: what the sibling names is what the
 * process would have named itself. Runs with GOHD_TEST_GO=<path of a go command>, of any version since 1.15; otherwise says
 * that it is skipped.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openExecutable } from "../../../src/binary/index.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { rootVertexName } from "../../../src/heap/roots/root-names.ts";
import { openFile } from "../../../src/io/sources/file-source.ts";
import { type TypedHeap, typeHeap } from "../../../src/typing/type-heap.ts";

const GO = process.env.GOHD_TEST_GO;
if (GO === undefined) console.warn("tests of sibling builds skipped: set GOHD_TEST_GO to a go command");

const SOURCE = join(import.meta.dirname, "../../../samples/programs/workers/main.go");

describe.skipIf(GO === undefined).each([
  ["an executable", []],
  ["a PIE", ["-buildmode=pie"]],
] as const)("%s", { timeout: 300_000 }, (_, flags) => {
  let folder = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gohd-sibling-"));
    for (const [name, extra] of [
      ["normal", []],
      ["stripped", ["-ldflags=-s -w"]],
    ] as const) {
      const output = join(folder, name);
      execFileSync(GO!, ["build", ...flags, ...extra, "-o", output, SOURCE], {
        env: { ...process.env, CGO_ENABLED: "0", GO111MODULE: "off", GOFLAGS: "", GOTOOLCHAIN: "local" },
      });
      // It panics, and writes the dump while it does.
      try {
        execFileSync(output, [`${output}.dump`], { stdio: "ignore" });
      } catch {
        expect(readFileSync(`${output}.dump`).length).toBeGreaterThan(1 << 16);
      }
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Types a dump by an executable, and another file's symbols. */
  async function type(dump: string, executable: string, symbols?: string): Promise<TypedHeap> {
    const heap = await readHeap(openFile(join(folder, `${dump}.dump`)), { keepShapes: true });
    const open = (name: string) => openExecutable(openFile(join(folder, name)));
    return typeHeap(heap, open(executable), symbols === undefined ? {} : { symbols: open(symbols) });
  }

  /** Names of roots in the program itself; what the runtime does differs from run to run. */
  function namesOf({ heap }: TypedHeap): string[] {
    const { vertices, to, edgeName } = heap.roots;
    const names = new Set<string>();
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const vertexName = rootVertexName(heap, vertex);
      if (!vertexName.startsWith("main.")) continue;
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        const type = heap.types.names[heap.objects.type[to[edge]!]!];
        if (edgeName?.(edge) !== undefined) names.add(`${vertexName}: ${edgeName(edge)}: ${type}`);
      }
    }
    return [...names].sort();
  }

  test("names of a stripped process come from its unstripped build, and are the same", async () => {
    const own = await type("normal", "normal");
    const sibling = await type("stripped", "stripped", "normal");
    expect(sibling.executable.verdict).toBe("exact");
    expect(sibling.names.explanation).toMatch(/; (\d+) of \1 functions on stacks agree\)$/);
    expect(namesOf(sibling)).toEqual(namesOf(own));
    expect(namesOf(own)).toEqual(expect.arrayContaining([expect.stringMatching(/^main\.service: : main\.Service$/)]));
  });

  test("the unstripped build alone does for a stripped process", async () => {
    const alone = await type("stripped", "normal");
    expect(namesOf(alone)).toEqual(namesOf(await type("stripped", "stripped", "normal")));
  });
});
