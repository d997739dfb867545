/**
 * Comparison: takes heaps one after the other, of each keeps what can be compared, and lets it go. What stays of a heap is sums, and
 * until the next one comes 21 bytes for each of its objects.
 */
import { Names } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { listedTypeName } from "../../heap/types.ts";
import type { Progress } from "../../progress.ts";
import { computeAggregatesWithRows } from "../aggregates/aggregates.ts";
import { PathTree, WHOLE_HEAP } from "../aggregates/path-tree.ts";
import { stableName } from "../stable-names.ts";
import type { ComparedHeap } from "./compared-heap.ts";
import { GROWTH_SCHEMA_VERSION, type Growth, type GrowthDump, type GrowthStep } from "./growth.ts";
import { listFindings, listGoroutines, listTypes } from "./growth-tables.ts";
import { identifyObjects, matchObjects, type ObjectIdentities } from "./matching.ts";
import { type Naming, namingOf, warnOfNames } from "./naming.ts";
import { listPaths } from "./path-growth.ts";
import { type ProcessTraces, relateProcesses } from "./processes.ts";
import { addColumns, TurnoverSum } from "./turnover.ts";

export interface GrowthOptions {
  /** Rows of a table at the most. */
  readonly most: number;
}

export class HeapComparison {
  readonly #tree = new PathTree();
  readonly #typeNames = new Names();
  readonly #heaps: ComparedHeap[] = [];
  readonly #steps: GrowthStep[] = [];
  readonly #namings: Naming[] = [];
  readonly #types = new TurnoverSum();
  readonly #paths = new TurnoverSum();
  #moved: Float64Array = new Float64Array(0);
  #retyped: { readonly count: Float64Array; readonly bytes: Float64Array } = {
    count: new Float64Array(0),
    bytes: new Float64Array(0),
  };
  #last: { readonly traces: ProcessTraces; readonly objects: ObjectIdentities } | undefined;

  /**
   * Adds the next dump. Nothing of the heap is kept alive but three columns, until the next call.
   * @param isLast whether no other follows, so that its objects need not be kept
   */
  async add(heap: Heap, isLast: boolean, progress: Progress): Promise<void> {
    const { sums, rowOf } = await computeAggregatesWithRows(heap, progress);
    const pathRow = this.#tree.include(sums.paths.tree);
    const { types, goroutines } = heap;
    const typeNumber = Int32Array.from(types.names, (_, type) =>
      this.#typeNames.number(stableName(listedTypeName(types, type))),
    );
    const objects = identifyObjects(heap, { typeNumber, path: rowOf, pathRow, isGarbage: this.#findGarbage() });
    const waits = new Map<number, number>();
    for (let i = 0; i < goroutines.count; i++) {
      if (goroutines.waitSince[i]! > 0) waits.set(goroutines.id[i]!, goroutines.waitSince[i]!);
    }
    const traces = { memStats: heap.memStats, waits };
    const before = this.#last;
    this.#last = undefined;
    if (before !== undefined) this.#steps.push(await this.#step(before, { traces, objects }, progress));
    this.#heaps.push({ sums, goroutineCount: goroutines.count, pathRow });
    this.#namings.push(namingOf(heap));
    if (!isLast) this.#last = { traces, objects };
    else warnOfNames(this.#namings, progress);
  }

  /** What grew. @throws Error if fewer than two heaps were added */
  finish({ most }: GrowthOptions): Growth {
    const heaps = this.#heaps;
    if (heaps.length < 2) throw new Error("bug: a comparison of less than two heaps");
    const first = heaps[0]!.sums;
    const last = heaps.at(-1)!.sums;
    const typed = heaps.filter(({ sums }) => sums.dump.isTyped).length;
    const comparedBy = typed === heaps.length ? "types" : typed === 0 ? "shapes" : "nothing";
    const isOneProcess = combine(this.#steps.map((step) => step.isOneProcess));
    const isMatched = isOneProcess === true && comparedBy !== "nothing";
    const none = { rows: [], moreGrown: 0, moreShrunk: 0 };
    const matchedTypes = isMatched ? { turnover: this.#types, retyped: this.#retyped } : undefined;
    return {
      schemaVersion: GROWTH_SCHEMA_VERSION,
      dumps: heaps.map(describeDump),
      steps: this.#steps,
      isOneProcess,
      comparedBy,
      live: {
        grownBytes: last.live.bytes - first.live.bytes,
        grownCount: last.live.count - first.live.count,
      },
      paths:
        comparedBy === "nothing"
          ? none
          : listPaths(this.#tree, heaps, isMatched ? { turnover: this.#paths, moved: this.#moved } : undefined, most),
      types: comparedBy === "nothing" ? none : listTypes(heaps, this.#typeNames, matchedTypes, most),
      goroutines: listGoroutines(heaps, most),
      findings: comparedBy === "nothing" ? none : listFindings(heaps, most),
    };
  }

  async #step(
    before: { readonly traces: ProcessTraces; readonly objects: ObjectIdentities },
    after: { readonly traces: ProcessTraces; readonly objects: ObjectIdentities },
    progress: Progress,
  ): Promise<GrowthStep> {
    const relation = relateProcesses(before.traces, after.traces);
    if (relation.isOneProcess !== true) return { ...relation, matching: null };
    const counts = [this.#typeNames.values.length, this.#tree.count] as const;
    const matches = await matchObjects(before.objects, after.objects, ...counts, progress);
    const { types, paths, moved, retyped, matched, missing } = matches;
    this.#types.add(types);
    this.#paths.add(paths);
    this.#moved = addColumns(this.#moved, moved);
    this.#retyped = {
      count: addColumns(this.#retyped.count, retyped.count),
      bytes: addColumns(this.#retyped.bytes, retyped.bytes),
    };
    const sum = (column: Float64Array): number => column.reduce((total, each) => total + each, 0);
    const frees = countFrees(before.traces, after.traces);
    return {
      ...relation,
      matching: {
        added: sum(types.added),
        gone: sum(types.gone),
        kept: sum(types.kept),
        retyped: retyped.list(this.#typeNames.values),
        frees,
        // Each of those that are missing was freed, too, and so was no other.
        mostReused: frees === null ? null : Math.min(matched, Math.max(0, frees - missing)),
      },
    };
  }

  /** Per row of all paths: 1 if it is below the garbage. */
  #findGarbage(): Uint8Array {
    const tree = this.#tree;
    const isGarbage = new Uint8Array(tree.count);
    for (let row = 1; row < tree.count; row++) {
      const above = tree.parentOf(row);
      isGarbage[row] = above === WHOLE_HEAP ? Number(tree.stepOf(row).kind === "garbage") : isGarbage[above]!;
    }
    return isGarbage;
  }
}

function countFrees(before: ProcessTraces, after: ProcessTraces): number | null {
  if (before.memStats === undefined || after.memStats === undefined) return null;
  return Math.abs(after.memStats.Frees - before.memStats.Frees);
}

/** True if all are, false if one is not, else null. */
function combine(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function describeDump({ sums: { dump, live, typed, garbage, memStats }, goroutineCount }: ComparedHeap): GrowthDump {
  const lastGC = memStats?.LastGC ?? 0;
  const milliseconds = lastGC / 1e6;
  // What no clock can have is a dump's that lies.
  const isTime = milliseconds > 0 && milliseconds < 8.64e15;
  return {
    ...dump,
    live,
    typed,
    garbage,
    goroutines: goroutineCount,
    collections: memStats?.NumGC ?? null,
    lastCollection: isTime ? new Date(milliseconds).toISOString() : null,
  };
}
