/**
 * Top: what there is most of, as a table: types, packages, allocation sites, goroutines by their function, or roots. Plain data that
 * JSON can hold. Names come from the dump as they are: whoever shows them escapes and cuts them. Sizes are in bytes.
 */
import { computeHistogram } from "../../analysis/histogram.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { type DumpFacts, dumpFacts } from "../dump-facts.ts";
import { computePackageGroups, listSiteGroups, listTypeGroups } from "./object-groups.ts";
import { listEntryGroups, listRootGroups, type RootGroupKind } from "./root-groups.ts";
import type { TopKind, TopOrder } from "./top-kinds.ts";

/** Goes up by one when a key changes its name, type or meaning; new keys do not change it. */
export const TOP_SCHEMA_VERSION = 1;

/** A row of `gohd top`: a type, a package, an allocation site, a function of goroutines, or a root. */
export interface TopRow {
  readonly name: string;
  /** Live objects, goroutines, or roots that are called alike. */
  readonly count: number;
  /** Of objects their slots; of roots the variable, segment or frames, which are no part of the live bytes. */
  readonly shallowBytes: number;
  /** Of the live bytes, 0 … 1; null where they are no part of them. */
  readonly shallowShare: number | null;
  /**
   * What they own together, their own bytes included where they are objects. Rows of types, packages and sites overlap, for one may
   * own what is of another; rows of roots do not.
   */
  readonly ownedBytes: number;
  /** Of the live bytes, 0 … 1. */
  readonly ownedShare: number;
  /** Of objects: those whose type is guessed from shape and contents. */
  readonly guessed?: number;
  /** Of sites: objects that were sampled; the others are the site's by their type and size. */
  readonly sampled?: number;
  /** Of goroutines: the runtime's own. */
  readonly system?: number;
  /** Of roots. */
  readonly kind?: RootGroupKind;
}

/** What `gohd top --json` prints, as `computeTop` gives it. */
export interface Top {
  readonly schemaVersion: number;
  readonly dump: DumpFacts;
  readonly by: TopKind;
  readonly sort: TopOrder;
  /** Objects that a GC root leads to. */
  readonly live: { readonly count: number; readonly bytes: number };
  /** Rows that there are, and those of them whose names match. */
  readonly rowCount: number;
  readonly matchCount: number;
  /** The first of those that match. */
  readonly rows: readonly TopRow[];
}

/** Which rows `computeTop` gives, and in which order. */
export interface TopOptions {
  readonly by: TopKind;
  readonly sort: TopOrder;
  /** What names have to match; undefined for all. */
  readonly filter?: RegExp | undefined;
  /** Rows at the most; Infinity for all. */
  readonly limit: number;
  /** Of sites: how many of a stack's innermost calls are one. 1 is the one that allocates. */
  readonly callsPerSite?: number;
}

/**
 * Makes the table. Types, packages and sites cost the owner tree, goroutines and roots only the owners; nothing else is computed but
 * sums over the objects.
 */
export async function computeTop(heap: Heap, options: TopOptions, progress: Progress = NO_PROGRESS): Promise<Top> {
  const { by, sort, filter, limit, callsPerSite = 1 } = options;
  const { reachableObjects, reachableBytes } = await computeHistogram(heap, progress);
  const live = { count: sum(reachableObjects), bytes: sum(reachableBytes) };
  const share = (bytes: number): number => (live.bytes === 0 ? 0 : bytes / live.bytes);
  const groups: readonly Omit<TopRow, "shallowShare" | "ownedShare">[] = await LISTS[by](heap, progress, callsPerSite);
  const isHeap = by !== "goroutine" && by !== "root";
  const rows = groups.map(({ name, count, shallowBytes, ownedBytes, ...more }) => ({
    name,
    count,
    shallowBytes,
    shallowShare: isHeap ? share(shallowBytes) : null,
    ownedBytes,
    ownedShare: share(ownedBytes),
    ...more,
  }));
  const matching = filter === undefined ? rows : rows.filter(({ name }) => filter.test(name));
  matching.sort(ORDERS[sort]);
  return {
    schemaVersion: TOP_SCHEMA_VERSION,
    dump: dumpFacts(heap),
    by,
    sort,
    live,
    rowCount: rows.length,
    matchCount: matching.length,
    rows: matching.slice(0, limit),
  };
}

const LISTS = {
  type: listTypeGroups,
  package: computePackageGroups,
  site: (heap: Heap, progress: Progress, callsPerSite: number) => listSiteGroups(heap, callsPerSite, progress),
  goroutine: listEntryGroups,
  root: listRootGroups,
};

type Compare = (a: TopRow, b: TopRow) => number;

const byName: Compare = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const bySize: Compare = (a, b) => b.ownedBytes - a.ownedBytes || b.shallowBytes - a.shallowBytes || byName(a, b);

const ORDERS: Readonly<Record<TopOrder, Compare>> = {
  owned: bySize,
  shallow: (a, b) => b.shallowBytes - a.shallowBytes || bySize(a, b),
  both: (a, b) => sumOf(b) - sumOf(a) || bySize(a, b),
  count: (a, b) => b.count - a.count || bySize(a, b),
  name: (a, b) => byName(a, b) || bySize(a, b),
};

/** What a row takes and owns; of objects what they take is among what they own. */
function sumOf({ ownedBytes, shallowBytes, shallowShare }: TopRow): number {
  return ownedBytes + (shallowShare === null ? shallowBytes : 0);
}

function sum(column: Float64Array): number {
  return column.reduce((total, each) => total + each, 0);
}
