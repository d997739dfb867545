/** `gohd diff` for people: the sentences, then as many rows of each table as fit on the screen. Names come escaped and cut. */
import type { Growth } from "../../findings/growth/growth.ts";
import { describeGrowth } from "../../findings/growth/heap-sentences.ts";
import { listGrowthStatements } from "../../findings/growth/sentences.ts";
import { formatNumber } from "../../quantities.ts";
import type { Style } from "../terminal/style.ts";
import { loadTables, type RenderTable } from "../terminal/table.ts";
import { wrapWords } from "../terminal/wrap.ts";
import { type DiffTable, makeDiffTables } from "./diff-tables.ts";

export interface DiffLayout {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines of the screen, that of the prompt included; Infinity for all. */
  readonly height: number;
  readonly style: Style;
}

/** A table's title, its heads and the blank line behind it. */
const TABLE_FRAME = 3;
const LEAST_ROWS = 2;
/** Where lines are shorter, names need the room of a column. */
const NARROW = 80;
/** The line that tells of what was left out, and the prompt. */
const LAST_LINES = 2;

/** Renders a comparison; ends with a line break. Loads cli-table3. */
export async function renderGrowthText(growth: Growth, { width, height, style }: DiffLayout): Promise<string> {
  const lines: string[] = [];
  for (const { sentence, lines: more } of listGrowthStatements(growth)) {
    lines.push(...wrapWords(sentence, width, "", "    ").map(style.bold));
    for (const line of more) lines.push(...wrapWords(line, width, "  ", "      "));
    lines.push("");
  }
  lines.push(...describeGrowth(growth).flatMap((line) => wrapWords(line, width, "", "  ")), "");
  const tables = makeDiffTables(growth, width < NARROW);
  const rows = shareRows(tables, height - lines.length - LAST_LINES);
  const render = await loadTables();
  let left = 0;
  for (const [i, table] of tables.entries()) {
    const shown = table.rows.slice(0, rows[i]!);
    left += table.rows.length - shown.length + table.more;
    lines.push(...renderTable(table, shown, width, style, render), "");
  }
  if (left > 0) lines.push(`${formatNumber(left, "more row")}: --all shows everything.`);
  else lines.pop();
  return `${lines.join("\n")}\n`;
}

function renderTable(
  { title, heads, numbers, details, marks }: DiffTable,
  rows: readonly (readonly string[])[],
  width: number,
  style: Style,
  render: RenderTable,
): string[] {
  const ends = { details: ["", ...details], marks: ["", ...marks] };
  const [head, ...rest] = render([heads, ...rows], { numbers, width, last: "name", ...ends }).split("\n");
  return [style.bold(title), style.dim(head!), ...rest];
}

/** How many rows of each table there is room for: a fair share for each, and what one does not need is for those before it. */
function shareRows(tables: readonly DiffTable[], height: number): number[] {
  let room = height - TABLE_FRAME * tables.length;
  const shares = tables.map(({ rows }) => Math.min(rows.length, LEAST_ROWS));
  room -= shares.reduce((sum, share) => sum + share, 0);
  for (let grew = true; grew && room > 0; ) {
    grew = false;
    for (const [i, { rows }] of tables.entries()) {
      if (room <= 0 || shares[i]! >= rows.length) continue;
      shares[i]!++;
      room--;
      grew = true;
    }
  }
  return shares;
}
