/** Where SQL statements end, for text that holds several and for a prompt that waits for the end of one. */

export interface Statements {
  /** Complete ones, without their semicolons. */
  readonly complete: readonly string[];
  /** What comes after the last semicolon; "" if that is nothing but space and comments. */
  readonly rest: string;
}

/**
 * In this order: comments, texts (in E'…' a backslash may come before a quote), names in quotes, texts between dollar signs,
 * the end of a statement.
 */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\b[Ee]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$([A-Za-z_]\w*)?\$|;/g;

/** One at a time: a pattern that repeats them would try every way to divide a run of spaces. */
const SPACE_OR_COMMENT = /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;

/** Splits `text` at the semicolons that are in no text, name or comment. */
export function splitStatements(text: string): Statements {
  const complete: string[] = [];
  let start = 0;
  const tokens = new RegExp(TOKEN);
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const [word] = token;
    if (word.startsWith("$")) {
      const end = text.indexOf(word, tokens.lastIndex);
      tokens.lastIndex = end < 0 ? text.length : end + word.length;
    } else if (word === ";") {
      add(text.slice(start, token.index));
      start = tokens.lastIndex;
    }
  }
  const rest = text.slice(start);
  return { complete, rest: isEmpty(rest) ? "" : rest.trim() };

  function add(statement: string): void {
    if (!isEmpty(statement)) complete.push(statement.trim());
  }
}

/** Whether there is nothing but space and comments. */
function isEmpty(statement: string): boolean {
  const skipped = new RegExp(SPACE_OR_COMMENT);
  while (skipped.lastIndex < statement.length) {
    if (!skipped.test(statement)) return false;
  }
  return true;
}
