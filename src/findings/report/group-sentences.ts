/** Groups of goroutines in sentences: what they own, and beside the live bytes their stacks; why they are leaked, where they wait. */
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { UNKNOWN_CHANNEL } from "../goroutines/awaited-kinds.ts";
import { type AwaitedThings, type GoroutineGroup, goroutineGroupName } from "../goroutines/groups.ts";
import { NO_CASES } from "../goroutines/wait-targets.ts";
import type { Holder } from "../holders/holder.ts";
import { sayOrigin } from "../started-by.ts";
import type { Report } from "./report.ts";
import { LONGEST_NAME, markGuessed, sayLocal, sayMany, sayName, sayQueued } from "./said-names.ts";

/** Characters of what goroutines wait for. */
const LONGEST_STATE = 60;

/**
 * "43 goroutines main.work [select] own 524 KiB (32.1 %) and keep 344 KiB of stacks: leaked"; with more stacks than what they own
 * "keep 25.1 MiB of stacks (78.9 % of the Go runtime's memory) and own 57.8 KiB (41.0 % of the live bytes)".
 */
export function sayGroup(group: GoroutineGroup, { totals, memory }: Report): string {
  const { count, leaked, entry, state, ownedBytes, stackBytes, areStacksKnown } = group;
  const name = sayGoroutines(count, entry, state);
  const isStacksFirst = areStacksFirst(group);
  const ofWhat = isStacksFirst ? " of the live bytes" : "";
  const owns = `${count === 1 ? "owns" : "own"} ${formatBytes(ownedBytes)} (${formatShare(ownedBytes, totals.live.bytes)}${ofWhat})`;
  const ofRuntime =
    isStacksFirst && memory !== null
      ? ` (${formatShare(stackBytes, memory.sys - memory.heapReleased)} of the Go runtime's memory)`
      : "";
  const least = areStacksKnown ? "" : "at least ";
  const keeps = `${count === 1 ? "keeps" : "keep"} ${least}${formatBytes(stackBytes)} of ${count === 1 ? "stack" : "stacks"}${ofRuntime}`;
  const verdict = leaked === 0 ? "" : leaked === count ? ": leaked" : `: ${formatCount(leaked)} of them leaked`;
  const both = [
    { bytes: ownedBytes, text: owns },
    { bytes: stackBytes, text: keeps },
  ].filter(({ bytes }) => bytes > 0);
  if (isStacksFirst) both.reverse();
  return `${name} ${both.map(({ text }) => text).join(" and ")}${verdict}`;
}

/** "43 goroutines main.work [select]"; without the function where it is not known. */
function sayGoroutines(count: number, entry: string, state: string): string {
  const name = goroutineGroupName({ entry: sayName(entry, LONGEST_NAME), state: sayName(state, LONGEST_STATE) });
  return `${formatNumber(count, "goroutine")} ${name}`;
}

/** Whether more is to be said of a group's stacks than of what it owns. */
export function areStacksFirst({ ownedBytes, stackBytes }: GoroutineGroup): boolean {
  return stackBytes > ownedBytes;
}

/** Goroutines begin with stacks of up to so much; what such a one has in use is nobody's concern. runtime/stack.go, startingStackSize. */
const FIRST_STACK = 1 << 13;

/** "on average 257 KiB each, 131 KiB of it in use, most by 201 frames of main.deep". */
function describeStacks(group: GoroutineGroup): string[] {
  const { count, stackBytes, usedStackBytes, areStacksKnown, largestFrames } = group;
  if (!areStacksFirst(group) || largestFrames === null || stackBytes <= FIRST_STACK * count) return [];
  const frames = formatNumber(Math.round(largestFrames.count / count), "frame");
  const most = `most by ${frames} of ${sayName(largestFrames.function, LONGEST_NAME)}`;
  const used = formatBytes(usedStackBytes / count);
  if (!areStacksKnown)
    return [`how large all stacks are the dump does not tell: on average ${used} each are known, ${most}`];
  const each = count === 1 ? "" : `on average ${formatBytes(stackBytes / count)} each, `;
  return [`${each}${used} of ${count === 1 ? "the stack" : "it"} in use, ${most}`];
}

/** A local variable, or a part, with less of what a group owns says nothing of where that is. */
const LEAST_OF_GROUP = 0.1;

/** The share of what goroutines own from which on it is told that it is the runtime's: the program's is little then. */
const MOSTLY_RUNTIME = 0.5;

/**
 * What explains the sentence.
 * @param holder what is told after it, of one of the goroutines: what that is and keeps is not told twice
 */
export function describeGroup(group: GoroutineGroup, holder: Holder | undefined): string[] {
  const { leaked, origin, site, locals, parts, ownedBytes, runtimeBytes, meaning } = group;
  const lines: string[] = [];
  if (leaked > 0) lines.push(sayWhyLeaked(group));
  lines.push(...describeStacks(group));
  // Where it is known what a library's goroutines do, its own channels say less.
  if (meaning === null) lines.push(...sayAwaited(group));
  lines.push(...describeWait(group));
  if (meaning !== null) lines.push(meaning);
  const local = locals.find(({ bytes }) => bytes >= LEAST_OF_GROUP * ownedBytes);
  const isHolder = local !== undefined && holder?.path === local.name && holder.bytes === local.bytes;
  const held = local === undefined || isHolder ? "" : `; ${sayLocal(local.name, 60)} holds ${formatBytes(local.bytes)}`;
  if (runtimeBytes >= MOSTLY_RUNTIME * ownedBytes && runtimeBytes > 0) lines.push(sayRuntime(group));
  const most = parts
    .slice(0, 2)
    .filter(({ bytes }) => bytes >= LEAST_OF_GROUP * ownedBytes)
    .filter(({ count, type, bytes }) => count > 1 || type !== holder?.type || bytes !== holder.bytes);
  lines.push(...most.map((part) => `${sayMany(part)}, ${formatBytes(part.bytes)}${sayQueued(part)}`));
  // Who uses what a single goroutine has is told with that.
  if (holder === undefined || group.count > 1) lines.push(...describeSharing(group));
  if (site !== "") lines.push(`at ${sayName(site, LONGEST_NAME)}${held}`);
  if (origin !== "") lines.push(`started by ${sayName(sayOrigin(group.entry, origin), LONGEST_NAME)}`);
  return lines;
}

/** "101 MiB of what they own is the runtime's: their descriptors, and what they wait with". */
function sayRuntime({ count, runtimeBytes }: GoroutineGroup): string {
  const [owned, described, wait] =
    count === 1 ? ["it owns", "its descriptor", "it waits"] : ["they own", "their descriptors", "they wait"];
  return `${formatBytes(runtimeBytes)} of what ${owned} is the runtime's: ${described}, and what ${wait} with`;
}

/** Things of a select that are told in a sentence. */
const MOST_AWAITED = 2;

/**
 * "all wait to send to main.jobs (chan *main.Job, 100 of 100 buffered: full)"; "they wait to receive from 50 different channels, one each:
 * main.Client.out (chan []uint8, unbuffered)"; "all wait until a context is done: main.hub.ctx"; of a select a line for each kind of things. Nothing where it is not known.
 */
export function sayAwaited({ count, state, waitsFor = [], isSystem }: GoroutineGroup): string[] {
  if (isSystem) return [];
  // Of one goroutine and a thing without a name it says nothing.
  // With others that have a name, but are not told, it would not be told either.
  const named = waitsFor.filter(({ name }) => name !== "").slice(0, MOST_AWAITED);
  const told = waitsFor
    .filter((things) => (count > 1 || things.name !== "") && !named.some((other) => isInPlaceOf(things, other, count)))
    .slice(0, MOST_AWAITED);
  const verb = AWAITED_BY[state] ?? "for";
  return told.map((things, i) => {
    const who = sayWho(things, count, i === 0 ? "" : "also ");
    if (things.from === "timer") return `${who} for ${sayTimers(things)}`;
    if (things.from === "context") return `${who} until ${sayContexts(things)}`;
    // What several kinds stand in place of is told with the first.
    const isFirst = told.findIndex((other) => isLike(other, things)) === i;
    const others = isFirst ? waitsFor.filter((other) => isLike(other, things) && !told.includes(other)) : [];
    return `${who} ${verb} ${things.count === 1 ? sayOne(things) : saySeveral(things)}${sayOthers(others, things, count)}`;
  });
}

/** Whether things without a name are what the rest of the goroutines wait for where the others wait for things with one. */
function isInPlaceOf(things: AwaitedThings, named: AwaitedThings, count: number): boolean {
  return things.name === "" && isLike(things, named) && things.waiting + named.waiting <= count;
}

function isLike(a: AwaitedThings, b: AwaitedThings): boolean {
  return a.type === b.type && a.from === null && b.from === null;
}

/** "; 1 waits for one without a name", "; 1 waits for out in main.loop main.go:25", "; 20 wait for others"; "" if there are none, or some may wait for both. */
function sayOthers(others: readonly AwaitedThings[], { waiting }: AwaitedThings, count: number): string {
  const more = others.reduce((sum, other) => sum + other.waiting, 0);
  if (more === 0 || waiting + more > count) return "";
  const [one] = others;
  const isNamed = others.some(({ name }) => name !== "");
  const different = others.reduce((sum, other) => sum + other.count, 0);
  const many = different === 1 ? "one" : formatCount(different);
  const what = !isNamed ? `${many} without a name` : others.length === 1 && different === 1 ? sayPlace(one!) : "others";
  return `; ${formatCount(more)} ${more === 1 ? "waits" : "wait"} for ${what}`;
}

const AWAITED_BY: Readonly<Record<string, string>> = { "chan send": "to send to", "chan receive": "to receive from" };

/** "it waits", "all wait", "they also wait", "12 of them wait". */
function sayWho({ count: different, waiting }: AwaitedThings, count: number, also: string): string {
  if (count === 1) return `it ${also}waits`;
  if (waiting === count) return `${different === 1 ? "all" : "they"} ${also}wait`;
  return `${formatCount(waiting)} of them ${also}${waiting === 1 ? "waits" : "wait"}`;
}

/** The end of a name of which no more is known than what it is in: "main.pool.…". */
const UNKNOWN_FIELD = /\.?…$/;

/** "main.jobs (chan *main.Job, 100 of 100 buffered: full)", "one sync.Mutex in main.pool", "one chan string (unbuffered)". */
function sayOne(things: AwaitedThings): string {
  const { name } = things;
  if (name === "" || UNKNOWN_FIELD.test(name)) {
    const within = name.replace(UNKNOWN_FIELD, "");
    const facts = sayQueue(things);
    return `one ${sayType(things)}${facts === "" ? "" : ` (${facts})`}${within === "" ? "" : ` in ${sayName(within, LONGEST_NAME)}`}`;
  }
  return `${sayPlace(things)} (${sayFacts(things)})`;
}

/** "50 different channels, one each: main.Client.out (chan []uint8, unbuffered)", "7 different locks (sync.Mutex)". */
function saySeveral(things: AwaitedThings): string {
  const { count, name, isOneEach } = things;
  const several = `${formatCount(count)} different ${nounOf(things)}s${isOneEach ? ", one each" : ""}`;
  if (name === "") return `${several} (${sayFacts(things)})`;
  return `${several}: ${sayPlace(things)} (${sayFacts(things)})`;
}

/** "a timer", "50 different timers, one each: main.timers[]". */
function sayTimers(things: AwaitedThings): string {
  const { count, name, isOneEach } = things;
  const timers = count === 1 ? "a timer" : `${formatCount(count)} different timers${isOneEach ? ", one each" : ""}`;
  return name === "" ? timers : `${timers}: ${sayPlace(things)}`;
}

/** "a context is done: main.hub.ctx", "50 different contexts are done, one each: context.timerCtx". */
function sayContexts(things: AwaitedThings): string {
  const { count, isOneEach } = things;
  const are = count === 1 ? "a context is done" : `${formatCount(count)} different contexts are done`;
  return `${are}${isOneEach && count > 1 ? ", one each" : ""}: ${sayPlace(things)}`;
}

/** "main.hub.broadcast", "done in main.main main.go:87". */
function sayPlace({ name, where, isNameGuessed }: AwaitedThings): string {
  const guess = markGuessed(Number(isNameGuessed), 1);
  return `${sayName(name, LONGEST_NAME)}${guess}${where === "" ? "" : ` in ${sayName(where, LONGEST_NAME)}`}`;
}

function nounOf({ type }: AwaitedThings): string {
  if (type.endsWith("Mutex")) return "lock";
  return type.startsWith("sync.") ? type.slice("sync.".length) : "channel";
}

/** "chan *main.Job, 100 of 100 buffered: full". */
function sayFacts(things: AwaitedThings): string {
  const queue = sayQueue(things);
  return queue === "" ? sayType(things) : `${sayType(things)}, ${queue}`;
}

function sayType({ type, guessed, count }: AwaitedThings): string {
  if (type === UNKNOWN_CHANNEL) return "channel";
  return `${sayName(type, LONGEST_NAME)}${markGuessed(guessed, count)}`;
}

/** "unbuffered", "100 of 100 buffered: full", of several "all together 0 of 30 buffered"; "" where it is not known. */
function sayQueue({ count, queued }: AwaitedThings): string {
  if (queued === null) return "";
  const { buffered, capacity } = queued;
  if (capacity === 0) return "unbuffered";
  const note = buffered === capacity ? ": full" : "";
  return `${count === 1 ? "" : "all together "}${formatCount(buffered)} of ${formatCount(capacity)} buffered${note}`;
}

const MOST_USERS = 2;

/** "the lock may be held by 1 goroutine main.(*api).serve [chan send] at main.(*stats).add main.go:24"; "Done may be up to …". */
function describeWait({ mayEndWait, state }: GoroutineGroup): string[] {
  if (mayEndWait.length === 0) return [];
  const shown = mayEndWait.slice(0, MOST_USERS).map(({ entry, state: users, site, count }) => {
    const at = site === "" ? "" : ` at ${sayName(site, LONGEST_NAME)}`;
    return `${sayGoroutines(count, entry, users)}${at}`;
  });
  const more = mayEndWait.slice(MOST_USERS).reduce((sum, { count }) => sum + count, 0);
  const what = state.startsWith("sync.WaitGroup.") ? "Done may be up to" : "the lock may be held by";
  return [`${what} ${shown.join(", or ")}${more === 0 ? "" : `, or ${formatCount(more)} more`}`];
}

/** "628 KiB of it is also used by 150 goroutines main.writeLoop [select]": of those that have a good share of what the group owns. */
function describeSharing(group: GoroutineGroup): string[] {
  return group.sharedWith
    .slice(0, MOST_USERS)
    .filter(({ bytes }) => bytes >= LEAST_OF_GROUP * group.ownedBytes)
    .map((other) => {
      const users = sayGoroutines(other.count, other.entry, other.state);
      return `${formatBytes(other.bytes)} of it is also used by ${users}${tellApart(group, other)}`;
    });
}

/** What tells goroutines from others of the same name: " started by main.main main.go:51", " at main.read main.go:29". */
function tellApart(
  group: GoroutineGroup,
  { entry, origin, state, site }: GoroutineGroup["sharedWith"][number],
): string {
  if (entry !== group.entry || state !== group.state) return "";
  if (origin !== "" && origin !== group.origin) return ` started by ${sayName(sayOrigin(entry, origin), LONGEST_NAME)}`;
  return site === "" ? "" : ` at ${sayName(site, LONGEST_NAME)}`;
}

/** Why goroutines will never go on. */
function sayWhyLeaked({ count, leaked, waitForNothing, state }: GoroutineGroup): string {
  const wait = count === 1 ? "it waits" : "they wait";
  if (waitForNothing < leaked) return `what ${wait} for is reachable only from goroutines that wait likewise`;
  return state === NO_CASES ? "a select without cases never ends" : `all channels that ${wait} for are nil`;
}
