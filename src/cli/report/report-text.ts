/**
 * `gohd report` for people: the report in sentences, on one screen. The thing comes first, then what is below it, who owns it and
 * who else uses it, and the command that shows more. Every name is escaped and cut here.
 */
import type { GoroutineGroup } from "../../findings/goroutines/groups.ts";
import type { Holder, HolderRoot } from "../../findings/holders/holder.ts";
import type { Report } from "../../findings/report/report.ts";
import type { TypeRow } from "../../findings/report/top-types.ts";
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { escapeText, showName } from "../../shown-text.ts";

export interface ReportLayout {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines that there is room for; Infinity for all. */
  readonly height: number;
  /** The command line that shows more of an object: "gohd why app.dump --exe ./app". */
  readonly whyCommand: string;
  /** Whether keys of maps, which are contents, may be shown. */
  readonly withContents: boolean;
}

/** Lines that belong together: a sentence, and what explains it. */
type Paragraph = readonly string[];

/** Characters of a name in a sentence. */
const LONGEST_NAME = 120;
/** A share of the live bytes below which a group of goroutines is not worth a sentence. */
const LEAST_GROUP_SHARE = 0.05;
const MOST_OTHERS = 3;

/** Renders a report; ends with a line break. */
export function renderReportText(report: Report, layout: ReportLayout): string {
  const head = [describeDump(report), ...describeProcess(report)];
  const findings = [
    ...report.holders.map((holder) => ({ bytes: holder.bytes, lines: describeHolder(holder, layout) })),
    ...worthGroups(report).map((group) => ({ bytes: group.ownedBytes, lines: describeGroup(group, report) })),
  ].sort((a, b) => b.bytes - a.bytes);
  const answers: Paragraph[] = findings.map(({ lines }) => lines);
  if (answers.length === 0) answers.push(describeNothing(report));
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

function describeHolder(holder: Holder, layout: ReportLayout): Paragraph {
  const { bytes, share, type, owner } = holder;
  const name = showName(layout.withContents ? holder.path : withoutKeys(holder.path), LONGEST_NAME);
  const guessed = holder.typeSource === "inferred" ? " (type guessed)" : "";
  const typed = type === "" ? "" : `: ${showName(type, LONGEST_NAME)}${guessed}`;
  const lines = [`${name} keeps ${formatBytes(bytes)} (${formatShare(share, 1)})${typed}`];
  for (const part of holder.parts.slice(0, 2)) {
    if (part.bytes < bytes / 20) continue;
    lines.push(`  ${formatCount(part.count)} × ${showName(part.type, LONGEST_NAME)}, ${formatBytes(part.bytes)}`);
  }
  const users = describeRoots(holder.alsoUsedBy);
  const where = holder.where === "" ? "" : ` at ${showName(holder.where, LONGEST_NAME)}`;
  const owned = owner.kind === "variable" ? "" : `in ${showName(owner.name, LONGEST_NAME)}${where}`;
  const used = users === "" ? "" : `also used by ${users}`;
  const both = [owned, used].filter((text) => text !== "").join("; ");
  if (both !== "") lines.push(`  ${both}`);
  if (holder.address !== null) lines.push(`  ${escapeText(layout.whyCommand)} ${holder.address}`);
  return lines;
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

/** Groups that own a good share, or are leaked; one goroutine that a holder has told of already is no group. */
function worthGroups({ goroutines, totals }: Report): GoroutineGroup[] {
  return goroutines.groups.filter(
    ({ count, leaked, ownedBytes }) => leaked > 0 || (count > 1 && ownedBytes >= LEAST_GROUP_SHARE * totals.live.bytes),
  );
}

function describeGroup(group: GoroutineGroup, { totals }: Report): Paragraph {
  const { count, leaked, entry, state, site, ownedBytes, locals } = group;
  const name = `${formatNumber(count, "goroutine")} ${showName(entry, LONGEST_NAME)} [${showName(state, 60)}]`;
  const owned = `${formatBytes(ownedBytes)} (${formatShare(ownedBytes, totals.live.bytes)})`;
  const verdict = leaked === 0 ? "" : leaked === count ? ": leaked" : `: ${formatCount(leaked)} of them leaked`;
  const lines = [`${name} own ${owned}${verdict}`];
  if (leaked > 0) lines.push("  what they wait for is reachable only from goroutines that wait likewise");
  const local = locals[0];
  const held = local === undefined ? "" : `; ${showName(local.name, 60)} holds ${formatBytes(local.bytes)}`;
  if (site !== "") lines.push(`  at ${showName(site, LONGEST_NAME)}${held}`);
  return lines;
}

function describeNothing({ largestOwners, totals }: Report): Paragraph {
  const lines = ["Nothing stands out: nothing owns a tenth of the live heap. The largest owners:"];
  for (const { name, bytes } of largestOwners.slice(0, 3)) {
    lines.push(`  ${showName(name, LONGEST_NAME)}: ${formatBytes(bytes)} (${formatShare(bytes, totals.live.bytes)})`);
  }
  return lines;
}

function describeTypes({ types, totals }: Report, { height }: ReportLayout): Paragraph {
  const rows = height === Number.POSITIVE_INFINITY ? types : types.slice(0, 5);
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

/** A path without the keys in it, which are contents of the process's memory. */
export function withoutKeys(path: string): string {
  return path.replaceAll(/\["(?:[^"\\]|\\.)*"?…?\]/g, "[…]").replaceAll(/key:"(?:[^"\\]|\\.)*"?/g, "key");
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
