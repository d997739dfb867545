/** Results as tables for people: boxes that fit into the terminal, or lines with a name and a value each. */
import type { SqlColumn, SqlResult, SqlValue } from "../../../converters/index.ts";
import { escapeText, showText } from "../../shown-text.ts";
import { columnsOf, padStart } from "../terminal/columns.ts";
import { toShownText, toText } from "./sql-values.ts";

/** Rows that people are shown at the most. */
export const SHOWN_ROWS = 1000;

/** Characters of a value in a box at the most. */
const CELL_LENGTH = 120;

/** Columns of the terminal that a text gets at least, with the spaces around it, if there is not room for all of it. */
const LEAST_WIDTH = 14;

/** Stands for what does not fit. */
const CUT = "…";

export interface Shown {
  /** Ends with a line break, unless there is nothing to see. */
  readonly text: string;
  /** Undefined if nobody counts them. */
  readonly rowCount: number | undefined;
  /** Not all rows are shown. */
  readonly rowsAreCut: boolean;
  /** Not all columns, or not all of a value, is shown. */
  readonly isCut: boolean;
}

/** Draws the first rows as a box that is at most `width` columns wide, if that is known. */
export async function drawBox(result: SqlResult, width: number | undefined): Promise<Shown> {
  const { rows, rowsAreCut } = await takeRows(result);
  const { columns } = result;
  if (columns[0]?.name === "explain_key") {
    // A plan is a picture of many lines already.
    const text = rows.map(([, plan = null]) => toText(plan).split("\n").map(escapeText).join("\n"));
    return { text: `${text.join("\n")}\n`, rowCount: undefined, rowsAreCut, isCut: false };
  }
  const heads = columns.map(({ name }) => showText(name, CELL_LENGTH));
  const cells = rows.map((row) => row.map((value, i) => showCell(value, columns[i]!)));
  const { default: Table } = await import("cli-table3");
  const draw = (chosen: readonly Chosen[]): string => {
    const table = new Table({
      head: chosen.map(({ index }) => heads[index] ?? CUT),
      colAligns: chosen.map(({ index }) => (columns[index]?.isNumber ? "right" : "left")),
      ...(width === undefined ? {} : { colWidths: chosen.map((column) => column.width) }),
      style: { head: [], border: [], compact: true },
    });
    for (const row of cells) table.push(chosen.map(({ index }) => row[index] ?? CUT));
    return table.toString();
  };
  const all = columns.map((_, index): Chosen => ({ index, width: null }));
  const whole = draw(all);
  const isValueCut = cells.some((row) => row.some((cell) => cell.length === CELL_LENGTH && cell.endsWith(CUT)));
  // The library knows how wide characters are: its border tells.
  const widths = whole
    .slice(0, whole.indexOf("\n"))
    .slice(1, -1)
    .split("┬")
    .map(({ length }) => length);
  if (width === undefined || sum(widths) + widths.length + 1 <= width) {
    return { text: `${whole}\n`, rowCount: rows.length, rowsAreCut, isCut: isValueCut };
  }
  return { text: `${draw(fit(columns, widths, width))}\n`, rowCount: rows.length, rowsAreCut, isCut: true };
}

/** Writes the first rows as lines, a name and a whole value each. */
export async function drawLines(result: SqlResult): Promise<Shown> {
  const { rows, rowsAreCut } = await takeRows(result);
  const { columns } = result;
  const names = columns.map(({ name }) => showText(name));
  const longest = names.reduce((most, name) => Math.max(most, columnsOf(name)), 0);
  const text = rows.map((row) =>
    row.map((value, i) => `${padStart(names[i]!, longest)} = ${toShownText(value, columns[i]!)}\n`).join(""),
  );
  return { text: text.join("\n"), rowCount: rows.length, rowsAreCut, isCut: false };
}

async function takeRows(result: SqlResult) {
  const rows: (readonly SqlValue[])[] = [];
  for await (const more of result.rows()) {
    const rowsAreCut = rows.length + more.length > SHOWN_ROWS;
    rows.push(...more.slice(0, SHOWN_ROWS - rows.length));
    if (rowsAreCut) return { rows, rowsAreCut };
  }
  return { rows, rowsAreCut: false };
}

/** Numbers are never cut, addresses among them. */
function showCell(value: SqlValue, column: SqlColumn): string {
  return column.isAddress ? toShownText(value, column) : showText(toText(value), CELL_LENGTH);
}

/** A column of a box: which of the result's (-1: those that are left out), and how wide; null: as wide as it is. */
interface Chosen {
  readonly index: number;
  readonly width: number | null;
}

/**
 * Chooses columns, and how wide they are, so that a box of them is `most` wide. Numbers are whole. If even the least is
 * too much, columns in the middle are left out, which a column of its own says.
 */
function fit(columns: readonly SqlColumn[], widths: readonly number[], most: number): readonly Chosen[] {
  const least = widths.map((width, i) => (columns[i]!.isNumber ? width : Math.min(width, LEAST_WIDTH)));
  const kept = keepOuter(least, most);
  const isGap = (index: number): boolean => index < 0;
  const borders = kept.length + 1;
  const fixed = sum(kept.map((i) => (isGap(i) || columns[i]!.isNumber ? widthOf(i) : 0)));
  const texts = kept.filter((i) => !isGap(i) && !columns[i]!.isNumber);
  const cap = shareRoom(
    texts.map((i) => widths[i]!),
    most - borders - fixed,
  );
  return kept.map((index) => ({
    index,
    width: texts.includes(index) ? Math.min(widths[index]!, cap) : widthOf(index),
  }));

  function widthOf(index: number): number {
    return isGap(index) ? CUT.length + 2 : widths[index]!;
  }
}

/** Indexes of columns, taken in turn from the left and the right as long as there is room; -1 for those between. */
function keepOuter(least: readonly number[], most: number): readonly number[] {
  if (sum(least) + least.length + 1 <= most) return least.map((_, i) => i);
  const left: number[] = [];
  const right: number[] = [];
  // Two borders, and the column that stands for the others.
  let room = most - 2 - (CUT.length + 2);
  for (let i = 0; i < least.length; i++) {
    const fromLeft = i % 2 === 0;
    const index = fromLeft ? left.length : least.length - 1 - right.length;
    room -= least[index]! + 1;
    // One column is shown, however wide it is.
    if (room < 0 && i > 0) break;
    if (fromLeft) left.push(index);
    else right.unshift(index);
  }
  return [...left, -1, ...right];
}

/** The greatest width that all may have, so that together they have no more than `room`. */
function shareRoom(widths: readonly number[], room: number): number {
  let left = Math.max(room, widths.length * Math.min(LEAST_WIDTH, ...widths));
  const ascending = [...widths].sort((a, b) => a - b);
  for (const [i, width] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - i));
    if (width > share) return share;
    left -= width;
  }
  return Number.POSITIVE_INFINITY;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
