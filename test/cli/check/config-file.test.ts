/** gohd.yaml and gohd.json: what they may say, and where it is told that they say something else. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBaseline } from "../../../src/cli/check/baseline-file.ts";
import { findConfig, readConfig } from "../../../src/cli/check/config-file.ts";
import { reportError } from "../../../src/cli/terminal/error-report.ts";
import { UsageError } from "../../../src/errors.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, name = "gohd.yaml") {
  const path = join(folder, name);
  writeFileSync(path, text);
  return readConfig(path, name);
}

const YAML = `# What the heap of the load test may be.
fail-if:
  - leaked_goroutines > 0   # never
  - count(map[string]*main.Session) > 5
  - budget: 'owned(struct { a: int }) > 1MiB'
    reason: "500 users, 200 KiB each"
most-garbage: 10%
`;

describe("reads", () => {
  test("budgets with reasons, and the lines they stand in", () => {
    const { budgets, mostGarbage, name } = read(YAML);
    expect(budgets.map(({ budget, reason, origin }) => [budget.text, reason, origin])).toEqual([
      ["leaked_goroutines > 0", null, "gohd.yaml:3"],
      ["count(map[string]*main.Session) > 5", null, "gohd.yaml:4"],
      ["owned(struct { a: int }) > 1MiB", "500 users, 200 KiB each", "gohd.yaml:5"],
    ]);
    expect([mostGarbage, name]).toEqual([0.1, "gohd.yaml"]);
  });

  test("JSON, with tabs and everything", () => {
    const json = { "fail-if": ["live > 1MiB", { budget: "wasted > 10%", reason: "é\t\u2028" }], "most-garbage": "0" };
    for (const space of [undefined, 2, "\t"]) {
      const { budgets, mostGarbage } = read(JSON.stringify(json, null, space), "gohd.json");
      expect(budgets.map(({ budget, reason }) => [budget.text, reason])).toEqual([
        ["live > 1MiB", null],
        ["wasted > 10%", "é\t\u2028"],
      ]);
      expect(mostGarbage).toBe(0);
    }
  });

  test("one budget that is no list, and files that say nothing", () => {
    expect(read("fail-if: live > 1MiB").budgets).toHaveLength(1);
    for (const text of ["", "# later\n", "fail-if:\n", "{}"]) expect(read(text).budgets).toEqual([]);
  });
});

describe("refuses, with line and column", () => {
  test.each([
    ["fail-if:\n  - live > 5\n", "gohd.yaml:2: live is in bytes: the number needs a unit\nlive > 5\n        ^", "KiB"],
    ["fail-f:\n  - live > 5MiB\n", 'gohd.yaml:1:1: there is no key "fail-f" here', "did you mean fail-if?"],
    ["fail-if:\n  - budgt: live > 5MiB\n", "gohd.yaml:2:5: there is no key", "did you mean budget?"],
    ["fail-if:\n  - reason: why\n", 'gohd.yaml:2:5: "budget" is missing here', ""],
    ["fail-if:\n  - [a]\n", "gohd.yaml:2:5: here comes a text", ""],
    ["- live > 5MiB\n", "gohd.yaml:1:1: the file has the keys fail-if", ""],
    ["fail-if: *all\n", "gohd.yaml:1:", ""],
    ["most-garbage: 5\n", "gohd.yaml:1:15: this is not a percentage", "for example 5%"],
    ["fail-if: [live > 1MiB\n", "gohd.yaml:2:1: ", ""],
    ["fail-if: live > 1MiB\nfail-if: live > 2MiB\n", "gohd.yaml:2:1: Map keys must be unique", ""],
  ])("%j", (text, message, hint) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(message);
    expect((error as UsageError).hint ?? "").toContain(hint);
  });
});

test("the first of the names that is there is found", () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  expect(findConfig(empty)).toBeUndefined();
  writeFileSync(join(empty, "gohd.json"), "{}");
  expect(findConfig(empty)).toBe(join(empty, "gohd.json"));
  writeFileSync(join(empty, "gohd.yaml"), "");
  expect(findConfig(empty)).toBe(join(empty, "gohd.yaml"));
});

test("says which file cannot be read, also of a directory, of which the system does not say it", () => {
  for (const read of [() => readBaseline(folder), () => readConfig(folder, "gohd.yaml")]) {
    let thrown: unknown;
    try {
      read();
    } catch (error) {
      thrown = error;
    }
    expect(reportError(thrown)).toMatchObject({ exitCode: 1, message: `${folder}: it is a directory` });
  }
});
