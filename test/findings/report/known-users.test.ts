import { beforeAll, expect, it } from "vitest";
import { listKnownWaits } from "../../../src/findings/goroutines/known-waits.ts";
import type { HolderRoot } from "../../../src/findings/holders/holder-roots.ts";
import { computeReport, type Report } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import { summariseReport } from "../../../src/findings/report/summary.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";

const ENTRY = "net/http.(*http2clientStream).doRequest";
const WAIT = listKnownWaits(ENTRY, "select", "", "", "")[0]!;
const USER: HolderRoot = {
  kind: "goroutine",
  name: `goroutine ${ENTRY} [select]`,
  count: 240,
  isCertain: true,
  leadsTo: null,
};

let report: Report;

beforeAll(async () => {
  report = await computeReport(await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"), NO_PROGRESS);
});

/** The report with a map of 240 streams that goroutines of HTTP/2 use, which is all that it tells. */
function tell(user: Partial<HolderRoot> = {}, groupsCalledSo = 1, group: number | null = null): string {
  const holder = {
    ...report.holders[0]!,
    use: { kind: "map", length: 240, capacity: 256 } as const,
    alsoUsedBy: [{ ...USER, ...user }],
  };
  const { meaning, advice } = WAIT;
  const waiting = { ...report.goroutines.groups[0]!, entry: ENTRY, state: "select", meaning, advice };
  const answer = { ...report.answers[0]!, leads: "holder", holder: 0, group: null, cause: null, others: [] } as const;
  const changed: Report = {
    ...report,
    holders: [holder],
    findings: [],
    answers: [answer, ...(group === null ? [] : [{ ...answer, leads: "goroutines", holder: null, group } as const])],
    goroutines: { ...report.goroutines, groups: Array(groupsCalledSo).fill(waiting) },
  };
  const { advice: summary } = summariseReport(changed).answers[0]!;
  const lines = listStatements(changed)[0]!.lines;
  expect(lines.some((line) => line.includes("doRequest [select]: each is"))).toBe(summary !== null);
  return summary === null ? "" : lines.slice(-2).join("\n");
}

it("goroutines that use an entry each tell why that is there, and what to do", () => {
  expect(tell()).toBe(`goroutines http.(*http2clientStream).doRequest [select]: ${WAIT.meaning}\n${WAIT.advice}`);
  expect(tell({ count: 230 })).not.toBe("");
});

it("nothing is said of goroutines that use all of it, of a few, of words that may be stale, or where it is not clear which they are", () => {
  expect(tell({ count: 100 })).toBe("");
  expect(tell({ count: 9 })).toBe("");
  expect(tell({ isCertain: false })).toBe("");
  expect(tell({ kind: "timers" })).toBe("");
  expect(tell({}, 2)).toBe("");
});

it("nor of those that are an answer themselves", () => {
  expect(tell({}, 1, 0)).toBe("");
});
