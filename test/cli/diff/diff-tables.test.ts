/** Cells in the tables of `gohd diff`: names, short unless two would be the same, and what is not known. */
import { expect, test } from "vitest";
import { makeDiffTables } from "../../../src/cli/diff/diff-tables.ts";
import type { Growth } from "../../../src/findings/growth/growth.ts";

const NONE = { rows: [], moreGrown: 0, moreShrunk: 0 };
/** Of what is in both dumps, or in the last, and is guessed in neither. */
const KNOWN = { count: [0, 1], guessed: [0, 0], pathGuessed: [0, 0] };

function namesOf(...types: readonly string[]): (string | undefined)[] {
  const rows = types.map((type) => ({ ...KNOWN, type, bytes: [0, 64], grownBytes: 64, grownCount: 1, turnover: null }));
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

test("a path's type is told once, and may go before the path is cut", () => {
  const rowsOf = (...paths: readonly [path: string, type: string, isOwn?: boolean][]) => {
    const rows = paths.map(([path, type, isOwn = false]) => ({
      ...KNOWN,
      path,
      type,
      isOwn,
      ownedBytes: [0, 64],
      grownBytes: 64,
    }));
    const growth = { dumps: [{}, {}], paths: { ...NONE, rows }, types: NONE, goroutines: NONE, findings: NONE };
    const [table] = makeDiffTables(growth as unknown as Growth);
    return table!.rows.map((row, i) => [row.at(-1), table!.details[i]]);
  };
  expect(
    rowsOf(
      ["main.store.byToken", "map[string]*example.com/chat.Session"],
      ["main.store.byToken", "string"],
      ["goroutine main.main: main.Queue", "main.Queue"],
      ["main.cache.(list.Element)", "list.Element"],
      ["[]*runtime.p", "[]*runtime.p"],
      ["main.cache.(list.Element)", "list.Element", true],
      ["main.sint", "int"],
    ),
  ).toEqual([
    ["main.store.byToken: map[string]*chat.Session", ": map[string]*chat.Session"],
    ["main.store.byToken: string", ": string"],
    ["goroutine main.main: main.Queue", ""],
    ["main.cache.(list.Element)", ""],
    ["[]*runtime.p", ""],
    ["main.cache.(list.Element) itself: list.Element", ": list.Element"],
    ["main.sint: int", ": int"],
  ]);
});

test("no growth is told of a finding that one of the dumps is below the threshold of", () => {
  const tableOf = (...figures: readonly [before: number, after: number][]) => {
    const rows = figures.map((bytes) => ({
      ...KNOWN,
      title: "popped slots",
      holder: "main.q",
      bytes,
      grownBytes: bytes[1] - bytes[0],
    }));
    const growth = { dumps: [{}, {}], paths: NONE, types: NONE, goroutines: NONE, findings: { ...NONE, rows } };
    return makeDiffTables(growth as unknown as Growth)[0]!;
  };
  const { title, rows } = tableOf([0, 2048], [1024, 2048], [4096, 0]);
  expect(title).toBe("By finding (– where it was below its threshold)");
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    ["–", "–", "2.00 KiB"],
    ["+ 1.00 KiB", "1.00 KiB", "2.00 KiB"],
    ["–", "4.00 KiB", "–"],
  ]);
  expect(tableOf([1024, 2048]).title).toBe("By finding");
});
