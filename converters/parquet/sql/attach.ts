/** ATTACH: DuckDB makes an empty database of a name that it does not know, which after a slip of the pen is litter. */
import { existsSync } from "node:fs";
import { ConverterError } from "../../../src/index.ts";
import { maskOpaque } from "./statements.ts";

const ATTACH = /^\s*ATTACH\s+(?:OR\s+REPLACE\s+)?(?:DATABASE\s+)?(?:IF\s+NOT\s+EXISTS\s+)?/i;

/** What is no file: in memory, or elsewhere in words that only DuckDB's extensions know. */
const ELSEWHERE = /^$|^:memory:|^~|^[a-z][a-z0-9+]+:/i;

/**
 * Refuses a statement that attaches a file that is not there, unless it says (READ_WRITE).
 * @throws ConverterError
 */
export function refuseMissingDatabase(statement: string): void {
  const mask = maskOpaque(statement);
  const begin = ATTACH.exec(mask)?.[0].length;
  if (begin === undefined || /\bREAD_(WRITE|ONLY)\b/i.test(mask)) return;
  const text = /^'((?:[^']|'')*)'/.exec(statement.slice(begin))?.[1];
  if (text === undefined) return;
  const path = text.replaceAll("''", "'");
  if (ELSEWHERE.test(path) || existsSync(path)) return;
  throw new ConverterError(`there is no database ${path}`, {
    hint: "relative paths begin in the directory in which gohd was started; with (READ_WRITE) ATTACH makes an empty one",
  });
}
