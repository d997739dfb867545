/**
 * Nearest common dominators of two vertices in a finished dominator tree, in O(log n) steps: the tree is cut into heavy
 * paths (D. D. Sleator and R. E. Tarjan, "A Data Structure for Dynamic Trees", JCSS 26(3), 1983), of which any path to
 * the root meets at most log2 n.
 */

/**
 * Cuts a tree into heavy paths. Linear.
 * @param parent per vertex, less than the vertex; vertex 0 is the root
 * @param scratch two columns as long as `parent`, overwritten
 * @param head result: the top of each vertex's path
 */
export function buildHeavyPaths(
  parent: Int32Array,
  scratch: readonly [Int32Array, Int32Array],
  head: Int32Array,
): void {
  const [size, heavy] = scratch;
  const count = parent.length;
  size.fill(1);
  heavy.fill(0);
  for (let v = count - 1; v > 0; v--) {
    const p = parent[v]!;
    size[p] = size[p]! + size[v]!;
    // Every vertex below v is greater than v, so v's size is complete.
    if (heavy[p] === 0 || size[v]! > size[heavy[p]!]!) heavy[p] = v;
  }
  head[0] = 0;
  for (let v = 1; v < count; v++) {
    const p = parent[v]!;
    head[v] = heavy[p] === v ? head[p]! : v;
  }
}

/** The deepest vertex that is an ancestor of `a` and of `b`, or one of them. O(log n). */
export function nearestCommonAncestor(parent: Int32Array, head: Int32Array, a: number, b: number): number {
  let x = a;
  let y = b;
  while (head[x] !== head[y]) {
    if (head[x]! > head[y]!) x = parent[head[x]!]!;
    else y = parent[head[y]!]!;
  }
  return Math.min(x, y);
}
