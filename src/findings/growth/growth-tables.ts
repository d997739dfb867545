/** Growth by type, by group of goroutines, by finding: the rows of all dumps under one key each. */
import type { Names } from "../../heap/columns.ts";
import type { Aggregates, FindingSum, GoroutineSum, TypeSum } from "../aggregates/aggregates.ts";
import { RULES } from "../rules.ts";
import type { ComparedHeap } from "./compared-heap.ts";
import type { FindingGrowth, GoroutineGrowth, GrowthRows, TypeGrowth } from "./growth.ts";
import { grown, isSteady, rank } from "./ranking.ts";
import type { TurnoverSum } from "./turnover.ts";

/** What is known of single objects, by number of type. */
export interface MatchedTypes {
  readonly turnover: TurnoverSum;
  /** Objects that were told of other types before, less those that are now, and their bytes; types that came later have none. */
  readonly retyped: { readonly count: Float64Array; readonly bytes: Float64Array };
}

/** Types of which there are more, fewer, larger or smaller ones; those of which as many came as went are left out. */
export function listTypes(
  heaps: readonly ComparedHeap[],
  names: Names,
  matched: MatchedTypes | undefined,
  most: number,
): GrowthRows<TypeGrowth> {
  const rows = join<TypeSum>(heaps, ({ types }) => types).map(({ key, sample, of }): TypeGrowth => {
    const count = of(({ count }) => count);
    const bytes = of(({ bytes }) => bytes);
    const number = names.number(sample.type);
    const retyped = matched?.retyped;
    return {
      fingerprint: key,
      type: sample.type,
      count,
      guessed: of(({ guessed }) => guessed),
      grownCount: grown(count),
      bytes,
      grownBytes: grown(bytes),
      isSteady: isSteady(bytes),
      turnover: matched?.turnover.of(number) ?? null,
      retyped: retyped === undefined ? null : { count: retyped.count[number] ?? 0, bytes: retyped.bytes[number] ?? 0 },
    };
  });
  return rank(
    rows.filter(({ count, bytes }) => hasChanged(count) || hasChanged(bytes)),
    most,
  );
}

/** Groups of goroutines that changed. */
export function listGoroutines(heaps: readonly ComparedHeap[], most: number): GrowthRows<GoroutineGrowth> {
  const rows = join<GoroutineSum>(heaps, ({ goroutines }) => goroutines).map(({ key, sample, of }): GoroutineGrowth => {
    const count = of(({ count }) => count);
    const stackBytes = of(({ stackBytes }) => stackBytes);
    const ownedBytes = of(({ ownedBytes }) => ownedBytes);
    return {
      fingerprint: key,
      entry: sample.entry,
      origin: sample.origin,
      state: sample.state,
      site: sample.site,
      isSystem: sample.isSystem,
      count,
      grownCount: grown(count),
      leaked: of(({ leaked }) => leaked),
      stackBytes,
      ownedBytes,
      grownBytes: grown(stackBytes) + grown(ownedBytes),
      isSteady: isSteady(count),
    };
  });
  const isChanged = ({ count, stackBytes, ownedBytes }: GoroutineGrowth): boolean =>
    hasChanged(count) || hasChanged(stackBytes) || hasChanged(ownedBytes);
  return rank(rows.filter(isChanged), most);
}

/** Findings that are worth more or less, new ones and those that are gone among them. */
export function listFindings(heaps: readonly ComparedHeap[], most: number): GrowthRows<FindingGrowth> {
  const rows = join<FindingSum>(heaps, ({ findings }) => findings).map(({ key, sample, of }): FindingGrowth => {
    const bytes = of(({ bytes }) => bytes);
    return {
      fingerprint: key,
      rule: sample.rule,
      title: RULES[sample.rule].title,
      holder: sample.holder,
      bytes,
      grownBytes: grown(bytes),
      count: of(({ count }) => count),
      guessed: of(({ guessed }) => guessed),
      isSteady: isSteady(bytes),
    };
  });
  return rank(
    rows.filter(({ bytes }) => hasChanged(bytes)),
    most,
  );
}

interface Joined<T> {
  readonly key: string;
  /** The row of the first dump that has one. */
  readonly sample: T;
  /** A figure per dump, 0 where there is no row. */
  of(figure: (row: T) => number): number[];
}

function join<T extends { readonly fingerprint: string }>(
  heaps: readonly ComparedHeap[],
  rowsOf: (sums: Aggregates) => readonly T[],
): Joined<T>[] {
  const joined = new Map<string, (T | undefined)[]>();
  for (const [i, { sums }] of heaps.entries()) {
    for (const row of rowsOf(sums)) {
      const known = joined.get(row.fingerprint) ?? new Array<T | undefined>(heaps.length).fill(undefined);
      known[i] = row;
      joined.set(row.fingerprint, known);
    }
  }
  return [...joined].map(([key, rows]) => ({
    key,
    sample: rows.find((row) => row !== undefined)!,
    of: (figure) => rows.map((row) => (row === undefined ? 0 : figure(row))),
  }));
}

function hasChanged(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0]);
}
