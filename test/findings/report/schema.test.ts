/** The JSON Schemas in the package: made from the types, and true of what is written. UPDATE_GOLDEN=1 makes them anew. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { createGenerator } from "ts-json-schema-generator";
import { describe, expect, it } from "vitest";
import { DEFAULT_TOLERANCE } from "../../../src/findings/check/baseline-change.ts";
import { parseBudget } from "../../../src/findings/check/budget-parser.ts";
import { CHECK_SCHEMA_VERSION, judge } from "../../../src/findings/check/check.ts";
import { measureHeap } from "../../../src/findings/check/measured.ts";
import { GROWTH_SCHEMA_VERSION } from "../../../src/findings/growth/growth.ts";
import { withoutContents } from "../../../src/findings/report/contents.ts";
import { computeReport, REPORT_SCHEMA_VERSION } from "../../../src/findings/report/report.ts";
import { summariseReport } from "../../../src/findings/report/summary.ts";
import { computeTop, TOP_SCHEMA_VERSION } from "../../../src/findings/top/top.ts";
import { TOP_KINDS } from "../../../src/findings/top/top-kinds.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FOLDER = join(ROOT, "src/findings");
const SCHEMAS = [
  { file: "report/report.schema.json", source: "report/report.ts", type: "Report", version: REPORT_SCHEMA_VERSION },
  {
    file: "report/summary.schema.json",
    source: "report/summary.ts",
    type: "ReportSummary",
    version: REPORT_SCHEMA_VERSION,
  },
  { file: "top/top.schema.json", source: "top/top.ts", type: "Top", version: TOP_SCHEMA_VERSION },
  { file: "check/check.schema.json", source: "check/check.ts", type: "Check", version: CHECK_SCHEMA_VERSION },
  { file: "growth/growth.schema.json", source: "growth/growth.ts", type: "Growth", version: GROWTH_SCHEMA_VERSION },
];

describe("the JSON Schemas", () => {
  it.each(SCHEMAS)(
    "$file is what the type says",
    ({ file, source, type, version }) => {
      const schema = createGenerator({
        path: join(FOLDER, source),
        type,
        tsconfig: join(ROOT, "tsconfig.json"),
        skipTypeCheck: true,
        topRef: false,
        // New keys may come without a new version.
        additionalProperties: true,
      }).createSchema(type);
      const text = `${JSON.stringify({ title: `gohd ${type}, version ${version}`, ...schema }, null, 2)}\n`;
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(join(FOLDER, file), text);
      expect(readFileSync(join(FOLDER, file), "utf8")).toBe(text);
    },
    60_000,
  );

  it.each([
    ["queue", () => typedSample("queue.1.22.amd64", "queue.1.22.amd64")],
    ["workers", () => typedSample("workers.1.24.amd64", "workers.1.24.amd64")],
    ["sessions", () => typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64")],
    ["an untyped heap", () => sampleHeap("dominators.1.22.386")],
  ])("hold for heaps, and refuse what is none: %s", async (_, heapOf) => {
    const heap = await heapOf();
    const value = await computeReport(heap, NO_PROGRESS);
    const [report, summary, top, check] = ["report/report", "report/summary", "top/top", "check/check"].map(
      validatorOf,
    );
    for (const one of [value, withoutContents(value)]) {
      expect(report!(JSON.parse(JSON.stringify(one))), JSON.stringify(report!.errors)).toBe(true);
      expect(summary!(JSON.parse(JSON.stringify(summariseReport(one)))), JSON.stringify(summary!.errors)).toBe(true);
    }
    expect(report!({ ...value, holders: null })).toBe(false);
    const budgets = [parseBudget("live > 1B and objects > 3 or owned(main.store) > 5%")];
    const measured = await measureHeap(heap, { budgets, mostGarbage: 1, withSums: true }, NO_PROGRESS);
    const verdict = judge([{ budget: budgets[0]!, reason: null, origin: "--fail-if" }], [measured], {
      file: "heap.json",
      key: "go1.27 amd64",
      heap: { least: 65536, liveBytes: 1, paths: [], goroutines: [] },
      tolerance: DEFAULT_TOLERANCE,
      expected: [{ path: "main.nothing", upTo: null, reason: "none", origin: "gohd.yaml:3" }],
    });
    expect(check!(JSON.parse(JSON.stringify(verdict))), JSON.stringify(check!.errors)).toBe(true);
    expect(check!({ ...verdict, outcome: "good" })).toBe(false);
    for (const by of TOP_KINDS) {
      const table = await computeTop(heap, { by, sort: "owned", limit: 20 }, NO_PROGRESS);
      expect(top!(JSON.parse(JSON.stringify(table))), JSON.stringify(top!.errors)).toBe(true);
      expect(top!({ ...table, by: "size" })).toBe(false);
    }
  });
});

/** Of schemas that were asked for. */
const validators = new Map<string, ValidateFunction>();

/** Compiles a schema once: the first of these tests come after those that may make it anew. */
function validatorOf(name: string): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const schema = JSON.parse(readFileSync(join(FOLDER, `${name}.schema.json`), "utf8"));
  const validator = new Ajv({ allowUnionTypes: true }).compile(schema);
  validators.set(name, validator);
  return validator;
}
