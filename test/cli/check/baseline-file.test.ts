/** Files of baselines: written and read back, and refused where they are something else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBaseline, renderBaseline } from "../../../src/cli/check/baseline-file.ts";
import { CheckError } from "../../../src/errors.ts";
import type { Baseline } from "../../../src/findings/check/baseline.ts";
import { findHarm } from "../../support/hostile-dump.ts";

const path = (over: object) => ({ fingerprint: "f", path: "main.a[…]", type: "main.A", bytes: 5, objects: 1, ...over });

test("are read as they were written, and by other readers of JSON", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 });
  const heap = fc.record({
    least: fc.nat(),
    liveBytes: fc.nat(),
    paths: fc.array(
      fc.record(
        { fingerprint: text, path: text, type: text, bytes: fc.nat(), objects: fc.nat(), reason: text },
        { requiredKeys: ["fingerprint", "path", "type", "bytes", "objects"] },
      ),
    ),
    goroutines: fc.array(
      fc.record(
        { fingerprint: text, entry: text, origin: text, count: fc.nat(), reason: text },
        { requiredKeys: ["fingerprint", "entry", "origin", "count"] },
      ),
    ),
  });
  fc.assert(
    fc.property(fc.dictionary(text, heap), (heaps) => {
      const baseline = { schemaVersion: 1, heaps } as Baseline;
      const written = renderBaseline(baseline);
      expect(findHarm(written)).toEqual([]);
      expect(parseBaseline(written, "heap.json")).toEqual(baseline);
      expect(JSON.parse(written)).toMatchObject({ baseline: "gohd check", schemaVersion: 1 });
    }),
    { numRuns: 40 },
  );
});

test("have a line for each path, so that changes can be reviewed", () => {
  const heaps = { b: { least: 1, liveBytes: 2, paths: [path({}), path({ reason: "why" })], goroutines: [] } };
  const written = renderBaseline({ schemaVersion: 1, heaps });
  expect(written).toContain(
    '      "paths": [\n        {"fingerprint":"f","path":"main.a[…]","type":"main.A","bytes":5,"objects":1},\n' +
      '        {"fingerprint":"f","path":"main.a[…]","type":"main.A","bytes":5,"objects":1,"reason":"why"}\n      ],\n      "goroutines": []\n',
  );
});

describe("are refused", () => {
  const heap = (over: object) =>
    JSON.stringify({
      schemaVersion: 1,
      heaps: { "go1.24 amd64": { least: 1, liveBytes: 1, paths: [], goroutines: [], ...over } },
    });
  test.each([
    ["", "Unexpected end"],
    ["[]", 'it has no "heaps"'],
    ['{"heaps": []}', 'it has no "heaps"'],
    ['{"heaps": {}, "schemaVersion": 2}', "its schemaVersion is 2, not 1"],
    ['{"heaps": {"a": 3}, "schemaVersion": 1}', 'heap.json, "a" is not a baseline'],
    [heap({ least: "x" }), '"least" is no number'],
    [heap({ liveBytes: -1 }), '"liveBytes" is no number'],
    [heap({ paths: {} }), '"paths" is no list of objects'],
    [
      heap({ paths: [path({}), path({ bytes: null })] }),
      'paths[1] is not a baseline of gohd check: "bytes" is no number',
    ],
    [heap({ paths: [path({ type: 3 })] }), '"type" is no text'],
    [heap({ paths: [path({ reason: 3 })] }), '"reason" is no text'],
    [heap({ goroutines: [{}] }), 'goroutines[0] is not a baseline of gohd check: "fingerprint" is no text'],
  ])("%j", (text, message) => {
    expect(() => parseBaseline(text, "heap.json")).toThrow(CheckError);
    expect(() => parseBaseline(text, "heap.json")).toThrow(message);
  });
});
