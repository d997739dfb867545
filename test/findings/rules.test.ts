/** The table of rules in src/findings/README.md is made of the rules themselves; UPDATE_GOLDEN=1 makes it anew. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RULES } from "../../src/findings/rules.ts";
import { formatBytes } from "../../src/quantities.ts";

const README = join(import.meta.dirname, "../../src/findings/README.md");
const TABLE_HEAD = "| rule | counts | least | source |\n| --- | --- | --- | --- |\n";

function makeTable(): string {
  const rows = Object.entries(RULES).map(
    ([name, { test: rule, leastShare, leastBytes, source }]) =>
      `| \`${name}\` | ${rule} | ${Math.round(100 * leastShare)} %, ${formatBytes(leastBytes)} | ${source} |\n`,
  );
  return TABLE_HEAD + rows.join("");
}

test("every rule is documented as it is", () => {
  const text = readFileSync(README, "utf8");
  const start = text.indexOf(TABLE_HEAD);
  expect(start, "the table's head is there").toBeGreaterThan(0);
  const end = text.indexOf("\n\n", start) + 1 || text.length;
  const made = text.slice(0, start) + makeTable() + text.slice(end);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(README, made);
  expect(readFileSync(README, "utf8")).toBe(made);
});

test("every rule has a heap that triggers it", () => {
  const folder = join(import.meta.dirname, "inspections");
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  expect(Object.keys(RULES).filter((name) => !tests.includes(`"${name}"`))).toEqual([]);
});
