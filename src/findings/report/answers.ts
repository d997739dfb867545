/**
 * Answers: what stands out of a heap, in the order in which to tell it. Holders, groups of goroutines and findings are about the
 * same bytes more often than not; here they become one answer, of which the cause leads.
 */
import { computeOwnerTree, type OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { wholeTypeName } from "../../analysis/paths/library-maps.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import type { Finding } from "../finding.ts";
import { type GoroutineGroup, type GoroutineGroups, goroutineGroupName, worthOfGroup } from "../goroutines/groups.ts";
import type { Holder } from "../holders/holder.ts";
import { splitTimers } from "../holders/holder-roots.ts";
import type { RuleName } from "../rules.ts";

/** Rows are of the report's own lists. */
export interface Answer {
  /** What to tell first: the finding if it is the cause, or there is nothing else; else the holder or the goroutines. */
  readonly leads: "finding" | "holder" | "goroutines";
  /** Of what leads, and their share of the live bytes; above 1 for what is beside them. Of goroutines without their stacks. */
  readonly bytes: number;
  readonly share: number;
  /** If goroutines lead: bytes of their stacks, which are beside the live bytes; else 0. */
  readonly stackBytes: number;
  /** Row of `holders`; null if it is about none. */
  readonly holder: number | null;
  /** Row of `goroutines.groups`. */
  readonly group: number | null;
  /** Where an object is to look at with `gohd why`; null if there is none. */
  readonly address: string | null;
  /** Row of `findings` that explains most of the bytes. */
  readonly cause: number | null;
  /** Rows of `findings` about a part of the same bytes, those that are worth most first. */
  readonly others: readonly number[];
}

export interface AnswerSources {
  readonly holders: readonly Holder[];
  readonly goroutines: Pick<GoroutineGroups, "groups" | "groupOf">;
  /** Rows of groups beyond are told by nobody. */
  readonly groupCount: number;
  /** Those that are worth most first. */
  readonly findings: readonly Finding[];
  readonly container: Int32Array | undefined;
  readonly liveBytes: number;
  /** Of the process, as far as it is known. */
  readonly processBytes: number;
  /** A finding with less of the live bytes is no answer by itself; the same share as a holder needs, 0 … 1. */
  readonly leastShare: number;
}

/** A group of several goroutines with less of the live bytes is told only if some are leaked, … */
const LEAST_GROUP_SHARE = 0.05;
/** … or if the stacks of one or more have this share of the process's memory, … */
const LEAST_STACK_SHARE = 0.1;
/** … or this share those of many. */
const LEAST_STACK_SHARE_OF_MANY = 0.05;
const MANY_GOROUTINES = 100;
/** So many that wait for locks, or for somebody to take what they send, are told whatever they own, also where it is not known what could wake them: hardly anybody means that. */
const OF_STUCK = /^(semacquire|sync\.(Mutex|RWMutex)\.R?Lock|chan send)$/;
/** How things are laid out makes them larger, and holds nothing: these are never an answer by themselves. */
const LAYOUT_RULES: ReadonlySet<RuleName> = new Set(["zero-fields", "size-class-waste"]);
/** Other ways to keep the same contents would take less; that so much is kept is not their fault, so they are no cause. */
const CONTENT_RULES: ReadonlySet<RuleName> = new Set([...LAYOUT_RULES, "tiny-maps", "boxed-values", "duplicate-text"]);
/** Room that things have and do not use; of so many things it is how each is laid out, and that there are so many is not its fault. */
const ROOM_RULES: ReadonlySet<RuleName> = new Set(["unused-capacity", "idle-channel-buffer"]);
const MANY = 100;
/** A finding with this much of what a holder has is the cause of it. */
const CAUSE_SHARE = 0.5;
/** The runtime's processors, and their heaps of timers. */
const TIMER_HEAPS = /^(\[\d*\]|\*)*runtime\.(p|timers|timer|timerWhen)$/;
/** Objects of a finding that are asked where they hang. */
const MOST_ASKED = 3;
/** Things with this share of what a holder has fill it. */
const FILLS = 0.5;
/** A finding with more than what it hangs on is about more than that. */
const EXCEEDS = 1.25;

/**
 * Brings answers together, those that are worth most first; what says only how the same could be kept in less comes behind what has half
 * as much: it may be about the same bytes, and does not hold them. Goes up the owner tree from a few objects of each
 * finding.
 */
export async function findAnswers(heap: Heap, sources: AnswerSources, progress: Progress): Promise<readonly Answer[]> {
  const { holders, goroutines, groupCount, findings, liveBytes, leastShare } = sources;
  const timers = findings.reduce((sum, { kind, bytes }) => sum + (kind === "pending-timers" ? bytes : 0), 0);
  const answers = holders.flatMap((holder, row) => {
    const hangsOnTimers = splitTimers(holder.owner.name, holder.alsoUsedBy).timers.length > 0;
    // The timers' functions say what these hold, each heap of timers only which processor happens to have them.
    if ((TIMER_HEAPS.test(holder.type) || hangsOnTimers) && timers >= CAUSE_SHARE * holder.bytes) return [];
    return [openAnswer(holder.bytes, { holder: row })];
  });
  for (const [row, group] of goroutines.groups.slice(0, groupCount).entries()) {
    const within = answers.filter(({ holder }) => holder !== null && groupOfOwner(heap, holder, sources) === row);
    const held = within.reduce((sum, { bytes }) => sum + bytes, 0);
    // What the goroutines own is told once: by the holders, if there is not much beside them, …
    if (!isWorthTelling({ ...group, ownedBytes: group.ownedBytes - held }, sources)) continue;
    // … else with the goroutines, the largest of the holders as what most of it is.
    const [largest] = within;
    if (largest !== undefined) answers.splice(answers.indexOf(largest), 1);
    answers.push(openAnswer(group.ownedBytes, { group: row, holder: largest?.holder ?? null }));
  }
  const told = new Set([...explainLeaks(answers, sources), ...explainStacks(answers, sources)]);
  const whereabouts = new Whereabouts(heap, await computeOwnerTree(heap, progress), sources, answers);
  for (const [row, finding] of findings.entries()) {
    if (told.has(row)) continue;
    const answer = whereabouts.answerOf(finding);
    if (answer === undefined || finding.bytes > EXCEEDS * answer.bytes) {
      if (finding.bytes >= leastShare * liveBytes && !LAYOUT_RULES.has(finding.kind))
        answers.push(openAnswer(finding.bytes, { cause: row }));
    } else if (answer.cause === null && mayBeCause(finding) && finding.bytes >= CAUSE_SHARE * answer.bytes) {
      answer.cause = row;
    } else answer.others.push(row);
  }
  return answers
    .map((answer) => {
      const leads = leaderOf(answer, sources);
      const bytes = leads === "finding" ? findings[answer.cause!]!.bytes : answer.bytes;
      const stackBytes = leads === "goroutines" ? goroutines.groups[answer.group!]!.stackBytes : 0;
      return {
        ...answer,
        leads,
        bytes,
        share: bytes / liveBytes,
        stackBytes,
        address: addressOf(heap, answer, sources),
      };
    })
    .sort((a, b) => worthOf(b, findings) - worthOf(a, findings));
}

function worthOf({ leads, cause, holder, bytes, stackBytes }: Answer, findings: readonly Finding[]): number {
  const isOfContents = leads === "finding" && holder === null && CONTENT_RULES.has(findings[cause!]!.kind);
  return isOfContents ? CAUSE_SHARE * bytes : bytes + stackBytes;
}

/** Makes the finding about leaked goroutines the cause of the groups that it is about. Returns the rows that are told so. */
function explainLeaks(answers: readonly OpenAnswer[], { findings, goroutines }: AnswerSources): ReadonlySet<number> {
  const told = new Set<number>();
  for (const [row, { kind, holder }] of findings.entries()) {
    if (kind !== "leaked-goroutines") continue;
    for (const answer of answers) {
      const group = answer.group === null ? undefined : goroutines.groups[answer.group]!;
      if (group === undefined || group.leaked === 0 || goroutineGroupName(group) !== holder) continue;
      answer.cause = row;
      told.add(row);
    }
  }
  return told;
}

/**
 * Adds the findings about stacks to the goroutines that have them: of those of one function to the group with the most. Returns the
 * rows that are told so.
 */
function explainStacks(answers: readonly OpenAnswer[], { findings, goroutines }: AnswerSources): ReadonlySet<number> {
  const told = new Set<number>();
  const stacksOf = ({ group }: OpenAnswer): number => goroutines.groups[group!]!.stackBytes;
  for (const [row, { kind, holder, bytes }] of findings.entries()) {
    if (kind !== "oversized-stacks") continue;
    const [answer] = answers
      .filter(({ group }) => group !== null && goroutines.groups[group]!.entry === holder)
      .sort((a, b) => stacksOf(b) - stacksOf(a));
    if (answer === undefined || bytes > EXCEEDS * stacksOf(answer)) continue;
    if (answer.cause === null && bytes >= CAUSE_SHARE * worthOfGroup(goroutines.groups[answer.group!]!))
      answer.cause = row;
    else answer.others.push(row);
    told.add(row);
  }
  return told;
}

interface OpenAnswer {
  readonly bytes: number;
  readonly holder: number | null;
  readonly group: number | null;
  cause: number | null;
  readonly others: number[];
}

function openAnswer(bytes: number, part: Partial<Pick<OpenAnswer, "holder" | "group" | "cause">>): OpenAnswer {
  return { bytes, holder: null, group: null, cause: null, others: [], ...part };
}

/** The row of the group whose goroutine owns a holder; undefined if none does. */
function groupOfOwner({ roots }: Heap, holder: number, { holders, goroutines }: AnswerSources): number | undefined {
  const { kind, item } = roots.vertices;
  const { ownerVertex } = holders[holder]!;
  return kind[ownerVertex] === RootVertexKind.GOROUTINE ? goroutines.groupOf[item[ownerVertex]!] : undefined;
}

/** One goroutine that owns much is a holder already, but its stack is nobody's else. */
function isWorthTelling(
  { count, state, leaked, ownedBytes, stackBytes }: GoroutineGroup,
  { liveBytes, processBytes }: AnswerSources,
): boolean {
  const isMany = count >= MANY_GOROUTINES;
  if (leaked > 0 || (isMany && OF_STUCK.test(state))) return true;
  if (stackBytes >= (isMany ? LEAST_STACK_SHARE_OF_MANY : LEAST_STACK_SHARE) * processBytes) return true;
  return count > 1 && ownedBytes >= LEAST_GROUP_SHARE * liveBytes;
}

function mayBeCause({ kind, count }: Finding): boolean {
  return !CONTENT_RULES.has(kind) && !(ROOM_RULES.has(kind) && count >= MANY);
}

/** A holder that the cause is about says where it is better than the cause does. */
function leaderOf({ holder, group, cause }: OpenAnswer, sources: AnswerSources): Answer["leads"] {
  if (group !== null) return "goroutines";
  if (holder === null) return "finding";
  const { object } = sources.holders[holder]!;
  if (cause === null || sources.findings[cause]!.objects.some((one) => isSameThing(one, object, sources)))
    return "holder";
  return "finding";
}

function addressOf(heap: Heap, answer: OpenAnswer, { holders, findings, goroutines }: AnswerSources): string | null {
  const { holder, cause, group } = answer;
  // A finding about stacks has the goroutines themselves, in which there is nothing to look at.
  const isOfStacks = group !== null && cause !== null && findings[cause]!.kind === "oversized-stacks";
  const object =
    (cause === null || isOfStacks ? undefined : findings[cause]!.objects[0]) ??
    (holder === null ? null : objectOf(holders[holder]!));
  if (object === null) return group === null ? null : goroutines.groups[group]!.address;
  return heap.formatAddress(heap.objects.address[object]!);
}

/**
 * The object to look at of a holder: of a root what fills most of it, else the largest thing that it has; but one of many that fill
 * most of it, where two maps lead to them and neither keeps them.
 */
function objectOf(holder: Holder): number | null {
  if (holder.object !== null) return holder.object;
  const { parts, largest } = holder;
  return parts.find(({ inner }) => inner !== null)?.inner?.object ?? (oneOfMany(holder) ?? largest[0])?.object ?? null;
}

/** The largest of many things that fill most of a holder. */
function oneOfMany({ bytes, parts, largest }: Holder): Holder["largest"][number] | undefined {
  const [first] = parts;
  if (first === undefined || first.count === 1 || first.bytes < FILLS * bytes) return undefined;
  return largest.find(({ type }) => type === first.type);
}

function isSameThing(object: number, other: number | null, { container }: AnswerSources): boolean {
  if (other === null) return false;
  return object === other || (container !== undefined && container[object] === container[other]);
}

/** What several words of a segment lead to. */
interface SharedInSegment {
  readonly answer: OpenAnswer;
  /** Of what hangs right below the segment. */
  readonly types: ReadonlySet<string>;
  /** A bit for each object: whether a word leads to it by itself. A segment may have many millions of words. */
  readonly isPointedTo: Int32Array;
}

/** Tells which answer has the objects of a finding. */
class Whereabouts {
  readonly #heap: Heap;
  readonly #above: Int32Array;
  readonly #owner: OwnerTree["owner"];
  readonly #sources: AnswerSources;
  readonly #answers: readonly OpenAnswer[];
  /** By the vertex where a holder's bytes accumulate. */
  readonly #atPoint = new Map<number, OpenAnswer>();
  /** By the vertex of a segment of which several words lead to what a holder has. */
  readonly #inSegment = new Map<number, SharedInSegment>();

  constructor(heap: Heap, { tree, owner }: OwnerTree, sources: AnswerSources, answers: readonly OpenAnswer[]) {
    this.#heap = heap;
    this.#above = tree.immediateDominator;
    this.#owner = owner;
    this.#sources = sources;
    this.#answers = answers;
    for (const answer of answers) {
      if (answer.holder === null) continue;
      const { object, ownerVertex, owner: root, parts } = sources.holders[answer.holder]!;
      const vertex = object === null ? heap.objects.count + ownerVertex : this.#thing(object);
      if (object !== null || root.kind !== "segment") this.#atPoint.set(vertex, answer);
      else
        this.#inSegment.set(vertex, {
          answer,
          types: new Set(parts.map(({ type }) => type)),
          isPointedTo: this.#targets(ownerVertex),
        });
    }
  }

  /** Undefined if none has. Linear in the depth of the objects. */
  answerOf(finding: Finding): OpenAnswer | undefined {
    if (!finding.isLive || finding.objects.length === 0) return undefined;
    const found = finding.objects.slice(0, MOST_ASKED).map((object) => this.#answerAbove(object));
    return found.every((answer) => answer === found[0]) ? found[0] : undefined;
  }

  #answerAbove(object: number): OpenAnswer | undefined {
    let below = object;
    for (let vertex = object; vertex !== NO_OBJECT; vertex = this.#above[vertex]!) {
      const answer = this.#atPoint.get(this.#thing(vertex)) ?? this.#sharedAnswer(vertex, below);
      if (answer !== undefined) return answer;
      below = vertex;
    }
    const { roots } = this.#heap;
    const owner = this.#owner[object]!;
    if (roots.vertices.kind[owner] !== RootVertexKind.GOROUTINE) return undefined;
    const group = this.#sources.goroutines.groupOf[roots.vertices.item[owner]!];
    return this.#answers.find((answer) => answer.group === group);
  }

  /** That of what several words of a segment lead to, and not what a single one leads to. */
  #sharedAnswer(vertex: number, below: number): OpenAnswer | undefined {
    const shared = this.#inSegment.get(vertex);
    const { objects, types } = this.#heap;
    const thing = this.#thing(below);
    if (shared === undefined || thing >= objects.count) return undefined;
    if ((shared.isPointedTo[thing >>> 5]! & (1 << (thing & 31))) !== 0) return undefined;
    const name = types.names[objects.type[thing]!]!;
    return shared.types.has(wholeTypeName(name)) ? shared.answer : undefined;
  }

  #targets(root: number): Int32Array {
    const { vertices, to } = this.#heap.roots;
    const isTarget = new Int32Array((this.#heap.objects.count >>> 5) + 1);
    for (let edge = vertices.edgeStart[root]!; edge < vertices.edgeStart[root + 1]!; edge++) {
      isTarget[to[edge]! >>> 5]! |= 1 << (to[edge]! & 31);
    }
    return isTarget;
  }

  /** What a vertex is a part of. */
  #thing(vertex: number): number {
    return vertex < this.#heap.objects.count ? (this.#sources.container?.[vertex] ?? vertex) : vertex;
  }
}
