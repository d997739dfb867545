/** Texts and names in SQL. */

/** Words that are no names unless they are quoted: DuckDB's `duckdb_keywords()`, category "reserved". */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  (
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default " +
    "deferrable desc describe distinct do else end except false fetch for foreign from group having in initially " +
    "intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing " +
    "primary qualify references returning select show some summarize symmetric table then to trailing true union unique " +
    "unpivot using variadic when where window with"
  ).split(" "),
);

/** A text literal. */
export function toSqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name, in quotes where it needs them. */
export function toSqlName(name: string): string {
  const isPlain = /^[a-z_][a-z0-9_]*$/i.test(name) && !RESERVED_WORDS.has(name.toLowerCase());
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** What DuckDB itself calls databases. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(["memory", "system", "temp"]);

/** A name for the database in the file `path`: its own, without what names cannot have unless they are quoted. */
export function toDatabaseName(path: string): string {
  const stem = path.replace(/^.*[/\\]/, "").replace(/\.\w+$/, "");
  const name = stem.replaceAll(/\W/g, "_").replace(/^(?=\d|$)/, "_");
  return TAKEN_NAMES.has(name.toLowerCase()) || RESERVED_WORDS.has(name.toLowerCase()) ? `${name}_` : name;
}
