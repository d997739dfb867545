/** Where SQL statements end, and what stands between the parentheses of a call, without being misled by texts and comments. */

export interface Statements {
  /** Complete ones, without their semicolons. */
  readonly complete: readonly string[];
  /** What comes after the last semicolon; "" if that is nothing but space and comments. */
  readonly rest: string;
}

/** A call of a function: where it begins and ends in the statement, and its arguments as they are written. */
export interface Call {
  readonly start: number;
  readonly end: number;
  readonly args: readonly string[];
}

/**
 * In this order: comments, texts (in E'…' a backslash may come before a quote), names in quotes, texts between dollar
 * signs.
 */
const OPAQUE =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\b[Ee]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$([A-Za-z_]\w*)?\$/g;

/** One at a time: a pattern that repeats them would try every way to divide a run of spaces. */
const SPACE_OR_COMMENT = /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;

/** Splits `text` at the semicolons that are in no text, name or comment. */
export function splitStatements(text: string): Statements {
  const mask = maskOpaque(text);
  const complete: string[] = [];
  let start = 0;
  for (let end = mask.indexOf(";"); end >= 0; end = mask.indexOf(";", start)) {
    const statement = text.slice(start, end);
    if (!isEmpty(statement)) complete.push(statement.trim());
    start = end + 1;
  }
  const rest = text.slice(start);
  return { complete, rest: isEmpty(rest) ? "" : rest.trim() };
}

/** Finds the calls of the function `name` in a statement; a call in an argument of another is left out. */
export function findCalls(statement: string, name: string): readonly Call[] {
  const mask = maskOpaque(statement);
  const calls: Call[] = [];
  const names = new RegExp(`(?<![\\w.])${name}\\s*\\(`, "gi");
  for (let match = names.exec(mask); match !== null; match = names.exec(mask)) {
    const args: string[] = [];
    let from = names.lastIndex;
    let depth = 1;
    let at = from;
    for (; at < mask.length && depth > 0; at++) {
      const character = mask[at]!;
      if ("([{".includes(character)) depth++;
      else if (")]}".includes(character)) depth--;
      if (depth === 0 || (depth === 1 && character === ",")) {
        args.push(statement.slice(from, at).trim());
        from = at + 1;
      }
    }
    // The end is missing: DuckDB will say so.
    if (depth > 0) break;
    calls.push({ start: match.index, end: at, args });
    names.lastIndex = at;
  }
  return calls;
}

/** The text with spaces in place of its comments, and underlines in place of its texts and quoted names; as long as before. */
export function maskOpaque(text: string): string {
  const parts: string[] = [];
  let done = 0;
  const tokens = new RegExp(OPAQUE);
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const [word] = token;
    if (word.startsWith("$")) {
      const end = text.indexOf(word, tokens.lastIndex);
      tokens.lastIndex = end < 0 ? text.length : end + word.length;
    }
    const filler = /^(--|\/\*)/.test(word) ? " " : "_";
    parts.push(text.slice(done, token.index), filler.repeat(tokens.lastIndex - token.index));
    done = tokens.lastIndex;
  }
  return [...parts, text.slice(done)].join("");
}

/** Whether there is nothing but space and comments. */
function isEmpty(statement: string): boolean {
  const skipped = new RegExp(SPACE_OR_COMMENT);
  while (skipped.lastIndex < statement.length) {
    if (!skipped.test(statement)) return false;
  }
  return true;
}
