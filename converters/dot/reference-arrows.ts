/**
 * Arrows of `--graph references`: the pointers between what is drawn, by nodes. Where everything refers to everything else
 * only some are drawn, and it is said how many are not.
 */
import { edgeName, formatNumber, type Heap, NO_OBJECT } from "../../src/index.ts";
import type { PictureEdge } from "./picture.ts";
import type { ReferenceSearch } from "./reference-search.ts";
import type { RootClasses } from "./root-classes.ts";

/** Names of pointers that are told of one arrow, … */
const TOLD_NAMES = 3;
/** … and pointers that are looked at for them. */
const NAMED_POINTERS = 64;
/** Numbers of elements: of many pointers only the fields are told. */
const INDEX = /\[\d+\]/g;
/** Arrows per node up to which all are drawn. */
const ROOM = 1.25;
/** Arrows that go from one node, and that lead to one, besides those by which each is joined to the focus. */
const MOST_OUT = 3;
const MOST_INTO = 3;
/** Against the direction of the search one arrow for so many nodes. */
const NODES_PER_ASIDE = 8;

/** Pointers from one node to another. */
interface Bundle {
  readonly from: number;
  readonly to: number;
  count: number;
  readonly names: Set<string>;
  /** Of the first few pointers, names with the numbers of elements and the keys of maps. */
  readonly exactNames: Set<string>;
}

function startBundle(from: number, to: number): Bundle {
  return { from, to, count: 0, names: new Set(), exactNames: new Set() };
}

/** Arrows that are drawn. */
export interface ReferenceArrows {
  readonly edges: PictureEdge[];
  /** Those that there was no room for. */
  readonly leftOut: number;
}

/**
 * Joins the nodes that a search has found. Linear in the pointers of what is drawn.
 * @param contents whether the dump is asked for the keys of maps
 */
export function joinNodes(
  heap: Heap,
  roots: RootClasses,
  search: ReferenceSearch,
  { direction, contents }: { readonly direction: "owners" | "owned"; readonly contents: boolean },
): ReferenceArrows {
  const all = [...bundleEdges(heap, search, contents), ...bundleRootEdges(heap, roots, search)];
  const most = all.reduce((greatest, { count }) => Math.max(greatest, count), 1);
  const bundles = chooseBundles(all, search, direction);
  const edges = bundles.map(({ from, to, count, names, exactNames }) => {
    const told = count <= TOLD_NAMES ? exactNames : names;
    const shown = [...told].slice(0, TOLD_NAMES);
    if (told.size > TOLD_NAMES) shown.push("…");
    return {
      from,
      to,
      label: shown.length === 0 ? [] : [shown.join(", ")],
      tooltip: [formatNumber(count, "pointer"), ...shown],
      weight: Math.log2(count + 1) / Math.log2(most + 1) / 4,
      isAside: !leads(search, direction, from, to),
    };
  });
  return { edges, leftOut: all.length - bundles.length };
}

/** Whether an arrow is one of those that the search followed. */
function leads({ nodes }: ReferenceSearch, direction: "owners" | "owned", from: number, to: number): boolean {
  const steps = nodes[from]!.distance - nodes[to]!.distance;
  // What roots point to, they hold in either direction.
  return nodes[from]!.example === NO_OBJECT || (direction === "owners" ? steps > 0 : steps < 0);
}

/**
 * Of everything that refers to everything else as many arrows as can be told apart: of those by which the search came to
 * a node one at least, then what stands for most pointers. Against the search goes what nothing else is drawn to hold.
 */
function chooseBundles(
  bundles: readonly Bundle[],
  search: ReferenceSearch,
  direction: "owners" | "owned",
): readonly Bundle[] {
  const { nodes } = search;
  if (bundles.length <= ROOM * nodes.length) return bundles;
  const isRoot = ({ from }: Bundle): boolean => nodes[from]!.example === NO_OBJECT;
  // To what is owned the search came from the focus; the roots that hold it were added to that.
  const steps = (bundle: Bundle): number => {
    const { distance } = nodes[bundle.to]!;
    if (direction === "owned" && isRoot(bundle)) return distance + 1;
    return Math.abs(distance - nodes[bundle.from]!.distance);
  };
  const far = (bundle: Bundle): number => (direction === "owners" || isRoot(bundle) ? bundle.from : bundle.to);
  const isLeading = ({ from, to }: Bundle): boolean => leads(search, direction, from, to);
  const ranked = [...bundles].sort((a, b) => steps(a) - steps(b) || b.count - a.count);
  const out = new Int32Array(nodes.length);
  const into = new Int32Array(nodes.length);
  const joined = new Uint8Array(nodes.length);
  const chosen = new Set<Bundle>();
  const choose = (bundle: Bundle): void => {
    chosen.add(bundle);
    out[bundle.from]!++;
    into[bundle.to]!++;
  };
  for (const bundle of ranked) {
    if (!isLeading(bundle) || joined[far(bundle)] === 1) continue;
    joined[far(bundle)] = 1;
    choose(bundle);
  }
  for (const bundle of ranked) {
    if (chosen.has(bundle) || !isLeading(bundle)) continue;
    if (out[bundle.from]! < MOST_OUT && into[bundle.to]! < MOST_INTO) choose(bundle);
  }
  let asides = Math.ceil(nodes.length / NODES_PER_ASIDE);
  for (const bundle of ranked.toSorted((a, b) => b.count - a.count)) {
    if (isLeading(bundle)) continue;
    if (into[bundle.to] === 0) choose(bundle);
    else if (asides-- > 0) choose(bundle);
  }
  return bundles.filter((bundle) => chosen.has(bundle));
}

/** Every pointer between objects that are drawn, by their nodes. */
function bundleEdges(heap: Heap, { nodeOf, nodes }: ReferenceSearch, withContents: boolean): Bundle[] {
  const { start, to } = heap.edges;
  const bundles: Bundle[] = [];
  const indexOf = new Int32Array(nodes.length ** 2).fill(-1);
  for (let object = 0; object < nodeOf.length; object++) {
    const from = nodeOf[object]!;
    if (from < 0) continue;
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      const target = nodeOf[to[edge]!]!;
      if (target < 0) continue;
      const pair = from * nodes.length + target;
      if (indexOf[pair]! < 0) indexOf[pair] = bundles.push(startBundle(from, target)) - 1;
      const bundle = bundles[indexOf[pair]!]!;
      if (bundle.count++ >= NAMED_POINTERS) continue;
      const name = edgeName(heap, object, edge, false);
      if (name) bundle.names.add(name.replace(INDEX, "[]"));
      if (bundle.count > TOLD_NAMES) continue;
      const exactName = edgeName(heap, object, edge, withContents);
      if (exactName) bundle.exactNames.add(exactName);
    }
  }
  return bundles;
}

function bundleRootEdges(heap: Heap, { of }: RootClasses, { nodeOf, nodeOfClass }: ReferenceSearch): Bundle[] {
  const { vertices, to, edgeName: nameOf } = heap.roots;
  const bundles = new Map<string, Bundle>();
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const from = of[vertex]! < 0 ? -1 : nodeOfClass[of[vertex]!]!;
    if (from < 0) continue;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const target = nodeOf[to[edge]!]!;
      if (target < 0) continue;
      const key = `${from} ${target}`;
      const bundle = bundles.get(key) ?? startBundle(from, target);
      bundles.set(key, bundle);
      if (bundle.count++ >= NAMED_POINTERS) continue;
      const name = nameOf?.(edge);
      if (!name) continue;
      bundle.names.add(name);
      bundle.exactNames.add(name);
    }
  }
  return [...bundles.values()];
}
