/** TableSource: what tables are made from, the heap and what was computed of it so far. Tables say what they need first. */
import {
  computeDominatorDepths,
  computeDominatorIntervals,
  computeDominators,
  computeRetainedSizes,
  computeShortestPaths,
  computeTypeRetainedSizes,
  type DominatorIntervals,
  type Dominators,
  type Heap,
  type Progress,
  type ShortestPaths,
  StringTexts,
} from "../../../src/index.ts";
import { EdgeNames } from "./edge-names.ts";

/** What takes time or memory, and is computed only for who needs it. */
interface Results {
  readonly dominators: Dominators;
  readonly retained: Float64Array;
  readonly typeRetained: Float64Array;
  readonly dominatorDepth: Int32Array;
  readonly intervals: DominatorIntervals;
  readonly paths: ShortestPaths;
  readonly strings: StringTexts;
  /** Every edge's name has been looked up: `edgeNames` has them all. */
  readonly allNames: true;
}

export type Need = keyof Results;

export interface SourceOptions {
  /** UTF-16 units of a string at the most. */
  readonly stringLimit: number;
  /** Bytes of an object's contents at the most. */
  readonly contentsLimit: number;
}

export class TableSource {
  readonly heap: Heap;
  readonly options: SourceOptions;
  readonly edgeNames: EdgeNames;
  readonly #results = new Map<Need, unknown>();
  readonly #columns = new Map<unknown, unknown>();

  constructor(heap: Heap, options: SourceOptions) {
    this.heap = heap;
    this.options = options;
    this.edgeNames = new EdgeNames(heap);
  }

  /** Computes what is needed and not there yet. */
  async prepare(needs: Iterable<Need>, progress: Progress): Promise<void> {
    for (const need of needs) {
      if (!this.#results.has(need)) this.#results.set(need, await COMPUTE[need](this, progress));
    }
  }

  has(need: Need): boolean {
    return this.#results.has(need);
  }

  get<N extends Need>(need: N): Results[N] {
    if (!this.#results.has(need)) throw new Error(`bug: ${need} is needed and was not computed`);
    return this.#results.get(need) as Results[N];
  }

  /** What `compute` gives, computed once: for columns that only one table has. */
  once<T>(compute: (source: TableSource) => T): T {
    if (!this.#columns.has(compute)) this.#columns.set(compute, compute(this));
    return this.#columns.get(compute) as T;
  }
}

const NO_STRINGS = "without types nobody knows what is a string, so the table strings is empty; --exe gives them";

const COMPUTE: { readonly [N in Need]: (source: TableSource, progress: Progress) => Promise<Results[N]> } = {
  dominators: ({ heap }, progress) => computeDominators(heap, progress),
  retained: ({ heap }, progress) => computeRetainedSizes(heap, progress),
  typeRetained: ({ heap }, progress) => computeTypeRetainedSizes(heap, progress),
  dominatorDepth: ({ heap }, progress) => computeDominatorDepths(heap, progress),
  intervals: ({ heap }, progress) => computeDominatorIntervals(heap, progress),
  paths: ({ heap }, progress) => computeShortestPaths(heap, progress),
  async strings({ heap }, progress) {
    if (heap.types.fields === undefined) progress.warn("no-strings", NO_STRINGS);
    progress.phase("looking for strings", heap.objects.count, "objects");
    return StringTexts.prepare(heap, progress);
  },
  async allNames({ edgeNames }, progress) {
    await edgeNames.askAll(progress);
    return true;
  },
};
