/** Names of inlined functions in the allocation profile. Against Go's own profiles: test/clients. */
import { describe, expect, test } from "vitest";
import { type Executable, type FunctionTable, Image, NO_FUNCTION, type SourceCall } from "../../../src/binary/index.ts";
import type { MemoryProfile } from "../../../src/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { nameInlinedSites } from "../../../src/typing/names/profile-names.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

type Site = readonly [name: string, file: string, line: number];

interface FunctionSketch {
  readonly name: string;
  /** From each offset on: calls, innermost first. */
  readonly runs: readonly (readonly [offset: number, ...calls: Site[]])[];
  /** Offsets of calls of five bytes, and the functions that they call. */
  readonly calls?: readonly (readonly [offset: number, name: string])[];
}

const TEXT = 0x40_0000;
const SIZE = 0x100;

/** Functions of 256 bytes each, as amd64 executables have them. */
function drawFunctions(sketches: readonly FunctionSketch[]): { executable: Executable; functions: FunctionTable } {
  const bytes = new Uint8Array(sketches.length * SIZE);
  const view = new DataView(bytes.buffer);
  const names = sketches.map(({ name }) => name);
  sketches.forEach(({ calls = [] }, i) => {
    for (const [offset, target] of calls) {
      const at = i * SIZE + offset;
      bytes[at] = 0xe8;
      view.setInt32(at + 1, names.indexOf(target) * SIZE - at - 5, true);
    }
  });
  const size = bytes.length;
  const segment = { address: TEXT, memorySize: size, position: 0, fileSize: size, writable: false, executable: true };
  const image = new Image(memorySource(bytes), [segment], { pointerSize: 8, bigEndian: false }, () => {});
  const entry = Float64Array.from({ length: sketches.length + 1 }, (_, i) => TEXT + i * SIZE);
  const toCalls = ([, ...calls]: FunctionSketch["runs"][number]): SourceCall[] =>
    calls.map(([name, file, line]) => ({ function: name, file, line, isWrapper: name.endsWith("-fm") }));
  const callsAt = (pc: number): readonly SourceCall[] => {
    const sketch = sketches[Math.floor((pc - TEXT) / SIZE)];
    const run = sketch?.runs.findLast(([offset]) => offset <= (pc - TEXT) % SIZE);
    return run === undefined ? [] : toCalls(run);
  };
  const functions: FunctionTable = {
    count: sketches.length,
    entry,
    indexAt: (pc) => Math.floor((pc - TEXT) / SIZE),
    indexOfEntry: (pc) =>
      pc >= TEXT && pc < TEXT + size && (pc - TEXT) % SIZE === 0 ? (pc - TEXT) / SIZE : NO_FUNCTION,
    isFunctionEntry: (pc) => (pc - TEXT) % SIZE === 0,
    name: (index) => names[index]!,
    lineAt: (pc) => callsAt(pc)[0],
    callsAt,
    callRuns: (index) => sketches[index]!.runs.map(toCalls),
  };
  return { executable: { arch: "amd64", image } as Executable, functions };
}

function profileOf(...stacks: (readonly Site[])[]): MemoryProfile {
  return drawHeap((s) => {
    for (const sites of stacks) s.bucket({ size: 64, allocations: 1, frees: 0, sites });
  }).memoryProfile;
}

/** Call sites of each bucket after naming. */
function named(profile: MemoryProfile, sketches: readonly FunctionSketch[]): Site[][] {
  const { executable, functions } = drawFunctions(sketches);
  const { buckets, names, namesInlined } = nameInlinedSites(profile, executable, functions);
  expect(namesInlined).toBe(true);
  return Array.from(buckets.size, (_, bucket) => {
    const sites: Site[] = [];
    for (let row = buckets.siteStart[bucket]!; row < buckets.siteStart[bucket + 1]!; row++) {
      sites.push([names[buckets.siteFunction[row]!]!, names[buckets.siteFile[row]!]!, buckets.siteLine[row]!]);
    }
    return sites;
  });
}

const NEWOBJECT: FunctionSketch = { name: "runtime.newobject", runs: [[0, ["runtime.newobject", "malloc.go", 1]]] };

/** `outer` at lines 11 and 13 calls what is inlined: `inner`, lines 20 and 21. */
const OUTER: FunctionSketch = {
  name: "main.outer",
  runs: [
    [0, ["main.outer", "main.go", 10]],
    [16, ["main.inner", "main.go", 20], ["main.outer", "main.go", 11]],
    [32, ["main.outer", "main.go", 12]],
    [48, ["main.inner", "main.go", 20], ["main.outer", "main.go", 13]],
    [64, ["main.inner", "main.go", 21], ["main.outer", "main.go", 13]],
  ],
};

describe("call sites", () => {
  test("have the names of the functions whose lines they are", () => {
    const profile = profileOf([
      ["runtime.newobject", "malloc.go", 1],
      ["main.outer", "main.go", 20],
      ["main.outer", "main.go", 11],
      ["main.main", "main.go", 3],
    ]);
    expect(named(profile, [NEWOBJECT, OUTER])).toEqual([
      [
        ["runtime.newobject", "malloc.go", 1],
        ["main.inner", "main.go", 20],
        ["main.outer", "main.go", 11],
        ["main.main", "main.go", 3],
      ],
    ]);
  });

  test("what is ambiguous is told by the caller, or keeps the physical name", () => {
    const functions: FunctionSketch = {
      name: "main.outer",
      runs: [
        [0, ["main.one", "gen.go", 5], ["main.outer", "main.go", 11]],
        [16, ["main.two", "gen.go", 5], ["main.outer", "main.go", 12]],
        [32, ["main.three", "gen.go", 6], ["main.outer", "main.go", 13]],
        [48, ["main.four", "gen.go", 6], ["main.outer", "main.go", 13]],
      ],
    };
    const stack = (inner: number, outer: number): Site[] => [
      ["runtime.newobject", "malloc.go", 1],
      ["main.outer", "gen.go", inner],
      ["main.outer", "main.go", outer],
    ];
    const result = named(profileOf(stack(5, 11), stack(5, 12), stack(6, 13)), [NEWOBJECT, functions]);
    expect(result.map((sites) => sites[1]![0])).toEqual(["main.one", "main.two", "main.outer"]);
  });

  test("the innermost one is that of a call that returns to its place", () => {
    const calling: FunctionSketch = {
      ...OUTER,
      // Returns to offset 64: inner's line 21, though line 20 allocated.
      calls: [[59, "runtime.newobject"]],
    };
    const profile = profileOf([
      ["main.outer", "main.go", 21],
      ["main.outer", "main.go", 13],
    ]);
    expect(named(profile, [NEWOBJECT, calling])[0]).toEqual([
      ["main.inner", "main.go", 20],
      ["main.outer", "main.go", 13],
    ]);
    // Back in the outer function.
    const returning: FunctionSketch = { ...OUTER, calls: [[27, "runtime.newobject"]] };
    const after = profileOf([
      ["main.outer", "main.go", 12],
      ["main.outer", "main.go", 11],
    ]);
    expect(named(after, [NEWOBJECT, returning])[0]![0]).toEqual(["main.inner", "main.go", 20]);
  });

  test("calls that cannot allocate say nothing, and several say nothing certain", () => {
    const site = ["main.outer", "main.go", 12] as const;
    const panics: FunctionSketch = { name: "runtime.panicIndex", runs: [[0, ["runtime.panicIndex", "panic.go", 1]]] };
    const profile = profileOf([site, ["main.outer", "main.go", 11]]);
    expect(named(profile, [panics, { ...OUTER, calls: [[27, "runtime.panicIndex"]] }])[0]![0]).toEqual(site);
    const both: FunctionSketch = {
      name: "main.outer",
      runs: [
        [0, ["main.one", "main.go", 30], ["main.outer", "main.go", 11]],
        [16, ["main.two", "main.go", 40], ["main.outer", "main.go", 11]],
        [32, ["main.outer", "main.go", 12]],
        [48, ["main.two", "main.go", 40], ["main.outer", "main.go", 11]],
        [64, ["main.outer", "main.go", 12]],
      ],
      calls: [
        [27, "runtime.newobject"],
        [59, "runtime.newobject"],
      ],
    };
    // Both return to line 12, and both are main.two's line 40.
    expect(named(profile, [NEWOBJECT, both])[0]![0]).toEqual(["main.two", "main.go", 40]);
    const other: FunctionSketch = {
      ...both,
      runs: both.runs.with(3, [48, ["main.one", "main.go", 30], ["main.outer", "main.go", 11]]),
    };
    expect(named(profile, [NEWOBJECT, other])[0]![0]).toEqual(site);
  });

  test("wrappers are no frames, but what was inlined into them is", () => {
    const wrapper: FunctionSketch = {
      name: "main.(*T).push-fm",
      runs: [[0, ["main.(*T).push", "main.go", 50], ["main.(*T).push-fm", "<autogenerated>", 1]]],
      calls: [[11, "runtime.newobject"]],
    };
    const profile = profileOf([["main.(*T).push-fm", "main.go", 50]]);
    expect(named(profile, [NEWOBJECT, wrapper])[0]).toEqual([["main.(*T).push", "main.go", 50]]);
  });

  test("functions that the executable has not keep their names", () => {
    const sites: Site[] = [
      ["plugin.f", "p.go", 1],
      ["plugin.f", "p.go", 2],
    ];
    expect(named(profileOf(sites), [NEWOBJECT])).toEqual([sites]);
    expect(named(profileOf(), [])).toEqual([]);
  });
});
