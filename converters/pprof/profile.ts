/** What a profile is before it is written: stacks, samples, and what they mean. */
import type { StackTree } from "../../src/index.ts";
import type { FrameTable } from "./frames.ts";

/** The meaning of a value, in pprof's words: "inuse_space" in "bytes". */
export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

/** Go's own names, so that profiles can be compared with those that a process writes. */
export const IN_USE: readonly ValueType[] = [
  { type: "inuse_objects", unit: "count" },
  { type: "inuse_space", unit: "bytes" },
];
export const SPACE: ValueType = { type: "space", unit: "bytes" };

/** A label that samples carry; `values` has an element per sample. */
export interface LabelColumn {
  readonly key: string;
  /** Numbers, or texts as numbers of the frame table's strings; those of 0 are left out. */
  readonly kind: "number" | "text";
  readonly values: ArrayLike<number>;
}

/** One row per sample, as columns. */
export interface Samples {
  readonly count: number;
  /** The stack: its leaf in the tree. */
  readonly stack: ArrayLike<number>;
  /** One column per sample type; whole numbers. */
  readonly values: readonly ArrayLike<number>[];
  readonly labels: readonly LabelColumn[];
}

export interface Profile {
  /** Clients show the last one first. */
  readonly sampleTypes: readonly ValueType[];
  readonly periodType: ValueType;
  readonly period: number;
  /** For people: what the figures rest on. */
  readonly comments: readonly string[];
  readonly frames: FrameTable;
  readonly stacks: StackTree;
  readonly samples: Samples;
}
