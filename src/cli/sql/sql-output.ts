/** Results of `gohd sql` as text: boxes and lines for people, CSV and JSON for programs, which are written as they come. */
import type { SqlColumn, SqlResult, SqlValue } from "../../../converters/index.ts";
import type { ByteWriter } from "../../io/sinks/sink.ts";
import { formatCount } from "../../quantities.ts";
import { escapeJson, escapeText } from "../../shown-text.ts";
import { toCsvLine } from "../output/csv.ts";
import type { TerminalStream } from "../terminal/terminal-stream.ts";
import { drawBox, drawLines, SHOWN_ROWS, type Shown } from "./sql-table.ts";
import { toText } from "./sql-values.ts";

export const RESULT_MODES = ["table", "line", "csv", "json"] as const;

export type ResultMode = (typeof RESULT_MODES)[number];

export class ResultOutput {
  mode: ResultMode;
  readonly #writer: ByteWriter;
  readonly #stream: TerminalStream;
  readonly #isAsking: boolean;

  /**
   * @param writer of `stream`
   * @param isAsking somebody sits at the prompt, and what they can do is said in its commands instead of options
   */
  constructor(mode: ResultMode, writer: ByteWriter, stream: TerminalStream, isAsking: boolean) {
    this.mode = mode;
    this.#writer = writer;
    this.#stream = stream;
    this.#isAsking = isAsking;
  }

  /** Whether people read it, so that other texts may stand between results. */
  get isForPeople(): boolean {
    return this.mode === "table" || this.mode === "line";
  }

  /** Writes a result. */
  async write(result: SqlResult): Promise<void> {
    switch (this.mode) {
      case "table":
        return this.#writeShown(await drawBox(result, this.#stream.isTTY ? this.#stream.columns : undefined));
      case "line":
        return this.#writeShown(await drawLines(result));
      case "csv":
        return this.#writeCsv(result);
      case "json":
        return this.#writeJson(result);
    }
  }

  /** Writes a text of gohd's own. */
  async say(text: string): Promise<void> {
    await this.#writer.write(Buffer.from(text));
  }

  async #writeShown({ text, rowCount, rowsAreCut, isCut }: Shown): Promise<void> {
    const advice = [
      ...(rowsAreCut ? [this.#isAsking ? ".mode csv writes all" : "--csv and --json write all"] : []),
      ...(isCut ? [`${this.#isAsking ? ".mode line" : "--line"} shows what is cut`] : []),
    ];
    await this.say(text);
    if (rowCount === undefined) return;
    const count = rowsAreCut
      ? `the first ${formatCount(SHOWN_ROWS)} rows`
      : `${formatCount(rowCount)} ${rowCount === 1 ? "row" : "rows"}`;
    await this.say(`${[count, ...advice].join("; ")}\n`);
  }

  async #writeCsv(result: SqlResult): Promise<void> {
    // What is exact in a file or a pipe could move a terminal's cursor.
    const fit = this.#stream.isTTY ? escapeText : (text: string): string => text;
    const toLine = (values: readonly SqlValue[]): string =>
      toCsvLine(values.map((value) => (value === null ? null : fit(toText(value)))));
    await this.say(toLine(result.columns.map(({ name }) => name)));
    for await (const rows of result.rows()) await this.say(rows.map(toLine).join(""));
  }

  async #writeJson(result: SqlResult): Promise<void> {
    const fit = this.#stream.isTTY ? escapeJson : (text: string): string => text;
    const keys = result.columns.map(({ name }) => JSON.stringify(name));
    let separator = "";
    await this.say("[");
    for await (const rows of result.rows()) {
      let text = "";
      for (const row of rows) {
        const members = row.map((value, i) => `${keys[i]}:${toJson(value, result.columns[i]!)}`);
        text += `${separator}\n{${members.join(",")}}`;
        separator = ",";
      }
      await this.say(fit(text));
    }
    await this.say(separator === "" ? "]\n" : "\n]\n");
  }
}

/** Whole numbers that came as texts are numbers: JSON sets no limit to them. */
function toJson(value: SqlValue, { isNumber }: SqlColumn): string {
  if (isNumber && typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return value;
  return JSON.stringify(value);
}
