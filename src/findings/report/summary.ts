/**
 * Summary: the report's first sentences as data, short enough for a chat, an alert or a prompt. Names and texts are cut, lists are
 * short; what is there has what is needed to ask for more.
 */
import type { Finding } from "../finding.ts";
import { type GoroutineGroup, goroutineGroupName } from "../goroutines/groups.ts";
import type { Holder } from "../holders/holder.ts";
import { RULES } from "../rules.ts";
import type { Answer } from "./answers.ts";
import { REPORT_SCHEMA_VERSION, type Report } from "./report.ts";
import { knownUsers } from "./user-sentences.ts";

export interface ReportSummary {
  readonly schemaVersion: number;
  readonly dump: Report["dump"];
  readonly live: Report["totals"]["live"];
  readonly garbageBytes: number;
  /** Share of the live bytes whose type is known, and that are guessed, 0 … 1. */
  readonly typed: { readonly known: number; readonly guessed: number };
  /** What the process has from the system and has not returned; null if the dump does not tell. */
  readonly processBytes: number | null;
  readonly answers: readonly AnswerSummary[];
  /** Answers that are left out. */
  readonly moreAnswers: number;
  readonly goroutines: { readonly count: number; readonly leaked: number };
  /** The largest types, shallow. */
  readonly types: readonly { readonly name: string; readonly count: number; readonly bytes: number }[];
}

export interface AnswerSummary {
  /** What holds or wastes the memory: a thing by its path, goroutines by their function, a field or type. */
  readonly what: string;
  readonly kind: Answer["leads"];
  readonly bytes: number;
  /** Of the live bytes; above 1 where it is about memory beside them. */
  readonly share: number;
  /** Of goroutines: bytes of their stacks, which are beside the live bytes; else 0. */
  readonly stackBytes: number;
  /** Its type, if it is a thing. */
  readonly type: string | null;
  /** The root that owns it. */
  readonly owner: string | null;
  /** What is the matter, and what to do; null where nothing but the size is known. */
  readonly problem: string | null;
  readonly advice: string | null;
  /** The rule, and what is the same for the same finding in another dump. */
  readonly rule: string | null;
  readonly fingerprint: string | null;
  /** For `gohd why`. */
  readonly address: string | null;
}

const MOST_ANSWERS = 4;
const MOST_TYPES = 5;
const LONGEST_TEXT = 100;

/** Sums a report up in less than 5 KB of JSON. */
export function summariseReport(report: Report): ReportSummary {
  const { totals, memory, answers, types, goroutines, dump } = report;
  const { exact, propagated, inferred } = totals.typed;
  const live = Math.max(1, totals.live.bytes);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    dump: { ...dump, name: cut(dump.name), goVersion: cut(dump.goVersion), arch: cut(dump.arch) },
    live: totals.live,
    garbageBytes: totals.garbage.bytes,
    typed: { known: (exact + propagated) / live, guessed: inferred / live },
    processBytes: memory === null ? null : memory.sys - memory.heapReleased,
    answers: answers.slice(0, MOST_ANSWERS).map((answer) => summariseAnswer(answer, report)),
    moreAnswers: Math.max(0, answers.length - MOST_ANSWERS),
    goroutines: { count: goroutines.count, leaked: goroutines.leaked },
    types: types.slice(0, MOST_TYPES).map(({ name, count, bytes }) => ({ name: cut(name), count, bytes })),
  };
}

function summariseAnswer(answer: Answer, report: Report): AnswerSummary {
  const holder = answer.holder === null ? undefined : report.holders[answer.holder]!;
  const group = answer.group === null ? undefined : report.goroutines.groups[answer.group]!;
  const cause = answer.cause === null ? undefined : report.findings[answer.cause]!;
  const waiting = group ?? (holder === undefined ? undefined : knownUsers(holder, report)[0]);
  return {
    what: cut(nameAnswer(answer.leads, holder, group, cause)),
    kind: answer.leads,
    bytes: answer.bytes,
    share: answer.share,
    stackBytes: answer.stackBytes,
    type: holder === undefined ? null : cut(holder.type),
    owner: holder === undefined ? null : cut(holder.owner.name),
    problem: cutIfAny(
      cause === undefined ? waiting?.meaning : `${RULES[cause.kind].title}: ${cause.problem}`,
      2 * LONGEST_TEXT,
    ),
    advice: cutIfAny(cause?.advice ?? waiting?.advice, 2 * LONGEST_TEXT),
    rule: cause?.kind ?? null,
    fingerprint: cause?.fingerprint ?? null,
    address: answer.address,
  };
}

function nameAnswer(
  leads: Answer["leads"],
  holder: Holder | undefined,
  group: GoroutineGroup | undefined,
  cause: Finding | undefined,
): string {
  if (leads === "holder") return holder!.path;
  return leads === "finding" ? cause!.holder : `${group!.count} × ${goroutineGroupName(group!)}`;
}

function cut(text: string, most = LONGEST_TEXT): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function cutIfAny(text: string | null | undefined, most: number): string | null {
  return text === null || text === undefined ? null : cut(text, most);
}
