/** ComparedHeap: what stays of a heap when it was compared. */
import type { Aggregates } from "../aggregates/aggregates.ts";

export interface ComparedHeap {
  readonly sums: Aggregates;
  readonly goroutineCount: number;
  /** Of each row of its paths, the row among those of all dumps. */
  readonly pathRow: Int32Array;
}
