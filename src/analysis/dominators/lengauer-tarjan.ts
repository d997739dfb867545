/**
 * Immediate dominators in a searched graph: T. Lengauer and R. E. Tarjan, "A Fast Algorithm for Finding Dominators in a
 * Flowgraph", TOPLAS 1(1), 1979; the simple variant (path compression without balanced linking, O(m log n)), with two
 * changes. Paths are halved instead of compressed (R. E. Tarjan and J. van Leeuwen, "Worst-Case Analysis of Set Union
 * Algorithms", JACM 31(2), 1984), which keeps the bound and needs neither recursion nor a stack, however deep the graph.
 * And a vertex whose semidominator is its parent is done at once, without a bucket; in heaps most are.
 *
 * Semi-NCA (L. Georgiadis, 2005) is simpler, but quadratic on a list whose elements are also held from elsewhere, and
 * such heaps exist.
 *
 * `semi`, `ancestor`, `label` and `bucket` are the paper's; all vertices here are preorder numbers.
 */
import { longColumn } from "../../column-memory.ts";
import type { DepthFirstSearch } from "./depth-first-search.ts";

export class LengauerTarjan {
  /** Per number: the immediate dominator's number, once `finish` is done; 0 for the root itself. */
  readonly immediateDominator: Int32Array;
  readonly #ancestor: Int32Array;
  readonly #semi: Int32Array;
  /** Until a vertex is linked its first link, then its label. */
  readonly #label: Int32Array;
  /** Per number: a vertex whose semidominator it is, or 0; the others follow through `immediateDominator`. */
  readonly #bucket: Int32Array;
  readonly #links: Int32Array;
  #next: number;

  /**
   * Takes the columns of a finished search over, and writes into them.
   * @param bucket scratch, one element per number
   */
  constructor(search: DepthFirstSearch, bucket: Int32Array) {
    this.#ancestor = search.parent;
    this.#semi = search.leastAncestor;
    this.#label = search.firstLink;
    this.#links = search.links;
    this.#bucket = bucket.fill(0);
    this.immediateDominator = longColumn(Int32Array, search.count);
    this.#next = search.count - 1;
  }

  /** Vertices not handled yet. */
  get remaining(): number {
    return this.#next;
  }

  /** Handles vertices, greatest number first, until it has looked at `steps` of them and of links. */
  advance(steps: number): void {
    const ancestor = this.#ancestor;
    const semi = this.#semi;
    const label = this.#label;
    const bucket = this.#bucket;
    const links = this.#links;
    const dominator = this.immediateDominator;
    let w = this.#next;
    for (let budget = steps; w > 0 && budget > 0; w--, budget--) {
      let least = semi[w]!;
      for (let link = label[w]!; link !== 0; link = links[2 * link + 1]!) {
        const u = evaluate(ancestor, label, semi, links[2 * link]!, w + 1);
        if (semi[u]! < least) least = semi[u]!;
        budget--;
      }
      label[w] = w;
      semi[w] = least;
      const parent = ancestor[w]!;
      if (least === parent) {
        dominator[w] = parent;
      } else {
        dominator[w] = bucket[least]!;
        bucket[least] = w;
      }
      for (let v = bucket[parent]!; v !== 0; ) {
        const next = dominator[v]!;
        const u = evaluate(ancestor, label, semi, v, w);
        dominator[v] = semi[u]! < parent ? u : parent;
        v = next;
      }
      bucket[parent] = 0;
    }
    this.#next = w;
  }

  /** The paper's last step, from the root down. Linear. */
  finish(): void {
    const semi = this.#semi;
    const dominator = this.immediateDominator;
    const count = dominator.length;
    for (let w = 1; w < count; w++) if (dominator[w] !== semi[w]) dominator[w] = dominator[dominator[w]!]!;
  }
}

/**
 * EVAL: the vertex with the least semidominator among v and those of its ancestors that are at least `lowest`, which are
 * the linked ones. A vertex's label is the best from itself up to, but without, its ancestor.
 */
function evaluate(ancestor: Int32Array, label: Int32Array, semi: Int32Array, start: number, lowest: number): number {
  let v = start;
  let best = label[v]!;
  let a = ancestor[v]!;
  while (a >= lowest) {
    const upper = label[a]!;
    const mine = label[v]!;
    if (semi[upper]! < semi[mine]!) label[v] = upper;
    a = ancestor[a]!;
    ancestor[v] = a;
    if (semi[label[v]!]! < semi[best]!) best = label[v]!;
    v = a;
    if (v < lowest) break;
    if (semi[label[v]!]! < semi[best]!) best = label[v]!;
    a = ancestor[v]!;
  }
  return best;
}
