/** Comparisons of the pairs of samples: the first sentence names what grew, and its figure is what the program counted itself. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it, vi } from "vitest";
import { HeapComparison } from "../../../src/findings/growth/comparison.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";
import { describeGrowth } from "../../../src/findings/growth/heap-sentences.ts";
import { listGrowthStatements } from "../../../src/findings/growth/sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { formatCount } from "../../../src/quantities.ts";
import { listKnownGrowth } from "../../support/known-growth.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

vi.setConfig({ testTimeout: 120_000 });

const SCHEMA = join(import.meta.dirname, "../../../src/findings/growth/growth.schema.json");
const isGrowth = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(SCHEMA, "utf8")));

async function compare(program: string, target: string, isTyped = true): Promise<Growth> {
  const comparison = new HeapComparison();
  for (const when of ["before", "after"]) {
    const dump = `${program}-${when}.${target}`;
    const heap = isTyped ? await typedSample(dump, `${program}.${target}`) : await sampleHeap(dump);
    await comparison.add(heap, when === "after", NO_PROGRESS);
  }
  const growth = comparison.finish({ most: 1000 });
  expect(isGrowth(JSON.parse(JSON.stringify(growth))), JSON.stringify(isGrowth.errors)).toBe(true);
  expect(isGrowth({ ...growth, paths: null })).toBe(false);
  return growth;
}

const KNOWN = new Map(listKnownGrowth().map((known) => [known.program, known]));

describe.each([
  ["backlog", "1.19.386", true, "main.Order"],
  ["backlog", "1.27.amd64", true, "main.Order"],
  ["fetchers", "1.22.amd64", false, "goroutines"],
  ["fetchers", "1.27.amd64", false, "goroutines"],
  ["handover", "1.24.amd64", true, "main.Device"],
  ["interned", "1.19.amd64", false, "entries"],
  ["interned", "1.27.amd64", false, "entries"],
] as const)("%s.%s", (program, target, isOne, what) => {
  it("grew where the program says, by as many bytes and as many things", async () => {
    const growth = await compare(program, target);
    const { cause, unnamed, bytes, truths } = KNOWN.get(`${program}.${target}`)!;
    const { sentence } = listGrowthStatements(growth)[0]!;
    const names = [cause, unnamed];
    expect(
      names.some((name) => sentence.includes(name)),
      sentence,
    ).toBe(true);
    expect(sentence).toContain(`(${formatCount(bytes)} B)`);
    expect(sentence).toContain(`${formatCount(truths.after.number - truths.before.number)} more ${what}`);
    // Each byte is told once.
    const { rows, moreGrown, moreShrunk } = growth.paths;
    expect(moreGrown + moreShrunk).toBe(0);
    expect(rows.reduce((sum, { grownBytes }) => sum + grownBytes, 0)).toBe(growth.live.grownBytes);
    expect(growth.isOneProcess).toBe(isOne);
    expect(growth.steps[0]!.isReversed).toBe(false);
  });
});

it("tells the same goroutines once, by what they own, and says there where they wait", async () => {
  const growth = await compare("fetchers", "1.27.amd64");
  const statements = listGrowthStatements(growth);
  const [{ entry, state, count } = { entry: "", state: "", count: [] }] = growth.goroutines.rows;
  const about = statements.filter(({ sentence }) => sentence.includes(` ${entry} `) || sentence.includes(`${entry} [`));
  expect(about.map(({ sentence }) => sentence.startsWith(`goroutine ${entry} grew by `))).toEqual([true]);
  expect(about[0]!.lines.join("\n")).toContain(`[${state}]: ${count.join(" → ")}, at `);
});

describe("what was there before, on other paths", () => {
  it("is told of shapes: another holder led to the devices then", async () => {
    const growth = await compare("handover", "1.24.amd64", false);
    const { grownBytes, movedBytes, count } = growth.paths.rows[0]!;
    // 500 devices of 208 and 32 bytes; 300 more came.
    expect({ grownBytes, movedBytes, count }).toEqual({ grownBytes: 192_000, movedBytes: 120_000, count: [0, 800] });
    const [{ sentence, lines } = { sentence: "", lines: [] }] = listGrowthStatements(growth);
    expect(sentence).toContain(
      " grew by 188 KiB (192,000 B), of which 117 KiB were there before, on other owner paths",
    );
    expect(lines.join("\n")).not.toContain("there before");
  });

  it("comes after what is new and more than what is new of it", async () => {
    const growth = await compare("handover", "1.24.amd64", false);
    const [moved] = growth.paths.rows;
    const fresh = { ...moved!, path: "fresh", owner: "fresh", grownBytes: 80_000, movedBytes: 0 };
    const little = { ...moved!, path: "little", owner: "little", grownBytes: 60_000, movedBytes: 600 };
    const rows = [{ ...moved!, isSteady: false }, fresh, little].map((row) => ({ ...row, isSteady: false }));
    const told = listGrowthStatements({ ...growth, paths: { ...growth.paths, rows } });
    expect(told.map(({ sentence }) => /^.* grew by [\d.]+ KiB/.exec(sentence)![0])).toEqual([
      "fresh grew by 78.1 KiB",
      expect.stringContaining(" grew by 188 KiB"),
      "little grew by 58.6 KiB",
    ]);
    expect(told[2]!.lines).toContain("600 B of it were there before, on other owner paths");
  });

  it("is in the sentence itself where that would be wrong by a tenth, with how many are new", async () => {
    const growth = await compare("handover", "1.24.amd64");
    const [moved] = growth.paths.rows;
    const turnover = { added: 300, gone: 0, kept: 100 };
    const parts = moved!.parts.map((part) => (part.isOwn ? part : { ...part, grownCount: 400, turnover }));
    const partly = { ...moved!, path: "partly", owner: "partly", movedBytes: moved!.grownBytes / 4, parts };
    // Some of them are no objects of their own, or came where others went: how many are new is not known.
    const uncountable = parts.map((part) => (part.isOwn ? part : { ...part, turnover: { ...turnover, kept: 90 } }));
    const [unsaid] = listGrowthStatements({
      ...growth,
      paths: { ...growth.paths, rows: [{ ...partly, parts: uncountable }] },
    });
    expect(unsaid!.sentence).toMatch(/: 400 more main\.Device$/);
    const hardly = { ...moved!, path: "hardly", owner: "hardly", movedBytes: moved!.grownBytes / 20 };
    const told = listGrowthStatements({ ...growth, paths: { ...growth.paths, rows: [partly, hardly] } });
    expect(told.map(({ sentence }) => sentence.replace(/\(.* B\)/, "(…)"))).toEqual([
      "hardly grew by 73.6 KiB (…): 300 more main.Device",
      "partly grew by 73.6 KiB (…), of which 18.4 KiB were there before, on other owner paths: 400 more main.Device, 300 of them new",
    ]);
    expect(told[0]!.lines).toContain("3.68 KiB of it were there before, on other owner paths");
  });

  it("may have had another name, where objects cannot be matched: what alone of its type is gone is told", async () => {
    const growth = await compare("handover", "1.24.amd64");
    const [moved] = growth.paths.rows;
    const came = { ...moved!, path: "main.fresh", owner: "main.fresh", type: "[]main.T", movedBytes: null };
    const fresh = { ...came, ownedBytes: [0, 80 << 10], grownBytes: 80 << 10 };
    const gone = { ...came, path: "main.old", owner: "main.old", ownedBytes: [50 << 10, 0], grownBytes: -50 << 10 };
    const tell = (...rows: Growth["paths"]["rows"][number][]) =>
      listGrowthStatements({ ...growth, paths: { ...growth.paths, rows } })[0]!.lines.filter((line) =>
        line.includes("new name"),
      );
    expect(tell(fresh, gone)).toEqual([
      "main.old, of the same type, is gone (50.0 KiB): if this is its new name, that is + 30.0 KiB",
    ]);
    // Which of two it was is not known, nor is it asked where single objects are matched, or where something was there.
    expect(tell(fresh, gone, { ...gone, path: "main.older" })).toEqual([]);
    expect(tell(fresh, gone, { ...fresh, path: "main.fresher", grownBytes: 1 })).toEqual([]);
    expect(tell(fresh, { ...gone, type: "[]main.U" })).toEqual([]);
    expect(tell(fresh, { ...gone, ownedBytes: [50 << 10, 16] })).toEqual([]);
    expect(tell({ ...fresh, movedBytes: 0 }, gone)).toEqual([]);
    expect(tell({ ...fresh, ownedBytes: [16, 80 << 10] }, gone)).toEqual([]);
  });

  it("was of other types where the very path has less of them", async () => {
    const growth = await compare("handover", "1.24.amd64");
    const [moved] = growth.paths.rows;
    const came = { ...moved!, path: "main.box", owner: "main.box", type: "main.New", movedBytes: 0 };
    const fresh = { ...came, ownedBytes: [0, 80 << 10], grownBytes: 80 << 10 };
    const old = { ...came, type: "main.Old", ownedBytes: [50 << 10, 0], grownBytes: -50 << 10 };
    const tell = (...rows: Growth["paths"]["rows"][number][]) =>
      listGrowthStatements({ ...growth, paths: { ...growth.paths, rows } })[0]!.lines.filter((line) =>
        line.includes("all types together"),
      );
    expect(tell(fresh, old)).toEqual(["it has 50.0 KiB less of main.Old: all types together, that is + 30.0 KiB"]);
    expect(tell(fresh, old, { ...old, type: "main.Older", grownBytes: -40 << 10 })).toEqual([
      "it has 90.0 KiB less of main.Old and 1 other type: all types together, that is − 10.0 KiB",
    ]);
    expect(tell(fresh, { ...old, path: "main.other" })).toEqual([]);
    expect(tell(fresh, { ...old, isOwn: true })).toEqual([]);
    expect(tell(fresh, { ...old, grownBytes: 16 })).toEqual([]);
  });

  it("is not told where nothing moved, nor known of two processes", async () => {
    const [sessions] = (await compare("sessions", "1.27.amd64")).paths.rows;
    expect(sessions!.movedBytes).toBeLessThan(0.01 * sessions!.grownBytes);
    const rows = (await compare("fetchers", "1.27.amd64")).paths.rows;
    expect(rows.map(({ movedBytes }) => movedBytes)).toEqual(rows.map(() => null));
  });
});

describe("sessions", () => {
  it("are told with those that came and those that stayed", async () => {
    const growth = await compare("sessions", "1.27.amd64");
    const [{ sentence, lines }] = listGrowthStatements(growth) as [{ sentence: string; lines: string[] }];
    expect(sentence).toMatch(/^main\.store\.byToken grew by 263 KiB \([\d,]+ B\): 315 more main\.Session$/);
    expect(lines[0]).toBe("map[string]*main.Session, in package variable main.store: 111 KiB → 374 KiB");
    expect(lines[1]).toMatch(/^\[…\]: \+ 315 × main\.Session, \+ \d+ KiB: 315 new, 0 gone, 135 kept$/);
    const type = growth.types.rows.find(({ type }) => type === "main.Session")!;
    expect(type).toMatchObject({ count: [150, 500], turnover: { added: 350, gone: 0, kept: 150 } });
    expect(describeGrowth(growth)[1]).toMatch(/^Of one process \(the pauses of 3 garbage collections recur\): /);
  });

  it("without an executable are told by shapes", async () => {
    const growth = await compare("sessions", "1.27.amd64", false);
    expect(growth.comparedBy).toBe("shapes");
    expect(growth.types.rows[0]!.type).toMatch(/^obj\//);
    expect(growth.live.grownCount).toBe(6561);
  });

  it("with types of one dump only are not compared by them", async () => {
    const comparison = new HeapComparison();
    await comparison.add(await sampleHeap("sessions-before.1.27.amd64"), false, NO_PROGRESS);
    await comparison.add(await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"), true, NO_PROGRESS);
    const growth = comparison.finish({ most: 10 });
    expect(growth.comparedBy).toBe("nothing");
    expect(growth.types.rows).toEqual([]);
    expect(describeGrowth(growth).join("\n")).toContain(
      "sessions-before.1.27.amd64.dump has no types and the others have",
    );
  });
});
