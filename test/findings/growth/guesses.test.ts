/** What comparisons infer they label so: guessed types, before and after, and objects that two dumps know as two types. */
import { describe, expect, it, vi } from "vitest";
import { renderGrowthText } from "../../../src/cli/diff/diff-text.ts";
import { createStyle } from "../../../src/cli/terminal/style.ts";
import { HeapComparison } from "../../../src/findings/growth/comparison.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";
import { describeGrowth } from "../../../src/findings/growth/heap-sentences.ts";
import { listGrowthStatements } from "../../../src/findings/growth/sentences.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";

vi.setConfig({ testTimeout: 120_000 });

const sample = (when: "before" | "after"): Promise<Heap> =>
  typedSample(`sessions-${when}.1.27.amd64`, "sessions.1.27.amd64");

async function compare(before: Heap, after: Heap): Promise<Growth> {
  const comparison = new HeapComparison();
  await comparison.add(before, false, NO_PROGRESS);
  await comparison.add(after, true, NO_PROGRESS);
  return comparison.finish({ most: 1000 });
}

/** The heap with the objects of some types guessed. */
function guess(heap: Heap, isGuessed: (type: string) => boolean): Heap {
  const { objects, types } = heap;
  const typeSource = objects.typeSource.map((source, i) =>
    isGuessed(types.names[objects.type[i]!]!) ? TypeSource.INFERRED : source,
  );
  return { ...heap, objects: { ...objects, typeSource } };
}

/** The heap with objects of a type known as of another one. */
function retype(heap: Heap, from: string, to: string, source: number): Heap {
  const { objects, types } = heap;
  const [was, is] = [types.names.indexOf(from), types.names.indexOf(to)];
  const type = objects.type.map((row) => (row === was ? is : row));
  const typeSource = objects.typeSource.map((each, i) => (objects.type[i] === was ? source : each));
  return { ...heap, objects: { ...objects, type, typeSource } };
}

const told = (growth: Growth): string =>
  listGrowthStatements(growth)
    .flatMap(({ sentence, lines }) => [sentence, ...lines])
    .join("\n");

const SESSION = (type: string): boolean => type === "main.Session";

it("marks nothing where nothing is guessed", async () => {
  const growth = await compare(await sample("before"), await sample("after"));
  expect(told(growth)).not.toContain("guessed");
  const row = growth.types.rows.find(({ type }) => type === "main.Session")!;
  expect(row).toMatchObject({ guessed: [0, 0], retyped: { count: 0, bytes: 0 } });
  expect(growth.steps[0]!.matching!.retyped).toEqual([]);
});

describe("guessed types", () => {
  it("are marked in sentences and tables, paths and fields that lean on them likewise", async () => {
    const all = (): boolean => true;
    const known = await compare(await sample("before"), await sample("after"));
    const growth = await compare(guess(await sample("before"), all), guess(await sample("after"), all));
    const style = createStyle(false);
    const linesOf = async (of: Growth): Promise<string[]> =>
      (await renderGrowthText(of, { width: 1000, height: Number.POSITIVE_INFINITY, style })).split("\n");
    const lines = await linesOf(growth);
    for (const marked of [
      /^main\.store\.byToken \(guessed\) grew by .*: 315 more main\.Session \(guessed\)$/,
      /^ {2}map\[string\]\*main\.Session \(guessed\), in package variable main\.store: /,
      /^ {2}\[…\]: \+ 315 × main\.Session \(guessed\), /,
      /^ {3}\+ 263 KiB .* main\.store\.byToken \(guessed\): map\[string\]\*main\.Session \(guessed\)$/,
      / \+ 350 .* main\.Session \(guessed\)$/,
    ]) {
      expect(lines).toContainEqual(expect.stringMatching(marked));
    }
    expect(lines.map((line) => line.replaceAll(" (guessed)", ""))).toEqual(await linesOf(known));
    const path = growth.paths.rows.find(({ path }) => path === "main.store.byToken")!;
    expect(path).toMatchObject({ guessed: [1, 1], pathGuessed: [1, 1] });
    expect(path.parts[0]!.guessed).toEqual(path.parts[0]!.count);
  });

  it("are counted before and after", async () => {
    const growth = await compare(guess(await sample("before"), SESSION), await sample("after"));
    const row = growth.types.rows.find(({ type }) => type === "main.Session")!;
    expect(row.guessed).toEqual([row.count[0], 0]);
    expect(told(growth)).toContain(`315 more main.Session (135 → 0 guessed)\n`);
    // What the sessions have hangs on the guess.
    const below = growth.paths.rows.find(({ pathGuessed }) => pathGuessed[0] === 1);
    expect(below === undefined || below.pathGuessed[1] === 0).toBe(true);
  });
});

it("Paths lean on guesses however far above these are", async () => {
  const store = guess(await sample("before"), (type) => type === "main.SessionStore");
  const { paths } = await compare(store, await sample("after"));
  const row = paths.rows.find(({ path }) => path === "main.store.audits[…].events")!;
  expect(row.pathGuessed).toEqual([1, 0]);
});

describe("objects of two types in two dumps", () => {
  it("are told where they stayed, for nothing of them came or went", async () => {
    const before = await sample("before");
    const shape = before.types.names.find((name) => name.startsWith("obj/"))!;
    const growth = await compare(retype(before, "main.Session", shape, TypeSource.NONE), await sample("after"));
    const [pair] = growth.steps[0]!.matching!.retyped;
    expect(pair).toMatchObject({ before: shape, after: "main.Session" });
    const row = growth.types.rows.find(({ type }) => type === "main.Session")!;
    expect(row.retyped).toEqual({ count: pair!.count, bytes: pair!.bytes });
    const left = growth.types.rows.find(({ type }) => type === shape)!;
    expect(left.retyped).toEqual({ count: -pair!.count, bytes: -pair!.bytes });
    expect(row.grownCount - row.turnover!.added + row.turnover!.gone).toBe(pair!.count);
    expect(describeGrowth(growth).join("\n")).toContain(` ${pair!.count} × ${shape} → main.Session, `);
  });

  it("are told with how many more pairs of types there are, at least where not all are kept", async () => {
    const growth = await compare(await sample("before"), await sample("after"));
    const tell = (pairs: number): string => {
      const retyped = Array.from({ length: pairs }, (_, i) => ({ before: `obj/${i}`, after: "T", count: 1, bytes: 8 }));
      const [step] = growth.steps;
      return describeGrowth({ ...growth, steps: [{ ...step!, matching: { ...step!.matching!, retyped } }] }).join("\n");
    };
    expect(tell(3)).toContain("1 × obj/2 → T, 8 B.");
    expect(tell(5)).toContain("1 × obj/2 → T, 8 B; 2 more pairs of types.");
    expect(tell(20)).toContain("1 × obj/2 → T, 8 B; at least 17 more pairs of types.");
  });

  it("are told as shares where objects cannot be matched", async () => {
    const after = await sample("after");
    const goroutines = { ...after.goroutines, waitSince: after.goroutines.waitSince.map(() => 0) };
    const unknown: Heap = { ...after, memStats: undefined, goroutines };
    const other = guess(unknown, SESSION);
    const growth = await compare(await sample("before"), other);
    expect(growth.isOneProcess).not.toBe(true);
    expect(describeGrowth(growth).join("\n")).toMatch(
      /The types of < 0\.1 % → 9\.0 % of the live bytes are guessed, of .* % not known: what grew/,
    );
    const alike = await compare(await sample("before"), unknown);
    expect(describeGrowth(alike).join("\n")).not.toContain("guessed");
  });
});
