/**
 * Baseline: what a heap had when somebody said that it was good, to compare later ones with. A path is known by its fingerprint, the
 * same in all runs and builds of a program; runs under different releases of Go, or on different machines, have a baseline each.
 */

import { WHOLE_HEAP } from "../aggregates/path-tree.ts";
import type { DumpFacts } from "../dump-facts.ts";
import type { HeapSums } from "./heap-sums.ts";

/** Goes up by one when a key changes its name, type or meaning; new keys do not change it. */
export const BASELINE_SCHEMA_VERSION = 1;

/** The heaps of one file, by `baselineKey`. */
export interface Baseline {
  readonly schemaVersion: number;
  readonly heaps: Readonly<Record<string, BaselineHeap>>;
}

export interface BaselineHeap {
  /** Paths of at least this many bytes are new where they are not listed. */
  readonly least: number;
  /** Without what is the runtime's own. */
  readonly liveBytes: number;
  /** Paths with at least a part of `least`, so that one that was just below is not taken for a new one; most bytes first. */
  readonly paths: readonly BaselinePath[];
  /** What is most first. */
  readonly goroutines: readonly BaselineGoroutines[];
}

export interface BaselinePath {
  readonly fingerprint: string;
  readonly path: string;
  readonly type: string;
  /** What the path owns. */
  readonly bytes: number;
  /** Objects that it ends at. */
  readonly objects: number;
  /** In the words of whoever looked at it; kept when the baseline is updated. */
  readonly reason?: string;
}

export interface BaselineGoroutines {
  readonly fingerprint: string;
  /** What they were started for, and the function that did. */
  readonly entry: string;
  readonly origin: string;
  readonly count: number;
  readonly reason?: string;
}

/** Paths of this part of `least` are listed. */
export const LISTED_SHARE = 1 / 4;

/** "go1.24 amd64": what of a dump tells which baseline is its own. Releases with the same first numbers share one. */
export function baselineKey({ goVersion, arch }: DumpFacts): string {
  return `${/^go1\.\d+(?=$|[^\d–])/.exec(goVersion)?.[0] ?? goVersion} ${arch}`;
}

/**
 * Makes a baseline of what a heap has.
 * @param before the one that it takes the place of, whose reasons stay
 */
export function makeBaseline(sums: HeapSums, least: number, before?: BaselineHeap): BaselineHeap {
  const { tree, ownedBytes, objects, goroutines } = sums;
  const reasons = new Map<string, string>();
  for (const { fingerprint, reason } of [...(before?.paths ?? []), ...(before?.goroutines ?? [])]) {
    if (reason !== undefined) reasons.set(fingerprint, reason);
  }
  const withReason = <Row extends { readonly fingerprint: string }>(row: Row): Row => {
    const reason = reasons.get(row.fingerprint);
    return reason === undefined ? row : { ...row, reason };
  };
  const paths: BaselinePath[] = [];
  for (let row = 1; row < tree.count; row++) {
    const bytes = ownedBytes[row]!;
    if (bytes === 0 || bytes < LISTED_SHARE * least) continue;
    const path = { fingerprint: tree.fingerprintOf(row), path: tree.textOf(row), type: tree.typeOf(row) };
    paths.push(withReason({ ...path, bytes, objects: objects[row]! }));
  }
  paths.sort((a, b) => b.bytes - a.bytes || byText(a.path, b.path) || byText(a.fingerprint, b.fingerprint));
  const counts = [...goroutines.values()].map(withReason);
  counts.sort((a, b) => b.count - a.count || byText(a.entry, b.entry) || byText(a.fingerprint, b.fingerprint));
  return { least, liveBytes: ownedBytes[WHOLE_HEAP]!, paths, goroutines: counts };
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
