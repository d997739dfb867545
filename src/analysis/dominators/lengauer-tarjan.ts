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
 * `ancestor`, `label` and `bucket` are the paper's; so is `semi`, of which only that of a label is kept, beside the label. All
 * vertices here are preorder numbers.
 */
import { longColumn } from "../../column-memory.ts";
import { type DepthFirstSearch, FIRST_LINK, LEAST_ANCESTOR, PARENT, ROW } from "./depth-first-search.ts";

/** In the row of a vertex that is linked: its ancestor, at first the parent. */
const ANCESTOR = PARENT;
/** In the row of a vertex that is linked: the label, which takes the place of the least ancestor. */
const LABEL = LEAST_ANCESTOR;
/** In the row of a vertex that is linked: the semidominator of its label, which takes the place of the first link. */
const LABEL_SEMI = FIRST_LINK;

export class LengauerTarjan {
  /**
   * Per number: the immediate dominator's number, once `finish` is done; 0 for the root itself. Until then `~u`, where the
   * vertex has the same one as u.
   */
  readonly immediateDominator: Int32Array;
  readonly #rows: Int32Array;
  /** Per number: a vertex whose semidominator it is, or 0; the others follow through `immediateDominator`. */
  readonly #bucket: Int32Array;
  readonly #links: Int32Array;
  #next: number;

  /**
   * Takes the columns of a finished search over, and writes into them.
   * @param bucket scratch, one element per number
   */
  constructor(search: DepthFirstSearch, bucket: Int32Array) {
    this.#rows = search.rows;
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
    const rows = this.#rows;
    const bucket = this.#bucket;
    const links = this.#links;
    const dominator = this.immediateDominator;
    let w = this.#next;
    for (let budget = steps; w > 0 && budget > 0; w--, budget--) {
      const row = ROW * w;
      let semi = rows[row + LEAST_ANCESTOR]!;
      for (let link = rows[row + FIRST_LINK]!; link !== 0; link = links[2 * link + 1]!) {
        const least = rows[evaluate(rows, links[2 * link]!, w + 1) + LABEL_SEMI]!;
        if (least < semi) semi = least;
        budget--;
      }
      rows[row + LABEL] = w;
      rows[row + LABEL_SEMI] = semi;
      const parent = rows[row + ANCESTOR]!;
      if (semi === parent) {
        dominator[w] = parent;
      } else {
        dominator[w] = bucket[semi]!;
        bucket[semi] = w;
      }
      for (let v = bucket[parent]!; v !== 0; ) {
        const next = dominator[v]!;
        const least = evaluate(rows, v, w);
        dominator[v] = rows[least + LABEL_SEMI]! < parent ? ~rows[least + LABEL]! : parent;
        v = next;
      }
      bucket[parent] = 0;
    }
    this.#next = w;
  }

  /** The paper's last step, from the root down. Linear. */
  finish(): void {
    const dominator = this.immediateDominator;
    const count = dominator.length;
    for (let w = 1; w < count; w++) if (dominator[w]! < 0) dominator[w] = dominator[~dominator[w]!]!;
  }
}

/**
 * EVAL: where the row begins whose label has the least semidominator among those of v and of its ancestors that are at least
 * `lowest`, which are the linked ones. A vertex's label is the best from itself up to, but without, its ancestor.
 */
function evaluate(rows: Int32Array, v: number, lowest: number): number {
  let row = ROW * v;
  let best = row;
  let least = rows[row + LABEL_SEMI]!;
  let ancestor = rows[row + ANCESTOR]!;
  while (ancestor >= lowest) {
    const upper = ROW * ancestor;
    const semi = rows[upper + LABEL_SEMI]!;
    if (semi < rows[row + LABEL_SEMI]!) {
      rows[row + LABEL_SEMI] = semi;
      rows[row + LABEL] = rows[upper + LABEL]!;
      if (semi < least) {
        least = semi;
        best = row;
      }
    }
    ancestor = rows[upper + ANCESTOR]!;
    rows[row + ANCESTOR] = ancestor;
    if (ancestor < lowest) break;
    row = ROW * ancestor;
    if (rows[row + LABEL_SEMI]! < least) {
      least = rows[row + LABEL_SEMI]!;
      best = row;
    }
    ancestor = rows[row + ANCESTOR]!;
  }
  return best;
}
