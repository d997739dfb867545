/**
 * Inspection of timers: those that the runtime has in its heaps, by what they will do and when, and what only they keep alive. Since
 * Go 1.23 timers with a channel that nobody waits for are not among them for long. runtime/time.go.
 */
import { findReleased } from "../../analysis/references/released.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { shortenImports } from "../../heap/short-names.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber, formatSpan } from "../../quantities.ts";
import type { Holders } from "../../values/holders.ts";
import type { Finding } from "../finding.ts";
import { listPendingTimers } from "../timers/pending-timers.ts";
import { TimerDues } from "../timers/timer-dues.ts";
import { shareReleased } from "../timers/timer-shares.ts";
import { type Facts, isGuessed, makeFindings, mayCount, type Wording } from "./facts.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** Of the memory that timers keep, a field with less says nothing of where it is. */
const LEAST_OF_ALL = 0.25;
const NANOSECONDS = 1e9;
/** What of the runtime holds the timers. */
const TIMERS = /^runtime\.(timerWhen\.timer|p\.timers|timers\.heap)\b/;
/** Functions of other timers that are told. */
const MOST_SHARERS = 2;
/** Later is how programs write "never". */
const NEVER = 100 * 365 * 86_400;

const STOP_FUNCTION =
  "Keep the timer that time.AfterFunc returns, and stop it as soon as its function need not run any more: until then the function keeps all that it uses.";
const CANCEL =
  "Call the cancel function of every context as soon as it is not needed any more (defer cancel()): that stops its timer.";

/** Finds what pending timers hold. Nothing where there are few. */
export async function inspectTimers(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, containers } = facts;
  const { objects, edges } = heap;
  const groups = new Map<string, number>();
  const timers = listPendingTimers(heap, containers).map((timer) => {
    const group = groups.get(timer.name) ?? groups.size;
    groups.set(timer.name, group);
    return { ...timer, group };
  });
  if (timers.length === 0) return [];
  const isReleased = new Uint8Array(objects.count);
  const released = await findReleased(
    heap,
    { edges: timers.map(({ edge }) => edge), rootEdges: [] },
    (pointer) => pointer,
    timers.length,
    progress,
    (object) => {
      isReleased[object] = 1;
    },
  );
  const all = released.bytes.reduce((sum, bytes) => sum + bytes, 0);
  if (!mayCount(facts, "pending-timers", all)) return [];
  const places = new PlaceSums(heap, await facts.holders(), containers, groups.size);
  const groupOf = timers.map(({ group }) => group);
  /** By group, what each timer was the first to lead to. */
  const first = [...groups.values()].map(() => 0);
  for (const [pointer, group] of groupOf.entries()) first[group]! += released.bytes[pointer]!;
  const shares = await shareReleased(heap, groupOf, first, isReleased, progress, (object, group) =>
    places.add(group, object),
  );
  const names = [...groups.keys()];
  const tally = new Tally((group) => names[group]!);
  const dues = new TimerDues(heap);
  /** By group, in how many seconds each is due. */
  const ahead = names.map((): number[] => []);
  for (const [pointer, { array, edge, group, isStopped }] of timers.entries()) {
    const timer = edges.to[edge]!;
    // To stop a timer that something else leads to, too, would free nothing.
    if (isReleased[timer] === 0) continue;
    tally.addBad(group, timer, released.bytes[pointer]!, isGuessed(facts, timer), { stopped: Number(isStopped) });
    if (isStopped) continue;
    const due = dues.of(array, edge);
    if (due !== undefined) ahead[group]!.push(due / NANOSECONDS);
  }
  for (const group of tally.holders) tally.addSummed(group, 0, shares[group]!.bytes - first[group]!, {});
  const counts = new Map(tally.bad().map(({ holder, count }) => [holder, count]));
  for (const { group } of timers) tally.addToKnown(group);
  const word = (row: TallyRow): Wording => {
    const group = groups.get(row.holder)!;
    const { sharedBytes, sharers, hasMoreSharers } = shares[group]!;
    const others = sharers.map((sharer) => ({ name: names[sharer]!, count: counts.get(names[sharer]!) ?? 0 }));
    return wordTimers(
      row,
      { bytes: sharedBytes, others, hasMore: hasMoreSharers },
      places.largest(group),
      ahead[group]!.sort((a, b) => a - b),
    );
  };
  return makeFindings(facts, "pending-timers", tally.bad(), word, { holderKind: "type" });
}

/** What timers keep together with others. */
interface Shared {
  readonly bytes: number;
  /** The functions of these, and how many timers have them. */
  readonly others: readonly { readonly name: string; readonly count: number }[];
  readonly hasMore: boolean;
}

function wordTimers(
  { holder, count, bytes, sums }: TallyRow,
  shared: Shared,
  held: HeldPlace | undefined,
  ahead: readonly number[],
): Wording {
  const isTold = held !== undefined && held.bytes >= LEAST_OF_ALL * bytes;
  const most = isTold
    ? `, ${formatBytes(held.bytes)} of it in ${formatCount(held.count)} × ${shortenImports(held.place)}`
    : "";
  const { stopped = 0 } = sums;
  const pending = count - stopped;
  const dues =
    pending === 0 || ahead.length < pending
      ? {}
      : { medianDueSeconds: ahead[pending >> 1]!, lastDueSeconds: ahead.at(-1)! };
  const advice = holder.startsWith("func context.") ? CANCEL : holder.startsWith("func ") ? STOP_FUNCTION : undefined;
  return {
    problem: `${sayTimers(count, stopped)}${shared.bytes > 0 ? "" : " alone"} ${count === 1 ? "keeps" : "keep"} ${formatBytes(bytes)}${sayShared(shared, bytes)}${most}${sayDues(dues)}`,
    evidence: {
      timers: count,
      ...(stopped > 0 ? { stoppedTimers: stopped } : {}),
      ...(shared.bytes > 0 ? { sharedBytes: shared.bytes } : {}),
      ...(isTold ? { place: held.place, placeBytes: held.bytes, placeObjects: held.count } : {}),
      ...dues,
    },
    ...(advice === undefined ? {} : { advice }),
  };
}

/** "600 pending timers"; "600 timers, 100 of them stopped and not yet taken out by the runtime,". */
function sayTimers(count: number, stopped: number): string {
  if (stopped === 0) return formatNumber(count, "pending timer");
  if (stopped === count) return `${formatNumber(count, "stopped timer")} that the runtime has not taken out yet`;
  return `${formatNumber(count, "timer")}, ${formatCount(stopped)} of them stopped and not yet taken out by the runtime,`;
}

/** ", 38.1 MiB of it together with 300 of func main.accept.func2", ", together with …" if that is all; "" where they share nothing. */
function sayShared({ bytes, others, hasMore }: Shared, all: number): string {
  if (bytes === 0) return "";
  const part = formatBytes(bytes) === formatBytes(all) ? "" : ` ${formatBytes(bytes)} of it`;
  const shown = others
    .slice(0, MOST_SHARERS)
    .map(({ name, count }) => `${formatCount(count)} of ${shortenImports(name)}`);
  const more = hasMore || others.length > MOST_SHARERS ? ["others"] : [];
  return `,${part} together with ${[...(shown.length === 0 ? [] : [shown.join(", ")]), ...more].join(" and ")}`;
}

/** "; half of them are due within 3 h, the last within 5 h"; "; due within 24 h"; "; never due". */
function sayDues(dues: { readonly medianDueSeconds?: number; readonly lastDueSeconds?: number }): string {
  const { medianDueSeconds: half, lastDueSeconds: last } = dues;
  if (half === undefined || last === undefined) return "";
  if (half >= NEVER) return "; never due, or not within a hundred years";
  const [first, then] = [sayDue(half), last >= NEVER ? "never" : sayDue(last)];
  return first === then ? `; due ${first}` : `; half of them are due ${first}, the last ${then}`;
}

function sayDue(seconds: number): string {
  return seconds < 0.5 ? "now" : `within ${formatSpan(seconds)}`;
}

interface HeldPlace {
  readonly place: string;
  readonly count: number;
  readonly bytes: number;
}

/** What is in which field, of all that the timers of each group keep. */
class PlaceSums {
  readonly #heap: Heap;
  readonly #holders: Holders;
  readonly #containers: Int32Array;
  readonly #sums: readonly Map<number, { count: number; bytes: number }>[];

  constructor(heap: Heap, holders: Holders, containers: Int32Array, groups: number) {
    this.#heap = heap;
    this.#containers = containers;
    this.#holders = holders;
    this.#sums = Array.from({ length: groups }, () => new Map());
  }

  add(group: number, object: number): void {
    const place = this.#holders.placeOf(object);
    let sum = this.#sums[group]!.get(place);
    if (sum === undefined) {
      sum = { count: 0, bytes: 0 };
      this.#sums[group]!.set(place, sum);
    }
    // A channel and its buffer are one thing.
    if (this.#containers[object] === object) sum.count++;
    sum.bytes += objectSize(this.#heap.objects, object);
  }

  /** The place that has most, what holds the timers themselves left out; undefined if there is none. */
  largest(group: number): HeldPlace | undefined {
    let most: HeldPlace | undefined;
    for (const [number, { count, bytes }] of this.#sums[group]!) {
      const place = this.#holders.places.name(number);
      // What is only parts of things that something else has is not counted.
      const isLarger = count > 0 && (most === undefined || bytes > most.bytes);
      if (isLarger && !TIMERS.test(place)) most = { place, count, bytes };
    }
    return most;
  }
}
