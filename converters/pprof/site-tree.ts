/**
 * SiteTree: the dominator tree by allocation sites. A node is a chain of sites, outermost owner first; objects without a
 * site of their own are in the node of what dominates them, and so are those of the same site. Every object is in one
 * node, so own values add up to the heap's totals.
 */
import {
  breathe,
  computeDominators,
  type Dominators,
  type Heap,
  HUGE_SIZE,
  NO_SITE,
  type ObjectSites,
  objectSize,
  type Progress,
  RootVertexKind,
  vertexCount,
} from "../../src/index.ts";

/** In `site`: the node of garbage, right below the root. */
export const UNREACHABLE_SITE = -1;
/** In `site`: what lies too deep for nodes of its own. */
export const DEEPER_SITE = -2;

/** How the objects of a node came there; the columns of `objects` and `bytes`. */
export const Belonging = {
  /** Sampled: the runtime says that the site allocated them. */
  SAMPLED: 0,
  /** Not sampled, but of a class whose samples tell. */
  CLASS: 1,
  /** Of a class without samples: objects of the site hold them. */
  OWNED: 2,
  /** Their own nodes were folded, as they retain too little. */
  FOLDED: 3,
} as const;

const BELONGINGS = 4;
const ROOT = 0;
/** Vertices between two breaths. */
const SLICE = 1 << 17;

/** One row per node, parents before their children; row 0 is the root, and has what no site holds. */
export interface SiteTree {
  readonly count: number;
  /** -1 for row 0. */
  readonly parent: ArrayLike<number>;
  /** As `ObjectSites.of`, UNREACHABLE_SITE or DEEPER_SITE; NO_SITE for row 0. */
  readonly site: ArrayLike<number>;
  /** The nodes' own objects, by `Belonging`. */
  readonly objects: readonly Float64Array[];
  /** Their shallow sizes in bytes. */
  readonly bytes: readonly Float64Array[];
}

export interface SiteTreeLimits {
  /** Rows of values at the most, at least 2; the nodes that retain least are folded. */
  readonly maxSamples: number;
  /** Frames below one another at the most. */
  readonly maxDepth: number;
}

/** Builds the tree; computes dominators first. Linear in the vertices; 4 bytes per vertex. */
export async function buildSiteTree(
  heap: Heap,
  sites: ObjectSites,
  { maxSamples, maxDepth }: SiteTreeLimits,
  progress: Progress,
): Promise<SiteTree> {
  const dominators = await computeDominators(heap, progress);
  const tree = await new SiteTreeBuilder(heap, dominators, sites, maxDepth).build(progress);
  return foldSmallNodes(tree, maxSamples);
}

class SiteTreeBuilder {
  readonly #heap: Heap;
  readonly #dominators: Dominators;
  readonly #sites: ObjectSites;
  readonly #maxDepth: number;
  /** Per vertex. */
  readonly #node: Int32Array;
  readonly #parent = [-1];
  readonly #site: number[] = [NO_SITE];
  readonly #depth = [0];
  readonly #below = new Map<number, number>();
  /** Sites are from DEEPER_SITE to below this, less 2. */
  readonly #siteRange: number;

  constructor(heap: Heap, dominators: Dominators, sites: ObjectSites, maxDepth: number) {
    this.#heap = heap;
    this.#dominators = dominators;
    this.#sites = sites;
    this.#maxDepth = maxDepth;
    this.#node = new Int32Array(vertexCount(heap));
    this.#siteRange = sites.firstShared + heap.types.count - DEEPER_SITE;
  }

  async build(progress: Progress): Promise<SiteTree> {
    const { order } = this.#dominators;
    const { count } = this.#heap.objects;
    progress.phase("following sites", order.length + 2 * count, "steps");
    for (let done = 0; done < order.length; done += SLICE) {
      this.#placeInner(done, Math.min(done + SLICE, order.length));
      progress.update(done);
      await breathe(progress);
    }
    for (let done = 0; done < count; done += SLICE) {
      this.#placeLeaves(done, Math.min(done + SLICE, count));
      progress.update(order.length + done);
      await breathe(progress);
    }
    const tree = {
      count: this.#parent.length,
      parent: this.#parent,
      site: this.#site,
      objects: Array.from({ length: BELONGINGS }, () => new Float64Array(this.#parent.length)),
      bytes: Array.from({ length: BELONGINGS }, () => new Float64Array(this.#parent.length)),
    };
    for (let done = 0; done < count; done += SLICE) {
      this.#addUp(tree, done, Math.min(done + SLICE, count));
      progress.update(order.length + count + done);
      await breathe(progress);
    }
    this.#moveSampled(tree);
    return tree;
  }

  /** Places the vertices `from` … `to`-1 of the order, each after its dominator. */
  #placeInner(from: number, to: number): void {
    const { immediateDominator, order } = this.#dominators;
    const { objects, roots } = this.#heap;
    const node = this.#node;
    const { of } = this.#sites;
    // The virtual root is the first, and stays in the root.
    for (let i = Math.max(from, 1); i < to; i++) {
      const v = order[i]!;
      const above = node[immediateDominator[v]!]!;
      if (v < objects.count) node[v] = this.#find(above, of[v]!);
      else {
        const isGarbage = roots.vertices.kind[v - objects.count] === RootVertexKind.UNREACHABLE;
        node[v] = isGarbage ? this.#find(above, UNREACHABLE_SITE) : above;
      }
    }
  }

  /** Places those of the objects `from` … `to`-1 that have no edges. */
  #placeLeaves(from: number, to: number): void {
    const { immediateDominator } = this.#dominators;
    const { start } = this.#heap.edges;
    const node = this.#node;
    const { of } = this.#sites;
    for (let v = from; v < to; v++) {
      if (start[v] === start[v + 1]) node[v] = this.#find(node[immediateDominator[v]!]!, of[v]!);
    }
  }

  /** The node of an object of this site below a node: that node itself if the site is the same or none. */
  #find(above: number, wanted: number): number {
    const aboveSite = this.#site[above]!;
    if (wanted === NO_SITE || wanted === aboveSite || aboveSite === DEEPER_SITE) return above;
    const { calls, firstShared } = this.#sites;
    const frames = wanted > NO_SITE && wanted < firstShared ? calls.depth[wanted]! : 1;
    const depth = this.#depth[above]! + frames;
    const site = depth > this.#maxDepth ? DEEPER_SITE : wanted;
    const key = above * this.#siteRange + site - DEEPER_SITE;
    let node = this.#below.get(key);
    if (node === undefined) {
      node = this.#parent.push(above) - 1;
      this.#site.push(site);
      this.#depth.push(depth);
      this.#below.set(key, node);
    }
    return node;
  }

  #addUp({ site, objects, bytes }: SiteTree, from: number, to: number): void {
    const { size } = this.#heap.objects;
    const { of } = this.#sites;
    const node = this.#node;
    const classObjects = objects[Belonging.CLASS]!;
    const classBytes = bytes[Belonging.CLASS]!;
    const ownedObjects = objects[Belonging.OWNED]!;
    const ownedBytes = bytes[Belonging.OWNED]!;
    for (let v = from; v < to; v++) {
      const own = node[v]!;
      let shallow = size[v]!;
      if (shallow === HUGE_SIZE) shallow = objectSize(this.#heap.objects, v);
      if (of[v] === site[own] && of[v] !== NO_SITE) {
        classObjects[own] = classObjects[own]! + 1;
        classBytes[own] = classBytes[own]! + shallow;
      } else {
        ownedObjects[own] = ownedObjects[own]! + 1;
        ownedBytes[own] = ownedBytes[own]! + shallow;
      }
    }
  }

  /** Moves the sampled objects, which are few, from one column to the other. */
  #moveSampled({ site, objects, bytes }: SiteTree): void {
    for (const object of this.#sites.sampled) {
      const own = this.#node[object]!;
      if (site[own] === DEEPER_SITE) continue;
      const shallow = objectSize(this.#heap.objects, object);
      objects[Belonging.CLASS]![own]! -= 1;
      objects[Belonging.SAMPLED]![own]! += 1;
      bytes[Belonging.CLASS]![own]! -= shallow;
      bytes[Belonging.SAMPLED]![own]! += shallow;
    }
  }
}

/**
 * Folds the nodes that retain least into those above, until there are at most `maxRows` rows of values. A node retains at
 * least what any node below it does, so whoever is kept has all nodes above kept too.
 */
function foldSmallNodes(tree: SiteTree, maxRows: number): SiteTree {
  const { count, parent } = tree;
  const rows = new Uint8Array(count);
  const retained = new Float64Array(count);
  let rowCount = 0;
  for (let belonging = 0; belonging < BELONGINGS; belonging++) {
    for (let node = 0; node < count; node++) {
      if (tree.objects[belonging]![node] === 0) continue;
      rows[node] = rows[node]! + 1;
      rowCount++;
      retained[node] = retained[node]! + tree.bytes[belonging]![node]!;
    }
  }
  if (rowCount <= maxRows) return tree;
  for (let node = count - 1; node > ROOT; node--) retained[parent[node]!]! += retained[node]!;
  const bySize = Int32Array.from(retained.keys()).sort((a, b) => retained[b]! - retained[a]! || a - b);
  /** Per node: its row in the result, or that of the node it is folded into. */
  const kept = new Int32Array(count).fill(-1);
  let room = maxRows;
  for (const node of bySize) {
    // One more row, for what is folded into it.
    room -= rows[node]! + 1;
    if (room < 0 && node !== ROOT) break;
    kept[node] = node;
  }
  const target = new Int32Array(count);
  const parents: number[] = [];
  const sites: number[] = [];
  for (let node = 0; node < count; node++) {
    if (kept[node] === -1) {
      target[node] = target[parent[node]!]!;
      continue;
    }
    target[node] = parents.push(node === ROOT ? -1 : target[parent[node]!]!) - 1;
    sites.push(tree.site[node]!);
  }
  const columns = (): Float64Array[] => tree.objects.map(() => new Float64Array(parents.length));
  const folded = { count: parents.length, parent: parents, site: sites, objects: columns(), bytes: columns() };
  for (let belonging = 0; belonging < BELONGINGS; belonging++) {
    for (let node = 0; node < count; node++) {
      const column = kept[node] === -1 ? Belonging.FOLDED : belonging;
      const to = target[node]!;
      folded.objects[column]![to]! += tree.objects[belonging]![node]!;
      folded.bytes[column]![to]! += tree.bytes[belonging]![node]!;
    }
  }
  return folded;
}
