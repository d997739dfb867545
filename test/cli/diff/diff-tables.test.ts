/** Names in the tables of `gohd diff`: short, unless two would be the same. */
import { expect, test } from "vitest";
import { makeDiffTables } from "../../../src/cli/diff/diff-tables.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";

const NONE = { rows: [], moreGrown: 0, moreShrunk: 0 };

function namesOf(...types: readonly string[]): (string | undefined)[] {
  const rows = types.map((type) => ({ type, bytes: [0, 64], grownBytes: 64, grownCount: 1, turnover: null }));
  const growth = { dumps: [{}, {}], paths: NONE, types: { ...NONE, rows }, goroutines: NONE, findings: NONE };
  const [table] = makeDiffTables(growth as unknown as Growth);
  return table!.rows.map((row) => row.at(-1));
}

test("names have no import paths, but where two of a table would be alike", () => {
  expect(namesOf("map[string]*example.com/chat/hub.Room", "example.com/chat/hub.Room")).toEqual([
    "map[string]*hub.Room",
    "hub.Room",
  ]);
  expect(namesOf("example.com/a/hub.Room", "example.com/b/hub.Room", "example.com/a/hub.Client")).toEqual([
    "example.com/a/hub.Room",
    "example.com/b/hub.Room",
    "hub.Client",
  ]);
});
