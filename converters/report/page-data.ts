/**
 * PageData: what the page of `--to html` is given, as JSON. All texts are escaped for people and cut already, all of them are in
 * one list, and the tree is columns, because a name is said many times. Sizes are in bytes.
 */
import type { Report } from "../../src/index.ts";

/** Index into `PageData.texts`. */
export type TextIndex = number;

/** What a thing is of, by which it is coloured. */
export const Category = {
  /** Roots and groups of roots. */
  ROOT: 0,
  /** Types of the program and of what it imports. */
  PROGRAM: 1,
  STANDARD: 2,
  RUNTIME: 3,
  /** Texts, bytes, numbers: no package's own. */
  PLAIN: 4,
  /** A shape: the type is not known. */
  UNKNOWN: 5,
  /** Folded, or garbage. */
  REST: 6,
} as const;

/** The kinds of nodes whose texts the page writes itself; all others are shown by their names. */
export const NODE_KINDS = [
  "heap",
  "live",
  "garbage",
  "variables",
  "goroutines",
  "finalizers",
  "others",
  "segment",
  "variable",
  "goroutine",
  "frame",
  "finalizer",
  "objects",
  "smaller",
  "deeper",
] as const;

/** One element a node; parents come before their children. */
export interface TreeColumns {
  /** -1 for node 0. */
  readonly parent: readonly number[];
  /** Index into NODE_KINDS. */
  readonly kind: readonly number[];
  readonly by: readonly TextIndex[];
  readonly name: readonly TextIndex[];
  readonly category: readonly number[];
  readonly count: readonly number[];
  readonly objects: readonly number[];
  readonly bytes: readonly number[];
  readonly ownedBytes: readonly number[];
  readonly inferred: readonly number[];
  readonly chain: readonly number[];
  /** -1 for null. */
  readonly entries: readonly number[];
  /** Address of a largest member, the bytes that it owns, and its path or "", then those of the next; nothing for most nodes. */
  readonly largest: Readonly<Record<number, readonly (string | number)[]>>;
}

/** A sentence, and what explains it. */
export interface PageStatement {
  readonly sentence: string;
  readonly lines: readonly string[];
  /** The command that shows more; "" if there is none. */
  readonly command: string;
  /** The node of the picture that it is about; -1 if there is none. */
  readonly node: number;
  /** The share that the sentence tells, from 0 to 1; 0 if it tells none. */
  readonly share: number;
}

/** A cell of a table: text, or a number, which the column's format tells how to write. */
export type Cell = string | number;

export interface TableColumn {
  readonly title: string;
  readonly format: "name" | "path" | "text" | "count" | "bytes" | "share" | "duration" | "more-bytes" | "more-count";
  /** What the column is, for those who ask. */
  readonly hint?: string;
}

export interface TableData {
  readonly id: string;
  readonly title: string;
  /** A sentence about what the rows are. */
  readonly about: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Per row the node of the picture; -1 for none. */
  readonly nodes: readonly number[];
  /** Rows that there are beyond these. */
  readonly left: number;
}

/** A part of a bar. */
export interface BarPart {
  readonly label: string;
  readonly bytes: number;
  /** The colour: 0 is the strongest, 5 the weakest. */
  readonly tone: number;
}

export interface Bar {
  readonly title: string;
  readonly parts: readonly BarPart[];
}

/** What grew since earlier dumps. */
export interface PageGrowth {
  /** "What grew since before.dump". */
  readonly title: string;
  /** How large the heaps are, and how sure the comparison is. */
  readonly about: readonly string[];
  readonly statements: readonly PageStatement[];
  readonly tables: readonly TableData[];
}

export interface PageData {
  readonly dump: Report["dump"];
  readonly liveBytes: number;
  /** The first line: how much is live. */
  readonly headline: string;
  /** Null unless there were earlier dumps. */
  readonly growth: PageGrowth | null;
  readonly statements: readonly PageStatement[];
  readonly bars: readonly Bar[];
  readonly tables: readonly TableData[];
  readonly tree: TreeColumns;
  readonly texts: readonly string[];
  /** What packages call themselves, by import path, where that ends otherwise. */
  readonly packageNames: readonly (readonly [path: string, name: string])[];
  /** Nodes that there were before the small ones were folded. */
  readonly unfolded: number;
  /** What to type before an address to see what keeps an object alive. */
  readonly whyCommand: string;
  /** What this file holds of the process's memory. */
  readonly holdings: string;
}
