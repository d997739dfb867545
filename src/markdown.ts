/** Markdown as code hosts read it (GitHub Flavored Markdown): tables, code, and texts that are not taken for any of it. */
import { showName } from "./shown-text.ts";

/** Characters of a name: a comment on a pull request has room for 65,536 in all. */
const LONGEST = 90;

/** A block of lines that are shown as they are. */
export function markdownBlock(lines: readonly string[]): string {
  const text = lines.join("\n");
  const fence = fenceOf(text, 3);
  return `${fence}text\n${text}\n${fence}`;
}

/** A text whole, as code, however long it is. Not for tables: these count bars first. */
export function markdownSpan(text: string): string {
  const fence = fenceOf(text, 1);
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

/** Back quotes, at least so many, and more than the text has in a row. */
function fenceOf(text: string, least: number): string {
  const longest = Math.max(least - 1, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return "`".repeat(longest + 1);
}

/** A name as code. Neither it nor a table around it takes anything in it for markup, and nobody is mentioned. */
export function markdownCode(name: string): string {
  const shown = showName(name, LONGEST);
  if (shown === "") return "";
  // Code between backticks knows no escapes, and a table counts bars before it knows of code.
  if (/[`|\\]/.test(shown)) return `<code>${toEntities(shown)}</code>`;
  return `\`${shown}\``;
}

/** gohd's own words, with names in them. */
export function markdownWords(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#+!|~@&]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function toEntities(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,/:-]/gu, (character) => `&#${character.codePointAt(0)!};`);
}

/** A column of a table in Markdown. */
export interface MarkdownColumn {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** A table; cells are markup already. */
export function markdownTable(columns: readonly MarkdownColumn[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ isNumber = false }) => (isNumber ? "---:" : "---"))),
    ...rows.map(line),
  ].join("\n");
}
