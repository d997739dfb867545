/** What is told to people of an input: every text that gohd prints is free of control characters, and its lines end. */
import { renderCheckText } from "../../src/cli/check/check-text.ts";
import { renderAnnotations } from "../../src/cli/check/github.ts";
import { renderJUnit } from "../../src/cli/check/junit.ts";
import { renderGrowthText } from "../../src/cli/diff/diff-text.ts";
import { renderReportText } from "../../src/cli/report/report-text.ts";
import { createStyle } from "../../src/cli/terminal/style.ts";
import { renderTop } from "../../src/cli/top/top-text.ts";
import { renderWhy } from "../../src/cli/why/why-text.ts";
import { makeBaseline } from "../../src/findings/check/baseline.ts";
import { DEFAULT_TOLERANCE } from "../../src/findings/check/baseline-change.ts";
import { parseBudget } from "../../src/findings/check/budget-parser.ts";
import { judge } from "../../src/findings/check/check.ts";
import { measureHeap } from "../../src/findings/check/measured.ts";
import { HeapComparison } from "../../src/findings/growth/comparison.ts";
import { withoutContents } from "../../src/findings/report/contents.ts";
import { computeReport } from "../../src/findings/report/report.ts";
import { summariseReport } from "../../src/findings/report/summary.ts";
import { computeTop, type TopRow } from "../../src/findings/top/top.ts";
import { TOP_KINDS, TOP_ORDERS } from "../../src/findings/top/top-kinds.ts";
import { explainWhy } from "../../src/findings/why/why.ts";
import { type Heap, NO_PROGRESS } from "../../src/index.ts";
import { findHarm } from "../support/hostile-dump.ts";
import type { FuzzInput } from "./inputs.ts";

/** Characters of a line at the most. */
const LONGEST_LINE = 1000;

/** Bytes of a summary at the most; see `gohd report --json`. */
const LONGEST_SUMMARY = 5 << 10;

/** What a sum or a share that went wrong looks like. */
const NONSENSE = /\b(?:NaN|Infinity|undefined|\[object)\b|(?<=^|[\s(])-\d[\d,.]* (?:B|[KMG]i?B|%|objects?)\b/m;

/** @throws Error if a text that `command` made would harm a terminal, or has what is no figure */
export function checkTold(command: string, text: string): void {
  const nonsense = NONSENSE.exec(text);
  if (nonsense !== null) throw new Error(`${command} has ${nonsense[0]} in it`);
  const harm = findHarm(text);
  if (harm.length > 0) throw new Error(`${command} has ${JSON.stringify(harm[0])} in it`);
  const longest = Math.max(...text.split("\n").map(({ length }) => length));
  if (longest > LONGEST_LINE) throw new Error(`${command} has a line of ${longest} characters`);
}

/** @throws Error if `value`, which `command` would write as JSON, has a number that is none, or below `least` */
export function checkFigures(command: string, value: unknown, least = 0, path = ""): void {
  if (typeof value === "number" && !(Number.isFinite(value) && value >= least)) {
    throw new Error(`${command} has ${value} in ${path}`);
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) checkFigures(command, each, least, `${path}.${key}`);
}

/** `gohd report`, for terminals of any size and as JSON. */
export async function reportOn(heap: Heap, { random }: Pick<FuzzInput, "random">): Promise<void> {
  const whole = await computeReport(heap, NO_PROGRESS);
  const report = random(3) === 0 ? withoutContents(whole) : whole;
  checkFigures("report --json", report);
  checkFigures("report --json", summariseReport(report));
  const summary = Buffer.byteLength(JSON.stringify(summariseReport(report), null, 2));
  if (summary > LONGEST_SUMMARY) throw new Error(`a summary of ${summary} bytes`);
  const height = random(2) === 0 ? Number.POSITIVE_INFINITY : 23;
  checkTold(
    "report",
    renderReportText(report, {
      width: 80 + random(100),
      height,
      whyCommand: "gohd why a",
      topCommand: "gohd top a",
      style: createStyle(false),
    }),
  );
}

/** `gohd top` by anything: what objects take, and what roots own, is the live heap. */
export async function listTop(heap: Heap, { random }: Pick<FuzzInput, "random">): Promise<void> {
  const by = TOP_KINDS[random(TOP_KINDS.length)]!;
  const sort = TOP_ORDERS[random(TOP_ORDERS.length)]!;
  const top = await computeTop(heap, { by, sort, limit: Number.POSITIVE_INFINITY }, NO_PROGRESS);
  const sum = (key: "shallowBytes" | "ownedBytes"): number =>
    top.rows.reduce((bytes: number, row: TopRow) => bytes + row[key], 0);
  const whole = by === "root" ? sum("ownedBytes") : by === "goroutine" ? top.live.bytes : sum("shallowBytes");
  if (whole !== top.live.bytes) throw new Error(`top by ${by} has ${whole} bytes of ${top.live.bytes}`);
  if (top.rows.some(({ ownedShare }) => !(ownedShare >= 0 && ownedShare <= 1))) throw new Error(`a share by ${by}`);
  checkFigures("top --json", top.rows);
  checkTold("top", await renderTop(top, { width: 80 + random(100), style: createStyle(false), filter: undefined }));
}

/** `gohd diff` with itself, where nothing grew, and with what nothing types, where all that can be compared is the same. */
export async function compareHeaps(bare: Heap, heap: Heap, { random }: Pick<FuzzInput, "random">): Promise<void> {
  const comparison = new HeapComparison();
  await comparison.add(random(3) === 0 ? bare : heap, false, NO_PROGRESS);
  await comparison.add(heap, true, NO_PROGRESS);
  const growth = comparison.finish({ most: 20 });
  const changed = [...growth.paths.rows, ...growth.types.rows];
  const { matching } = growth.steps[0]!;
  checkFigures("diff --json", growth, Number.NEGATIVE_INFINITY);
  if (growth.live.grownBytes !== 0 || changed.length > 0) throw new Error("a heap that grew beyond itself");
  if (growth.comparedBy !== "nothing" && (matching?.added ?? 0) + (matching?.gone ?? 0) > 0) {
    throw new Error("objects that are not in the same heap");
  }
  const height = random(2) === 0 ? Number.POSITIVE_INFINITY : 24;
  checkTold("diff", await renderGrowthText(growth, { width: 80 + random(100), height, style: createStyle(false) }));
}

/** `gohd why`: an object, a type, a pattern, or something that is not there, which is a UsageError. */
export async function askWhy(heap: Heap, { random }: Pick<FuzzInput, "random">): Promise<void> {
  const { objects, types } = heap;
  const asked = Array.from({ length: 1 + random(2) }, () => {
    const kind = random(6);
    if (kind === 0 || objects.count === 0) return "0xc000000000";
    if (kind === 1) return "/./";
    if (kind === 2 && types.names.length > 0) return types.names[random(types.names.length)]!;
    return heap.formatAddress(objects.address[random(objects.count)]!);
  });
  const why = await explainWhy(heap, asked, 1 + random(5), NO_PROGRESS);
  checkFigures("why --json", why);
  checkTold("why", renderWhy(why));
}

/** `gohd check`: budgets on anything, and the heap beside a baseline of its own, which has all that it has. */
export async function checkBudgets(heap: Heap, { random }: Pick<FuzzInput, "random">): Promise<void> {
  const { types } = heap;
  const name = JSON.stringify(
    types.names.length > 0 ? types.names[random(types.names.length)]!.trim() || "x" : "main.T",
  );
  const texts = [
    "live >= 0",
    "wasted > 5%",
    "goroutines >= 0 or garbage > 1B",
    `owned(${name}) >= 0`,
    `count(${name}) < 1`,
  ];
  const budgets = texts.map((text) => ({ budget: parseBudget(text), reason: name, origin: "gohd.yaml:1" }));
  const options = { budgets: budgets.map(({ budget }) => budget), mostGarbage: 1, withSums: true };
  const measured = await measureHeap(heap, options, NO_PROGRESS);
  const own = measured.sums === undefined ? undefined : makeBaseline(measured.sums, DEFAULT_TOLERANCE.least);
  const beside = { file: "heap.json", key: "go", heap: own, tolerance: DEFAULT_TOLERANCE, expected: [] };
  const check = judge(budgets, [measured], beside);
  const changes = check.baseline?.changes ?? [];
  if (changes.length > 0) throw new Error(`a heap has what it has not itself: ${JSON.stringify(changes[0])}`);
  checkTold("check", renderCheckText(check, createStyle(false)));
  checkTold("check --junit", renderJUnit(check).replaceAll(/<\/?system-out>|&\w+;/g, ""));
  checkTold("check --github", renderAnnotations(check).replaceAll("%0A", "\n"));
}
