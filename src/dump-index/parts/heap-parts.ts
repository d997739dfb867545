/** What a heap is in an index, beside the columns of its objects and pointers: plain values, as they are kept. */
import type { KnownTypes } from "../../heap/facts/dynamic-types.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Roots } from "../../heap/roots/roots.ts";
import type { KeptTypes } from "../../typing/kept/kept-types.ts";

export interface DumpPart
  extends Pick<Heap, "dump" | "segments" | "statistics" | "memStats" | "program" | "variables"> {
  readonly objectCount: number;
  readonly edgeCount: number;
  readonly typeCount: number;
  readonly interiorCount: number;
  readonly rootVertexCount: number;
  readonly hugeSize: ReadonlyMap<number, number>;
  readonly presentSize: ReadonlyMap<number, number>;
}

export interface RootsPart extends Omit<Roots, "edgeName"> {
  /** Names of root edges, and which each has; -1 for none. There only if they have names. */
  readonly edgeNames?: { readonly texts: readonly string[]; readonly of: Int32Array };
}

/** The members that are data. */
export type KnownTypesPart = Pick<KnownTypes, "types" | "itabs">;

/** Go's types, or what a dump alone tells. */
export type TypesPart =
  | { readonly kept: KeptTypes }
  | { readonly kept?: undefined; readonly names: readonly string[]; readonly kind: Uint8Array };
