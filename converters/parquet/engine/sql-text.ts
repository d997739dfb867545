/** Texts and names in SQL. */

/** A text literal. */
export function toSqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
