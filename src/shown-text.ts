/**
 * Texts that gohd did not write itself, made fit for people: names and strings from a dump, names of files, messages of
 * the system. Such a text may hold what moves a terminal's cursor, turns the direction of writing, or forges a line, and
 * it may have a megabyte. Whatever a person reads goes through here, once, and before any library measures it. What
 * programs read does not: pipes and files get exact bytes.
 */

/** Characters of one text that a person or a library that measures texts is given at the most. */
export const LONGEST_SHOWN = 300;

/** What stands for the part that was cut. */
const CUT = "…";

/** Share of a name's room that its beginning gets: beginnings tell more than ends. */
const HEAD_SHARE = 0.6;

/**
 * Control characters (C0, DEL, C1), format characters (marks of direction, zero-width ones, tags), separators of lines
 * and paragraphs, halves of surrogate pairs, and non-characters. Joiners pass: scripts and emoji need them, and they
 * control nothing.
 */
const UNFIT = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** As Go's strconv.Quote spells them. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/**
 * Escapes what is not to be shown as it is, such as ESC as `\x1b` and a line break as `\n`; the result is one line.
 * Backslashes stay single, so the way back is not unique. Linear. For a text that may be long take `showText` or
 * `showName`, which cut it, too.
 */
export function escapeText(text: string): string {
  return text.replace(UNFIT, escapeCharacter);
}

/** Escapes every line of a text whose line breaks are gohd's own. */
export function escapeLines(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}

/** Escapes in a text that is JSON what is not to be shown as it is; line breaks are the writer's own. It means the same. */
export function escapeJson(json: string): string {
  return json.replace(UNFIT, (character) =>
    character === "\n"
      ? character
      : character
          .split("")
          .map((unit) => `\\u${toHex(unit.charCodeAt(0), 4)}`)
          .join(""),
  );
}

/**
 * Escapes a text and cuts its end, so that at most `most` UTF-16 units are left, the last of them "…" if something is
 * missing. For cells of tables, messages, contents of strings. Reads no more of the text than it shows.
 */
export function showText(text: string, most = LONGEST_SHOWN): string {
  return escapeWithin(text, most) ?? `${takeHead(text, most - 1)}${CUT}`;
}

/**
 * Escapes a name and cuts its middle, so that at most `most` UTF-16 units are left, "…" included: of types, functions
 * and files the end tells as much as the beginning. Reads no more of the name than it shows.
 */
export function showName(name: string, most = LONGEST_SHOWN): string {
  const whole = escapeWithin(name, most);
  if (whole !== undefined) return whole;
  const head = Math.ceil((most - 1) * HEAD_SHARE);
  return `${takeHead(name, head)}${CUT}${takeTail(name, most - 1 - head)}`;
}

/** Words that every shell takes as they are. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/**
 * A word of a command line that a person may paste into a shell: between quotes where it needs them, so that a file's name runs
 * nothing. What is not to be shown is escaped in `$'…'`, which bash, zsh and ksh read back. One line.
 */
export function quoteWord(word: string): string {
  if (PLAIN_WORD.test(word)) return word;
  const quoted = word.replaceAll("'", "'\\''");
  if (escapeText(word) === word) return `'${quoted}'`;
  return `$'${escapeText(word.replaceAll(/[\\']/g, "\\$&"))}'`;
}

/** A command line of such words. */
export function quoteCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

/** The whole text, escaped; undefined if it is longer than `most`. */
function escapeWithin(text: string, most: number): string | undefined {
  if (text.length > most) return undefined;
  const escaped = escapeText(text);
  return escaped.length > most ? undefined : escaped;
}

/** As many characters from the beginning as fit, escaped. An escape is never cut. */
function takeHead(text: string, most: number): string {
  let taken = "";
  // One more, so that a pair that does not fit is seen whole.
  for (const character of text.slice(0, most + 1)) {
    const shown = escapeText(character);
    if (taken.length + shown.length > most) break;
    taken += shown;
  }
  return taken;
}

/** The same from the end. */
function takeTail(text: string, most: number): string {
  let taken = "";
  for (const character of [...text.slice(Math.max(0, text.length - most - 1))].reverse()) {
    const shown = escapeText(character);
    if (taken.length + shown.length > most) break;
    taken = shown + taken;
  }
  return taken;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  if (code < 0x80) return `\\x${toHex(code, 2)}`;
  return code < 0x10000 ? `\\u${toHex(code, 4)}` : `\\U${toHex(code, 8)}`;
}

function toHex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
