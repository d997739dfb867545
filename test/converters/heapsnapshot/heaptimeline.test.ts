import { describe, expect, test } from "vitest";
import heaptimeline from "../../../converters/heapsnapshot/heaptimeline.ts";
import type { Heap } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { readSnapshot } from "../../support/readers/snapshot-reader.ts";

type Site = readonly [string, string, number];

const GOEXIT = ["runtime.goexit", "runtime/asm.s", 1700] as const;
const MAIN = ["main.main", "main.go", 10] as const;
const BUILD = ["main.build", "main.go", 22] as const;

async function convert(heap: Heap, options = {}) {
  const { bytes, warnings } = await convertToBytes(heaptimeline, heap, options);
  const snapshot = readSnapshot(bytes);
  return { snapshot, warnings, lines: describeTree(snapshot.traceTree as TraceNode, snapshot.traceFunctions) };
}

type TraceNode = readonly [id: number, info: number, count: number, size: number, children: readonly unknown[]];

/** The trace tree as indented lines "id function:line count/size". */
function describeTree(nodes: readonly unknown[], functions: readonly { name: string; line: number }[], depth = 0) {
  const lines: string[] = [];
  for (let i = 0; i < nodes.length; i += 5) {
    const [id, info, count, size, children] = nodes.slice(i, i + 5) as unknown as TraceNode;
    const { name, line } = functions[info]!;
    lines.push(`${"  ".repeat(depth)}${id} ${name}:${line} ${count}/${size}`);
    lines.push(...describeTree(children, functions, depth + 1));
  }
  return lines;
}

describe("heaptimeline", () => {
  const heap = drawHeap((s) => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((n) => s.object({ type: `main.${n}`, size: 64 }));
    for (const o of [a, b, c]) s.global(o!);
    s.bucket({
      size: 64,
      allocations: 10,
      frees: 8,
      sites: [
        ["runtime.mallocgc", "runtime/malloc.go", 1],
        ["runtime.newobject", "runtime/malloc.go", 2],
        BUILD,
        MAIN,
        GOEXIT,
      ],
      live: [a!, d!],
    });
    // The profile lags: this one's allocations are not counted yet.
    s.bucket({
      size: 64,
      allocations: 0,
      frees: 0,
      sites: [["main.leaf", "leaf.go", 3], BUILD, MAIN, GOEXIT],
      live: [b!],
    });
    s.bucket({ size: 96, allocations: 4, frees: 4, sites: [["runtime.malg", "runtime/proc.go", 5], GOEXIT] });
  });

  test("merges stacks from the outermost call, without the runtime's own ends", async () => {
    const { lines, warnings } = await convert(heap);
    expect(warnings).toEqual([]);
    expect(lines).toEqual([
      "1 (root):0 0/0",
      "  2 main.main:10 0/0",
      "    3 main.build:22 10/640",
      "      4 main.leaf:3 1/64",
      "  5 runtime.malg:5 4/384",
    ]);
  });

  test("ties sampled objects to their stacks, garbage too", async () => {
    const { snapshot } = await convert(heap);
    const traceOf = (name: string) => snapshot.nodes.find((n) => n.name === name)!.trace;
    expect(["main.a", "main.b", "main.c", "main.d"].map(traceOf)).toEqual([3, 4, 0, 3]);
    const without = (await convert(heap, { unreachable: false })).snapshot;
    expect(without.nodes.filter((n) => n.trace > 0).map((n) => n.name)).toEqual(["main.a", "main.b"]);
  });

  test("says so when the dump has no samples", async () => {
    const { warnings, lines } = await convert(drawHeap((s) => s.global(s.object())));
    expect(warnings).toEqual(["no-samples"]);
    expect(lines).toEqual(["1 (root):0 0/0"]);
    // Nor is there one of the program.
    const started = drawHeap((s) => s.runtimeStart());
    expect((await convert(started)).warnings).toEqual(["no-samples"]);
  });

  test("leaves out runtime calls that were inlined, by their file", async () => {
    const files = [
      "runtime/map.go",
      "/usr/lib/go/src/runtime/map.go",
      "internal/runtime/maps/map.go",
      "/usr/lib/go/src/internal/runtime/maps/map.go",
    ];
    const kept = ["runtime/debug/stack.go", "example.com/runtime/x.go"];
    const { lines } = await convert(
      drawHeap((s) => {
        for (const file of [...files, ...kept]) {
          // Inlined code has the name of the function it is in, and so has the call that it was inlined for.
          const inlined: Site[] = [
            ["main.outer", file, 1],
            ["main.outer", "main.go", 7],
          ];
          s.bucket({ size: 8, allocations: 1, frees: 0, sites: [...inlined, BUILD, GOEXIT] });
        }
        // The runtime's code, but another package's function.
        const bytealg: Site = ["internal/bytealg.MakeNoZero", "runtime/slice.go", 4];
        s.bucket({ size: 16, allocations: 1, frees: 0, sites: [bytealg, BUILD, GOEXIT] });
      }),
    );
    expect(lines).toEqual([
      "1 (root):0 0/0",
      "  2 main.build:22 0/0",
      "    3 main.outer:7 4/32",
      "      4 main.outer:1 1/8",
      "      5 main.outer:1 1/8",
      "    6 internal/bytealg.MakeNoZero:4 1/16",
    ]);
  });
});
