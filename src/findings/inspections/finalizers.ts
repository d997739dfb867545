/** Inspections of finalizers: those that never run, those that wait to run, and those that hold much. */
import { findReleased } from "../../analysis/references/released.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { finalizerName } from "../../heap/roots/finalizers.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type FinalizerRunner, findFinalizerRunner } from "../goroutines/finalizer-runner.ts";
import type { RuleName } from "../rules.ts";
import { type HeapFacts, makeFindings } from "./facts.ts";
import { EXAMPLES, Tally } from "./tally.ts";

/** Finds what is wrong with finalizers. Walks the heap once if there are any. */
export async function inspectFinalizers(facts: HeapFacts, progress: Progress): Promise<Finding[]> {
  const { heap } = facts;
  const { vertices, finalizers } = heap.roots;
  const rows: number[] = [];
  const finalizerOf: number[] = [];
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.FINALIZER) continue;
    for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
      rows.push(row);
      finalizerOf.push(vertices.item[vertex]!);
    }
  }
  const isFinalized = new Set(heap.roots.finalizedObjects);
  const kept = new Float64Array(finalizers.length);
  const largest = finalizers.map(() => new Largest(heap));
  const { bytes } = await findReleased(
    heap,
    { edges: [], rootEdges: rows },
    (pointer) => finalizerOf[pointer]!,
    finalizers.length,
    progress,
    (object, index) => {
      if (isFinalized.has(object)) kept[index]!++;
      largest[index]!.add(object, isFinalized.has(object));
    },
  );
  const nameOf = (index: number): string => finalizerName(finalizers[index]!, heap.formatAddress);
  const tallies: Partial<Record<RuleName, Tally>> = {};
  for (const [index, { count, isQueued, isNeverFinalized }] of finalizers.entries()) {
    const kind = isNeverFinalized ? "finalizer-cycle" : isQueued ? "pending-finalizers" : "finalizer-weight";
    tallies[kind] ??= new Tally(nameOf);
    tallies[kind].addSummed(index, isNeverFinalized ? kept[index]! : count, bytes[index]!, {});
    tallies[kind].row(index).all = count;
    tallies[kind].row(index).examples.push(...largest[index]!.objects);
  }
  const runner = tallies["pending-finalizers"] === undefined ? undefined : findFinalizerRunner(heap.goroutines);
  return Object.entries(tallies).flatMap(([kind, tally]) =>
    makeFindings(
      facts,
      kind as RuleName,
      tally.bad(),
      ({ count, all, bytes: held }) => {
        const problem = `${PROBLEMS[kind as RuleName]!(count)} ${formatBytes(held)} alive`;
        const evidence = { objects: count, withFinalizer: all };
        if (kind !== "pending-finalizers" || runner === undefined) return { problem, evidence };
        return {
          problem: `${problem}; ${sayRunner(runner)}`,
          evidence,
          advice: runner.isBlocked ? ADVICE_IF_BLOCKED : ADVICE_IF_AT_WORK,
        };
      },
      { holderKind: "type" },
    ),
  );
}

const ADVICE_IF_BLOCKED = "Let finalizers not wait for anything: one goroutine runs them all, one after the other.";
/** What is queued need not have waited: the collection before the dump queues what it finds. */
const ADVICE_IF_AT_WORK =
  "Give finalizers time before the dump: call runtime.GC(), wait a moment, and call it again. If many still wait then, they take too long.";

function sayRunner({ function: name, state }: FinalizerRunner): string {
  const who = "the goroutine that runs finalizers";
  return name === null ? `${who} is not blocked` : `${who} is in ${name} [${state}]`;
}

/** The few largest of the objects that a finalizer keeps; such as have a finalizer come before what these lead to. */
class Largest {
  readonly #heap: Heap;
  readonly objects: { readonly object: number; readonly bytes: number }[] = [];
  #areFinalized = false;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  add(object: number, isFinalized: boolean): void {
    if (isFinalized !== this.#areFinalized) {
      if (!isFinalized) return;
      this.#areFinalized = true;
      this.objects.length = 0;
    }
    const bytes = objectSize(this.#heap.objects, object);
    const last = this.objects.at(-1);
    if (this.objects.length === EXAMPLES && bytes <= last!.bytes) return;
    const at = this.objects.findIndex((other) => other.bytes < bytes);
    this.objects.splice(at < 0 ? this.objects.length : at, 0, { object, bytes });
    this.objects.length = Math.min(this.objects.length, EXAMPLES);
  }
}

const PROBLEMS: Partial<Record<RuleName, (count: number) => string>> = {
  "finalizer-cycle": (count) =>
    count === 1
      ? "1 object that its finalizer can never get, because it leads back to itself, keeps"
      : `${formatCount(count)} objects that their finalizer can never get, because they lead back to themselves, keep`,
  "pending-finalizers": (count) =>
    count === 1
      ? "1 object that waits for its finalizer to run keeps"
      : `${formatCount(count)} objects that wait for their finalizer to run keep`,
  "finalizer-weight": (count) =>
    count === 1 ? "the finalizer of 1 object keeps" : `the finalizers of ${formatCount(count)} objects keep`,
};
