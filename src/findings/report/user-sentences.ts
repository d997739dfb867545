/** Who else uses a holder in sentences, and what would be freed if who leads to it let go. */
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { type GoroutineGroup, goroutineGroupName } from "../goroutines/groups.ts";
import type { Holder } from "../holders/holder.ts";
import { type HolderRoot, OF_RUNTIME } from "../holders/holder-roots.ts";
import type { HolderRelease } from "../holders/release.ts";
import type { Report } from "./report.ts";
import { LONGEST_NAME, sayName } from "./said-names.ts";

const MOST_OTHERS = 3;

/** Who else uses a thing: "also used by var main.cache; perhaps also by 213 goroutines more, by words of stacks that may be stale". */
export function sayUsers(roots: readonly HolderRoot[]): string[] {
  const users = roots.filter(({ isCertain }) => isCertain);
  const perhaps = roots.filter(({ isCertain }) => !isCertain);
  return [
    ...(users.length === 0 ? [] : [`also used by ${describeRoots(users)}`]),
    ...(perhaps.length === 0 ? [] : [sayPerhaps(perhaps, users.length > 0)]),
  ];
}

/** How a goroutine leads somewhere that does not for sure. */
export const BY_A_WORD = "by a word of its stack that may be stale";

/** "perhaps also by 213 goroutines more, by words of stacks that may be stale". */
function sayPerhaps(roots: readonly HolderRoot[], isMore: boolean): string {
  const count = roots.reduce((sum, root) => sum + root.count, 0);
  const by = `perhaps also ${isMore ? "by" : "used by"}`;
  if (count === 1) return `${by} ${describeRoots(roots)}, by a word of its stack that may be stale`;
  return `${by} ${formatNumber(count, "goroutine")}${isMore ? " more" : ""}, by words of stacks that may be stale`;
}

/** So many goroutines or more are told of what a library's wait for, … */
const LEAST_WAITING = 10;
/** … if there are as many as the entries of what they use, give or take this share: then each of them is about one. */
const ABOUT_AS_MANY = 0.1;

/**
 * The groups of goroutines of libraries that use a holder, a part of it each, and tell why that is there; none that are answers
 * themselves.
 */
export function knownUsers(
  { use, alsoUsedBy }: Pick<Holder, "use" | "alsoUsedBy">,
  { answers, goroutines: { groups } }: Pick<Report, "answers" | "goroutines">,
): readonly GoroutineGroup[] {
  if (use === null) return [];
  return alsoUsedBy.flatMap(({ kind, name, count, isCertain }) => {
    const isOfEntries = count >= LEAST_WAITING && Math.abs(count - use.length) <= ABOUT_AS_MANY * use.length;
    if (kind !== "goroutine" || !isCertain || !isOfEntries) return [];
    const alike = groups.filter((one) => `goroutine ${goroutineGroupName(one)}` === name);
    // Those that wait elsewhere and are called so, too, may wait for something else.
    if (alike.length !== 1 || alike[0]!.meaning === null) return [];
    return answers.some(({ group }) => group !== null && groups[group] === alike[0]) ? [] : alike;
  });
}

/** "goroutines http2.(*clientStream).doRequest [select]: each is of a request over HTTP/2 whose response …". */
export function sayKnownUser(group: GoroutineGroup): string {
  return `goroutines ${sayName(goroutineGroupName(group), LONGEST_NAME)}: ${group.meaning}`;
}

/** "212 × goroutine main.worker [select], var main.cache and 3 more"; "600 × pending timer of func main.accept.func1". */
export function describeRoots(roots: readonly HolderRoot[]): string {
  const shown = roots.slice(0, MOST_OTHERS).map(({ kind, name, count }) => {
    const text = `${kind === "variable" ? "var " : ""}${sayName(name, LONGEST_NAME)}`;
    return count === 1 ? text : `${formatCount(count)} × ${text}`;
  });
  const more = roots.slice(MOST_OTHERS).reduce((sum, { count }) => sum + count, 0);
  return `${shown.join(", ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
}

/**
 * Who uses what is in a thing for sure: "what is in it is also used by var main.cache, and by goroutines main.(*Conn).serve [IO wait], each of
 * them a part".
 * @param each names of goroutines that have a part each
 */
export function sayContentUsers(roots: readonly HolderRoot[], each: readonly string[]): string[] {
  const sure = roots.filter(({ isCertain }) => isCertain);
  const users = [...(sure.length === 0 ? [] : [describeContentUsers(sure)]), ...describeEach(each)];
  return users.length === 0 ? [] : [`what is in it is also used by ${users.join(", and by ")}`];
}

/** "goroutines main.(*Conn).serve [IO wait], each of them a part", of names of goroutines. */
export function describeEach(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_OTHERS).map((name) => sayName(name.replace(/^goroutine /, ""), LONGEST_NAME));
  const more = names.length - shown.length;
  return [
    `goroutines ${shown.join(", ")}${more > 0 ? ` and ${formatNumber(more, "more kind")}` : ""}, each of them a part`,
  ];
}

/** "goroutine main.serve [select], pending timers of func main.accept.func1": of timers it is not known how many lead to what is in a thing. */
function describeContentUsers(roots: readonly HolderRoot[]): string {
  const timers = roots
    .filter(({ kind }) => kind === "timers")
    .map(({ name, count }) =>
      sayName(count === 1 ? name : name.replace(/^(pending|stopped) timer /, "$1 timers "), LONGEST_NAME),
    );
  const others = roots.filter(({ kind }) => kind !== "timers");
  const shown = timers.length > MOST_OTHERS ? [...timers.slice(0, MOST_OTHERS), "others"] : timers;
  return [...shown, ...(others.length === 0 ? [] : [describeRoots(others)])].join(", ");
}

/** "cleanups (runtime.AddCleanup) lead to 11.8 MiB of it, too, and hold that until they have run"; nothing if they lead to next to nothing. */
export function sayCleanups({ heldByCleanups }: Pick<Holder, "heldByCleanups">): string[] {
  if (heldByCleanups === null) return [];
  const { bytes, isKnown } = heldByCleanups;
  const lead = isKnown ? "lead" : "may lead";
  return [
    `cleanups (runtime.AddCleanup) ${lead} to ${formatBytes(bytes)} of it, too, and hold that until they have run`,
  ];
}

/** What the compiler laid out beside the heap is called by the way to it: a value by a pointer, an array by a slice. */
const OF_PROGRAM_DATA = /^(?:\*(.*)|(.*)\[:\])$/s;

/**
 * "what main.store points to is part of the program's data, which stays: let go of what is in it, not of main.store": where the compiler laid
 * out beside the heap what `var store = &Store{}` points to, or the array of a slice. Nothing of others.
 */
export function sayStatic({ kind, name }: HolderRoot): string[] {
  const [, pointer, slice] = (kind === "variable" && OF_PROGRAM_DATA.exec(name)) || [];
  const way = pointer ?? slice;
  if (way === undefined || OF_RUNTIME.test(way)) return [];
  const shown = sayName(way, LONGEST_NAME);
  const what = pointer === undefined ? `the array of ${shown}` : `what ${shown} points to`;
  return [`${what} is part of the program's data, which stays: let go of what is in it, not of ${shown}`];
}

/** Letting go frees hardly anything where it is less than this part of what is held. */
const HARDLY_ANYTHING = 0.01;

/** From this part of what is held on, nearly all of it would be freed, and nothing is said of the rest. */
const NEARLY_ALL = 0.9;

/**
 * "if main.store alone let go, 16.0 KiB would be freed; if all of these did, 40.6 MiB"; "letting go of main.store alone frees nothing; if
 * all of these let go, 40.6 MiB would be freed"; "even if all of these let go, hardly anything (2.80 KiB) would be freed: others lead
 * there, too". Who else leads there is in front of it, which need not be all: "if all of these let go, 3.14 MiB would be freed: others
 * lead to the rest".
 */
export function sayRelease({ byOwner, byAll }: HolderRelease, { owner, bytes }: Holder): string {
  const name = sayName(owner.name, LONGEST_NAME);
  if (byAll < HARDLY_ANYTHING * bytes)
    return `even if all of these let go, hardly anything (${formatBytes(byAll)}) would be freed: others lead there, too`;
  const isMore = Math.max(byOwner, byAll) > bytes;
  const rest = isMore ? ", with what else they lead to" : byAll < NEARLY_ALL * bytes ? ": others lead to the rest" : "";
  if (byOwner < HARDLY_ANYTHING * Math.min(bytes, byAll)) {
    const freed = byOwner === 0 ? "nothing" : `hardly anything (${formatBytes(byOwner)})`;
    return `letting go of ${name} alone frees ${freed}; if all of these let go, ${formatBytes(byAll)} would be freed${rest}`;
  }
  return `if ${name} alone let go, ${formatBytes(byOwner)} would be freed; if all of these did, ${formatBytes(byAll)}${rest}`;
}
