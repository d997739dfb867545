/** TableSource: what tables are made from, the heap and what was computed of it so far. Tables say what they need first. */
import {
  computeContainers,
  computeDominatorDepths,
  computeDominatorIntervals,
  computeDominators,
  computeFindings,
  computeHolders,
  computeLargestHolders,
  computeRetainedSizes,
  computeShortestPaths,
  computeTypeRetainedSizes,
  computeValues,
  type DominatorIntervals,
  type Dominators,
  type Finding,
  type Heap,
  type HeapValues,
  type Holder,
  type Holders,
  type Progress,
  type ShortestPaths,
  StringTexts,
  WordKind,
} from "../../../src/index.ts";
import { EdgeNames } from "./edge-names.ts";
import { ValueRows } from "./value-rows.ts";

/** What takes time or memory, and is computed only for who needs it. */
interface Results {
  readonly dominators: Dominators;
  readonly retained: Float64Array;
  readonly typeRetained: Float64Array;
  readonly dominatorDepth: Int32Array;
  readonly intervals: DominatorIntervals;
  readonly paths: ShortestPaths;
  readonly strings: StringTexts;
  readonly containers: Int32Array;
  /** What holds each object, and the names of these places. */
  readonly places: Holders;
  readonly values: HeapValues;
  readonly findings: readonly Finding[];
  readonly holders: readonly Holder[];
  /** Undefined without types. */
  readonly uses: { readonly slices: ValueRows | undefined; readonly strings: ValueRows | undefined };
  /** Place of each map, and of each channel. */
  readonly mapPlaces: Int32Array;
  readonly channelPlaces: Int32Array;
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
  containers: ({ heap }, progress) => computeContainers(heap, progress),
  places: ({ heap }, progress) => computeHolders(heap, progress),
  values: ({ heap }, progress) => computeValues(heap, progress),
  findings: ({ heap }, progress) => computeFindings(heap, progress),
  holders: async ({ heap }, progress) => (await computeLargestHolders(heap, progress)).holders,
  async uses({ heap }, progress) {
    const kinds = [WordKind.SLICE, WordKind.STRING];
    const [slices, strings] = await ValueRows.count(heap, await computeHolders(heap, progress), kinds, progress);
    return { slices, strings };
  },
  async mapPlaces({ heap }, progress) {
    const { maps } = await computeValues(heap, progress);
    return placesOf(await computeHolders(heap, progress), maps.header);
  },
  async channelPlaces({ heap }, progress) {
    const { channels } = await computeValues(heap, progress);
    return placesOf(await computeHolders(heap, progress), channels.header);
  },
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

function placesOf(places: Holders, objects: Int32Array): Int32Array {
  return objects.map((object) => places.placeOf(object));
}
