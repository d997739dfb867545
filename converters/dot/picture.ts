/**
 * Picture: what is to be drawn, before it is said in DOT. Small by design: people look at it, so it has at most some
 * hundred nodes, however large the heap is.
 */
import { type RootHolders, RootVertexKind } from "../../src/index.ts";

/** What a node stands for; decides shape and colour. */
export type NodeKind = "heap" | "globals" | "goroutines" | "roots" | "objects" | "unreachable" | "more";

/** A node with its figures, in bytes. */
export interface PictureNode {
  readonly kind: NodeKind;
  /** The whole name; the label has a shortened one. */
  readonly name: string;
  /** Things of that name that the node stands for: objects, goroutines, frames. */
  readonly members: number;
  /** Lines below the name, besides the figures. */
  readonly notes?: readonly string[];
  /** Lines for the tooltip, besides name and figures. */
  readonly details?: readonly string[];
  /** What is not drawn below it, added up. */
  readonly leftOut?: LeftOut | undefined;
  /** What roots point to the members directly, where no single one keeps them alive. */
  readonly holders?: RootHolders | undefined;
  /** Objects among the members, … */
  readonly objects: number;
  /** … their shallow sizes in bytes, … */
  readonly shallow: number;
  /** … and what is freed with the members, or what they own, in bytes; undefined where that has no meaning. */
  readonly retained: number | undefined;
  /** Most of the objects have a type that is a guess. */
  readonly isInferred?: boolean;
  /** No GC root leads to any of the objects. */
  readonly isGarbage?: boolean;
  /** What the user asked for. */
  readonly isFocus?: boolean;
}

/** Groups that are not drawn. */
export interface LeftOut {
  readonly groups: number;
  /** Bytes that they retain, or own, together. */
  readonly retained: number;
}

/** An arrow. */
export interface PictureEdge {
  /** Index into `nodes`: the holder … */
  readonly from: number;
  /** … and what it holds. */
  readonly to: number;
  /** Line by line; so is the tooltip. */
  readonly label: readonly string[];
  readonly tooltip: readonly string[];
  /** 0 to 1: how thick. */
  readonly weight: number;
  /** Not what the picture is about: drawn faintly, and without influence on the layout. */
  readonly isAside?: boolean;
}

/** What a node's bytes are: freed with it, or owned by it though others may use them. */
export type Measure = "retained" | "owned";

/** Nodes, arrows, and what stands above them. */
export interface Picture {
  readonly title: string;
  /** How to read it, what is left out; line by line. */
  readonly captions: readonly string[];
  /** From top to bottom instead of left to right. */
  readonly isTopDown?: boolean;
  /**
   * One arrow leads to each node but the first. Drawn such that nodes of which each has one below it stand one above the
   * other, in one column; and what comes from one node in the order of `edges`.
   */
  readonly isTree?: boolean;
  /** Objects in the heap, and their bytes: what shares are of. */
  readonly objects: number;
  readonly bytes: number;
  /** What the nodes' `retained` is called: in the owner tree it is what they own, and nothing need be freed with them. */
  readonly measure: Measure;
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** How the node of a root vertex looks; `kind` is its RootVertexKind. */
export function rootNodeKind(kind: number): NodeKind {
  return ROOT_NODE_KINDS[kind] ?? "roots";
}

const ROOT_NODE_KINDS: Readonly<Record<number, NodeKind>> = {
  [RootVertexKind.ROOT]: "heap",
  [RootVertexKind.UNREACHABLE]: "unreachable",
  [RootVertexKind.GLOBALS]: "globals",
  [RootVertexKind.SEGMENT]: "globals",
  [RootVertexKind.VARIABLE]: "globals",
  [RootVertexKind.GOROUTINES]: "goroutines",
  [RootVertexKind.GOROUTINE]: "goroutines",
  [RootVertexKind.FRAME]: "goroutines",
};
