/**
 * `gohd report` for people: the report's sentences on one screen, each with what explains it and the command that shows more. Names
 * come escaped and cut.
 */
import type { GoroutineGroup } from "../../findings/goroutines/groups.ts";
import { describeCertainty, describeDump, describeProcess } from "../../findings/report/dump-sentences.ts";
import { sayAwaited } from "../../findings/report/group-sentences.ts";
import type { Report } from "../../findings/report/report.ts";
import { LONGEST_NAME, markGuessed, sayLocal, sayName } from "../../findings/report/said-names.ts";
import { listMinorFindings, listStatements, type Statement } from "../../findings/report/sentences.ts";
import type { TypeRow } from "../../findings/report/top-types.ts";
import { sayOrigin } from "../../findings/started-by.ts";
import type { TypePlace } from "../../findings/type-places.ts";
import { shortenImports } from "../../heap/short-names.ts";
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";
import { columnsOf } from "../terminal/columns.ts";
import type { Style } from "../terminal/style.ts";
import { findBreak } from "../terminal/wrap.ts";

export interface ReportLayout {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines of the screen, that of the prompt included; Infinity for all. */
  readonly height: number;
  /** The command line that shows more of an object: "gohd why app.dump --exe ./app", fit to be pasted (`quoteCommand`). */
  readonly whyCommand: string;
  /** The one that lists all types: "gohd top app.dump --exe ./app", likewise. */
  readonly topCommand: string;
  /** Of the output. */
  readonly style: Style;
}

/** A line as it is wrapped, without colours, which take no room. */
interface Line {
  readonly text: string;
  readonly paint: (text: string) => string;
  /** Whether a sentence, or what else is broken into several lines, ends with it. */
  readonly isEnd: boolean;
}

/** Lines that belong together: a sentence, and what explains it. */
type Paragraph = readonly string[];

/** A place with this share of the objects of a type has most of them. */
const MOSTLY = 0.5;
/** Lines of findings that are no answers. */
const MOST_MINOR = 4;
/** Lines of findings about a part of an answer: those that are worth most. */
const MOST_ALSO = 2;

/** Renders a report; ends with a line break. */
export function renderReportText(report: Report, layout: ReportLayout): string {
  const head = [describeDump(report), ...describeProcess(report)];
  const answers = listStatements(report).map((statement) => layOut(statement, layout));
  const more = layOutMinor(listMinorFindings(report), layout);
  if (more.length > 0) answers.push(more);
  const types = report.types.length === 0 ? [] : [describeTypes(report, layout)];
  const goroutines = isAll(layout) ? listGoroutines(report) : [];
  const tail = [...goroutines, ...types, [describeCertainty(report)]];
  return fit([head, ...answers, ...tail], layout);
}

function layOut({ sentence, lines, details, also, address, table }: Statement, layout: ReportLayout): Paragraph {
  // That there is one more takes as much room as that one.
  const isShort = isAll(layout) || also.length <= MOST_ALSO + 1;
  const told = also.slice(0, isShort ? also.length : MOST_ALSO).map((finding) => `also ${finding}`);
  const left = also.length - told.length;
  const more = left > 0 ? [...told, `and ${formatCount(left)} more: --all shows them`] : told;
  const command = commandOf({ address, table }, layout);
  return [sentence, ...[...lines, ...(isAll(layout) ? details : []), ...more, ...command].map((line) => `  ${line}`)];
}

/** The command that shows more of what a statement is about. */
function commandOf({ address, table }: Pick<Statement, "address" | "table">, layout: ReportLayout): string[] {
  if (address !== null) return [`${layout.whyCommand} ${address}`];
  return table === null ? [] : [`${layout.topCommand} --by ${table}`];
}

/** Findings that are about none of the answers. */
function layOutMinor(findings: readonly Statement[], layout: ReportLayout): Paragraph {
  if (findings.length === 0) return [];
  const lines = findings.slice(0, isAll(layout) ? findings.length : MOST_MINOR).flatMap((finding) => {
    const more = isAll(layout) ? [...finding.lines, ...commandOf(finding, layout)] : [];
    return [`  ${finding.sentence}`, ...more.map((line) => `    ${line}`)];
  });
  const left = findings.length - MOST_MINOR;
  if (left > 0 && !isAll(layout)) lines.push(`  and ${formatCount(left)} more: --all shows them`);
  return ["Also:", ...lines];
}

function isAll({ height }: ReportLayout): boolean {
  return height === Number.POSITIVE_INFINITY;
}

function describeTypes({ types, totals }: Report, layout: ReportLayout): Paragraph {
  const rows = isAll(layout) ? types : types.slice(0, 5);
  const line = ({ name, count, bytes, ownedBytes, inferred, places }: TypeRow): string => {
    const share = formatShare(bytes, totals.live.bytes);
    return `  ${formatBytes(bytes).padStart(9)} ${share.padStart(7)} ${formatCount(count).padStart(11)} × ${showName(shortenImports(name), 60)}${markGuessed(inferred, count)}, owns ${formatBytes(ownedBytes)}${sayPlaces({ name, bytes, places }, layout)}`;
  };
  return ["Types by size:", ...rows.map(line), `  ${layout.topCommand}`];
}

/** ", mostly in main.Event.Body"; with all of them ", 12.2 MiB in main.Event.Body, 3.90 MiB in main.blobs[]". */
function sayPlaces(
  { name: type, bytes, places }: Pick<TypeRow, "name" | "bytes" | "places">,
  layout: ReportLayout,
): string {
  const name = (place: TypePlace): string =>
    `${sayName(place.name, LONGEST_NAME)}${markGuessed(place.guessed, place.count)}`;
  if (isAll(layout)) return places.map((place) => `, ${formatBytes(place.bytes)} in ${name(place)}`).join("");
  const [most] = places;
  // That they hang on one another says nothing.
  const isTold = most !== undefined && most.bytes >= MOSTLY * bytes && !most.name.startsWith(`${type}.`);
  return isTold ? `, mostly in ${name(most)}` : "";
}

/** Nanoseconds; collections notice who waits, and less lies between them. */
const LEAST_WAIT = 1e7;

/** The share of what a group owns from which on a local variable is told. */
const LEAST_LOCAL = 0.05;

/** All groups, those that own nothing as well: the sentences tell only of some. */
function listGoroutines({ goroutines: { count, groups } }: Report): Paragraph[] {
  if (groups.length === 0) return [];
  const left = count - groups.reduce((sum, group) => sum + group.count, 0);
  const more = left > 0 ? [`  and ${formatNumber(left, "goroutine")} more`] : [];
  return [["Goroutines:", ...groups.flatMap((group) => [describeGroup(group), ...describePlaces(group)]), ...more]];
}

function describeGroup(group: GoroutineGroup): string {
  const { count, leaked, entry, state, isSystem, longestWait, ownedBytes, stackBytes } = group;
  const name = `${showName(entry === "" ? "(unknown)" : shortenImports(entry), 60)} [${showName(state, 60)}]`;
  const wait = longestWait === null || longestWait < LEAST_WAIT ? [] : [`waiting ${formatDuration(longestWait / 1e6)}`];
  const notes = [
    ...(leaked > 0 ? [leaked === count ? "leaked" : `${formatCount(leaked)} leaked`] : []),
    ...(isSystem ? ["of the runtime"] : []),
  ];
  const facts = [
    `${count === 1 ? "owns" : "own"} ${formatBytes(ownedBytes)}`,
    `stacks ${formatBytes(stackBytes)}`,
    ...wait,
    ...notes,
  ];
  return `  ${formatCount(count).padStart(9)} × ${name}: ${facts.join(", ")}`;
}

/** Where goroutines wait, for what, and where they were started, and which of their local variables hold what they own. */
function describePlaces(group: GoroutineGroup): string[] {
  const { site, origin, locals, ownedBytes, isSystem } = group;
  const places = [
    ...(site === "" ? [] : [`at ${sayName(site, LONGEST_NAME)}`]),
    ...(origin === "" ? [] : [`started by ${sayName(sayOrigin(group.entry, origin), LONGEST_NAME)}`]),
  ];
  const told = locals.filter(({ bytes }) => !isSystem && bytes >= LEAST_LOCAL * ownedBytes);
  const held = told.map(({ name, type, function: of, bytes }) => {
    return `${sayLocal(name, 60)} in ${sayName(of, LONGEST_NAME)} holds ${sayName(type, LONGEST_NAME)}, ${formatBytes(bytes)}`;
  });
  const indent = " ".repeat(14);
  return [...(places.length === 0 ? [] : [places.join(", ")]), ...sayAwaited(group), ...held].map(
    (line) => indent + line,
  );
}

/** Lines at the end: that there is more, and a blank one. */
const MORE_LINES = 2;

/**
 * Joins paragraphs in their order, as far as there is room: of the first that does not fit whole, as many lines as do, each of them
 * whole, as half a sentence may say the contrary, and none of those behind it, which matter less. The last one always fits.
 */
function fit(paragraphs: readonly Paragraph[], layout: ReportLayout): string {
  const wrapped = paragraphs.map((lines, i) => {
    // What stands first says what the dump is; behind it each paragraph begins with what it says.
    const isTitled = i > 0 && i < paragraphs.length - 1;
    return lines.map((line, k) => wrap(line, layout, isTitled && k === 0 ? layout.style.bold : undefined));
  });
  const last = wrapped.at(-1)!.flat();
  const unbroken = wrapped.slice(0, -1);
  const sections = unbroken.map((lines) => lines.flat());
  // The terminal breaks what is longer than a line by itself.
  const rowsOf = (lines: readonly Line[]): number =>
    lines.reduce((rows, { text }) => rows + Math.max(1, Math.ceil(columnsOf(text) / layout.width)), 0);
  const sum = (some: readonly (readonly Line[])[]): number => some.reduce((rows, lines) => rows + rowsOf(lines) + 1, 0);
  const most = layout.height - 1 - rowsOf(last);
  const isAllThere = sum(sections) <= most;
  const room = isAllThere ? most : most - MORE_LINES;
  const lines: Line[] = [];
  let whole = 0;
  while (whole < sections.length && rowsOf(lines) + rowsOf(sections[whole]!) + 1 <= room) {
    lines.push(...sections[whole++]!, plain(""));
  }
  if (!isAllThere) {
    const cut: Line[] = [];
    for (const line of unbroken[whole]!) {
      if (rowsOf(lines) + rowsOf(cut) + rowsOf(line) + 1 > room) break;
      cut.push(...line);
    }
    // Half a sentence says less than none, unless it is the first.
    const end = cut.findLastIndex(({ isEnd }) => isEnd) + 1;
    if (end > 0 || whole > 1) cut.length = end;
    // A heading says nothing of itself.
    const isBare = cut.length === 1 && cut[0]!.text.endsWith(":");
    if (cut.length > 0 && !isBare) lines.push(...cut, plain(""));
    const left = formatNumber(sections.length - whole, "section");
    lines.push(plain(`${left} cut or left out: --all shows everything.`), plain(""));
  }
  return `${[...lines, ...last].map(({ text, paint }) => (text === "" ? "" : paint(text))).join("\n")}\n`;
}

function plain(text: string): Line {
  return { text, paint: (same) => same, isEnd: true };
}

/** UTF-16 units of a text that takes a column, at the most, and some to see what follows. */
const UNITS_OF_COLUMN = 5;

/** Breaks a line at spaces, but at none inside of a quantity, unless it is a command; what follows is indented further. */
function wrap(line: string, { width, whyCommand, topCommand, style }: ReportLayout, paint?: Line["paint"]): Line[] {
  // A command is to be pasted.
  const text = line.trimStart();
  if (text.startsWith(`${whyCommand} `) || `${text} `.startsWith(`${topCommand} `))
    return [{ text: line, paint: style.dim, isEnd: true }];
  const toLine = (text: string, isEnd: boolean): Line => ({ ...plain(text), ...(paint && { paint }), isEnd });
  const indent = /^ */.exec(line)![0];
  const lines: Line[] = [];
  // No more of what is left is looked at than a line can have: some of it may take no columns.
  const window = UNITS_OF_COLUMN * width;
  let before = "";
  let from = 0;
  for (;;) {
    const head = before + line.slice(from, from + window);
    if (line.length - from <= window && columnsOf(head) <= width) break;
    const at = findBreak(head, width);
    if (at <= indent.length + 4) break;
    lines.push(toLine(head.slice(0, at), false));
    from += at + 1 - before.length;
    before = `${indent}    `;
  }
  return [...lines, toLine(before + line.slice(from), true)];
}
