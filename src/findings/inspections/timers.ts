/**
 * Inspection of timers: those that the runtime has in its heaps, by what they will do, and what only they keep alive. Since
 * Go 1.23 timers with a channel that nobody waits for are not among them for long. runtime/time.go.
 */
import { findReleased } from "../../analysis/references/released.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings } from "./facts.ts";
import { NamedWords } from "./named-words.ts";
import { listPendingTimers } from "./pending-timers.ts";
import { Tally } from "./tally.ts";

/** Finds what pending timers hold. Nothing where there are few. */
export async function inspectTimers(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, containers } = facts;
  const { objects, edges, types } = heap;
  const groups = new Map<string, number>();
  const pointers = listPendingTimers(heap, new NamedWords(heap)).map(({ edge, argument }) => {
    const name =
      argument === NO_OBJECT ? "timers without an argument" : types.names[objects.type[containers[argument]!]!]!;
    const group = groups.get(name) ?? groups.size;
    groups.set(name, group);
    return { edge, group };
  });
  const released = await findReleased(
    heap,
    { edges: pointers.map(({ edge }) => edge), rootEdges: [] },
    (pointer) => pointer,
    pointers.length,
    progress,
  );
  const names = [...groups.keys()];
  const tally = new Tally((group) => names[group]!);
  for (const [pointer, { edge, group }] of pointers.entries()) {
    const bytes = released.bytes[pointer]!;
    // To stop a timer that something else leads to, too, would free nothing.
    if (bytes > 0) tally.addBad(group, edges.to[edge]!, bytes, isGuessed(facts, edges.to[edge]!), {});
  }
  for (const { group } of pointers) tally.addToKnown(group);
  return makeFindings(
    facts,
    "pending-timers",
    tally.bad(),
    ({ count, bytes }) => ({
      problem: `${formatNumber(count, "pending timer")} alone keep ${formatBytes(bytes)}`,
      evidence: { timers: count },
    }),
    { holderKind: "type" },
  );
}
