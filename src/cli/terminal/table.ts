/**
 * Tables without lines between their columns. The last column takes what room the terminal has left. Texts are escaped
 * and cut here, before the library measures them: it takes quadratic time for long ones, and counts control characters
 * as its own.
 */
import type Table from "cli-table3";
import { LONGEST_SHOWN, showName, showText } from "../../shown-text.ts";
import { columnsOf, showWithin } from "./columns.ts";

export interface TableOptions {
  /** Columns to align right. */
  readonly numbers?: readonly number[];
  /** Columns of a line; undefined if nothing limits it. */
  readonly width?: number | undefined;
  /** How the last column is made to fit: prose goes on in the next line, a name loses its middle. */
  readonly last?: "prose" | "name";
  /** Of names, by row: the end of the name that may go before the rest has to be cut, as the type of what it names; "" if none may. */
  readonly details?: readonly string[];
  /** Of names, by row: the end of the name, and of its detail if it has one, that stays whole; "" without. */
  readonly marks?: readonly string[];
}

/** Renders rows of a table; all have as many cells. */
export type RenderTable = (rows: readonly (readonly string[])[], options?: TableOptions) => string;

const INDENT = "  ";
const GAP = "  ";
/** Columns of the terminal that the last column has at the least, wherever the line ends then. */
const LEAST_ROOM = 20;
/** Columns of a name's detail that still say something. */
const LEAST_DETAIL = 16;

const LINES =
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid";
const NO_LINES = Object.fromEntries(LINES.split(" ").map((line) => [line, ""]));

/** Loads cli-table3. */
export async function loadTables(): Promise<RenderTable> {
  const { default: TableClass } = await import("cli-table3");
  return (rows, options = {}) => render(TableClass, rows, options);
}

function render(
  TableClass: typeof Table,
  rows: readonly (readonly string[])[],
  { numbers = [], width, last = "prose", details = [], marks = [] }: TableOptions,
): string {
  if (rows.length === 0) return `${INDENT}none`;
  const columns = rows[0]!.map((_, column) => column);
  // A column before the last takes no more than half of the line.
  const most = width === undefined ? LONGEST_SHOWN : Math.max(Math.floor(width / 2), LEAST_ROOM);
  const isLast = (column: number): boolean => column === columns.length - 1;
  const shown = rows.map((row) =>
    row.map((cell, column) => (isLast(column) ? showText(cell) : showWithin((units) => showText(cell, units), most))),
  );
  const room = findRoom(shown, width);
  for (const [i, row] of rows.entries()) {
    if (last === "name") shown[i]!.splice(-1, 1, showDetailed(row.at(-1)!, details[i] ?? "", marks[i] ?? "", room));
    else if (room !== undefined) shown[i]!.splice(-1, 1, showProse(row.at(-1)!, room));
  }
  const table = new TableClass({
    chars: { ...NO_LINES, middle: GAP },
    colAligns: columns.map((column) => (numbers.includes(column) ? "right" : "left")),
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    ...(room === undefined || last === "name"
      ? {}
      : { wordWrap: true, colWidths: [...columns.slice(1).map(() => null), room] }),
  });
  table.push(...shown);
  return table
    .toString()
    .split("\n")
    .map((line) => `${INDENT}${line}`.trimEnd())
    .join("\n");
}

/** Escapes a name, and cuts the middle of its detail, or leaves that out with its mark, before it cuts what is in front of it. */
function showDetailed(name: string, detail: string, mark: string, room = LONGEST_SHOWN): string {
  if (name.length <= room && columnsOf(name) <= room) return fitName(name, room);
  const whole = name.slice(0, name.length - mark.length);
  const left = room - columnsOf(mark);
  if (detail === "") return `${fitName(whole, left)}${mark}`;
  const front = name.slice(0, name.length - detail.length);
  const forDetail = left - columnsOf(front);
  if (forDetail < LEAST_DETAIL) return fitName(front, room);
  return `${fitName(`${front}${fitName(whole.slice(front.length), forDetail)}`, left)}${mark}`;
}

/** Escapes a name, and cuts its middle so that it takes no more columns. */
function fitName(name: string, room: number): string {
  return showWithin((units) => showName(name, units), room);
}

/** Escapes a text and cuts its end, so that it is not too long for the library with its words broken. */
function showProse(text: string, room: number): string {
  const shown = showText(text);
  const broken = breakWords(shown, room);
  const excess = broken.length - LONGEST_SHOWN;
  return excess <= 0 ? broken : breakWords(showText(text, shown.length - excess), room);
}

/** Breaks words that are longer than the room, which the library would cut, if need be in the middle of a character. */
function breakWords(text: string, room: number): string {
  let broken = "";
  let taken = 0;
  for (const character of text) {
    // Wide characters take two columns, also of those that the library alone takes for wide.
    const columns = character > "~" ? 2 : 1;
    if (character === " ") taken = 0;
    else if (taken + columns <= room) taken += columns;
    else {
      broken += "\n";
      taken = columns;
    }
    broken += character;
  }
  return broken;
}

/** Columns of the terminal that are left for the last column, if it needs that many; undefined if it has as many as it likes. */
function findRoom(rows: readonly (readonly string[])[], width: number | undefined): number | undefined {
  if (width === undefined) return undefined;
  const widths = rows[0]!.map((_, column) => rows.reduce((most, row) => Math.max(most, columnsOf(row[column]!)), 0));
  const needed = widths.pop()!;
  const taken = INDENT.length + widths.reduce((sum, each) => sum + each + GAP.length, 0);
  return Math.min(needed, Math.max(width - taken, LEAST_ROOM));
}
