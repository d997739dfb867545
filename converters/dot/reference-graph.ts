/**
 * `--graph references`: what refers to the focus, or what it refers to, step by step; and the pointers between what is
 * drawn, as far as they can be told apart. Those that lead against the direction of the search are there too, but faintly.
 */
import {
  computeGroupRetainedSizes,
  computeRetainedSizes,
  computeRetainers,
  formatCount,
  formatNumber,
  type Heap,
  NO_OBJECT,
  type Progress,
} from "../../src/index.ts";
import type { Focus } from "./focus.ts";
import type { PictureEdge, PictureNode } from "./picture.ts";
import { joinNodes } from "./reference-arrows.ts";
import { type FoundNode, ReferenceSearch, sumRetained } from "./reference-search.ts";
import { classifyRoots, type RootClass, type RootClasses } from "./root-classes.ts";

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

/** What is around the focus. */
export interface ReferenceGraph {
  readonly nodes: PictureNode[];
  readonly edges: PictureEdge[];
  /** Arrows between these nodes that are not drawn. */
  readonly arrowsLeftOut: number;
}

/**
 * Draws the references around the focus. Computes retained sizes and, for owners, retainers; then linear in what is
 * within reach, with 8 bytes per object.
 */
export async function drawReferences(
  heap: Heap,
  request: ReferenceRequest,
  progress: Progress,
): Promise<ReferenceGraph> {
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
  const { edges, leftOut } = joinNodes(heap, roots, search, request);
  return { nodes, edges, arrowsLeftOut: leftOut };
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
    name: `and ${formatNumber(count, isRoots ? "more root" : "more object")}`,
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
