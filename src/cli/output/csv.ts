/** CSV for programs (RFC 4180): commas, quotes where they are needed, lines that end with CR LF. */

/** A line of fields; null is an empty one, and an empty text stands between quotes. */
export function toCsvLine(fields: readonly (string | null)[]): string {
  return `${fields.map((field) => (field === null ? "" : toCsvField(field))).join(",")}\r\n`;
}

function toCsvField(text: string): string {
  return /[",\r\n]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
}
