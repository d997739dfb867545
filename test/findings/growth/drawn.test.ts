/** Comparisons of dumps that tests draw: what came, went and stayed, to the object. */
import { describe, expect, it } from "vitest";
import { HeapComparison } from "../../../src/findings/growth/comparison.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";
import { listGrowthStatements } from "../../../src/findings/growth/sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { type DumpBuilder, readDump, type Slot } from "../../support/dump-builder.ts";

const [FREES, NUM_GC] = [5, 280];

/** As many dumps of one process: each draws, and says how many objects it had freed by then. */
async function compare(...draws: ((d: DumpBuilder) => number)[]): Promise<Growth> {
  const comparison = new HeapComparison();
  for (const [i, draw] of draws.entries()) {
    const { heap } = await readDump((d) => {
      d.memStats[NUM_GC] = 10 + i;
      d.memStats[FREES] = draw(d);
    });
    await comparison.add(heap, i === draws.length - 1, NO_PROGRESS);
  }
  return comparison.finish({ most: 100 });
}

const typeOf = (growth: Growth, type: RegExp) => growth.types.rows.find((row) => type.test(row.type));

/** A root with 64 pointers at a fixed address, `count` of them to objects of 48 bytes, from the slot `first` on. */
function hold(d: DumpBuilder, first: number, count: number): void {
  const holder = d.object(8 * 64, { address: 0xc0_0010_0000 });
  for (let i = 0; i < 64; i++) {
    holder.point(8 * i, i < count ? d.object(48, { address: 0xc0_0020_0000 + 48 * (first + i) }) : 0);
  }
  d.root(holder);
}

/** Draws it, where the process had freed so many objects. */
const holding =
  (first: number, count: number, frees = 0) =>
  (d: DumpBuilder) => {
    hold(d, first, count);
    return frees;
  };

describe("what grew in a path", () => {
  /** So many kinds of objects, of which there are as many as slots have room for in all. */
  const kinds = (count: number, each: number) => (d: DumpBuilder) => {
    const holder = d.object(8 * 64, { address: 0xc0_0010_0000 });
    for (let i = 0; i < 64; i++) {
      const kind = i % count;
      const isThere = i < count * each;
      const [size, address] = [1024 * (kind + 1), 0xc0_0020_0000 + 0x1_0000 * i];
      holder.point(8 * i, isThere ? d.object(size, { address }) : 0);
    }
    d.root(holder);
    return 0;
  };

  it.each([
    [4, 0, ["+ 6 ×", "+ 6 ×", "+ 6 ×", "+ 6 ×"]],
    [5, 0, ["+ 6 ×", "+ 6 ×", "+ 6 ×", "2 others, + 18.0 KiB"]],
    [9, 3, ["+ 6 ×", "+ 6 ×", "+ 6 ×", "6 others, + 126 KiB"]],
  ])("is told with a line for the rest, of %d parts", async (count, left, lines) => {
    const growth = await compare(kinds(count, 1), kinds(count, 7));
    const [row] = growth.paths.rows;
    const told = row!.parts.reduce((sum, { grownBytes }) => sum + grownBytes, 0);
    expect(row!.otherParts.kinds).toBe(left);
    expect(told + row!.otherParts.grownBytes).toBe(row!.grownBytes);
    const said = listGrowthStatements(growth)[0]!.lines.slice(-lines.length);
    expect(said.map((line) => (/others/.test(line) ? line : /\+ \d+ ×/.exec(line)![0]))).toEqual(lines);
  });

  it("is told without a line for each small part", async () => {
    /** As many of each of some kinds that are large, and one of each small size. */
    const draw = (kinds: number, each: number, sizes: readonly number[]) => (d: DumpBuilder) => {
      const holder = d.object(8 * 64, { address: 0xc0_0010_0000 });
      for (let i = 0; i < 64; i++) {
        const size = i < kinds * each ? 8192 : sizes[i - kinds * each];
        const object = size === undefined ? 0 : d.object(size, { address: 0xc0_0020_0000 + 0x1_0000 * i });
        if (object !== 0 && size === 8192) object.list(8 * (i % kinds));
        holder.point(8 * i, object);
      }
      d.root(holder);
      return 0;
    };
    const partsOf = async (kinds: number, before: readonly number[], after: readonly number[]) => {
      const [told] = listGrowthStatements(await compare(draw(kinds, 1, before), draw(kinds, 13, after)));
      return told!.lines.filter((line) => /\+ \d+ ×|\bothers?,/.test(line));
    };
    const large = expect.stringContaining("+ 12 ×");
    expect(await partsOf(2, [], [64, 128])).toEqual([large, large, "2 others, + 192 B"]);
    // What came to one and left another is no growth.
    expect(await partsOf(3, [128, 128, 64], [128, 64, 64, 64])).toEqual([large, large, large]);
  });
});

describe("objects of one process", () => {
  it("are new, gone or kept by address, type and size", async () => {
    const growth = await compare(holding(0, 10), holding(4, 30, 4));
    expect(growth.isOneProcess).toBe(true);
    expect(growth.steps[0]!.matching).toEqual({
      ...{ added: 24, gone: 4, kept: 7, frees: 4, mostReused: 0 },
      retyped: [],
    });
    const row = typeOf(growth, /48/)!;
    expect(row).toMatchObject({ count: [10, 30], grownCount: 20, grownBytes: 20 * 48 });
    expect(row.turnover).toEqual({ added: 24, gone: 4, kept: 6 });
    expect(growth.live).toEqual({ grownBytes: 20 * 48, grownCount: 20 });
  });

  it("can be others in slots that were used again, as many as were freed and are not missing", async () => {
    const { steps } = await compare(holding(0, 10, 100), holding(4, 30, 107));
    expect(steps[0]!.matching).toMatchObject({ frees: 7, mostReused: 3 });
    const many = await compare(holding(0, 10, 0), holding(4, 30, 1000));
    expect(many.steps[0]!.matching).toMatchObject({ frees: 1000, mostReused: 7 });
  });

  it("are others where a slot has another size or layout", async () => {
    const plain = (d: DumpBuilder) => {
      d.root(d.object(64, { address: 0xc0_0010_0000 }));
      return 0;
    };
    const pointing = (d: DumpBuilder) => {
      const other = d.object(64, { address: 0xc0_0010_0000 });
      other.point(0, other);
      d.root(other);
      return 1;
    };
    const larger = (d: DumpBuilder) => {
      d.root(d.object(80, { address: 0xc0_0010_0000 }));
      return 1;
    };
    for (const next of [pointing, larger]) {
      const { steps } = await compare(plain, next);
      expect(steps[0]!.matching).toMatchObject({ added: 1, gone: 1, kept: 0, mostReused: 0 });
    }
  });

  it("that became garbage are gone, though they are still there", async () => {
    const released = (d: DumpBuilder) => {
      for (let i = 0; i < 10; i++) d.object(48, { address: 0xc0_0020_0000 + 48 * i });
      hold(d, 0, 0);
      return 0;
    };
    const growth = await compare(holding(0, 10), released);
    expect(growth.steps[0]!.matching).toMatchObject({ added: 0, gone: 10 });
    expect(growth.dumps[1]!.garbage).toEqual({ count: 10, bytes: 480 });
    expect(growth.live.grownCount).toBe(-10);
  });
});

/** A root with two things of several layouts, of which one has 20 objects of 48 bytes, and the second perhaps more. */
const moving =
  (isMoved: boolean, more = 0) =>
  (d: DumpBuilder) => {
    const targets = Array.from({ length: 20 + more }, (_, i) => d.object(48, { address: 0xc0_0020_0000 + 48 * i }));
    const [first, second] = [64, 128].map((slots, which) => {
      const object = d.object(8 * slots, { address: 0xc0_0011_0000 + 0x1000 * which });
      for (let slot = 0; slot < slots; slot++) {
        const isHere = targets[slot] !== undefined && (isMoved || slot >= 20 ? 1 : 0) === which;
        if (isHere) object.point(8 * slot, targets[slot]);
        else object.list(8 * slot);
      }
      return object;
    }) as [Slot, Slot];
    d.root(d.object(16, { address: 0xc0_0010_0000 }).point(0, first).point(8, second));
    return 0;
  };

describe("what went from one path to another below one root", () => {
  it("is told at both, whatever the sum of them is", async () => {
    const { paths } = await compare(moving(false), moving(true));
    expect(paths.rows.map(({ grownBytes }) => grownBytes)).toEqual([20 * 48, -20 * 48]);
    const more = (await compare(moving(false), moving(true, 1))).paths.rows;
    expect(more.map(({ grownBytes }) => grownBytes)).toEqual([21 * 48, -20 * 48]);
  });

  it("is no growth to begin with", async () => {
    expect(listGrowthStatements(await compare(moving(false), moving(true)))).toEqual([
      { sentence: "Nothing grew", lines: [] },
    ]);
    const [grew] = listGrowthStatements(await compare(moving(false), moving(true, 1)));
    expect(grew!.sentence).toContain(" grew by 1008 B");
  });
});

describe("several dumps", () => {
  it.each([
    [[1, 2, 3], "grew every time"],
    [[1, 1, 3], "grew 1 of 2 times, never fell"],
    [[2, 1, 3], "went up and down"],
  ])("say of a path that had %j things how it grew", async (counts, line) => {
    const growth = await compare(...counts.map((count) => holding(0, count)));
    expect(listGrowthStatements(growth)[0]!.lines[1]!.slice(4)).toBe(line);
  });

  it("put what grew every time first, though something else grew more", async () => {
    const draw = (steady: number, jumping: number) => (d: DumpBuilder) => {
      const first = d.object(8 * 64);
      for (let i = 0; i < steady; i++) first.point(8 * i, d.object(32));
      const second = d.object(8 * 64);
      for (let i = 0; i < jumping; i++) second.point(8 * i, d.object(4096));
      d.root(first);
      d.root(second);
      return 0;
    };
    const growth = await compare(draw(5, 3), draw(10, 1), draw(15, 20));
    const [first, second] = growth.types.rows;
    expect(first).toMatchObject({ count: [5, 10, 15], isSteady: true });
    expect(second).toMatchObject({ count: [3, 1, 20], isSteady: false });
    expect(second!.grownBytes).toBeGreaterThan(first!.grownBytes);
    // Over both steps: none went at the first, then two, and nineteen came.
    expect(second!.turnover).toEqual({ added: 19, gone: 2, kept: 1 });
  });
});

describe("dumps that are alike", () => {
  it("have no rows, and a sentence that says so", async () => {
    const growth = await compare(holding(0, 10), holding(0, 10));
    expect(growth.types.rows).toEqual([]);
    expect(growth.paths.rows).toEqual([]);
    expect(listGrowthStatements(growth)).toEqual([{ sentence: "Nothing grew", lines: [] }]);
  });
});

it("dumps in the wrong order are told, and compared as they were given", async () => {
  const comparison = new HeapComparison();
  for (const [i, [collections, count]] of [
    [12, 30],
    [9, 10],
  ].entries()) {
    const { heap } = await readDump((d) => {
      holding(0, count!)(d);
      d.memStats[NUM_GC] = collections!;
      d.memStats[22] = collections! * 1e9;
    });
    await comparison.add(heap, i === 1, NO_PROGRESS);
  }
  const growth = comparison.finish({ most: 10 });
  expect(growth.steps[0]!.isReversed).toBe(true);
  expect(growth.live.grownCount).toBe(-20);
});
