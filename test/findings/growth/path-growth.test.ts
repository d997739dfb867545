/** Rows of owner paths: what is told of what has no things of its own. */
import { expect, test } from "vitest";
import { PathTree, WHOLE_HEAP } from "../../../src/findings/aggregates/path-tree.ts";
import type { ComparedHeap } from "../../../src/findings/growth/compared-heap.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";
import { listPaths, type MatchedPaths } from "../../../src/findings/growth/path-growth.ts";
import { listGrowthStatements } from "../../../src/findings/growth/sentences.ts";

const INDIRECT = "internal/sync.indirect[interface {},interface {}]";
const MATCHED = { turnover: { of: () => ({ added: 7, gone: 1, kept: 2 }) }, moved: [] } as unknown as MatchedPaths;

/** One path, a variable's, in two dumps: 100 bytes and 900, and so many things. */
function grow(type: string, things: readonly [number, number]) {
  const tree = new PathTree();
  const variable = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "variable", by: "main.cache", type: "" }));
  tree.below(variable, tree.stepNumber({ kind: "objects", by: "m.root.v", type }));
  const heaps = [100, 900].map((bytes, i) => {
    const columns = { ownedBytes: [bytes, bytes, bytes], bytes: [0, 0, bytes], things: [0, 0, things[i]!] };
    return { sums: { paths: columns }, pathRow: Int32Array.of(0, 1, 2) } as unknown as ComparedHeap;
  });
  return listPaths(tree, heaps, MATCHED, 10).rows;
}

test("nobody is told which nodes of a sync.Map are new, for it is one thing", () => {
  expect(grow(INDIRECT, [0, 0])).toMatchObject([{ path: "main.cache", type: "sync.Map", turnover: null }]);
  expect(grow("main.node", [1, 9])).toMatchObject([{ path: "main.cache.m.root.v", turnover: { added: 7, kept: 2 } }]);
});

test("entries of a sync.Map that grew, without more of them, are told without a number", () => {
  const [row] = grow("main.cache", [1, 1]);
  const part = { isOwn: false, by: "[…]", type: "sync.entry", grownCount: 0, grownBytes: 4096, turnover: null };
  const of = (grownCount: number): string[] => {
    const paths = { rows: [{ ...row!, parts: [{ ...part, grownCount }] }] };
    return [
      ...listGrowthStatements({ dumps: [{}, {}], paths, goroutines: { rows: [] } } as unknown as Growth)[0]!.lines,
    ];
  };
  expect(of(0)).toContain("[…]: entries, + 4.00 KiB");
  expect(of(60)).toContain("[…]: + 60 entries, + 4.00 KiB");
});

test("what a path grew itself is told beside what grew below it, and what shrank there, so that each byte is told once", () => {
  const tree = new PathTree();
  const put = (above: number, by: string, type: string) =>
    tree.below(above, tree.stepNumber({ kind: "objects", by, type }));
  const variable = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "variable", by: "main.server", type: "" }));
  const seen = put(variable, "seen", "map[string]bool");
  const keys = put(seen, "[key]", "string");
  const last = put(seen, "[…].last", "main.event");
  const heaps = [
    { [seen]: 48, [keys]: 10, [last]: 90 },
    { [seen]: 288, [keys]: 500, [last]: 20 },
  ].map((held) => {
    const bytes = Array.from({ length: tree.count }, (_, row) => held[row] ?? 0);
    const ownedBytes = [...bytes];
    for (let row = tree.count - 1; row > WHOLE_HEAP; row--) ownedBytes[tree.parentOf(row)]! += ownedBytes[row]!;
    const paths = { ownedBytes, bytes, things: bytes.map((each, row) => (row === seen && each > 0 ? 1 : 0)) };
    return { sums: { paths }, pathRow: Int32Array.from(bytes.keys()) };
  });
  const moved = Float64Array.from({ length: tree.count }, (_, row) => (row === seen ? 40 : 7));
  const growth = listPaths(tree, heaps as unknown as ComparedHeap[], { ...MATCHED, moved }, 10);
  expect(growth.rows).toMatchObject([
    { path: "main.server.seen[key]", isOwn: false, grownBytes: 490, movedBytes: 7 },
    { path: "main.server.seen", isOwn: true, ownedBytes: [48, 288], grownBytes: 240, movedBytes: 40 },
    { path: "main.server.seen[…].last", isOwn: false, grownBytes: -70 },
  ]);
  expect(growth.rows[1]!.parts).toMatchObject([{ isOwn: true, grownBytes: 240 }]);
});
