/**
 * Aggregates: a heap reduced to sums that can be compared with those of another heap of the program, be it of the same process, of
 * another run, or of another build: by owner path, by type, by group of goroutines, by finding. Keys are names that no address, line or
 * number of a goroutine or closure is in; two runs of a program that does the same have the same ones.
 *
 * For whoever compares or keeps them:
 *
 *     const sums = await computeAggregates(heap, progress);
 *     const { tree, ownedBytes, objects } = sums.paths;
 *     for (const row of findAccumulatedPaths(tree, ownedBytes, 0.01 * sums.live.bytes)) {
 *       tree.fingerprintOf(row);     // "9c1d03ab77f2": the key to keep
 *       tree.textOf(row);            // "main.store.sessions[…]", for people
 *       tree.typeOf(row);            // "main.Session"
 *       ownedBytes[row];             // bytes there and below; objects[row], bytes[row]: right there
 *     }
 */

import { computeHistogram } from "../../analysis/histogram.ts";
import type { MemStats } from "../../heap/facts/mem-stats.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE, TypeSource } from "../../heap/objects.ts";
import { listedTypeName } from "../../heap/types.ts";
import { breathe, type Progress } from "../../progress.ts";
import { type DumpFacts, dumpFacts } from "../dump-facts.ts";
import { fingerprint } from "../fingerprint.ts";
import { computeGoroutineGroups, type GoroutineGroup } from "../goroutines/groups.ts";
import { computeFindings } from "../inspect.ts";
import type { RuleName } from "../rules.ts";
import { stableName } from "../stable-names.ts";
import { type OwnerPathSums, sumOwnerPaths } from "./owner-path-sums.ts";

/** Objects between two breaths. */
const SLICE = 1 << 20;

/** Live objects of one type. Types of one stable name are one row. */
export interface TypeSum {
  readonly type: string;
  readonly fingerprint: string;
  readonly count: number;
  /** Of these, those whose type is guessed from shape and contents. */
  readonly guessed: number;
  readonly bytes: number;
}

/** Goroutines that were started for one function at one place and wait at one place. */
export interface GoroutineSum {
  /** "main.worker", "" if it is not known. */
  readonly entry: string;
  /** Function of the go statement: "main.startPool"; "" if it is not known. */
  readonly origin: string;
  /** "chan receive"; "" of the runtime's own. */
  readonly state: string;
  /** Function of the frame that tells for what they wait: "main.worker"; "" of the runtime's own. */
  readonly site: string;
  readonly fingerprint: string;
  readonly isSystem: boolean;
  readonly count: number;
  /** Those that are proved never to go on. */
  readonly leaked: number;
  readonly stackBytes: number;
  readonly ownedBytes: number;
}

/** What `Finding` says, as far as it can be compared. */
export interface FindingSum {
  readonly rule: RuleName;
  readonly holder: string;
  readonly fingerprint: string;
  readonly bytes: number;
  readonly count: number;
  /** How much of it leans on types that were guessed, 0 … 1. */
  readonly guessed: number;
}

export interface Aggregates {
  readonly dump: DumpFacts;
  /** Undefined if the dump ended before it. */
  readonly memStats: MemStats | undefined;
  readonly live: { readonly count: number; readonly bytes: number };
  /** Of the live bytes, those of objects whose type is guessed, and of which no type is known. */
  readonly typed: { readonly guessedBytes: number; readonly unknownBytes: number };
  readonly garbage: { readonly count: number; readonly bytes: number };
  readonly paths: OwnerPathSums;
  /** Most bytes first. */
  readonly types: readonly TypeSum[];
  /** What owns most first. */
  readonly goroutines: readonly GoroutineSum[];
  /** What is worth most first. */
  readonly findings: readonly FindingSum[];
}

/** Sums a heap up. Costs the owner tree, its groups, and the inspections; then linear in objects. */
export async function computeAggregates(heap: Heap, progress: Progress): Promise<Aggregates> {
  return (await computeAggregatesWithRows(heap, progress)).sums;
}

/** The same with the row of each object in the table of paths: 4 bytes an object. */
export async function computeAggregatesWithRows(
  heap: Heap,
  progress: Progress,
): Promise<{ readonly sums: Aggregates; readonly rowOf: Int32Array }> {
  const groups = sumGroups((await computeGoroutineGroups(heap, progress)).groups);
  const { rowOf, ...paths } = await sumOwnerPaths(heap, progress);
  const findings = (await computeFindings(heap, progress)).map(
    ({ kind: rule, holder, fingerprint: key, bytes, count, guessed }) => {
      return { rule, holder: stableName(holder), fingerprint: key, bytes, count, guessed };
    },
  );
  const facts = { dump: dumpFacts(heap), memStats: heap.memStats };
  return { sums: { ...facts, ...(await sumTypes(heap, progress)), paths, goroutines: groups, findings }, rowOf };
}

async function sumTypes(
  heap: Heap,
  progress: Progress,
): Promise<Pick<Aggregates, "live" | "typed" | "garbage" | "types">> {
  const { types } = heap;
  const {
    objects,
    bytes: allBytes,
    reachableObjects: counts,
    reachableBytes: bytes,
  } = await computeHistogram(heap, progress);
  const live = { count: sum(counts), bytes: sum(bytes) };
  const garbage = { count: sum(objects) - live.count, bytes: sum(allBytes) - live.bytes };
  const { guessed, ...typed } = await sumSources(heap, progress);
  const rows = new Map<string, TypeSum>();
  for (let type = 0; type < types.count; type++) {
    if (counts[type] === 0) continue;
    const name = stableName(listedTypeName(types, type));
    const known = rows.get(name);
    rows.set(name, {
      type: name,
      fingerprint: known?.fingerprint ?? fingerprint("type", name),
      count: (known?.count ?? 0) + counts[type]!,
      guessed: (known?.guessed ?? 0) + guessed[type]!,
      bytes: (known?.bytes ?? 0) + bytes[type]!,
    });
  }
  const sorted = [...rows.values()].sort((a, b) => b.bytes - a.bytes || byText(a.type, b.type));
  return { live, typed, garbage, types: sorted };
}

/** Live objects whose types are guessed, by row of type, and the bytes of these and of those without a type. Linear in the objects. */
async function sumSources(
  { objects, types }: Heap,
  progress: Progress,
): Promise<Aggregates["typed"] & { readonly guessed: Float64Array }> {
  const { type, typeSource, flags } = objects;
  const guessed = new Float64Array(types.count);
  let guessedBytes = 0;
  let unknownBytes = 0;
  for (let object = 0; object < objects.count; object++) {
    if (object % SLICE === SLICE - 1) await breathe(progress);
    if ((flags[object]! & REACHABLE) === 0) continue;
    if (typeSource[object] === TypeSource.NONE) unknownBytes += objectSize(objects, object);
    if (typeSource[object] !== TypeSource.INFERRED) continue;
    guessed[type[object]!]!++;
    guessedBytes += objectSize(objects, object);
  }
  return { guessed, guessedBytes, unknownBytes };
}

/** " main.go:42" at the end of a place. */
const LINE = / \S+:\d+$/;

function sumGroups(groups: readonly GoroutineGroup[]): GoroutineSum[] {
  const rows = new Map<string, GoroutineSum>();
  for (const group of groups) {
    const entry = stableName(group.entry);
    const origin = stableName(group.origin.replace(LINE, ""));
    const { isSystem } = group;
    // What the runtime's own wait for changes all the time, and says nothing.
    const state = isSystem ? "" : group.state;
    const site = isSystem ? "" : stableName(group.site.replace(LINE, ""));
    const key = fingerprint("goroutines", entry, origin, state, site, String(isSystem));
    const known = rows.get(key);
    rows.set(key, {
      entry,
      origin,
      state,
      site,
      fingerprint: key,
      isSystem,
      count: group.count + (known?.count ?? 0),
      leaked: group.leaked + (known?.leaked ?? 0),
      stackBytes: group.stackBytes + (known?.stackBytes ?? 0),
      ownedBytes: group.ownedBytes + (known?.ownedBytes ?? 0),
    });
  }
  return [...rows.values()].sort(
    (a, b) => b.ownedBytes - a.ownedBytes || b.count - a.count || byText(a.entry, b.entry),
  );
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sum(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}
