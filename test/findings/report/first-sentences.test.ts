/** What the report says first of the samples: the sentences in their README, and that these are the truth of the programs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { formatCount } from "../../../src/quantities.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples");
const README = readFileSync(join(SAMPLES, "README.md"), "utf8");
const SENTENCES = [...README.matchAll(/^\| ([a-z-]+\.1\.\d+\.\w+) \| `([^`]+)` \|$/gm)].map(
  ([, dump, sentence]) => [dump!, sentence!] as const,
);

/** Samples that print no truth: what their README says of them. */
const CAUSES: Readonly<Record<string, string>> = {
  sessions: "main.store",
  workers: "main.(*Service).download",
  queue: "main.pipeline.thumbnails.previews",
  healthy: "service",
  waits: "main.serve",
  "steady-after.1.22": "main.Account",
  "steady-after.1.27": "main.bank",
};
/** Without names nothing tells that these are the type that they are; the report shows their layout. */
const NO_TYPE = new Map([["freelist.1.27.amd64", "obj/128{(p)×16}"]]);
/** What has the slice has no known type there, so nothing tells its length. */
const NO_LENGTH = ["undo.1.24.amd64"];
/** Share of the growth of the heap by which the report may be off: what else was allocated, and what is not owned. */
const NEAR = 0.03;

interface Truth {
  readonly cause: string;
  readonly unnamed: string;
  readonly number: number;
  readonly bytes: number;
}

function readTruth(dump: string): Truth | undefined {
  const path = join(SAMPLES, `truths/${dump}.truth`);
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const words = new Map(lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
  const { cause, unnamed, number, bytes } = Object.fromEntries(words);
  return { cause: cause!, unnamed: unnamed!, number: Number(number), bytes: Number(bytes) };
}

const isStripped = (dump: string): boolean =>
  README.split("\n").some((row) => row.startsWith(`| \`${dump}.dump.`) && row.includes('-ldflags="-s -w"'));

test("every sample with an executable or a truth has a sentence, but for the graph of dominators", () => {
  const told = SENTENCES.map(([dump]) => dump.replace(/-(before|after)/, ""));
  const kept = readdirSync(join(SAMPLES, "executables")).map((file) => file.replace(".exe.zst", ""));
  const truths = readdirSync(join(SAMPLES, "truths")).map((file) => file.replace(/-(before|after)|\.truth/g, ""));
  const expected = [...kept, ...truths].filter((name) => !name.startsWith("dominators."));
  expect([...new Set(told)].sort()).toEqual([...new Set(expected)].sort());
});

describe.each(SENTENCES)("the report of %s", (dump, sentence) => {
  const executable = dump.replace(/-(before|after)/, "");

  it("says first what the README says, which is the truth", { timeout: 60_000 }, async () => {
    const report = await computeReport(await typedSample(dump, executable), NO_PROGRESS);
    const first = listStatements(report)[0]!;
    expect(first.sentence).toBe(sentence);
    expect(first.lines.join("\n")).not.toMatch(/in (.+) at \1$/m);
    const truth = readTruth(dump);
    if (truth === undefined) {
      expect(sentence).toContain(CAUSES[/^[a-z]+/.exec(dump)![0]] ?? CAUSES[dump.replace(".amd64", "")]);
      return;
    }
    expect(sentence).toContain(isStripped(dump) ? (NO_TYPE.get(dump) ?? truth.unnamed) : truth.cause);
    if (!NO_LENGTH.includes(dump)) {
      const words = [sentence, ...first.lines].join("\n").split(/[^\d,]+/);
      expect(words.map((word) => word.replace(/,$/, ""))).toContain(formatCount(truth.number));
    }
    expect(Math.abs(first.answer!.bytes - truth.bytes) / truth.bytes).toBeLessThan(NEAR);
  });
});

test("a goroutine that has many things is named once", async () => {
  const heap = drawHeap((sketch) => {
    const object = (): readonly [number, number] => [sketch.object({ size: 50_000, type: "main.Batch" }), 0];
    const frames = ["main.parse", "main.importAll"].map((name) => ({
      name,
      slots: Array.from({ length: 10 }, object),
    }));
    sketch.goroutine({ waitReason: "chan receive", frames });
  });
  const [first] = listStatements(await computeReport(heap, NO_PROGRESS));
  const name = "goroutine main.importAll [chan receive]";
  expect(first!.sentence).toContain(`${name} keeps `);
  expect(first!.lines.join("\n")).not.toContain(name);
});
