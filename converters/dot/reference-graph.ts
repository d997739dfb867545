/**
 * `--graph references`: what refers to the focus, or what it refers to, step by step; and every pointer between what is
 * drawn. Pointers that lead against the direction of the search are there too, but faintly.
 */
import {
  computeGroupRetainedSizes,
  computeRetainedSizes,
  computeRetainers,
  edgeName,
  formatCount,
  formatNumber,
  type Heap,
  NO_OBJECT,
  type Progress,
} from "../../src/index.ts";
import type { Focus } from "./focus.ts";
import type { PictureEdge, PictureNode } from "./picture.ts";
import { type FoundNode, ReferenceSearch, sumRetained } from "./reference-search.ts";
import { classifyRoots, type RootClass, type RootClasses } from "./root-classes.ts";

/** Names of pointers that are told of one arrow, … */
const TOLD_NAMES = 3;
/** … and pointers that are looked at for them. */
const NAMED_POINTERS = 64;
/** Numbers of elements: of many pointers only the fields are told. */
const INDEX = /\[\d+\]/g;
/** Roots of the focus that are shown with what it owns. */
const SHOWN_ROOTS = 6;

/** What to search for, where, and how much of it to draw. */
export interface ReferenceRequest {
  readonly focus: Focus;
  readonly direction: "owners" | "owned";
  readonly steps: number;
  readonly maxNodes: number;
  /** Bytes that the objects of a type have to retain. */
  readonly minimum: number;
  /** Whether the dump is asked for the keys of maps. */
  readonly contents: boolean;
}

/**
 * Draws the references around the focus. Computes retained sizes and, for owners, retainers; then linear in what is
 * within reach, with 8 bytes per object.
 */
export async function drawReferences(
  heap: Heap,
  request: ReferenceRequest,
  progress: Progress,
): Promise<{ nodes: PictureNode[]; edges: PictureEdge[] }> {
  const { focus, direction } = request;
  const retained = await computeRetainedSizes(heap, progress);
  const retainers = direction === "owners" ? await computeRetainers(heap, progress) : undefined;
  const roots = classifyRoots(heap);
  const search = new ReferenceSearch(heap, roots, retained, retainers, request);
  await search.run(listFocus(heap, focus), progress);
  if (direction === "owned") search.addRoots(findHolders(heap, roots, search), 1, SHOWN_ROOTS);
  const sizes = await computeGroupRetainedSizes(heap, search.nodeOf, search.nodes.length, progress);
  const nodes = search.nodes.map((found, index) => {
    if (found.kind === "objects") return objectsNode(heap, found, sizes[index]!, direction);
    if (found.kind === "rest") return restNode(found, sizes[index]!, search.nodeOfClass.includes(index));
    const root = roots.classes[found.row]!;
    return rootNode(root, sumRetained(heap, root, retained));
  });
  return { nodes, edges: joinNodes(heap, roots, search, request) };
}

function listFocus(heap: Heap, { object, types, targets }: Focus): Int32Array {
  if (object !== NO_OBJECT) return Int32Array.of(object);
  if (targets.length > 0) return Int32Array.from(targets).sort();
  const { type, count } = heap.objects;
  const wanted = new Uint8Array(heap.types.count);
  for (const row of types) wanted[row] = 1;
  let length = 0;
  for (let i = 0; i < count; i++) length += wanted[type[i]!]!;
  const objects = new Int32Array(length);
  for (let i = 0, at = 0; at < length; i++) if (wanted[type[i]!] === 1) objects[at++] = i;
  return objects;
}

/** The root classes that refer to the focus itself. */
function findHolders({ roots }: Heap, { of }: RootClasses, { nodeOf, nodes }: ReferenceSearch): Set<number> {
  const { count, edgeStart } = roots.vertices;
  const classes = new Set<number>();
  for (let vertex = 0; vertex < count; vertex++) {
    for (let edge = edgeStart[vertex]!; edge < edgeStart[vertex + 1]!; edge++) {
      const node = nodeOf[roots.to[edge]!]!;
      if (node >= 0 && nodes[node]!.distance === 0) classes.add(of[vertex]!);
    }
  }
  return classes;
}

function objectsNode(heap: Heap, found: FoundNode, retained: number, direction: string): PictureNode {
  const { objects, shallow, example, distance, beyond } = found;
  const address = heap.formatAddress(heap.objects.address[example]!);
  const verb = direction === "owners" ? "held by" : "holds";
  return {
    kind: "objects",
    name: heap.types.names[found.row]!,
    members: objects,
    objects,
    shallow,
    retained,
    notes: [
      ...(objects === 1 ? [address] : []),
      ...(beyond > 0 ? [`${verb} ${formatCount(beyond)}${distance > 0 ? " more" : ""}`] : []),
    ],
    details: [objects === 1 ? `at ${address}` : `for example at ${address}`],
    isInferred: 2 * found.inferred > objects,
    isGarbage: found.live === 0,
    isFocus: distance === 0,
  };
}

function restNode({ objects, shallow, row }: FoundNode, retained: number, isRoots: boolean): PictureNode {
  const count = isRoots ? row : objects;
  return {
    kind: "more",
    name: `and ${formatCount(count)} more ${isRoots ? "roots" : "objects"}`,
    members: count,
    objects,
    shallow,
    retained: isRoots ? undefined : retained,
    notes: isRoots ? [] : [`of ${formatNumber(row, "type")}`],
  };
}

function rootNode({ kind, name, notes, vertices }: RootClass, retained: number): PictureNode {
  return { kind, name, notes, members: vertices.length, objects: 0, shallow: 0, retained };
}

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

function joinNodes(
  heap: Heap,
  roots: RootClasses,
  search: ReferenceSearch,
  { direction, contents }: ReferenceRequest,
): PictureEdge[] {
  const bundles = [...bundleEdges(heap, search, contents), ...bundleRootEdges(heap, roots, search)];
  const most = bundles.reduce((greatest, { count }) => Math.max(greatest, count), 1);
  return bundles.map(({ from, to, count, names, exactNames }) => {
    const told = count <= TOLD_NAMES ? exactNames : names;
    const shown = [...told].slice(0, TOLD_NAMES);
    if (told.size > TOLD_NAMES) shown.push("…");
    const fromDistance = search.nodes[from]!.distance;
    const toDistance = search.nodes[to]!.distance;
    const isRoot = search.nodes[from]!.example === NO_OBJECT;
    const leads = direction === "owners" ? fromDistance > toDistance : fromDistance < toDistance;
    return {
      from,
      to,
      label: shown.length === 0 ? [] : [shown.join(", ")],
      tooltip: [formatNumber(count, "pointer"), ...shown],
      weight: Math.log2(count + 1) / Math.log2(most + 1) / 4,
      isAside: !leads && !isRoot,
    };
  });
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
