/** What grew since earlier dumps, for the page: sentences, and a table by owner path, type, group of goroutines, finding. Texts are escaped and cut here. */
import {
  describeGrowth,
  type FindingGrowth,
  type GoroutineGrowth,
  type Growth,
  type GrowthRows,
  isToldAtBoth,
  listGrowthStatements,
  markFinding,
  markGuesses,
  markPath,
  type PathGrowth,
  showName,
  showText,
  sparkline,
  type TypeGrowth,
} from "../../src/index.ts";
import type { Cell, PageGrowth, TableColumn, TableData } from "./page-data.ts";

/** Characters of a sentence at the most. */
const SENTENCE = 600;

/** Makes the section. */
export function makePageGrowth(growth: Growth): PageGrowth {
  const [first, ...between] = growth.dumps.slice(0, -1).map(({ name }) => showName(name));
  const through = between.length === 0 ? "" : `, through ${between.join(", ")}`;
  return {
    title: `What grew since ${first}${through}`,
    about: describeGrowth(growth).map((line) => showText(line, SENTENCE)),
    statements: listGrowthStatements(growth).map(({ sentence, lines }) => ({
      sentence: showText(sentence, SENTENCE),
      lines: lines.map((line) => showText(line, SENTENCE)),
      command: "",
      node: -1,
      share: 0,
    })),
    tables: [listPaths(growth), listTypes(growth), listGoroutines(growth), listFindings(growth)].filter(
      ({ rows }) => rows.length > 0,
    ),
  };
}

const BEFORE: TableColumn = { title: "Before", format: "bytes", hint: "in the first dump" };
const AFTER: TableColumn = { title: "After", format: "bytes", hint: "in this dump" };
const OBJECTS: TableColumn = { title: "Objects", format: "more-count", hint: "how many more there are, or fewer" };
const TURNOVER: readonly TableColumn[] = [
  { title: "New", format: "count", hint: "live objects that were not there before" },
  { title: "Gone", format: "count", hint: "objects that were live before and are not any more" },
  { title: "Kept", format: "count", hint: "the same address, type and size in both; slots may have been used again" },
];

/** A row's figures, by which its line of bars is drawn. */
interface Columns<T> {
  readonly columns: readonly TableColumn[];
  readonly cells: (row: T) => readonly Cell[];
  readonly values: (row: T) => readonly number[];
}

function listPaths({ paths, dumps, isOneProcess }: Growth): TableData {
  const isMatched = isOneProcess === true;
  return list("grown-paths", "Grown: owner paths", "Where what grew hangs, each byte once.", paths, dumps.length, {
    columns: [
      {
        title: "Owner path",
        format: "path",
        hint: "from a variable or goroutine by fields; elements and entries are […]",
      },
      { title: "Type", format: "name" },
      { title: "Owned", format: "more-bytes", hint: "bytes there and below" },
      BEFORE,
      AFTER,
      { title: "Things", format: "more-count", hint: "right there; a map or list with all it is made of is one" },
      ...(isMatched ? TURNOVER : []),
    ],
    cells: (row: PathGrowth) => [
      `${showName(row.path, 160)}${markPath(row)}`,
      `${showName(row.type, 160)}${markGuesses(row)}`,
      row.grownBytes,
      row.ownedBytes[0]!,
      row.ownedBytes.at(-1)!,
      row.grownCount,
      ...(isMatched ? turnoverCells(row.turnover) : []),
    ],
    values: ({ ownedBytes }) => ownedBytes,
  });
}

function listTypes({ types, dumps, isOneProcess }: Growth): TableData {
  const isMatched = isOneProcess === true;
  return list(
    "grown-types",
    "Grown: types",
    "Live objects by type, without what hangs below them.",
    types,
    dumps.length,
    {
      columns: [
        { title: "Type", format: "name" },
        { title: "Bytes", format: "more-bytes" },
        BEFORE,
        AFTER,
        OBJECTS,
        ...(isMatched ? TURNOVER : []),
      ],
      cells: (row: TypeGrowth) => [
        `${showName(row.type, 160)}${markGuesses(row)}`,
        row.grownBytes,
        row.bytes[0]!,
        row.bytes.at(-1)!,
        row.grownCount,
        ...(isMatched ? turnoverCells(row.turnover) : []),
      ],
      values: ({ bytes }) => bytes,
    },
  );
}

function turnoverCells(turnover: TypeGrowth["turnover"]): Cell[] {
  return turnover === null ? ["", "", ""] : [turnover.added, turnover.gone, turnover.kept];
}

function listGoroutines({ goroutines, dumps }: Growth): TableData {
  const about = "Goroutines that were started for one function and wait at one place.";
  return list("grown-goroutines", "Grown: goroutines", about, goroutines, dumps.length, {
    columns: [
      { title: "Started for", format: "name" },
      { title: "State", format: "text" },
      { title: "Waits at", format: "name" },
      { title: "Goroutines", format: "more-count" },
      { title: "Before", format: "count", hint: "in the first dump" },
      { title: "After", format: "count", hint: "in this dump" },
      { title: "Leaked", format: "count", hint: "in this dump; proved" },
      { title: "Stacks and owned", format: "more-bytes" },
    ],
    cells: ({ entry, state, site, isSystem, grownCount, count, leaked, grownBytes }: GoroutineGrowth) => [
      showName(entry === "" ? "(unknown)" : entry, 160),
      showText(isSystem ? `${state} (the runtime's)` : state, 80),
      showName(site, 160),
      grownCount,
      count[0]!,
      count.at(-1)!,
      leaked.at(-1)!,
      grownBytes,
    ],
    values: ({ count }) => count,
  });
}

function listFindings({ findings, dumps }: Growth): TableData {
  const about =
    "What was wasted or wrong; nothing where it was below its threshold, and so by how much it grew is not known.";
  const known = (bytes: number): Cell => (bytes === 0 ? "" : bytes);
  return list("grown-findings", "Grown: findings", about, findings, dumps.length, {
    columns: [
      { title: "Where", format: "name" },
      { title: "What", format: "text" },
      { title: "Bytes", format: "more-bytes" },
      BEFORE,
      AFTER,
    ],
    cells: (row: FindingGrowth) => [
      `${showName(row.holder, 160)}${markFinding(row)}`,
      row.title,
      isToldAtBoth(row) ? row.grownBytes : "",
      known(row.bytes[0]!),
      known(row.bytes.at(-1)!),
    ],
    values: ({ bytes }) => bytes,
  });
}

function list<T>(
  id: string,
  title: string,
  about: string,
  { rows, moreGrown, moreShrunk }: GrowthRows<T>,
  dumps: number,
  { columns, cells, values }: Columns<T>,
): TableData {
  const bars: TableColumn[] =
    dumps === 2 ? [] : [{ title: "Dumps", format: "text", hint: "from the first dump to this one" }];
  return {
    id,
    title,
    about,
    columns: [...columns, ...bars],
    rows: rows.map((row) => [...cells(row), ...bars.map(() => sparkline(values(row)))]),
    nodes: rows.map(() => -1),
    left: moreGrown + moreShrunk,
  };
}
