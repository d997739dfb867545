/** Results of `gohd sql` as text: a table for people, CSV and JSON for programs. Writes them as they come. */
import type { SqlColumn, SqlResult, SqlValue } from "../../../converters/index.ts";
import type { ByteWriter } from "../../io/sinks/sink.ts";
import { formatCount } from "../../quantities.ts";

/** Writes one result. */
export type ResultWriter = (result: SqlResult, writer: ByteWriter) => Promise<void>;

/** Rows of a table for people at the most. */
export const TABLE_ROWS = 1000;

/** Characters of a value in a table at the most. */
const CELL_LENGTH = 120;

export const RESULT_WRITERS = {
  table: writeTable,
  csv: writeCsv,
  json: writeJson,
} as const satisfies Readonly<Record<string, ResultWriter>>;

async function writeTable(result: SqlResult, writer: ByteWriter): Promise<void> {
  const { columns } = result;
  const rows: (readonly SqlValue[])[] = [];
  let isCut = false;
  for await (const more of result.rows()) {
    isCut = rows.length + more.length > TABLE_ROWS;
    rows.push(...more.slice(0, TABLE_ROWS - rows.length));
    if (isCut) break;
  }
  if (columns[0]?.name === "explain_key") {
    // A plan is a picture of many lines already.
    await write(writer, rows.map(([, plan = null]) => `${toText(plan)}\n`).join(""));
    return;
  }
  const { default: Table } = await import("cli-table3");
  const table = new Table({
    head: columns.map(({ name }) => name),
    colAligns: columns.map(({ isNumber }) => (isNumber ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map((value) => toCell(value)));
  const count = isCut
    ? `the first ${formatCount(TABLE_ROWS)} rows; --csv and --json write all`
    : `${formatCount(rows.length)} ${rows.length === 1 ? "row" : "rows"}`;
  await write(writer, `${table.toString()}\n${count}\n`);
}

async function writeCsv(result: SqlResult, writer: ByteWriter): Promise<void> {
  await write(writer, `${result.columns.map(({ name }) => toCsv(name)).join(",")}\r\n`);
  for await (const rows of result.rows()) {
    await write(writer, rows.map((row) => `${row.map(toCsv).join(",")}\r\n`).join(""));
  }
}

async function writeJson(result: SqlResult, writer: ByteWriter): Promise<void> {
  const keys = result.columns.map(({ name }) => JSON.stringify(name));
  let separator = "";
  await write(writer, "[");
  for await (const rows of result.rows()) {
    let text = "";
    for (const row of rows) {
      const members = row.map((value, i) => `${keys[i]}:${toJson(value, result.columns[i]!)}`);
      text += `${separator}\n{${members.join(",")}}`;
      separator = ",";
    }
    await write(writer, text);
  }
  await write(writer, separator === "" ? "]\n" : "\n]\n");
}

function toCell(value: SqlValue): string {
  if (value === null) return "";
  // Control characters would move the cursor, or worse.
  const text = toText(value).replaceAll(/[\x00-\x1f\x7f-\x9f]/g, (character) => JSON.stringify(character).slice(1, -1));
  return text.length > CELL_LENGTH ? `${text.slice(0, CELL_LENGTH - 1)}…` : text;
}

function toCsv(value: SqlValue): string {
  if (value === null) return "";
  const text = toText(value);
  return /[",\r\n]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whole numbers that came as texts are numbers: JSON sets no limit to them. */
function toJson(value: SqlValue, { isNumber }: SqlColumn): string {
  if (isNumber && typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return value;
  return JSON.stringify(value);
}

function toText(value: SqlValue): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function write(writer: ByteWriter, text: string): Promise<void> {
  return writer.write(Buffer.from(text));
}
