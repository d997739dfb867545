/**
 * The rows of a grouped dominator tree: what `dominator-groups.ts` is asked for, and what it computes. Own values of all
 * rows add up to the heap's totals; nothing is left out.
 */
import type { RootHolders } from "./root-holder-names.ts";

/** How many groups there may be, and what is one. */
export interface DominatorGroupOptions {
  /** Rows at the most, at least 2; those that retain least are folded. */
  readonly maxGroups: number;
  /** Groups below one another at the most, the virtual root not counted. */
  readonly maxDepth: number;
  /** Whether goroutines of one name, and their frames of one name (function, and line if known), are one group. */
  readonly mergeGoroutines?: boolean;
  /**
   * Per object the one that stands for what it is a part of (`src/values`): what a map or a list is made of is then in the group
   * of the thing itself. Left out, every object stands for itself.
   */
  readonly container?: Int32Array | undefined;
  /** Whether `rowOf` is wanted: 4 bytes per vertex that stay. */
  readonly withRows?: boolean;
  /** Whether `holders` are wanted: a pass over all edges. They are unless this says no. */
  readonly withHolders?: boolean;
}

/** What a row stands for. */
export const DominatorGroupKind = {
  /** A root vertex, or several goroutines or frames of one name. */
  ROOT_VERTEX: 0,
  /** Objects of one type. */
  OBJECTS: 1,
  /** Whatever lies deeper than `maxDepth` below the row's parent; a leaf. */
  DEEPER: 2,
  /** The groups below the row's parent that were not worth a row, and all they dominate; a leaf. */
  SMALLER: 3,
} as const;

/** One row per group; row 0 is the virtual root, and parents come before their children. Columns of `count` elements. */
export interface DominatorGroups {
  readonly count: number;
  /** Row of the group that dominates it; -1 for row 0. */
  readonly parent: Int32Array;
  /** DominatorGroupKind. */
  readonly kind: Uint8Array;
  /** An example: a member that no other member dominates; of SMALLER the example of its largest group. */
  readonly vertex: Int32Array;
  /** Row of `heap.types`; -1 where there is no single type: root vertices, DEEPER, SMALLER. */
  readonly type: Int32Array;
  /**
   * By which field, element or variable the group above holds the members: index into `names`. -1 where it does not
   * point to them itself, where no name is known, and where the pointer is all there is of it.
   */
  readonly field: Int32Array;
  /** Vertices that are members; of SMALLER the groups. */
  readonly members: Int32Array;
  /** Members that are but parts of another member, of another type: tables of a map, nodes of a list. 0 without `container`. */
  readonly parts: Int32Array;
  /** How many members dominate one another at the most: 200 for a linked list of 200 nodes, 1 without such a run. */
  readonly generations: Int32Array;
  /** Objects among the members; of SMALLER those of its groups. */
  readonly objects: Float64Array;
  /** Those whose type was inferred from shape and contents. */
  readonly inferred: Float64Array;
  /** Their shallow sizes in bytes. */
  readonly shallow: Float64Array;
  /** What they retain together, in bytes: `shallow` of the row and of all rows below. */
  readonly retained: Float64Array;
  /** Names of fields; elements of arrays without their numbers ("items[].key"), stack slots and globals without names by place ("sp+0x28", "data+0x1234"; "sp+…" where one frame has more than four of one type). */
  readonly names: readonly string[];
  /**
   * Which variables, frames and goroutines hold the members, directly or by way of what they alone retain, by row: of rows
   * of objects right below a root vertex that stands for several of these. Rows of which none holds a tenth have none.
   */
  readonly holders: ReadonlyMap<number, RootHolders>;
  /** Groups that there were before the small ones were folded. */
  readonly groupCount: number;
  /** Per vertex its row; there if it was asked for. Int32Array, objects first, then root vertices. */
  readonly rowOf?: Int32Array;
}
