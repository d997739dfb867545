/**
 * Depth-first search from the virtual root, the first step towards dominators. It numbers the vertices in preorder and
 * sorts the edges by what they mean to Lengauer and Tarjan's algorithm:
 *
 * - tree and forward edges come from an ancestor, whose number is a candidate for the target's semidominator: only the
 *   least is kept, the edge itself is not;
 * - cross and back edges come from a vertex with a greater number and are kept, as a linked list per target;
 * - edges to leaves (objects without outgoing edges, more than half of a Go heap). Leaves dominate nothing, so they
 *   take no part: a leaf remembers one predecessor, and the edges from others are kept apart;
 * - edges from garbage to what is not garbage keep nothing alive and are dropped. The GC roots come before UNREACHABLE
 *   among the virtual root's children, so whatever has a number when UNREACHABLE gets its own is no garbage;
 * - where objects have owners, edges between those of different owners are dropped. All that one owner has gets its
 *   numbers while the search is below that root vertex. So what has a number has the same owner if that is not less
 *   than the owner's, and what has none yet tells its owner by what stands in place of the number.
 *
 * The edges that are kept share one buffer, links from the front and leaf edges from the back. It has room for all that
 * there can be; what stays untouched takes address space, not memory.
 */
import { longColumn } from "../../column-memory.ts";
import type { FlowGraph } from "./flow-graph.ts";

/** In `number`: not reached yet. Where objects have owners, root vertices alone. */
const UNVISITED = -1;
/** In `number`: a leaf not reached yet. */
const LEAF = -2;
/**
 * In `number`: a leaf with predecessor p is LEAF_BASE - p. Below all of these, objects that have owners and are not
 * reached yet: two numbers an owner, the greater for those with edges, the other for leaves.
 */
const LEAF_BASE = -3;

/** Elements of a row. */
export const ROW = 3;
/** In a row: the parent's number in the search tree. */
export const PARENT = 0;
/** In a row: the least number of an ancestor that has an edge to the vertex. */
export const LEAST_ANCESTOR = 1;
/** In a row: the first link, or 0. */
export const FIRST_LINK = 2;

export class DepthFirstSearch {
  /**
   * Per vertex: its preorder number, or, for a leaf, what `leafPredecessor` undoes: the number of a predecessor. The
   * steps after the search move that up the dominator tree.
   */
  readonly number: Int32Array;
  /** Vertices in preorder; leaves left out. */
  readonly vertex: Int32Array;
  /** `ROW` elements per number, side by side, since who looks at one of them soon looks at the others: `PARENT` and what follows. */
  readonly rows: Int32Array;
  /** Link k: the source's number at 2k, the next link at 2k+1. Leaf edge k: source's number and leaf, from the end. */
  readonly links: Int32Array;
  linkCount = 0;
  leafEdgeCount = 0;
  /** Numbers given so far. */
  count = 1;

  /** Per number: the next edge to look at. */
  readonly #cursor: Int32Array;
  readonly #graph: FlowGraph;
  #current = 0;
  /** Numbers below it are out of reach: that of the owner at hand; without owners, 0, and below UNREACHABLE its number. */
  #lowest = 0;
  /** What stands for objects with edges that are in reach and not reached yet; one less for leaves. */
  #unvisited = UNVISITED;

  /**
   * @param number as long as there are vertices; where objects have owners, their column
   * @param cursor scratch of at least `innerCount` elements; free again after the search.
   */
  constructor(graph: FlowGraph, innerCount: number, number: Int32Array, cursor: Int32Array) {
    const { objectCount, vertexCount } = graph;
    this.#graph = graph;
    this.#cursor = cursor;
    this.number = numberUnvisited(graph, innerCount, number);
    this.vertex = longColumn(Int32Array, innerCount);
    this.rows = longColumn(Int32Array, ROW * innerCount);
    // One edge to each vertex but the root is not kept: the tree edge, or the leaf's first. Link 0 means none.
    const edgeCount = graph.edgeCount + graph.roots.to.length;
    this.links = longColumn(Int32Array, 2 * Math.max(1, edgeCount - vertexCount + 2));
    this.number[objectCount] = 0;
    this.vertex[0] = objectCount;
  }

  /** Leaves at most `steps` vertices behind. Returns whether there is more to do. */
  advance(steps: number): boolean {
    const { number, vertex, rows, links } = this;
    const cursor = this.#cursor;
    const { objectCount, start: objectStart, to: objectTo, unreachable, owners } = this.#graph;
    const { start: rootStart, to: rootTo } = this.#graph.roots;
    let { linkCount, count } = this;
    let lowest = this.#lowest;
    let unvisited = this.#unvisited;
    let unvisitedLeaf = unvisited - 1;
    /** Below it are only objects of other owners. */
    const afterLeaves = LEAF_BASE - vertex.length;
    let leafEdge = links.length - 2 * this.leafEdgeCount;
    let remaining = steps;
    let current = this.#current;
    let v = vertex[current]!;
    let to = v < objectCount ? objectTo : rootTo;
    let edge = this.count === 1 ? 0 : cursor[current]!;
    let end = v < objectCount ? objectStart[v + 1]! : rootStart[v - objectCount + 1]!;
    for (;;) {
      if (edge < end) {
        const target = to[edge++]!;
        const x = number[target]!;
        if (x >= 0) {
          if (x > current) {
            if (current < rows[ROW * x + LEAST_ANCESTOR]!) rows[ROW * x + LEAST_ANCESTOR] = current;
          } else if (x < current && x >= lowest) {
            linkCount++;
            links[2 * linkCount] = current;
            links[2 * linkCount + 1] = rows[ROW * x + FIRST_LINK]!;
            rows[ROW * x + FIRST_LINK] = linkCount;
          }
        } else if (x === unvisited || x === UNVISITED) {
          cursor[current] = edge;
          number[target] = count;
          vertex[count] = target;
          rows[ROW * count + PARENT] = current;
          rows[ROW * count + LEAST_ANCESTOR] = current;
          current = count++;
          if (target < objectCount) {
            to = objectTo;
            edge = objectStart[target]!;
            end = objectStart[target + 1]!;
          } else {
            if (owners !== undefined) {
              lowest = number[objectCount + owners.ofRoot[target - objectCount]!]!;
              unvisited = unvisitedOf(owners.ofRoot[target - objectCount]!, vertex.length);
              unvisitedLeaf = unvisited - 1;
            } else if (target === unreachable) lowest = current;
            to = rootTo;
            edge = rootStart[target - objectCount]!;
            end = rootStart[target - objectCount + 1]!;
          }
        } else if (x === unvisitedLeaf) {
          number[target] = LEAF_BASE - current;
        } else if (x > afterLeaves && x !== LEAF_BASE - current && LEAF_BASE - x >= lowest) {
          leafEdge -= 2;
          links[leafEdge] = current;
          links[leafEdge + 1] = target;
        }
        continue;
      }
      if (current === 0) break;
      current = rows[ROW * current + PARENT]!;
      v = vertex[current]!;
      edge = cursor[current]!;
      if (v < objectCount) {
        to = objectTo;
        end = objectStart[v + 1]!;
      } else {
        if (owners !== undefined) {
          lowest = number[objectCount + owners.ofRoot[v - objectCount]!]!;
          unvisited = unvisitedOf(owners.ofRoot[v - objectCount]!, vertex.length);
          unvisitedLeaf = unvisited - 1;
        }
        to = rootTo;
        end = rootStart[v - objectCount + 1]!;
      }
      if (--remaining === 0) break;
    }
    this.linkCount = linkCount;
    this.leafEdgeCount = (links.length - leafEdge) / 2;
    this.count = count;
    this.#current = current;
    this.#lowest = lowest;
    this.#unvisited = unvisited;
    return remaining === 0;
  }
}

/** Fills the column `number` for the search; where objects have owners, in place of these. */
function numberUnvisited(
  { start, objectCount, owners }: FlowGraph,
  innerCount: number,
  number: Int32Array,
): Int32Array {
  for (let i = 0; i < objectCount; i++) {
    const isLeaf = start[i] === start[i + 1];
    if (owners !== undefined) number[i] = unvisitedOf(number[i]!, innerCount) - (isLeaf ? 1 : 0);
    else number[i] = isLeaf ? LEAF : UNVISITED;
  }
  return number.fill(UNVISITED, objectCount);
}

/** What stands for objects with edges that a root vertex owns. */
function unvisitedOf(owner: number, innerCount: number): number {
  return LEAF_BASE - innerCount - 2 * owner;
}

/** Whether an element of `number` belongs to a leaf; not reached ones included. */
export function isLeafNumber(element: number): boolean {
  return element < UNVISITED;
}

/** Turns a leaf's element of `number` into its predecessor's number, and back; no number for a leaf not reached. */
export function leafPredecessor(element: number): number {
  return LEAF_BASE - element;
}
