/**
 * `--graph types`: one node per type, one arrow per pair of types of which one refers to the other. Types that retain
 * most are drawn, with what holds them: of the arrows that lead to a type, only the thickest, for everything refers to
 * strings.
 */
import {
  computeHistogram,
  computeRetainedSizes,
  computeTypeReferences,
  computeTypeRetainedSizes,
  formatBytes,
  formatCount,
  formatNumber,
  type Heap,
  objectSize,
  type Progress,
  TypeSource,
} from "../../src/index.ts";
import type { PictureEdge, PictureNode } from "./picture.ts";
import { sumRetained } from "./reference-search.ts";
import { classifyRoots, type RootClass } from "./root-classes.ts";

/** Arrows that are drawn to one node, … */
const MOST_ARROWS = 3;
/** … if they lead to that share of what the first of them does. */
const LEAST_SHARE = 0.1;

export interface TypeRequest {
  /** Bytes that a type has to retain. */
  readonly minimum: number;
  readonly maxNodes: number;
}

export interface TypeGraph {
  readonly nodes: PictureNode[];
  readonly edges: PictureEdge[];
  /** Types drawn, and types of which there are objects. */
  readonly drawnCount: number;
  readonly typeCount: number;
}

/** What may become a node: a type or a root class, by its row. */
interface Candidate {
  readonly type: number;
  readonly root: number;
  readonly retained: number;
}

/** References from one candidate to a type. */
interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly references: number;
  readonly bytes: number;
}

const NONE = -1;

/** Draws the types. Computes references between types and retained sizes of types; then linear in the root edges. */
export async function drawTypes(
  heap: Heap,
  { minimum, maxNodes }: TypeRequest,
  progress: Progress,
): Promise<TypeGraph> {
  const histogram = await computeHistogram(heap, progress);
  const typeRetained = await computeTypeRetainedSizes(heap, progress);
  const retained = await computeRetainedSizes(heap, progress);
  const references = await computeTypeReferences(heap, progress);
  const { classes } = classifyRoots(heap);

  const candidates: Candidate[] = [];
  let typeCount = 0;
  for (let type = 0; type < heap.types.count; type++) {
    if (histogram.objects[type] === 0) continue;
    typeCount++;
    candidates.push({ type, root: NONE, retained: typeRetained[type]! });
  }
  for (const [root, row] of classes.entries()) {
    candidates.push({ type: NONE, root, retained: sumRetained(heap, row, retained) });
  }
  const drawn = candidates
    .filter((candidate) => candidate.retained >= minimum)
    .sort((a, b) => b.retained - a.retained || a.root - b.root || a.type - b.type)
    .slice(0, maxNodes);
  const nodeOfType = new Int32Array(heap.types.count).fill(NONE);
  const nodeOfRoot = new Int32Array(classes.length).fill(NONE);
  for (const [node, { type, root }] of drawn.entries()) {
    if (type === NONE) nodeOfRoot[root] = node;
    else nodeOfType[type] = node;
  }
  const inferred = countInferred(heap);
  const nodes = drawn.map(({ type, root, retained: bytes }) =>
    root === NONE ? typeNode(type, bytes) : rootNode(classes[root]!, bytes),
  );
  const arrows: Arrow[] = [];
  for (let row = 0; row < references.count; row++) {
    const from = nodeOfType[references.from[row]!]!;
    const to = nodeOfType[references.to[row]!]!;
    if (from === NONE || to === NONE) continue;
    arrows.push({ from, to, references: references.references[row]!, bytes: references.bytes[row]! });
  }
  for (const [root, { vertices }] of classes.entries()) {
    if (nodeOfRoot[root] !== NONE) arrows.push(...rootArrows(heap, vertices, nodeOfRoot[root]!, nodeOfType));
  }
  const most = Math.max(1, histogram.bytes[histogram.byBytes[0] ?? 0] ?? 1);
  return {
    nodes,
    edges: chooseArrows(arrows, nodes.length).map((arrow) => drawArrow(arrow, most)),
    drawnCount: drawn.filter(({ type }) => type !== NONE).length,
    typeCount,
  };

  function typeNode(type: number, bytes: number): PictureNode {
    const objects = histogram.objects[type]!;
    return {
      kind: "objects",
      name: heap.types.names[type]!,
      members: objects,
      objects,
      shallow: histogram.bytes[type]!,
      retained: bytes,
      isInferred: 2 * inferred[type]! > objects,
      isGarbage: histogram.reachableObjects[type] === 0,
    };
  }
}

function rootNode({ kind, name, notes, vertices }: RootClass, retained: number): PictureNode {
  return { kind, name, notes, members: vertices.length, objects: 0, shallow: 0, retained };
}

function countInferred({ objects, types }: Heap): Float64Array {
  const { count, type, typeSource } = objects;
  const inferred = new Float64Array(types.count);
  for (let i = 0; i < count; i++) if (typeSource[i] === TypeSource.INFERRED) inferred[type[i]!]!++;
  return inferred;
}

/** What root vertices refer to, by type; an object that several of them refer to counts once. */
function rootArrows(heap: Heap, rootVertices: readonly number[], from: number, nodeOfType: Int32Array): Arrow[] {
  const { vertices, to } = heap.roots;
  const met = new Set<number>();
  const arrows = new Map<number, { from: number; to: number; references: number; bytes: number }>();
  for (const vertex of rootVertices) {
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const object = to[edge]!;
      const node = nodeOfType[heap.objects.type[object]!]!;
      if (node === NONE) continue;
      const arrow = arrows.get(node) ?? { from, to: node, references: 0, bytes: 0 };
      arrows.set(node, arrow);
      arrow.references++;
      if (met.has(object)) continue;
      met.add(object);
      arrow.bytes += objectSize(heap.objects, object);
    }
  }
  return [...arrows.values()];
}

/** Of the arrows to each node those that lead to most. */
function chooseArrows(arrows: readonly Arrow[], nodeCount: number): Arrow[] {
  const sorted = [...arrows].sort((a, b) => b.bytes - a.bytes || a.from - b.from || a.to - b.to);
  const greatest = new Float64Array(nodeCount);
  const counts = new Int32Array(nodeCount);
  const chosen = sorted.filter(({ from, to, bytes }) => {
    // What a type refers to of itself tells nothing of who holds it, so it takes nobody's place.
    if (from === to) return true;
    if (counts[to] === 0) greatest[to] = bytes;
    if (counts[to] === MOST_ARROWS || bytes < greatest[to]! * LEAST_SHARE) return false;
    counts[to]!++;
    return true;
  });
  return chosen.sort((a, b) => a.from - b.from || a.to - b.to);
}

function drawArrow({ from, to, references, bytes }: Arrow, most: number): PictureEdge {
  return {
    from,
    to,
    label: `×${formatCount(references)}\n${formatBytes(bytes)}`,
    tooltip: `${formatNumber(references, "pointer")} to objects of ${formatNumber(bytes, "byte")}`,
    weight: bytes / most,
    isAside: from === to,
  };
}
