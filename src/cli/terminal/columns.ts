/** How many columns of a terminal a text takes: characters of East Asian scripts and emoji take two, marks that combine take none. */

/** What takes two columns, … */
const WIDE =
  "\\p{Script=Han}|\\p{Script=Hangul}|\\p{Script=Hiragana}|\\p{Script=Katakana}|\\p{Script=Bopomofo}|\\p{Script=Yi}|\\p{Emoji_Presentation}|[\\u3000-\\u303e\\uff01-\\uff60\\uffe0-\\uffe6]";
/** … and what takes none. */
const NONE = "[\\p{Mn}\\p{Me}\\u200c\\u200d]";
/** Group 1 is wide. */
const UNUSUAL = new RegExp(`(${WIDE})|${NONE}|[\\u{10000}-\\u{10ffff}]`, "gu");
/** Most texts have no such character. */
const MAY_BE_UNUSUAL = /[\u0300-\u1fff]|[\u200c-\u200d]|[\u20d0-\u20ff]|[\u231a-\uffff]/;

/** Columns that an escaped text takes. Linear. */
export function columnsOf(text: string): number {
  return MAY_BE_UNUSUAL.test(text) ? countUntil(text, Number.POSITIVE_INFINITY).columns : text.length;
}

/** UTF-16 units of an escaped text, from its beginning, that fit into so many columns. Linear in the columns. */
export function unitsWithin(text: string, columns: number): number {
  if (text.length <= columns / 2) return text.length;
  // Marks take units and no columns: hardly any text has more of these than of others.
  const head = text.slice(0, 4 * columns);
  return MAY_BE_UNUSUAL.test(head) ? countUntil(head, columns).units : Math.min(text.length, columns);
}

/** Puts spaces behind an escaped text, or with `padStart` in front of it, until it takes so many columns. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - columnsOf(text))) + text;
}

/**
 * Cuts a text so that it takes no more than so many columns.
 * @param show what escapes and cuts it to so many UTF-16 units at the most
 */
export function showWithin(show: (units: number) => string, columns: number): string {
  let units = columns;
  let shown = show(units);
  // A unit takes two columns at the most; where those that go take fewer, it is a few rounds more.
  for (let excess = columnsOf(shown) - columns; excess > 0 && units > 1; excess = columnsOf(shown) - columns) {
    units = Math.max(1, Math.min(units, shown.length) - Math.ceil(excess / 2));
    shown = show(units);
  }
  return shown;
}

/** Goes on while there is room. */
function countUntil(text: string, most: number): { columns: number; units: number } {
  let columns = 0;
  let units = 0;
  for (const match of text.matchAll(UNUSUAL)) {
    const before = match.index - units;
    if (columns + before > most) return { columns: most, units: units + (most - columns) };
    columns += before;
    units = match.index;
    const [character, wide] = match;
    const own = wide !== undefined ? 2 : NO_COLUMN.test(character) ? 0 : 1;
    if (columns + own > most) return { columns, units };
    columns += own;
    units += character.length;
  }
  const rest = Math.min(text.length - units, most - columns);
  return { columns: columns + rest, units: units + rest };
}

const NO_COLUMN = new RegExp(NONE, "u");
