/** Names of inlined functions in the allocation profile. Against Go's own profiles: test/clients. */
import { describe, expect, test } from "vitest";
import {
  type Executable,
  type FunctionTable,
  Image,
  NO_FUNCTION,
  type SourceCall,
  type Type,
} from "../../../src/binary/index.ts";
import { findShownCallSites, type MemoryProfile } from "../../../src/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { nameInlinedSites } from "../../../src/typing/names/profile-names.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

type Site = readonly [name: string, file: string, line: number];

interface FunctionSketch {
  readonly name: string;
  /** From each offset on: calls, innermost first. */
  readonly runs: readonly (readonly [offset: number, ...calls: Site[]])[];
  /** Offsets in front of calls at which instructions are. */
  readonly instructions?: readonly (readonly [offset: number, ...bytes: number[]])[];
  /** Offset of the instruction that has the place of the call that was replaced, wherever something is inlined. */
  readonly parent?: number;
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
  sketches.forEach(({ calls = [], instructions = [] }, i) => {
    for (const [offset, ...code] of instructions) bytes.set(code, i * SIZE + offset);
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
    callPcsAt: (pc) => parentsAt(sketches, pc),
    callRuns: (index) => sketches[index]!.runs.map(toCalls),
    stackObjects: () => [],
  };
  return { executable: { arch: "amd64", image } as Executable, functions };
}

/** PCs of the calls at a PC: that, and the parent's if something is inlined there. */
function parentsAt(sketches: readonly FunctionSketch[], pc: number): number[] {
  const sketch = sketches[Math.floor((pc - TEXT) / SIZE)]!;
  const start = pc - ((pc - TEXT) % SIZE);
  const run = sketch.runs.findLast(([offset]) => offset <= pc - start)!;
  return sketch.parent === undefined || run.length < 3 ? [pc] : [pc, start + sketch.parent];
}

function profileOf(...stacks: (readonly Site[])[]): MemoryProfile {
  return drawHeap((s) => {
    for (const sites of stacks) s.bucket({ size: 64, allocations: 1, frees: 0, sites });
  }).memoryProfile;
}

/** Call sites of each bucket after naming. */
function named(
  profile: MemoryProfile,
  sketches: readonly FunctionSketch[],
  types: ReadonlyMap<number, Type> = new Map(),
): Site[][] {
  const { executable, functions } = drawFunctions(sketches);
  const { buckets, names, namesInlined } = nameInlinedSites(profile, {
    executable,
    functions,
    types: { typeAt: (address) => types.get(address) },
  });
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

  test("of several calls that return to one place, that is the one that allocates as much", () => {
    const NODE = TEXT + 0x1000;
    const types = new Map([[NODE, { size: 40 } as Type]]);
    /** lea type(ip), ax; with `count`: mov count, bx. */
    const load = (offset: number, count?: number): readonly (readonly [number, ...number[]])[] => {
      const displacement = NODE - (TEXT + 2 * SIZE + offset + 7);
      const bytes = [0, 8, 16, 24].map((shift) => (displacement >>> shift) & 0xff);
      const lea = [offset, 0x48, 0x8d, 0x05, ...bytes] as const;
      return count === undefined ? [lea] : [lea, [offset + 7, 0xbb, count, 0, 0, 0]];
    };
    const MAKESLICE: FunctionSketch = { name: "runtime.makeslice", runs: [[0, ["runtime.makeslice", "slice.go", 1]]] };
    const MALLOC: FunctionSketch = { name: "runtime.mallocgc", runs: [[0, ["runtime.mallocgc", "malloc.go", 9]]] };
    const allocating = (sketch: FunctionSketch): FunctionSketch => ({ ...sketch, calls: [[0, "runtime.mallocgc"]] });
    const outer: FunctionSketch = {
      name: "main.outer",
      runs: [
        [0, ["main.one", "main.go", 30], ["main.outer", "main.go", 11]],
        [32, ["main.outer", "main.go", 12]],
        [40, ["main.three", "main.go", 40], ["main.outer", "main.go", 11]],
        [64, ["main.outer", "main.go", 12]],
        [72, ["main.any", "main.go", 50], ["main.outer", "main.go", 11]],
        [96, ["main.outer", "main.go", 12]],
      ],
      instructions: [...load(8), ...load(41, 3)],
      calls: [
        [27, "runtime.newobject"],
        [59, "runtime.makeslice"],
        [91, "runtime.makeslice"],
      ],
    };
    const sketches = [allocating(NEWOBJECT), allocating(MAKESLICE), outer, MALLOC];
    const leafOf = (size: number): string => {
      const sites: Site[] = [
        ["main.outer", "main.go", 12],
        ["main.outer", "main.go", 11],
      ];
      const profile = drawHeap((s) => s.bucket({ size, allocations: 1, frees: 0, sites })).memoryProfile;
      return named(profile, sketches, types)[0]![0]!.join(" ");
    };
    expect(leafOf(48)).toBe("main.one main.go 30");
    expect(leafOf(128)).toBe("main.three main.go 40");
    expect(leafOf(1024)).toBe("main.any main.go 50");
  });

  test("callers of one place are told by what they call", () => {
    const callee = (name: string): FunctionSketch => ({ name, runs: [[0, [name, "main.go", 1]]] });
    const outer: FunctionSketch = {
      name: "main.outer",
      runs: [
        [0, ["main.f[int]", "main.go", 20], ["main.outer", "main.go", 11]],
        [32, ["main.f[string]", "main.go", 20], ["main.outer", "main.go", 11]],
      ],
      calls: [
        [10, "main.a"],
        [42, "main.b"],
      ],
    };
    const stack = (leaf: string): Site[] => [
      [leaf, "main.go", 1],
      ["main.outer", "main.go", 20],
      ["main.outer", "main.go", 11],
    ];
    const result = named(profileOf(stack("main.a"), stack("main.b")), [callee("main.a"), callee("main.b"), outer]);
    expect(result.map((sites) => sites[1]![0])).toEqual(["main.f[int]", "main.f[string]"]);
  });

  test("a stack that was cut inside of inlined calls goes on to the function that they were inlined into", () => {
    const recursive: FunctionSketch = {
      name: "main.r",
      runs: [[0, ["main.r", "main.go", 5]]],
      calls: [[10, "main.r"]],
    };
    const calling: FunctionSketch = { ...OUTER, calls: [[55, "main.r"]] };
    const depth = Array.from({ length: 31 }, (): Site => ["main.r", "main.go", 5]);
    const sites = named(profileOf([...depth, ["main.outer", "main.go", 20]]), [recursive, calling])[0]!;
    expect(sites.slice(30)).toEqual([
      ["main.r", "main.go", 5],
      ["main.inner", "main.go", 20],
      ["main.outer", "main.go", 13],
    ]);
    // Where there is no reason to think so, it ends.
    expect(named(profileOf([...depth.slice(1), ["main.outer", "main.go", 20]]), [recursive, calling])[0]).toHaveLength(
      31,
    );
  });

  test("those of the runtime are left out by the name that FuncForPC gives them", () => {
    const alias: FunctionSketch = {
      name: "reflect.makemap",
      runs: [
        [0, ["reflect.makemap", "/src/runtime/map.go", 3]],
        [16, ["runtime.makemap", "/src/runtime/map.go", 7], ["reflect.makemap", "/src/runtime/map.go", 3]],
      ],
      calls: [[27, "runtime.newobject"]],
    };
    const shown = (parent: number): number => {
      const { executable, functions } = drawFunctions([NEWOBJECT, { ...alias, parent }]);
      const stack: Site[] = [
        ["runtime.newobject", "malloc.go", 1],
        ["reflect.makemap", "/src/runtime/map.go", 7],
        ["reflect.makemap", "/src/runtime/map.go", 3],
        ["main.main", "main.go", 1],
      ];
      const types = { typeAt: () => undefined };
      return findShownCallSites(nameInlinedSites(profileOf(stack), { executable, functions, types })).start[0]!;
    };
    // Behind the place of the call begins what was inlined there.
    expect(shown(15)).toBe(3);
    expect(shown(8)).toBe(2);
  });
});
