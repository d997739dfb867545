/** What a heap's root vertices stand for. Only this is needed to name them and to find their contents. */
import type { Goroutines } from "./goroutines.ts";
import type { Roots } from "./roots.ts";
import type { GlobalVariable, Segment } from "./segments.ts";

/** The parts of a `Heap` that have root vertices. */
export interface RootedHeap {
  readonly roots: Roots;
  readonly goroutines: Goroutines;
  readonly segments: readonly Segment[];
  readonly variables?: readonly GlobalVariable[];
  /** An address for people: "0xc000012000". */
  formatAddress(address: number): string;
}
