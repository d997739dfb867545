/** Values of results as texts: exact ones for programs, and ones that a terminal can show. */
import type { SqlColumn, SqlValue } from "../../../converters/index.ts";
import { escapeText } from "../../shown-text.ts";

/** The value as CSV has it, before it is quoted. */
export function toText(value: SqlValue): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The value as people read it, whole: addresses as Go writes them, nothing that moves a cursor. */
export function toShownText(value: SqlValue, { isAddress }: SqlColumn): string {
  const text = toText(value);
  if (isAddress && /^\d+$/.test(text)) return `0x${BigInt(text).toString(16)}`;
  return escapeText(text);
}
