/** Inspections of goroutines: groups that are leaked, and stacks that were once needed and are not any more. */

import { Names } from "../../heap/columns.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { computeGoroutineGroups, type GoroutineGroup, goroutineGroupName } from "../goroutines/groups.ts";
import { StackSizes } from "../goroutines/stack-sizes.ts";
import { NO_CASES } from "../goroutines/wait-targets.ts";
import { type HeapFacts, makeFindings } from "./facts.ts";
import { Tally } from "./tally.ts";

/** The collector halves stacks of which less is in use. runtime/stack.go, shrinkstack. */
const LEAST_USED = 1 / 4;
/** Stacks begin with 2 to 8 KiB; up to here they are nobody's concern. */
const LEAST_STACK = 1 << 15;

const RECEIVE = /^chan receive$/;
/** What to do beside where they receive from channels that may be those of contexts. */
const OF_CONTEXTS = " If it is the Done of a context, call the cancel function of every context (defer cancel()).";
/** What to do about those that wait in vain for something else than that somebody receives, by state. */
const OF_STATE: readonly (readonly [RegExp, string])[] = [
  [RECEIVE, "Close the channel when nothing more will come."],
  [
    /^select$/,
    "Give the select a case that comes for sure: a timer, or the Done of a context whose cancel function is called (defer cancel()).",
  ],
  [
    /^sync\.(Mutex|RWMutex)\./,
    "Release every lock that is taken, also where something goes wrong (defer mu.Unlock()), and take locks in one order.",
  ],
  [/^sync\.WaitGroup\./, "Call Done once for all that is added, also where something goes wrong (defer wg.Done())."],
  [/^semacquire$/, "Release every lock that is taken, and call Done for all that is added to a WaitGroup (defer)."],
  [/^sync\.Cond\./, "Broadcast a condition also when what it is about can come no more."],
  [
    /^coroutine$/,
    "End what the iterator waits for that it asked for a value (iter.Pull): that waits in a goroutine of its own.",
  ],
];
/** Where it is no matter of who sends or receives: of a select without cases, … */
const NO_CASES_ADVICE = "End what waits with a context's Done or a signal, not with a select that has no cases.";
/** … and of channels that are nil. */
const NIL_ADVICE = "Make the channels before a goroutine waits for them.";

/** Finds what is wrong with goroutines. */
export async function inspectGoroutines(facts: HeapFacts, progress: Progress): Promise<Finding[]> {
  return [...(await inspectLeaks(facts, progress)), ...inspectStacks(facts)];
}

async function inspectLeaks(facts: HeapFacts, progress: Progress): Promise<Finding[]> {
  const { groups, mayAwaitContext } = await computeGoroutineGroups(facts.heap, progress);
  // Groups that wait at several places of one function have one name, by which dumps are compared.
  const names = new Names();
  const tally = new Tally((name) => names.values[name]!);
  const groupOf = new Map<string, GoroutineGroup>();
  const ofContexts = new Set<string>();
  for (const [i, group] of groups.entries()) {
    if (group.leaked === 0) continue;
    const { count, leaked, waitForNothing, leakedOwnedBytes: owned, leakedStackBytes: stacks } = group;
    const name = goroutineGroupName(group);
    groupOf.set(name, group);
    if (mayAwaitContext[i] === 1) ofContexts.add(name);
    const row = names.number(name);
    tally.addSummed(row, leaked, owned + stacks, { owned, stacks, waitForNothing });
    tally.row(row).all += count;
  }
  return makeFindings(
    facts,
    "leaked-goroutines",
    tally.bad(),
    ({ holder, count, bytes, sums: { owned = 0, stacks = 0, waitForNothing = 0 } }) => ({
      problem: `${formatNumber(count, "goroutine")} can never go on: with ${count === 1 ? "its stack it takes" : "their stacks they take"} ${formatBytes(bytes)}`,
      evidence: { goroutines: count, ownedBytes: owned, stackBytes: stacks },
      ofLive: owned,
      ...adviseOn(groupOf.get(holder)!, waitForNothing === count, ofContexts.has(holder)),
    }),
    { holderKind: "goroutines" },
  );
}

/** What to do about a group, where that is no matter of who sends or receives. */
function adviseOn(
  { advice, state }: GoroutineGroup,
  waitsForNothing: boolean,
  mayBeContexts: boolean,
): { readonly advice?: string } {
  if (waitsForNothing) return { advice: state === NO_CASES ? NO_CASES_ADVICE : NIL_ADVICE };
  if (advice !== null) return { advice };
  const known = OF_STATE.find(([of]) => of.test(state))?.[1];
  if (known === undefined) return {};
  return { advice: RECEIVE.test(state) && mayBeContexts ? known + OF_CONTEXTS : known };
}

function inspectStacks(facts: HeapFacts): Finding[] {
  const { heap } = facts;
  const { goroutines } = heap;
  const stacks = new StackSizes(heap);
  const names = new Names();
  const tally = new Tally((name) => names.values[name]!);
  for (let i = 0; i < goroutines.count; i++) {
    const stack = stacks.of(i);
    if (stack === undefined) continue;
    const { size, used } = stack;
    if (size < LEAST_STACK || used >= LEAST_USED * size) continue;
    const entry = findEntryFunction(goroutines, i);
    const name = entry === undefined ? "goroutines" : printedFunctionName(entry);
    tally.addBad(names.number(name), heap.findObject(goroutines.address[i]!), size - used, false, {
      stackBytes: size,
      used,
    });
  }
  return makeFindings(
    facts,
    "oversized-stacks",
    tally.bad(),
    ({ count, sums: { stackBytes = 0, used = 0 } }) => ({
      problem: `${formatNumber(count, "stack")} of ${formatBytes(stackBytes)} in all ${count === 1 ? "has" : "have"} ${formatBytes(used)} in use`,
      evidence: { stacks: count, stackBytes, usedBytes: used, average: formatCount(stackBytes / count) },
    }),
    { holderKind: "goroutines", isLive: false },
  );
}
