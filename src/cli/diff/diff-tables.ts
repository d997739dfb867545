/**
 * The tables of a comparison, as texts that are not yet escaped: one for each thing that can grow. Names come without import paths,
 * but where two of a table would be the same then.
 */
import type {
  FindingGrowth,
  GoroutineGrowth,
  Growth,
  GrowthRows,
  PathGrowth,
  TypeGrowth,
} from "../../findings/growth/growth.ts";
import { formatSigned, isToldAtBoth, sparkline } from "../../findings/growth/growth-figures.ts";
import { markFinding, markGuesses } from "../../findings/growth/guess-marks.ts";
import { isTypeInPath, markPath, sayPath } from "../../findings/growth/sentences.ts";
import { shortenImports } from "../../heap/short-names.ts";
import { formatBytes, formatCount } from "../../quantities.ts";

export interface DiffTable {
  readonly title: string;
  /** All but the last, and the bars, are numbers. */
  readonly heads: readonly string[];
  readonly numbers: readonly number[];
  readonly rows: readonly (readonly string[])[];
  /** By row: the end of its name that may go before the rest of the name has to be cut; "" if none may. */
  readonly details: readonly string[];
  /** By row: the end of its name, and of that detail, that may not be cut. */
  readonly marks: readonly string[];
  /** Rows that were left out when the comparison was made. */
  readonly more: number;
}

/**
 * The tables that have rows.
 * @param isNarrow whether there is no room for what the sentences have of it
 */
export function makeDiffTables(growth: Growth, isNarrow = false): DiffTable[] {
  const { paths, types, goroutines, findings } = growth;
  const isMatched = growth.isOneProcess === true && !isNarrow;
  return [
    make("By owner path", paths, growth, pathColumns()),
    make("By type", types, growth, typeColumns(isMatched)),
    make("By group of goroutines", goroutines, growth, goroutineColumns()),
    make(findingTitle(findings), findings, growth, findingColumns()),
  ].filter(({ rows }) => rows.length > 0);
}

interface Column<T> {
  readonly head: string;
  cell(row: T): string;
}

interface NameColumn<T> extends Column<T> {
  /** The end of the cell that says more of what it names. */
  detail?(row: T): string;
  /** The end of the cell, and of its detail if it has one, that says how much of it is a guess. */
  mark?(row: T): string;
}

interface Columns<T> {
  /** What grew, as its bars show it. */
  readonly values: (row: T) => readonly number[];
  readonly columns: readonly Column<T>[];
  readonly name: NameColumn<T>;
}

const signedBytes = (value: number): string => formatSigned(value, formatBytes);
const signedCount = (value: number): string => formatSigned(value, formatCount);

function pathColumns(): Columns<PathGrowth> {
  return {
    values: ({ ownedBytes }) => ownedBytes,
    columns: [
      { head: "owned", cell: ({ grownBytes }) => signedBytes(grownBytes) },
      { head: "before", cell: ({ ownedBytes }) => formatBytes(ownedBytes[0]!) },
      { head: "after", cell: ({ ownedBytes }) => formatBytes(ownedBytes.at(-1)!) },
    ],
    name: {
      head: "owner path",
      cell: (row) => `${sayPath(row)}${sayType(row)}`,
      detail: sayType,
      mark: (row) => (sayType(row) === "" ? markPath(row) : markGuesses(row)),
    },
  };
}

/** The type behind a path, unless the path ends with it for want of a name. */
function sayType(row: PathGrowth): string {
  const { type, isOwn } = row;
  return type === "" || (isTypeInPath(row) && !isOwn) ? "" : `: ${type}${markGuesses(row)}`;
}

function typeColumns(isMatched: boolean): Columns<TypeGrowth> {
  const turnover: Column<TypeGrowth>[] = [
    { head: "new", cell: ({ turnover: of }) => formatCount(of?.added ?? 0) },
    { head: "gone", cell: ({ turnover: of }) => formatCount(of?.gone ?? 0) },
  ];
  return {
    values: ({ bytes }) => bytes,
    columns: [
      { head: "shallow", cell: ({ grownBytes }) => signedBytes(grownBytes) },
      { head: "before", cell: ({ bytes }) => formatBytes(bytes[0]!) },
      { head: "after", cell: ({ bytes }) => formatBytes(bytes.at(-1)!) },
      { head: "objects", cell: ({ grownCount }) => signedCount(grownCount) },
      ...(isMatched ? turnover : []),
    ],
    name: { head: "type", cell: (row) => `${row.type}${markGuesses(row)}`, mark: markGuesses },
  };
}

function goroutineColumns(): Columns<GoroutineGrowth> {
  return {
    values: ({ count }) => count,
    columns: [
      { head: "goroutines", cell: ({ grownCount }) => signedCount(grownCount) },
      { head: "before", cell: ({ count }) => formatCount(count[0]!) },
      { head: "after", cell: ({ count }) => formatCount(count.at(-1)!) },
      { head: "stacks and owned", cell: ({ grownBytes }) => signedBytes(grownBytes) },
    ],
    name: {
      head: "started for, waiting",
      cell: ({ entry, state, site, isSystem }) =>
        `${entry}${state === "" ? "" : ` [${state}]`}${sayPlace(site, entry)}${isSystem ? ", the runtime's" : ""}`,
      detail: ({ entry, site, isSystem }) => (isSystem ? "" : sayPlace(site, entry)),
    },
  };
}

function sayPlace(site: string, entry: string): string {
  return site === "" || site === entry ? "" : ` at ${site}`;
}

/** In place of a figure that nobody knows. */
const UNKNOWN = "–";

function findingTitle({ rows }: GrowthRows<FindingGrowth>): string {
  return rows.every(isToldAtBoth) ? "By finding" : `By finding (${UNKNOWN} where it was below its threshold)`;
}

function findingColumns(): Columns<FindingGrowth> {
  const known = (bytes: number): string => (bytes === 0 ? UNKNOWN : formatBytes(bytes));
  return {
    values: ({ bytes }) => bytes,
    columns: [
      { head: "bytes", cell: (row) => (isToldAtBoth(row) ? signedBytes(row.grownBytes) : UNKNOWN) },
      { head: "before", cell: ({ bytes }) => known(bytes[0]!) },
      { head: "after", cell: ({ bytes }) => known(bytes.at(-1)!) },
    ],
    name: {
      head: "finding",
      cell: (row) => `${row.title}: ${row.holder}${markFinding(row)}`,
      mark: markFinding,
    },
  };
}

function make<T>(
  title: string,
  rows: GrowthRows<T>,
  { dumps }: Growth,
  { values, columns, name }: Columns<T>,
): DiffTable {
  const bars: Column<T>[] = dumps.length === 2 ? [] : [{ head: "", cell: (row) => sparkline(values(row)) }];
  const short = shortenNames(rows.rows.map((row) => name.cell(row)));
  const details = rows.rows.map((row, i) => {
    const detail = name.detail?.(row) ?? "";
    return [shortenImports(detail), detail].find((end) => short[i]!.endsWith(end)) ?? "";
  });
  return {
    title,
    heads: [...columns, ...bars, name].map(({ head }) => head),
    numbers: columns.map((_, i) => i),
    rows: rows.rows.map((row, i) => [...[...columns, ...bars].map(({ cell }) => cell(row)), short[i]!]),
    details,
    marks: rows.rows.map((row) => name.mark?.(row) ?? ""),
    more: rows.moreGrown + rows.moreShrunk,
  };
}

function shortenNames(names: readonly string[]): string[] {
  const short = names.map(shortenImports);
  const count = new Map<string, number>();
  for (const name of short) count.set(name, (count.get(name) ?? 0) + 1);
  return short.map((name, i) => (count.get(name) === 1 ? name : names[i]!));
}
