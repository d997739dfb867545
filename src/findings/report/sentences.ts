/**
 * Sentences: the report in words, for whoever shows them: terminals, pages, pull requests. The thing comes first, then what is
 * below it, who owns it and who else uses it. Every name is escaped and cut here, once.
 */
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";
import type { Finding } from "../finding.ts";
import type { Holder } from "../holders/holder.ts";
import { splitTimers } from "../holders/holder-roots.ts";
import type { HolderUse } from "../holders/use.ts";
import { RULES } from "../rules.ts";
import type { TopKind } from "../top/top-kinds.ts";
import type { Answer } from "./answers.ts";
import { sayLargest, sayOutstanding } from "./entry-sentences.ts";
import { tableOf } from "./finding-table.ts";
import { areStacksFirst, describeGroup, sayGroup } from "./group-sentences.ts";
import { explainKnownThing } from "./known-things.ts";
import { describeParts, isSharedInSegment } from "./part-sentences.ts";
import type { Report } from "./report.ts";
import { GUESSED, LONGEST_NAME, sayMany, sayName } from "./said-names.ts";

import { describeUnreachable, isOfHandles } from "./unreachable-sentences.ts";
import {
  BY_A_WORD,
  describeRoots,
  knownUsers,
  sayCleanups,
  sayContentUsers,
  sayKnownUser,
  sayRelease,
  sayStatic,
  sayUsers,
} from "./user-sentences.ts";

/** A sentence, and what explains it. */
export interface Statement {
  readonly sentence: string;
  readonly lines: readonly string[];
  /** Further lines, for whoever wants everything. */
  readonly details: readonly string[];
  /** Findings about a part of the same bytes, those that are worth most first. */
  readonly also: readonly string[];
  /** Where an object is to look at with `gohd why`; null if there is none. */
  readonly address: string | null;
  /** What `gohd top --by` lists it with; null if it is in no such table, or has an address. */
  readonly table: TopKind | null;
  /** What it says in words; null if nothing stands out. */
  readonly answer: Answer | null;
}

/** Characters of a sentence with names in it. */
const LONGEST_SENTENCE = 300;

/** What stands out, in the order in which to tell it; that nothing does, if that is so. */
export function listStatements(report: Report): Statement[] {
  const { answers } = report;
  const told = describeUnreachable(report);
  const unreachable: Statement[] =
    told === undefined ? [] : [{ ...told, details: [], also: [], address: null, table: null, answer: null }];
  if (answers.length > 0) {
    const statements = answers.map((answer) => describeAnswer(answer, report));
    // It makes all else doubtful, and so comes first, unless it is known whose it is.
    const smaller = answers.findIndex(({ bytes }) => bytes < report.totals.garbage.bytes);
    const isFirst = !report.dump.isComplete || !isOfHandles(report.cleanups);
    const at = isFirst ? 0 : smaller < 0 ? answers.length : smaller;
    return [...statements.slice(0, at), ...unreachable, ...statements.slice(at)];
  }
  // Where nothing is live there is nothing that could stand out.
  return unreachable.length > 0 && report.totals.live.bytes === 0
    ? unreachable
    : [...unreachable, describeNothing(report)];
}

/** Whether a sentence is about what no root leads to. */
export function tellsUnreachable(report: Report): boolean {
  return describeUnreachable(report) !== undefined;
}

function describeAnswer(answer: Answer, report: Report): Statement {
  const holder = answer.holder === null ? undefined : report.holders[answer.holder]!;
  const cause = answer.cause === null ? undefined : report.findings[answer.cause]!;
  const isHolder = answer.leads === "holder";
  const group = answer.leads === "goroutines" ? report.goroutines.groups[answer.group!]! : undefined;
  const within = holder === undefined || isHolder ? [] : describeParts(leaveOutTold(holder, cause));
  const outstanding = holder === undefined ? [] : sayOutstanding(holder);
  const largest = holder === undefined ? [] : sayLargest(holder);
  const users = holder === undefined || group ? [] : knownUsers(holder, report);
  const advice = cause?.advice ?? group?.advice ?? users[0]?.advice ?? null;
  return {
    sentence: group ? sayGroup(group, report) : isHolder ? sayHolder(holder!) : sayFinding(cause!, report),
    lines: [
      ...(group ? leaveOutRepeated(describeGroup(group, holder), within) : []),
      ...(cause !== undefined && cause.kind !== "leaked-goroutines" ? [showText(cause.problem)] : []),
      ...(holder !== undefined && isHolder
        ? [...explainKnownThing(holder), ...describeParts(holder), ...outstanding]
        : []),
      ...(holder === undefined
        ? []
        : group
          ? sayWithin(holder, group.count)
          : describeWhereabouts(holder, isHolder, report)),
      ...within,
      ...(isHolder ? [] : outstanding),
      ...users.map(sayKnownUser),
      ...(advice === null ? [] : [advice]),
    ],
    details: largest.filter((line) => !outstanding.includes(line)),
    also: answer.others.map((row) => sayMinorFinding(report.findings[row]!)),
    address: answer.address,
    table: answer.address !== null ? null : group !== undefined ? "goroutine" : tableOf(cause),
    answer,
  };
}

/**
 * "r.outgoing.elems keeps 40.6 MiB (92.5 %): []*main.mail, length 30 in an array of 16,384".
 * @param which what stands between what it is and what it keeps: ", which" after a preposition
 */
function sayHolder(holder: Holder, which = ""): string {
  const { path, isPathGuessed, type, typeSource, bytes, share, use, nodes, parts } = holder;
  if (isSharedInSegment(holder)) {
    const things = sayMany(parts[0]!);
    const more = parts.length > 1 ? " and more" : "";
    return `${things}${more}${which} keep ${formatBytes(bytes)} (${formatShare(share, 1)}): shared by variables without names`;
  }
  const name = sayName(path, LONGEST_NAME);
  const isGuessed = typeSource === "inferred";
  const isNamed = type !== "" && type !== path;
  // Where no variable is known, the thing is called by its type.
  const mark = isPathGuessed || (isGuessed && !isNamed) ? GUESSED : "";
  const what = [
    ...(isNamed ? [`${sayName(type, LONGEST_NAME)}${isGuessed ? " (type guessed)" : ""}`] : []),
    ...(use === null ? [] : [sayUse(use)]),
    ...(nodes === null ? [] : [`${sayMany(nodes)} linked`]),
  ];
  return `${name}${mark}${which} keeps ${formatBytes(bytes)} (${formatShare(share, 1)})${what.length > 0 ? `: ${what.join(", ")}` : ""}`;
}

/**
 * The share that an answer's sentence tells first, 0 … 1: of the live bytes, or of the Go runtime's memory where it is about what is
 * beside these; 0 if it tells none.
 */
export function toldShare({ leads, cause, group, share }: Answer, { findings, goroutines, memory }: Report): number {
  const finding = leads === "finding" ? findings[cause!]! : undefined;
  const waiting = leads === "goroutines" ? goroutines.groups[group!]! : undefined;
  const beside =
    finding?.isLive === false
      ? finding.bytes
      : waiting !== undefined && areStacksFirst(waiting)
        ? waiting.stackBytes
        : undefined;
  if (beside === undefined) return Math.min(1, share);
  const resident = memory === null ? 0 : memory.sys - memory.heapReleased;
  return resident <= 0 ? 0 : Math.min(1, beside / resident);
}

/** "4,000 entries", "12 of 64 buffered", "length 30 in an array of 16,384". */
export function sayUse({ kind, length, capacity }: HolderUse): string {
  if (kind === "map") return formatNumber(length, "entry", "entries");
  if (kind === "channel") return `${formatCount(length)} of ${formatCount(capacity)} buffered`;
  return length === capacity
    ? `length ${formatCount(length)}`
    : `length ${formatCount(length)} in an array of ${formatCount(capacity)}`;
}

/** "main.FieldDescription.Name: 31.1 MiB (88.1 %), arrays pinned by small views". */
function sayFinding({ kind, holder, bytes, share, isLive, guessed }: Finding, { memory }: Report): string {
  const resident = memory === null ? 0 : memory.sys - memory.heapReleased;
  const part = isLive
    ? ` (${formatShare(share, 1)})`
    : resident > 0
      ? ` (${formatShare(bytes, resident)} of the Go runtime's memory)`
      : "";
  return `${sayName(holder, LONGEST_NAME)}${sayGuessed(guessed)}: ${formatBytes(bytes)}${part}, ${RULES[kind].title}`;
}

/** "main.Session.Attributes: 23.4 KiB, boxed values": without share. */
function sayMinorFinding({ kind, holder, bytes, guessed }: Finding): string {
  return `${sayName(holder, LONGEST_NAME)}${sayGuessed(guessed)}: ${formatBytes(bytes)}, ${RULES[kind].title}`;
}

/** What stands behind the name of a finding of which some share leans on types that are guessed: " (guessed)", " (12 % guessed)". */
function sayGuessed(share: number): string {
  return share === 0 ? "" : share === 1 ? GUESSED : ` (${formatShare(share, 1)} guessed)`;
}

/** Findings that are about none of the answers, those that are worth most first. */
export function listMinorFindings({ answers, findings }: Report): Statement[] {
  const told = new Set(answers.flatMap(({ cause, others }) => [cause, ...others]));
  return findings
    .filter((_, row) => !told.has(row))
    .map((finding) => ({
      sentence: sayMinorFinding(finding),
      lines: [showText(finding.problem), finding.advice],
      details: [],
      also: [],
      address: finding.address,
      table: finding.address === null ? tableOf(finding) : null,
      answer: null,
    }));
}

/** The holder without those parts that are the very arrays or texts that a finding has just counted. */
function leaveOutTold(holder: Holder, cause: Finding | undefined): Holder {
  const isTold = ({ count, type }: Holder["parts"][number]): boolean =>
    count === cause?.count && (type === "string" || type.startsWith("[]"));
  return { ...holder, parts: holder.parts.filter((part) => !isTold(part)) };
}

/** Where variables have names, those without are the compiler's: what no variable leads to, one did at first. */
const FIRST_VALUE = ": perhaps what a package variable pointed to at first, which stays";

/** What has the holder, and who else uses it. If something else has been named first, the holder is what has that. */
function describeWhereabouts(holder: Holder, isNamed: boolean, { totals }: Pick<Report, "totals">): string[] {
  const { owner, contentsUsedBy, partsUsedBy, release } = holder;
  const { timers, users: alsoUsedBy } = splitTimers(owner.name, holder.alsoUsedBy);
  const where = holder.where === "" || holder.where === owner.name ? "" : ` at ${sayName(holder.where, LONGEST_NAME)}`;
  // A goroutine that has many things is named already, but not how sure that is.
  const isOwnerTold = holder.path === owner.name && owner.isCertain;
  const parts = [
    ...(isNamed ? [] : [`in ${sayHolder(holder, ", which")}`]),
    ...(timers.length > 0 ? [`in ${describeRoots(timers)}`] : []),
    ...(owner.kind === "variable" || (isOwnerTold && !isSharedInSegment(holder))
      ? []
      : isSharedInSegment(holder)
        ? [`in ${sayName(owner.name, LONGEST_NAME)}; several variables, or words of one, lead there`]
        : owner.kind === "segment" && holder.where !== ""
          ? [
              `in ${sayName(holder.where, LONGEST_NAME)}, a variable without a name${totals.owned.variables > 0 ? FIRST_VALUE : ""}`,
            ]
          : [`in ${sayName(owner.name, LONGEST_NAME)}${where}${owner.isCertain ? "" : `, ${BY_A_WORD}`}`]),
    ...sayUsers(alsoUsedBy),
  ];
  const lines = [...(parts.length === 0 ? [] : [parts.join("; ")]), ...sayCleanups(holder)];
  if (!isNamed) return lines;
  const content = sayContentUsers(contentsUsedBy, partsUsedBy);
  // If only stale words lead there, the owner alone may let go of more.
  const isShared = (alsoUsedBy.length > 0 ? alsoUsedBy : contentsUsedBy).some(({ isCertain }) => isCertain);
  // Nothing at all is freed of the runtime's own structures, which are nobody's.
  const letGo =
    release === null || release.byAll === 0 || !isShared ? [] : [sayRelease(release, holder), ...sayStatic(owner)];
  return [...lines, ...(alsoUsedBy.length > 0 ? [...letGo, ...content] : [...content, ...letGo])];
}

/** What goroutines have most of their memory in; that others of them use it too goes without saying. */
function sayWithin(holder: Holder, goroutines: number): string[] {
  const others = holder.alsoUsedBy.filter(({ name }) => name !== holder.owner.name);
  const how = holder.owner.isCertain ? "" : `, ${BY_A_WORD}`;
  const isGoroutine = holder.path === holder.owner.name;
  const keeps = `one of them keeps ${formatBytes(holder.bytes)} (${formatShare(holder.share, 1)})`;
  // Of one goroutine the sentence says so, but not how sure that is.
  const isTold = isGoroutine && goroutines === 1 && holder.owner.isCertain;
  const what = isGoroutine && goroutines > 1 ? keeps : sayHolder(holder);
  const said = [...(isTold ? [] : [`${what}${how}`]), ...sayUsers(others)].join("; ");
  return said === "" ? [] : [said];
}

/** Lines without those that later ones tell again, or begin with. */
function leaveOutRepeated(lines: readonly string[], later: readonly string[]): readonly string[] {
  return lines.filter((line) => !later.some((other) => other === line || other.startsWith(`${line}: `)));
}

/** "a tenth of the live heap", "2.5 % of the live heap". */
function sayLeastShare({ leastShare }: Pick<Report, "leastShare">): string {
  return `${leastShare === 0.1 ? "a tenth" : formatShare(leastShare, 1)} of the live heap`;
}

function describeNothing({ largestOwners, totals, leastShare }: Report): Statement {
  const lines = largestOwners.slice(0, 3).map(({ name, bytes }) => {
    return `${sayName(name, LONGEST_NAME)}: ${formatBytes(bytes)} (${formatShare(bytes, totals.live.bytes)})`;
  });
  const sentence = `Nothing stands out: nothing owns ${sayLeastShare({ leastShare })}. The largest owners:`;
  return { sentence, lines, details: [], also: [], address: null, table: null, answer: null };
}

function showText(text: string): string {
  return showName(text, LONGEST_SENTENCE);
}
