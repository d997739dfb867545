/**
 * Inspection of timers: those that the runtime has in its heaps, by what they will do, and what only they keep alive. Since
 * Go 1.23 timers with a channel that nobody waits for are not among them for long. runtime/time.go.
 */
import { findReleased } from "../../analysis/references/released.ts";
import { NO_OBJECT, REACHABLE } from "../../heap/objects.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings } from "./facts.ts";
import { NamedWords } from "./named-words.ts";
import { Tally } from "./tally.ts";

/** What the heaps of timers are arrays of: timerWhen since Go 1.23. */
const HEAP_ELEMENTS = ["runtime.timerWhen", "*runtime.timer"];

/** Finds what pending timers hold. Nothing where there are few. */
export async function inspectTimers(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, containers } = facts;
  const { objects, edges, types } = heap;
  const words = new NamedWords(heap);
  const rows = new Set(words.rowsOf(HEAP_ELEMENTS));
  const pointers: { readonly edge: number; readonly group: number }[] = [];
  const groups = new Map<string, number>();
  for (let object = 0; object < objects.count; object++) {
    if (!rows.has(objects.type[object]!) || (objects.flags[object]! & REACHABLE) === 0) continue;
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      const arg = words.follow(edges.to[edge]!, "arg");
      const name = arg === NO_OBJECT ? "timers without an argument" : types.names[objects.type[containers[arg]!]!]!;
      const group = groups.get(name) ?? groups.size;
      groups.set(name, group);
      pointers.push({ edge, group });
    }
  }
  const released = await findReleased(
    heap,
    { edges: pointers.map(({ edge }) => edge), rootEdges: [] },
    (pointer) => pointers[pointer]!.group,
    groups.size,
    progress,
  );
  const names = [...groups.keys()];
  const tally = new Tally((group) => names[group]!);
  for (const { edge, group } of pointers) {
    tally.addBad(group, edges.to[edge]!, 0, isGuessed(facts, edges.to[edge]!), {});
  }
  for (const group of groups.values()) tally.row(group).bytes = released.bytes[group]!;
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
