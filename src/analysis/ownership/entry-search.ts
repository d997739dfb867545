/**
 * EntrySearch: which of some targets each of many objects leads to, as a bit each. By the graph alone, so that another thread can search.
 */
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { doBeside } from "../../workers/current.ts";
import type { Kernel } from "../../workers/kernel.ts";
import { type ComponentQuestion, ComponentSearch } from "./component-search.ts";

/** Objects between two breaths. */
const SLICE = 1 << 17;

/** A question, and the columns that the answer is found in. */
export interface EntryColumns extends ComponentQuestion {
  /** Where to begin: objects, one after the other. */
  readonly entries: Int32Array;
  /** As of `ComponentSearch`. */
  readonly state: Int32Array;
  readonly order: Int32Array;
}

export interface FoundEntries {
  /** For each entry the bits of the targets that it leads to. */
  readonly bits: Int32Array;
  /** How much of the order counts. */
  readonly count: number;
}

/** Searches from entries. Linear in what they lead to. Another thread does it, if all columns are shared and one is free. */
export function searchEntries(columns: EntryColumns, progress: Progress): Promise<FoundEntries> {
  const { to, state, order } = columns;
  const long = [to, state, order];
  return doBeside({ kernel: SEARCH_ENTRIES, columns, long, steps: state.length + to.length, here: search }, progress);
}

/** Searches for another thread: the one row is the whole graph. */
export const SEARCH_ENTRIES: Kernel<EntryColumns, FoundEntries> = {
  name: "search-entries",
  run: (columns) => search(columns, NO_PROGRESS),
};

async function search({ entries, state, order, ...question }: EntryColumns, progress: Progress): Promise<FoundEntries> {
  const components = new ComponentSearch(question, { state, order });
  const bits = new Int32Array(entries.length);
  let left = SLICE;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    components.enter(entry);
    // Most take a few steps.
    left -= components.advance(left);
    while (left === 0) {
      await breathe(progress);
      left = SLICE - components.advance(SLICE);
    }
    bits[i] = components.bitsOf(entry);
  }
  return { bits, count: components.count };
}
