/**
 * What DuckDB complains of, above all in a query, shorter, and with what to do about it: its own suggestions are for people who have
 * DuckDB at hand, and some of its words are about how gohd makes tables.
 */
import { ConverterError } from "../../../src/index.ts";
import { toDatabaseName, toSqlName, toSqlText } from "../engine/sql-text.ts";
import { TABLES } from "../tables/tables.ts";
import { DEFINITIONS } from "./macros.ts";
import { findCalls } from "./statements.ts";

/** How DuckDB's complaints begin in errors; others are not touched. */
const PREFIX = "DuckDB: ";

interface Advice {
  /** In what DuckDB says. */
  readonly pattern: RegExp;
  /** The hint; undefined if it does not apply to this statement after all. `database` has the tables. */
  readonly hint: (match: RegExpExecArray, statement: string, database: string) => string | undefined;
  /** What is said instead of DuckDB's words. */
  readonly message?: string;
}

const EXAMPLES = "gohd sql --help has examples; the SQL is DuckDB's";

/** The first that applies is given. */
const ADVICE: readonly Advice[] = [
  {
    pattern:
      /does not exist|does not support the supplied arguments|used as a scalar|at or near "growth"|too many entries found/,
    hint: (_, statement, database) => adviseGrowth(statement, database),
  },
  {
    pattern: /Table function cannot contain subqueries/,
    hint: () => "SET VARIABLE x = (SELECT id FROM objects LIMIT 1); and then path_to_root(getvariable('x'))",
  },
  {
    pattern: /"gohd_path_to_root" does not support lateral join/,
    message: "Binder Error: path_to_root() takes one object here, not a column of them",
    hint: () => "in a database file it takes columns, too: gohd convert --to duckdb",
  },
  { pattern: /^Parser Error: .* at or near "x[0-9a-f]+"/i, hint: (_, statement) => adviseHexadecimal(statement) },
  { pattern: /^Parser Error/, hint: (_, statement) => adviseKeyword(statement) },
  { pattern: /^Parser Error/, hint: (_, statement) => adviseBegin(statement) },
  { pattern: /^Parser Error: syntax error at end of input/, hint: () => "the statement is not complete" },
  { pattern: /^Parser Error/, hint: () => EXAMPLES },
  { pattern: /Table with name (\w+) does not exist/, hint: ([, name]) => adviseMacro(name!) },
  { pattern: /schema "([^"]+)" does not exist/, hint: ([, name]) => `before it: ${attach(name!)}` },
  { pattern: /No catalog \+ schema named "([^"]+)" found/, hint: ([, name]) => `before it: ${attach(name!)}` },
  { pattern: /Catalog "([^"]+)" does not exist/, hint: ([, name]) => `before it: ${attach(name!)}` },
  { pattern: /Table Function with name "?(\w+)"? does not exist/, hint: ([, name]) => adviseMissingMacro(name!) },
  { pattern: /Table with name \w+ does not exist/, hint: () => "SHOW TABLES lists what there is" },
  { pattern: /Macro (\w+)\(\) does not support the supplied arguments/, hint: ([, name]) => adviseMacro(name!) },
  {
    pattern: /"(\w+)" is a table function but it was used as a scalar/,
    hint: ([, name]) => adviseMacro(name!) ?? `it comes behind FROM: SELECT * FROM ${name}(…)`,
  },
  {
    pattern: /Referenced column "([^"]*)" not found/,
    hint: ([, name], statement) => adviseColumn(name!, statement),
  },
  {
    pattern: /column named "[^"]*"/,
    hint: () => "DESCRIBE lists the columns of a table, as in DESCRIBE objects",
  },
  { pattern: /is not an table|Can only (update|delete from) base table|is of type View/, hint: () => OWN_TABLES },
  {
    pattern: /^Missing Extension Error|^IO Error: (Failed to download e|E)xtension/,
    hint: () => "gohd loads no extension unasked: INSTALL, with access to the network, and LOAD come first",
  },
  {
    pattern: /^IO Error: (No files found|Cannot open (file|database))/,
    hint: () => "relative paths begin in the directory in which gohd was started",
  },
  {
    pattern: /Values were not provided for the following prepared statement parameters/,
    hint: () => "SET VARIABLE x = 17; and then getvariable('x') instead of $1",
  },
  {
    pattern: /No function matches .* argument types '(\w+)\(/,
    hint: () => "write the type behind the argument, as in x::BIGINT",
  },
  {
    pattern: /^Conversion Error/,
    hint: (_, statement) =>
      /\bdominated_by\s*\(/i.test(statement) ? "dominated_by() takes an id of objects or of root_vertices" : undefined,
  },
  { pattern: /^Conversion Error: Could not convert/, hint: () => "TRY_CAST(x AS type) gives NULL for what is none" },
];

const OWN_TABLES = "the dump's tables cannot be changed, a copy can: CREATE TABLE mine AS FROM objects";

/** Leaves DuckDB's own advice out of an error, for statements that are not the user's; the hint stays. */
export function shortenError(error: unknown): unknown {
  if (!(error instanceof ConverterError) || !error.message.startsWith(PREFIX)) return error;
  const { message, hint } = error;
  const text = PREFIX + shorten(message.slice(PREFIX.length), undefined);
  return new ConverterError(text, { cause: error, ...(hint === undefined ? {} : { hint }) });
}

/** Makes of an error of `statement`, asked of the tables of `database`, one that says what to do. What DuckDB did not complain of passes unchanged. */
export function explainQueryError(error: unknown, statement: string, database: string): unknown {
  if (!(error instanceof ConverterError) || !error.message.startsWith(PREFIX)) return error;
  const text = error.message.slice(PREFIX.length);
  let hint = error.hint;
  let words: string | undefined;
  for (const advice of hint === undefined ? ADVICE : []) {
    const match = advice.pattern.exec(text);
    const found = match === null ? undefined : advice.hint(match, statement, database);
    if (found === undefined) continue;
    hint = found;
    words = advice.message;
    break;
  }
  return new ConverterError(PREFIX + shorten(text, words), { cause: error, ...(hint === undefined ? {} : { hint }) });
}

/** The complaint, what was perhaps meant, and the place in the statement; not DuckDB's own advice. */
function shorten(text: string, words: string | undefined): string {
  const [complaint = "", ...lines] = text.split("\n");
  const place = lines.findIndex((line) => line.startsWith("LINE "));
  // DuckDB also thinks of its own catalogs, which nobody means here.
  const meant = lines.filter(
    (line) => /^(Did you mean|Candidate bindings)/.test(line) && !/"(pg|duckdb|sqlite)_/.test(line),
  );
  return [words ?? complaint, ...(words === undefined ? meant : []), ...(place < 0 ? [] : lines.slice(place))]
    .filter((line) => line.trim() !== "")
    .join("\n");
}

/** How a macro is called; undefined if `name` is none. */
function adviseMacro(name: string): string | undefined {
  const call = callOf(name);
  return call === undefined || !call.includes("(") ? undefined : `write ${call}`;
}

function callOf(name: string): string | undefined {
  const word = name.toLowerCase();
  if (TABLES.some((table) => table.name === word)) return `FROM ${word}`;
  const macro = DEFINITIONS.find((definition) => definition.name === word);
  if (macro === undefined) return undefined;
  const given = macro.parameters?.map((parameter) => EXAMPLE_ARGUMENTS[parameter] ?? parameter);
  return given === undefined ? `FROM ${word}` : `FROM ${word}(${given.join(", ")})`;
}

/** The statement that attaches a file as `name`, of which it has its own name if no other is given. */
function attach(name: string, path = `${name}.duckdb`): string {
  return `ATTACH ${toSqlText(path)} AS ${toSqlName(name)} (READ_ONLY);`;
}

/** Statements that compare the tables in use with those of the database that the statement names, in the order that it has. */
function adviseGrowth(statement: string, database: string): string | undefined {
  if (!/\bgrowth\b/i.test(statement)) return undefined;
  const args = findCalls(statement, "growth")[0]?.args ?? [];
  const names = args.map((text) => /^'((?:[^']|'')+)'$/.exec(text)?.[1]?.replaceAll("''", "'") ?? "");
  const other = names.find((name) => name !== "" && name !== database) ?? "before";
  // A dump is what the database is to be made of.
  const base = other.replace(/\.dump(?:\.gz|\.zst)?$/, "");
  const path = base === other && /\.\w+$/.test(other) ? other : `${base}.duckdb`;
  const script = compareWith(path, database, names[0] === database);
  return `gohd convert --to duckdb makes a database of the other dump; then ${script}`;
}

/** The statements that tell what there is more of in `database` than in the file `other`; `isFirst`: the other way round. */
export function compareWith(other: string, database: string, isFirst = false): string {
  const name = toDatabaseName(other);
  const pair = [name, database].map(toSqlText);
  if (isFirst) pair.reverse();
  return `${attach(name, other)} FROM growth(${pair.join(", ")})`;
}

/** Why a macro is not there. */
function adviseMissingMacro(name: string): string | undefined {
  if (callOf(name) === undefined) return undefined;
  return name === "duplicate_strings"
    ? "it needs the table strings: gohd convert --strings"
    : "views and macros are about one dump, and here are several";
}

const EXAMPLE_ARGUMENTS: Readonly<Record<string, string>> = {
  object: "17",
  vertex: "17",
};

/** For statements that are only a name, a file or a command of the prompt. */
function adviseBegin(statement: string): string | undefined {
  const text = statement.trim();
  const [, name, rest] = /^(\w+)\s*(\([\s\S]*)?$/.exec(text) ?? [];
  const call = name === undefined ? undefined : callOf(name);
  if (call !== undefined) return rest === undefined ? `write ${call}` : `write FROM before it: FROM ${text}`;
  if (/^\S+\.sql$/.test(text)) return `--file ${text} runs what is in a file`;
  return /^(help|\?)$/i.test(text) ? "gohd sql --help tells what there is" : undefined;
}

function adviseHexadecimal(statement: string): string | undefined {
  const number = /\b0x[0-9a-f]+/i.exec(statement)?.[0];
  if (number === undefined) return undefined;
  return `hexadecimal numbers are texts: '${number}'::BIGINT; for an address, SELECT id FROM objects WHERE address = '${number}'::BIGINT`;
}

/** `offset` is a column of edges and roots, and a word of SQL where a list of columns stands. */
function adviseKeyword(statement: string): string | undefined {
  if (!/\bselect\b[^;]*(?<!["'.\w])offset(?!["'\w]|\s+\d)[^;]*\bfrom\b/i.test(statement)) return undefined;
  return 'offset is a word of SQL: write "offset" in double quotes, or edges.offset';
}

function adviseColumn(name: string, statement: string): string {
  const isText = statement.includes(`"${name}"`);
  if (isText) return `texts stand between single quotes, as '${name}'; double quotes are for names`;
  if (/^(type|package)$/i.test(name) && /\bobjects\b/i.test(statement)) return `the view named_objects has ${name}`;
  if (/^name$/i.test(name) && /\bedges\b/i.test(statement)) return "the view named_edges has name";
  return "DESCRIBE lists the columns of a table, as in DESCRIBE objects";
}
