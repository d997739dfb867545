/** Rows of owner paths: what is told of what has no things of its own. */
import { describe, expect, test } from "vitest";
import { PathTree, WHOLE_HEAP } from "../../../src/findings/aggregates/path-tree.ts";
import type { ComparedHeap } from "../../../src/findings/growth/compared-heap.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";
import { listPaths, type MatchedPaths } from "../../../src/findings/growth/path-growth.ts";
import { listGrowthStatements } from "../../../src/findings/growth/sentences.ts";

const INDIRECT = "internal/sync.indirect[interface {},interface {}]";
const MATCHED = { turnover: { of: () => ({ added: 7, gone: 1, kept: 2 }) }, moved: [] } as unknown as MatchedPaths;
/** Of sums of heaps without lists. */
const NO_NODES = { guessed: [], nodes: [], guessedNodes: [], nodeTypes: [] };

/** One path, a variable's, in two dumps: 100 bytes and 900, so many things, and so many nodes of a list in them. */
function grow(type: string, things: readonly [number, number], nodes: readonly [number, number] = [0, 0]) {
  const tree = new PathTree();
  const variable = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "variable", by: "main.cache", type: "" }));
  tree.below(variable, tree.stepNumber({ kind: "objects", by: "m.root.v", type }));
  const heaps = [100, 900].map((bytes, i) => {
    const columns = {
      ownedBytes: [bytes, bytes, bytes],
      bytes: [0, 0, bytes],
      things: [0, 0, things[i]!],
      guessed: [],
      nodes: [0, 0, nodes[i]!],
      guessedNodes: [0, 0, 0],
      nodeTypes: ["", "", nodes[i] === 0 ? "" : "main.message"],
    };
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
  const part = {
    isOwn: false,
    by: "[…]",
    type: "sync.entry",
    count: [1, 1],
    guessed: [0, 0],
    grownCount: 0,
    grownBytes: 4096,
    turnover: null,
    captured: null,
    nodes: null,
  };
  const of = (grownCount: number): string[] => {
    const paths = { rows: [{ ...row!, parts: [{ ...part, grownCount }] }] };
    return [
      ...listGrowthStatements({ dumps: [{}, {}], paths, goroutines: { rows: [] } } as unknown as Growth)[0]!.lines,
    ];
  };
  expect(of(0)).toContain("[…]: entries, + 4.00 KiB");
  expect(of(60)).toContain("[…]: + 60 entries, + 4.00 KiB");
});

test("what there are more of is told first only if nothing else there grew more", () => {
  const [row] = grow("main.cache", [1, 1]);
  const part = (type: string, grownCount: number, grownBytes: number) => {
    return {
      isOwn: false,
      by: "",
      type,
      count: [1, 1 + grownCount],
      guessed: [0, 0],
      grownCount,
      grownBytes,
      nodes: null,
    };
  };
  const sentenceOf = (grownBytes: number): string => {
    const parts = [part("main.tree", 0, grownBytes), part("[]string", 70, 100)]
      .map((each) => ({ ...each, turnover: null, captured: null }))
      .sort((a, b) => b.grownBytes - a.grownBytes);
    const paths = { rows: [{ ...row!, parts }] };
    return listGrowthStatements({ dumps: [{}, {}], paths, goroutines: { rows: [] } } as unknown as Growth)[0]!.sentence;
  };
  expect(sentenceOf(90)).toMatch(/ grew by 800 B.*: 70 more \[\]string$/);
  expect(sentenceOf(700)).toMatch(/ grew by 800 B$/);
});

test("what is new is counted in objects, and that is said where these are more than the things that came", () => {
  const [row] = grow("main.cache", [1, 1]);
  const lineOf = (added: number, gone: number): string => {
    const part = {
      isOwn: false,
      by: "",
      type: "chan int",
      count: [1, 201],
      guessed: [0, 0],
      grownCount: 200,
      grownBytes: 4096,
      captured: null,
      nodes: null,
    };
    const paths = { rows: [{ ...row!, parts: [{ ...part, turnover: { added, gone, kept: 40 } }] }] };
    const growth = { dumps: [{}, {}], paths, goroutines: { rows: [] } } as unknown as Growth;
    return listGrowthStatements(growth)[0]!.lines.at(-1)!;
  };
  expect(lineOf(400, 0)).toBe("+ 200 × chan int, + 4.00 KiB: 400 objects new, 0 gone, 40 kept");
  expect(lineOf(1, 0)).toBe("+ 200 × chan int, + 4.00 KiB: 1 object new, 0 gone, 40 kept");
  expect(lineOf(203, 3)).toBe("+ 200 × chan int, + 4.00 KiB: 203 new, 3 gone, 40 kept");
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
    const paths = {
      ...NO_NODES,
      ownedBytes,
      bytes,
      things: bytes.map((each, row) => (row === seen && each > 0 ? 1 : 0)),
    };
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

/** What there is of a path: so many things of so many bytes in all, in each of two dumps. */
type Held = readonly [things: readonly [number, number], bytes: readonly [number, number]];

/** Rows below a variable, each below the one before. */
function growDown(...steps: readonly (readonly [by: string, type: string, ...Held])[]) {
  const tree = new PathTree();
  let row = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "variable", by: "main.hub", type: "" }));
  const held = new Map<number, Held>();
  for (const [by, type, ...each] of steps) {
    row = tree.below(row, tree.stepNumber({ kind: "objects", by, type }));
    held.set(row, each);
  }
  const heaps = [0, 1].map((dump) => {
    const column = (what: 0 | 1): number[] =>
      Array.from({ length: tree.count }, (_, i) => held.get(i)?.[what][dump] ?? 0);
    const bytes = column(1);
    const ownedBytes = [...bytes];
    for (let i = tree.count - 1; i > WHOLE_HEAP; i--) ownedBytes[tree.parentOf(i)]! += ownedBytes[i]!;
    return {
      sums: { paths: { ...NO_NODES, ownedBytes, bytes, things: column(0) } },
      pathRow: Int32Array.from(bytes.keys()),
    };
  });
  const paths = listPaths(tree, heaps as unknown as ComparedHeap[], undefined, 10);
  const dumps = [{ name: "a" }, { name: "b" }];
  const [first] = listGrowthStatements({
    dumps,
    paths,
    live: { grownBytes: 0 },
    goroutines: { rows: [] },
  } as unknown as Growth);
  return { rows: paths.rows, sentence: first!.sentence };
}

describe("things that came with others in them", () => {
  const ROOMS = "map[string]*example.com/chat/hub.Room";
  const rooms = (before: number, after: number, clientsBefore: number, clientsAfter: number) =>
    growDown(
      ["rooms", ROOMS, [1, 1], [100, 100]],
      ["[…]", "example.com/chat/hub.Room", [before, after], [48 * before, 48 * after]],
      ["order", "[]*example.com/chat/hub.Client", [before, after], [8 * clientsBefore, 8 * clientsAfter]],
      ["[…]", "example.com/chat/hub.Client", [clientsBefore, clientsAfter], [700 * clientsBefore, 700 * clientsAfter]],
    );

  test("are outdone by these if each has far more of them than before", () => {
    const { rows, sentence } = rooms(4, 9, 40, 400);
    expect(rows.map(({ path, isOwn, grownBytes }) => [path, isOwn, grownBytes])).toEqual([
      ["main.hub.rooms[…].order", false, 360 * 708],
      ["main.hub.rooms[…]", true, 5 * 48],
    ]);
    expect(sentence).toBe("main.hub.rooms[…].order grew by 249 KiB (254,880 B): 360 more hub.Client");
  });

  test("are what grew if each has as many as ever, or a few, or if they are many", () => {
    const WHICH = "main.hub.rooms grew by ";
    for (const [before, after, from, to] of [
      [10, 100, 100, 1000],
      [10, 100, 10, 700],
      // So many are what grew, whatever is in them.
      [10, 100, 10, 5000],
    ] as const) {
      const { sentence } = rooms(before, after, from, to);
      expect(sentence.startsWith(WHICH), sentence).toBe(true);
      expect(sentence).toMatch(/: 90 more hub\.Room$/);
    }
  });

  test("of which there were none are outdone only where there are fewer of them than there are in each", () => {
    expect(rooms(0, 5, 0, 360).sentence).toMatch(/^main\.hub\.rooms\[…\]\.order .*: 360 more hub\.Client$/);
    expect(rooms(0, 300, 0, 3000).sentence).toMatch(/^main\.hub\.rooms grew .*: 300 more hub\.Room$/);
  });

  test("that went are told likewise", () => {
    const paths = (before: number, after: number, from: number, to: number): string =>
      rooms(before, after, from, to).rows[0]!.path;
    expect(paths(9, 4, 400, 40)).toBe("main.hub.rooms[…].order");
    expect(paths(100, 10, 1000, 100)).toBe("main.hub.rooms");
  });
});

test("an array that came is told by itself where it is most of the growth, and by its elements where these are", () => {
  const array = (own: number, texts: number): string =>
    growDown(["recs", "[]main.row", [0, 1], [0, own]], ["[…].s", "string (its bytes)", [0, 50], [0, texts]]).sentence;
  expect(array(4000, 800)).toMatch(/: 1 more \[\]main\.row$/);
  expect(array(800, 4000)).toMatch(/: 50 more strings$/);
});

test.each([
  [[160, 8000], "+ 168 KiB", "+ 153 KiB of it in r"],
  // What else they captured has shrunk.
  [[20_000, 8000], "+ 149 KiB", "+ 153 KiB in r"],
])(
  "what pending timers grew by is in parts that add up, and closures tell what they captured",
  (buffers, all, said) => {
    const tree = new PathTree();
    const put = (above: number, kind: "other" | "objects", by: string, type: string): number =>
      tree.below(above, tree.stepNumber({ kind, by, type }));
    const timers = put(WHOLE_HEAP, "other", "pending timers", "");
    const closure = put(timers, "objects", "", "func main.accept.func…");
    put(closure, "objects", "r", "main.Request");
    put(closure, "objects", "", "[]uint8");
    const heaps = [10, 500].map((count, i) => {
      const [own, request, bytes] = [112 * count, 320 * count, buffers[i]!];
      const columns = {
        ownedBytes: [0, own + 16 * count + request + bytes, 16 * count + request + bytes, request, bytes],
        bytes: [0, own, 16 * count, request, bytes],
        things: [0, count, count, count, count],
        ...NO_NODES,
      };
      return { sums: { paths: columns }, pathRow: Int32Array.of(0, 1, 2, 3, 4) } as unknown as ComparedHeap;
    });
    const paths = listPaths(tree, heaps, MATCHED, 10);
    const [row] = paths.rows;
    expect(row!.grownBytes).toBe(490 * (112 + 16 + 320) + buffers[1]! - buffers[0]!);
    expect(row!.parts.reduce((sum, { grownBytes }) => sum + grownBytes, 0)).toBe(row!.grownBytes);
    const growth = { dumps: [{}, {}], paths, goroutines: { rows: [] } } as unknown as Growth;
    expect(listGrowthStatements(growth)[0]!.lines.slice(1)).toEqual([
      `+ 490 × func main.accept.func…, ${all}: 7 objects new, 1 gone, 2 kept; ${said}: + 490 × main.Request`,
      "+ 490 timers, + 53.6 KiB: 7 objects new, 1 gone, 2 kept",
    ]);
  },
);

test("pending timers that came are told by the functions that they will call, and more of what only grew by nothing", () => {
  const tree = new PathTree();
  const timers = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "other", by: "pending timers", type: "" }));
  const row = tree.below(timers, tree.stepNumber({ kind: "objects", by: "", type: "func main.accept.func…" }));
  const sentence = (timersBefore: number): string => {
    const heaps = [timersBefore, 500].map((count, i) => {
      const bytes = [0, 80 * count, 4096 * [10, 500][i]!];
      const paths = {
        ownedBytes: [bytes[1]! + bytes[2]!, bytes[1]! + bytes[2]!, bytes[2]!],
        bytes,
        things: [0, count, [10, 500][i]!],
        ...NO_NODES,
      };
      return { sums: { paths }, pathRow: Int32Array.of(0, timers, row) } as unknown as ComparedHeap;
    });
    const paths = listPaths(tree, heaps, undefined, 10);
    return listGrowthStatements({ dumps: [{}, {}], paths, goroutines: { rows: [] } } as unknown as Growth)[0]!.sentence;
  };
  expect(sentence(10)).toBe("pending timers grew by 1.95 MiB (2,046,240 B): 490 more func main.accept.func…");
  expect(sentence(500)).toBe(
    "pending timers: func main.accept.func… grew by 1.91 MiB (2,007,040 B): 490 more func main.accept.func…",
  );
});

test("tells of the list that something has how many nodes came, for it is they that grew", () => {
  const tell = (nodes: readonly [number, number]) => {
    const paths = { rows: grow("main.queue", [1, 1], nodes) };
    const growth = { dumps: [{}, {}], paths, goroutines: { rows: [] } } as unknown as Growth;
    return listGrowthStatements(growth)[0]!;
  };
  for (const [nodes, count] of [
    [[4, 40], 36],
    [[0, 40], 40],
  ] as const) {
    const { sentence, lines } = tell(nodes);
    expect(sentence).toBe(`main.cache.m.root.v grew by 800 B: ${count} more main.message linked in it`);
    expect(lines.at(-1)).toBe(`main.queue itself, + 800 B; + ${count} × main.message linked in it`);
  }
  expect(tell([4, 4]).sentence).toBe("main.cache.m.root.v grew by 800 B");
});

test("a list that came to have more nodes is one row, with what hangs on these", () => {
  const tree = new PathTree();
  const put = (above: number, by: string, type: string) =>
    tree.below(above, tree.stepNumber({ kind: "objects", by, type }));
  const variable = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "variable", by: "main.jobs", type: "" }));
  const list = put(variable, "", "container/list.List");
  // Of the nodes, which are a part of the list: no list has such a field.
  const values = put(list, "Value", "main.Job");
  const texts = put(values, "Text", "string");
  const heaps = [100, 600].map((count) => {
    const bytes = [0, 0, 48 + 48 * count, 48 * count, 16 * count];
    const ownedBytes = [...bytes];
    for (let row = tree.count - 1; row > WHOLE_HEAP; row--) ownedBytes[tree.parentOf(row)]! += ownedBytes[row]!;
    const things = [0, 0, 1, count, count];
    const nodes = [0, 0, count, 0, 0];
    const nodeTypes = ["", "", "container/list.Element", "", ""];
    const paths = { ownedBytes, bytes, things, guessed: [], nodes, guessedNodes: [0, 0, 0, 0, 0], nodeTypes };
    return { sums: { paths }, pathRow: Int32Array.from(bytes.keys()) } as unknown as ComparedHeap;
  });
  expect([variable, list, values, texts]).toEqual([1, 2, 3, 4]);
  const { rows } = listPaths(tree, heaps, undefined, 10);
  expect(rows).toMatchObject([
    { path: "main.jobs", type: "container/list.List", isOwn: false, count: [1, 1], grownBytes: 112 * 500 },
  ]);
  expect(rows[0]!.parts).toMatchObject([
    { isOwn: false, by: "Value", type: "main.Job", grownCount: 500, grownBytes: 64 * 500 },
    { isOwn: true, nodes: { type: "container/list.Element", count: [100, 600], grownCount: 500 } },
  ]);
});
