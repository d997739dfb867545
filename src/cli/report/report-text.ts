/**
 * `gohd report` for people: the report in sentences, on one screen. The thing comes first, then what is below it, who owns it and
 * who else uses it, and the command that shows more. Every name is escaped and cut here.
 */
import type { Finding } from "../../findings/finding.ts";
import type { GoroutineGroup } from "../../findings/goroutines/groups.ts";
import type { Holder, HolderRoot } from "../../findings/holders/holder.ts";
import type { HolderUse } from "../../findings/holders/use.ts";
import type { Answer } from "../../findings/report/answers.ts";
import type { Report } from "../../findings/report/report.ts";
import type { TypeRow } from "../../findings/report/top-types.ts";
import { RULES } from "../../findings/rules.ts";
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { escapeText, showName } from "../../shown-text.ts";

export interface ReportLayout {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines that there is room for; Infinity for all. */
  readonly height: number;
  /** The command line that shows more of an object: "gohd why app.dump --exe ./app". */
  readonly whyCommand: string;
}

/** Lines that belong together: a sentence, and what explains it. */
type Paragraph = readonly string[];

/** Characters of a name in a sentence. */
const LONGEST_NAME = 120;
const MOST_OTHERS = 3;
/** Lines of findings that are no answers. */
const MOST_MINOR = 4;
/** Characters of a sentence with names in it. */
const LONGEST_SENTENCE = 300;

/** Renders a report; ends with a line break. */
export function renderReportText(report: Report, layout: ReportLayout): string {
  const head = [describeDump(report), ...describeProcess(report)];
  const answers = report.answers.map((answer) => describeAnswer(answer, report, layout));
  if (answers.length === 0) answers.push(describeNothing(report));
  const more = describeMinorFindings(report, layout);
  if (more.length > 0) answers.push(more);
  const tail = [describeTypes(report, layout), [describeCertainty(report)]];
  return fit([head, ...answers, ...tail], layout);
}

function describeDump({ dump, totals }: Report): string {
  const live = `${formatBytes(totals.live.bytes)} live in ${formatNumber(totals.live.count, "object")}`;
  const garbage = totals.garbage.bytes > 0 ? `, ${formatBytes(totals.garbage.bytes)} garbage` : "";
  return `${showName(dump.name, LONGEST_NAME)}: ${live}${garbage}; ${showName(dump.goVersion)}, ${showName(dump.arch)}`;
}

/** Where the process's memory is, if the live heap is not most of it. */
function describeProcess({ memory, totals }: Report): string[] {
  if (memory === null) return [];
  const resident = memory.sys - memory.heapReleased;
  const free = Math.max(0, memory.heapInuse - totals.live.bytes - totals.garbage.bytes);
  const parts = [
    `${formatBytes(free)} free slots in used spans`,
    `${formatBytes(memory.heapIdle - memory.heapReleased)} idle spans`,
    `${formatBytes(memory.stackInuse)} stacks`,
    `${formatBytes(memory.runtime)} the runtime's own`,
  ];
  return [`The process has ${formatBytes(resident)} from the system: beside the heap ${parts.join(", ")}.`];
}

function describeAnswer(answer: Answer, report: Report, layout: ReportLayout): Paragraph {
  const lines: string[] = [];
  const holder = answer.holder === null ? undefined : report.holders[answer.holder]!;
  const cause = answer.cause === null ? undefined : report.findings[answer.cause]!;
  if (answer.leads === "goroutines") lines.push(...describeGroup(report.goroutines.groups[answer.group!]!, report));
  else if (answer.leads === "holder") lines.push(sayHolder(holder!));
  else lines.push(sayFinding(cause!, report));
  if (cause !== undefined && cause.kind !== "leaked-goroutines") lines.push(`  ${showText(cause.problem)}`);
  if (holder !== undefined) {
    if (answer.leads === "holder") lines.push(...describeParts(holder));
    lines.push(...describeWhereabouts(holder, answer.leads === "holder"));
  }
  if (cause !== undefined) lines.push(`  ${cause.advice}`);
  if (isAll(layout)) {
    for (const row of answer.others) lines.push(`  also ${sayMinorFinding(report.findings[row]!)}`);
  }
  if (answer.address !== null) lines.push(`  ${escapeText(layout.whyCommand)} ${answer.address}`);
  return lines;
}

/** "r.outgoing.elems keeps 40.6 MiB (92.5 %): []*main.mail, length 30 in an array of 16,384". */
function sayHolder(holder: Holder): string {
  const { path, type, typeSource, bytes, share, use } = holder;
  const name = showName(path, LONGEST_NAME);
  const guessed = typeSource === "inferred" ? " (type guessed)" : "";
  const what = [
    ...(type === "" || type === path ? [] : [`${showName(type, LONGEST_NAME)}${guessed}`]),
    ...(use === null ? [] : [sayUse(use)]),
  ];
  return `${name} keeps ${formatBytes(bytes)} (${formatShare(share, 1)})${what.length > 0 ? `: ${what.join(", ")}` : ""}`;
}

function sayUse({ kind, length, capacity }: HolderUse): string {
  if (kind === "map") return formatNumber(length, "entry", "entries");
  if (kind === "channel") return `${formatCount(length)} of ${formatCount(capacity)} buffered`;
  return length === capacity
    ? `length ${formatCount(length)}`
    : `length ${formatCount(length)} in an array of ${formatCount(capacity)}`;
}

/** "main.FieldDescription.Name: 31.1 MiB (88.1 %), arrays pinned by small views". */
function sayFinding({ kind, holder, bytes, share, isLive }: Finding, { memory }: Report): string {
  const resident = memory === null ? 0 : memory.sys - memory.heapReleased;
  const part = isLive
    ? ` (${formatShare(share, 1)})`
    : resident > 0
      ? ` (${formatShare(bytes, resident)} of the process)`
      : "";
  return `${showName(holder, LONGEST_NAME)}: ${formatBytes(bytes)}${part}, ${RULES[kind].title}`;
}

function sayMinorFinding({ kind, holder, bytes }: Finding): string {
  return `${showName(holder, LONGEST_NAME)}: ${formatBytes(bytes)}, ${RULES[kind].title}`;
}

/** Findings that are about none of the answers. */
function describeMinorFindings({ answers, findings }: Report, layout: ReportLayout): Paragraph {
  const told = new Set(answers.flatMap(({ cause, others }) => [cause, ...others]));
  const rows = findings.filter((_, row) => !told.has(row));
  if (rows.length === 0) return [];
  const lines = rows.slice(0, isAll(layout) ? rows.length : MOST_MINOR).flatMap((finding) => {
    const line = `  ${sayMinorFinding(finding)}`;
    return isAll(layout) ? [line, `    ${showText(finding.problem)}`, `    ${finding.advice}`] : [line];
  });
  const left = rows.length - MOST_MINOR;
  if (left > 0 && !isAll(layout)) lines.push(`  and ${formatCount(left)} more: --all shows them`);
  return ["Also:", ...lines];
}

function describeParts({ parts, bytes }: Holder): Paragraph {
  return parts
    .slice(0, 2)
    .filter((part) => part.bytes >= bytes / 20)
    .map(
      ({ count, type, bytes: size }) =>
        `  ${formatCount(count)} × ${showName(type, LONGEST_NAME)}, ${formatBytes(size)}`,
    );
}

/** What has the holder, and who else uses it. If something else has been named first, the holder is what has that. */
function describeWhereabouts(holder: Holder, isNamed: boolean): Paragraph {
  const { owner, alsoUsedBy } = holder;
  const where = holder.where === "" ? "" : ` at ${showName(holder.where, LONGEST_NAME)}`;
  const users = describeRoots(alsoUsedBy);
  const parts = [
    ...(isNamed ? [] : [`in ${sayHolder(holder).replace(" keeps ", ", which keeps ")}`]),
    ...(owner.kind === "variable" ? [] : [`in ${showName(owner.name, LONGEST_NAME)}${where}`]),
    ...(users === "" ? [] : [`also used by ${users}`]),
  ];
  return parts.length === 0 ? [] : [`  ${parts.join("; ")}`];
}

/** "212 × goroutine main.worker [select], var main.cache and 3 more". */
function describeRoots(roots: readonly HolderRoot[]): string {
  const shown = roots.slice(0, MOST_OTHERS).map(({ kind, name, count }) => {
    const text = `${kind === "variable" ? "var " : ""}${showName(name, LONGEST_NAME)}`;
    return count === 1 ? text : `${formatCount(count)} × ${text}`;
  });
  const more = roots.slice(MOST_OTHERS).reduce((sum, { count }) => sum + count, 0);
  return `${shown.join(", ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
}

function describeGroup(group: GoroutineGroup, { totals }: Report): Paragraph {
  const { count, leaked, entry, origin, state, site, ownedBytes, locals } = group;
  const name = `${formatNumber(count, "goroutine")} ${showName(entry, LONGEST_NAME)} [${showName(state, 60)}]`;
  const owned = `${formatBytes(ownedBytes)} (${formatShare(ownedBytes, totals.live.bytes)})`;
  const verdict = leaked === 0 ? "" : leaked === count ? ": leaked" : `: ${formatCount(leaked)} of them leaked`;
  const lines = [`${name} own ${owned}${verdict}`];
  if (leaked > 0) lines.push("  what they wait for is reachable only from goroutines that wait likewise");
  const local = locals[0];
  const held = local === undefined ? "" : `; ${showName(local.name, 60)} holds ${formatBytes(local.bytes)}`;
  if (site !== "") lines.push(`  at ${showName(site, LONGEST_NAME)}${held}`);
  if (origin !== "") lines.push(`  started by ${showName(origin, LONGEST_NAME)}`);
  return lines;
}

function describeNothing({ largestOwners, totals }: Report): Paragraph {
  const lines = ["Nothing stands out: nothing owns a tenth of the live heap. The largest owners:"];
  for (const { name, bytes } of largestOwners.slice(0, 3)) {
    lines.push(`  ${showName(name, LONGEST_NAME)}: ${formatBytes(bytes)} (${formatShare(bytes, totals.live.bytes)})`);
  }
  return lines;
}

function isAll({ height }: ReportLayout): boolean {
  return height === Number.POSITIVE_INFINITY;
}

function showText(text: string): string {
  return showName(text, LONGEST_SENTENCE);
}

function describeTypes({ types, totals }: Report, layout: ReportLayout): Paragraph {
  const rows = isAll(layout) ? types : types.slice(0, 5);
  const line = ({ name, count, bytes, ownedBytes }: TypeRow): string => {
    const share = formatShare(bytes, totals.live.bytes);
    return `  ${formatBytes(bytes).padStart(9)} ${share.padStart(7)} ${formatCount(count).padStart(11)} × ${showName(name, 60)}, owns ${formatBytes(ownedBytes)}`;
  };
  return ["Types by size:", ...rows.map(line)];
}

function describeCertainty({ totals, dump }: Report): string {
  const { exact, propagated, inferred, none } = totals.typed;
  if (!dump.isTyped) return "No types: give the program's executable with --exe to see names instead of shapes.";
  const all = exact + propagated + inferred + none;
  return `Types: ${formatShare(exact + propagated, all)} of the live bytes known, ${formatShare(inferred, all)} guessed, ${formatShare(none, all)} unknown.`;
}

/** Joins paragraphs, as many as there is room for; the last one always fits. */
function fit(paragraphs: readonly Paragraph[], { width, height }: ReportLayout): string {
  const wrapped = paragraphs.map((lines) => lines.flatMap((line) => wrap(line, width)));
  const last = wrapped.at(-1)!;
  const lines: string[] = [];
  let left = 0;
  for (const paragraph of wrapped.slice(0, -1)) {
    if (lines.length + paragraph.length + last.length + 4 > height && lines.length > 0) left++;
    else lines.push(...paragraph, "");
  }
  if (left > 0) lines.push(`${formatNumber(left, "more section")}: --all shows everything.`, "");
  return `${[...lines, ...last].join("\n")}\n`;
}

/** Breaks a line at spaces; what follows is indented further. */
function wrap(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(" ", width);
    if (at <= indent.length + 4) break;
    lines.push(rest.slice(0, at));
    rest = `${indent}    ${rest.slice(at + 1)}`;
  }
  return [...lines, rest];
}
