/**
 * OwnerNodes: the owner tree as plain data, small enough to be drawn or sent: what is alike is one node, maps, channels and
 * lists are one thing, and what is too small or too deep is folded into nodes of its own. Own bytes of all nodes add up to the
 * heap's, those below LIVE to the live bytes. No contents: elements and entries are called alike.
 */
import { DominatorGroupKind, type DominatorGroups } from "../../analysis/groups/dominator-group-rows.ts";
import { computeOwnerGroups } from "../../analysis/groups/dominator-groups.ts";
import { groupFieldName } from "../../analysis/groups/group-field-name.ts";
import { computeOwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { writePath } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers, countMapsAndChannels } from "../../values/values.ts";
import { OwnerPaths } from "../holders/owner-path.ts";
import { findLargestMembers } from "./largest-members.ts";

/** What a node of the owner tree stands for. */
export type OwnerNodeKind =
  /** Node 0: the whole heap. */
  | "heap"
  /** What GC roots lead to, and what they do not. */
  | "live"
  | "garbage"
  /** Roots of one kind. */
  | "variables"
  | "goroutines"
  | "finalizers"
  | "others"
  /** Roots, alike ones together. */
  | "segment"
  | "variable"
  | "goroutine"
  | "frame"
  | "finalizer"
  /** Objects of one type, by one kind of pointer. */
  | "objects"
  /** Nodes below the same parent that were too small, and all below them. */
  | "smaller"
  /** Whatever lies deeper. */
  | "deeper";

/** A node of the owner tree: objects, or roots, that are alike and hang below the same node. */
export interface OwnerNode {
  /** Index of the node above; -1 for node 0. Parents come before their children. */
  readonly parent: number;
  readonly kind: OwnerNodeKind;
  /** The pointer that leads there from the node above: "sessions", "[…]", ".history"; "" if none is known. */
  readonly by: string;
  /** Of roots their name, of objects their type; "" for nodes that are folded. */
  readonly name: string;
  /** Things: roots, values, maps with all they are made of. Of "smaller" the nodes that were folded. */
  readonly count: number;
  /** Objects, their shallow sizes, and the bytes that they own, these included. */
  readonly objects: number;
  readonly bytes: number;
  readonly ownedBytes: number;
  /** Objects whose type is guessed. */
  readonly inferred: number;
  /** How many of them own one another at the most: the length of a list; 1 without such a run. */
  readonly chain: number;
  /** Entries of maps, values in channels; null of other types. */
  readonly entries: number | null;
  /** The things that own most, the largest first. */
  readonly largest: readonly OwnerNodeMember[];
}

/** One of the objects of a node: those that own most are listed. */
export interface OwnerNodeMember {
  /** The object, as the tables of `gohd sql` number it. */
  readonly object: number;
  readonly address: string;
  readonly ownedBytes: number;
  /** The way to it, with keys of maps, which are contents: `main.store.sessions["u17"]`; "" unless they were asked for. */
  readonly path: string;
}

/** The owner tree as a list of nodes, as `listOwnerNodes` gives it. */
export interface OwnerNodes {
  readonly nodes: readonly OwnerNode[];
  /** Nodes that there were before the small ones were folded. */
  readonly unfolded: number;
}

/** The same, and where to find a vertex in it. */
export interface OwnerNodeIndex extends OwnerNodes {
  /** The node of an object, or of objects.count + root vertex; -1 of a root that owns nothing. */
  nodeOf(vertex: number): number;
}

export interface OwnerNodeOptions {
  /** Nodes at the most, at least 8. */
  readonly most: number;
  /** Whether the largest members are told by their paths, keys of maps included: of the nodes that own most. */
  readonly withContents: boolean;
}

/** Nodes whose largest members are told by their paths. */
const MOST_WITH_PATHS = 300;

const NO_NODE = -1;

/** Levels at the most, those of roots included. */
const MOST_LEVELS = 48;

const ROOT_KINDS: Readonly<Record<number, OwnerNodeKind>> = {
  [RootVertexKind.ROOT]: "heap",
  [RootVertexKind.GC_ROOTS]: "live",
  [RootVertexKind.UNREACHABLE]: "garbage",
  [RootVertexKind.GLOBALS]: "variables",
  [RootVertexKind.GOROUTINES]: "goroutines",
  [RootVertexKind.FINALIZERS]: "finalizers",
  [RootVertexKind.OTHER]: "others",
  [RootVertexKind.SEGMENT]: "segment",
  [RootVertexKind.GOROUTINE]: "goroutine",
  [RootVertexKind.FRAME]: "frame",
  [RootVertexKind.VARIABLE]: "variable",
  [RootVertexKind.FINALIZER]: "finalizer",
};

/** Puts the owner tree into nodes. Costs the owner tree, and what `computeDominatorGroups` costs; then linear. */
export async function listOwnerNodes(
  heap: Heap,
  { most, withContents }: OwnerNodeOptions,
  progress: Progress,
): Promise<OwnerNodeIndex> {
  const hasLayouts = heap.types.layouts !== undefined;
  const container = hasLayouts ? await computeContainers(heap, progress) : undefined;
  const limits = { maxGroups: most, maxDepth: MOST_LEVELS };
  const options = { ...limits, mergeGoroutines: true, container, withRows: true, withHolders: false };
  const groups = await computeOwnerGroups(heap, options, progress);
  const rowOf = groups.rowOf!;
  const entries = hasLayouts ? await countEntries(heap, rowOf, groups.count, progress) : undefined;
  const owners = await computeOwnerTree(heap, progress);
  const largest = await findLargestMembers(heap, owners, groups, progress);
  const writer = new NodeWriter(heap, groups);
  const paths = withContents ? new OwnerPaths(heap, owners.owner) : undefined;
  const least = leastOf(groups.retained, MOST_WITH_PATHS);
  const pathTo = (row: number, object: number): string => {
    if (paths === undefined || groups.retained[row]! < least) return "";
    return writePath(heap, paths.to(object), { container, withElements: true }).expression;
  };
  const nodes: OwnerNode[] = [];
  /** Per row its node; roots that own nothing have none. */
  const nodeOfRow = new Int32Array(groups.count).fill(NO_NODE);
  for (let row = 0; row < groups.count; row++) {
    if (groups.retained[row] === 0 && row > 0) continue;
    nodeOfRow[row] = nodes.length;
    nodes.push({
      ...writer.write(row),
      parent: row === 0 ? NO_NODE : nodeOfRow[groups.parent[row]!]!,
      entries: entries === undefined || entries[row]! < 0 ? null : entries[row]!,
      largest: largest.of(row).map((object) => ({
        object,
        address: heap.formatAddress(heap.objects.address[object]!),
        ownedBytes: owners.ownedSize[object]!,
        path: pathTo(row, object),
      })),
    });
  }
  const unfolded = groups.groupCount === groups.count ? nodes.length : groups.groupCount;
  return { nodes, unfolded, nodeOf: (vertex) => nodeOfRow[rowOf[vertex]!]! };
}

/** The smallest of the so many largest. */
function leastOf(values: Float64Array, most: number): number {
  return values.slice().sort()[Math.max(0, values.length - most)]!;
}

class NodeWriter {
  readonly #heap: Heap;
  readonly #groups: DominatorGroups;

  constructor(heap: Heap, groups: DominatorGroups) {
    this.#heap = heap;
    this.#groups = groups;
  }

  write(row: number): Omit<OwnerNode, "parent" | "entries" | "largest"> {
    const groups = this.#groups;
    const isType = groups.kind[row] === DominatorGroupKind.OBJECTS;
    const type = groups.type[row]!;
    return {
      kind: this.#kindOf(row),
      by: groupFieldName(this.#heap, this.#groups, row),
      name: isType ? this.#heap.types.names[type]! : this.#rootName(row),
      count: groups.members[row]! - groups.parts[row]!,
      objects: groups.objects[row]!,
      bytes: groups.shallow[row]!,
      ownedBytes: groups.retained[row]!,
      inferred: groups.inferred[row]!,
      chain: groups.generations[row]!,
    };
  }

  #kindOf(row: number): OwnerNodeKind {
    switch (this.#groups.kind[row]) {
      case DominatorGroupKind.DEEPER:
        return "deeper";
      case DominatorGroupKind.SMALLER:
        return "smaller";
      case DominatorGroupKind.OBJECTS:
        return "objects";
      default:
        return ROOT_KINDS[this.#heap.roots.vertices.kind[this.#groups.vertex[row]! - this.#heap.objects.count]!]!;
    }
  }

  #rootName(row: number): string {
    if (this.#groups.kind[row] !== DominatorGroupKind.ROOT_VERTEX) return "";
    return rootVertexName(this.#heap, this.#groups.vertex[row]! - this.#heap.objects.count);
  }
}

/** Per row: entries of maps, values in channels; -1 where there are neither. */
async function countEntries(heap: Heap, rowOf: Int32Array, rows: number, progress: Progress): Promise<Float64Array> {
  const { maps, channels } = await countMapsAndChannels(heap, progress);
  const entries = new Float64Array(rows).fill(-1);
  const add = (header: Int32Array, counts: Float64Array): void => {
    for (let i = 0; i < header.length; i++) {
      const row = rowOf[header[i]!]!;
      entries[row] = Math.max(0, entries[row]!) + counts[i]!;
    }
  };
  add(maps.header, maps.entries);
  add(channels.header, channels.buffered);
  return entries;
}
