/**
 * Owner path sums: what lies on each owner path. A path goes down the owner tree: a package variable, or the function that a goroutine
 * was started for, then pointers and types. What a map, channel or list is made of is one step, goroutines of one function are one
 * root, their frames no steps. Timers are a root as well: which processor has them in its heap is chance. Made of `computeOwnerGroups`, which does the same for trees that are drawn.
 */
import { DominatorGroupKind, type DominatorGroups } from "../../analysis/groups/dominator-group-rows.ts";
import { computeOwnerGroups } from "../../analysis/groups/dominator-groups.ts";
import { groupFieldName } from "../../analysis/groups/group-field-name.ts";
import { isLibraryMapEntry, libraryMapName } from "../../analysis/paths/library-maps.ts";
import { wholeMapName } from "../../analysis/paths/map-parts.ts";
import type { Heap } from "../../heap/heap.ts";
import { memoise } from "../../heap/memo.ts";
import { finalizerName } from "../../heap/roots/finalizers.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction } from "../../heap/roots/goroutines.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { listedTypeName, TypeKind } from "../../heap/types.ts";
import { breathe, type Progress } from "../../progress.ts";
import { computeContainers } from "../../values/values.ts";
import { isTypeGuessed } from "../guessed.ts";
import { stableName, stablePointerName } from "../stable-names.ts";
import { TIMER, TIMER_HEAP } from "../timers/timer-types.ts";
import { type PathStep, PathTree, WHOLE_HEAP } from "./path-tree.ts";

/** Rows of `tree`, and what is on them. Columns of `tree.count` elements. */
export interface OwnerPathSums {
  readonly tree: PathTree;
  /** Objects that the path ends at. Add up to those of the heap. */
  readonly objects: Float64Array;
  /** Things among them: a map with all it is made of is one, each node of a list is one, what a sync.Map is made of is none. Of a goroutine's row how many they are. */
  readonly things: Float64Array;
  /** Their shallow bytes. */
  readonly bytes: Float64Array;
  /** These and the bytes of all rows below. */
  readonly ownedBytes: Float64Array;
  /** Of `things`, those whose type is guessed; of what a sync.Map is made of the nodes. */
  readonly guessed: Float64Array;
  /** Of `objects`, nodes of a list that is a part of what the path ends with, of another type: of the first one if there are several. */
  readonly nodes: Float64Array;
  /** Of `nodes`, those whose type is guessed. */
  readonly guessedNodes: Float64Array;
  /** Per row their type; "" without. */
  readonly nodeTypes: readonly string[];
}

/** The sums of one heap. */
export interface HeapPathSums extends OwnerPathSums {
  /** The row of each object: Int32Array, length objects.count. */
  readonly rowOf: Int32Array;
}

/** Levels at the most, those of roots included; what lies deeper is counted with the last one. */
const MOST_LEVELS = 48;
/** Objects between two breaths. */
const SLICE = 1 << 18;
/** No row of the tree. */
const NONE = -1;

/** Sums what is on each owner path. Costs the owner tree and `computeOwnerGroups`; then linear in the groups. */
export async function sumOwnerPaths(heap: Heap, progress: Progress): Promise<HeapPathSums> {
  const container = heap.types.layouts === undefined ? undefined : await computeContainers(heap, progress);
  const options = {
    maxGroups: Number.POSITIVE_INFINITY,
    maxDepth: MOST_LEVELS,
    mergeGoroutines: true,
    container,
    withRows: true,
    withHolders: false,
  };
  const groups = await computeOwnerGroups(heap, options, progress);
  const tree = new PathTree();
  const pathOf = putGroups(heap, groups, tree);
  const { count } = tree;
  const objects = new Float64Array(count);
  const things = new Float64Array(count);
  const bytes = new Float64Array(count);
  for (let group = 0; group < groups.count; group++) {
    const path = pathOf[group]!;
    objects[path]! += groups.objects[group]!;
    things[path]! += isTimerHeap(heap, groups, group) ? 0 : countThings(heap, groups, group);
    bytes[path]! += groups.shallow[group]!;
  }
  const ownedBytes = bytes.slice();
  for (let row = count - 1; row > WHOLE_HEAP; row--) ownedBytes[tree.parentOf(row)]! += ownedBytes[row]!;
  // The groups are nobody else's.
  const rowOf = groups.rowOf!.subarray(0, heap.objects.count);
  for (let object = 0; object < rowOf.length; object++) rowOf[object] = pathOf[rowOf[object]!]!;
  const counted = await countNodes(heap, { tree, container, rowOf }, progress);
  return { tree, objects, things, bytes, ownedBytes, ...counted, rowOf };
}

/** The sums of a heap that is asked for them again; memoised per heap. */
export const computeOwnerPathSums = memoise(sumOwnerPaths);

/** Nodes of lists that are parts of what a path ends with, and of these and of what it ends with those whose type is guessed. Linear in the objects. */
async function countNodes(
  heap: Heap,
  {
    tree,
    container,
    rowOf,
  }: { readonly tree: PathTree; readonly container: Int32Array | undefined; readonly rowOf: Int32Array },
  progress: Progress,
): Promise<Pick<OwnerPathSums, "guessed" | "nodes" | "guessedNodes" | "nodeTypes">> {
  const { objects, types } = heap;
  const guessed = new Float64Array(tree.count);
  const nodes = new Float64Array(tree.count);
  const guessedNodes = new Float64Array(tree.count);
  const typeOf = new Int32Array(tree.count).fill(NONE);
  const { layouts } = types;
  if (container === undefined || layouts === undefined) {
    return { guessed, nodes, guessedNodes, nodeTypes: Array<string>(tree.count).fill("") };
  }
  const names = nameTypes(heap);
  // Inside of a sync.Map they are nobody's words.
  const isNode = Uint8Array.from(layouts.isLink, (isLink, type) => {
    const name = types.names[type]!;
    return isLink === 1 && libraryMapName(name) === undefined && !isLibraryMapEntry(name) ? 1 : 0;
  });
  // Tables of a map are called as the map is, and are parts of it.
  const isMapPart = Uint8Array.from(types.names, (name) => (wholeMapName(name) === name ? 0 : 1));
  for (let object = 0; object < rowOf.length; object++) {
    if (object % SLICE === SLICE - 1) await breathe(progress);
    const type = objects.type[object]!;
    const row = rowOf[object]!;
    const isGuessed = isTypeGuessed(objects, object);
    const isWhole = container[object] === object;
    if (isGuessed && (isWhole || isMapPart[type] === 0) && names[type] === tree.stepOf(row).type) guessed[row]!++;
    if (isNode[type] === 0 || isWhole) continue;
    if (typeOf[row] === NONE && names[type] !== tree.typeOf(row)) typeOf[row] = type;
    if (typeOf[row] !== type) continue;
    nodes[row]!++;
    if (isGuessed) guessedNodes[row]!++;
  }
  return { guessed, nodes, guessedNodes, nodeTypes: Array.from(typeOf, (type) => (type === NONE ? "" : names[type]!)) };
}

/** Types as steps of paths call them. */
function nameTypes({ types }: Heap): string[] {
  return types.names.map((_, type) => stableName(wholeMapName(listedTypeName(types, type))));
}

function countThings(heap: Heap, groups: DominatorGroups, group: number): number {
  if (groups.kind[group] === DominatorGroupKind.OBJECTS) {
    // The inside of a sync.Map: however many nodes it has, it is a part of what has the map.
    if (libraryMapName(heap.types.names[groups.type[group]!]!) !== undefined) return 0;
    return groups.members[group]! - groups.parts[group]!;
  }
  if (groups.kind[group] !== DominatorGroupKind.ROOT_VERTEX) return 0;
  const vertex = groups.vertex[group]! - heap.objects.count;
  return heap.roots.vertices.kind[vertex] === RootVertexKind.GOROUTINE ? groups.members[group]! : 0;
}

/** Per group its path. */
function putGroups(heap: Heap, groups: DominatorGroups, tree: PathTree): Int32Array {
  const pathOf = new Int32Array(groups.count);
  const types = nameTypes(heap);
  const direct = markPointees(heap);
  let timers = NONE;
  for (let group = 1; group < groups.count; group++) {
    const above = pathOf[groups.parent[group]!]!;
    if (isTimerHeap(heap, groups, group) && tree.stepOf(tree.rootOf(above)).kind !== "garbage") {
      timers = tree.below(WHOLE_HEAP, tree.stepNumber({ kind: "other", by: "pending timers", type: "" }));
      pathOf[group] = timers;
      continue;
    }
    const step = above === timers ? stepOfTimer(groups, group, types) : stepOf(heap, groups, group, types, direct);
    if (step === undefined) {
      pathOf[group] = above;
      continue;
    }
    // Shapes are alike by chance.
    const isKnown = step.kind === "objects" && heap.types.kind[groups.type[group]!] !== TypeKind.SHAPE;
    const again = isKnown ? tree.findType(above, step.type) : undefined;
    pathOf[group] = again ?? tree.below(above, tree.stepNumber(step));
  }
  return pathOf;
}

/** The step that a group is; undefined if it is none of its own. */
function stepOf(
  heap: Heap,
  groups: DominatorGroups,
  group: number,
  types: readonly string[],
  direct: Uint8Array,
): PathStep | undefined {
  switch (groups.kind[group]) {
    case DominatorGroupKind.OBJECTS: {
      const type = types[groups.type[group]!]!;
      // The nodes between are nobody's words, and may be part of what has the map.
      const by = isLibraryMapEntry(type) ? "[…]" : stablePointerName(groupFieldName(heap, groups, group));
      const isShared = by === "" && isSharedInVariable(heap, groups, group, direct);
      return isShared ? { kind: "objects", by, type, isShared } : { kind: "objects", by, type };
    }
    case DominatorGroupKind.ROOT_VERTEX:
      return rootStep(heap, groups.vertex[group]! - heap.objects.count);
    default:
      return undefined;
  }
}

/** The step that a group right below timers is: themselves, or what they will work on. */
function stepOfTimer({ kind, type }: DominatorGroups, group: number, types: readonly string[]): PathStep | undefined {
  const name = types[type[group]!]!;
  return kind[group] === DominatorGroupKind.OBJECTS && !TIMER.test(name)
    ? { kind: "objects", by: "", type: name }
    : undefined;
}

function isTimerHeap({ types }: Heap, { kind, type }: DominatorGroups, group: number): boolean {
  return kind[group] === DominatorGroupKind.OBJECTS && TIMER_HEAP.test(types.names[type[group]!]!);
}

/** Whether a group hangs on a package variable that has no pointer to it: several things in it share it. */
function isSharedInVariable(
  heap: Heap,
  { parent, kind, vertex }: DominatorGroups,
  group: number,
  direct: Uint8Array,
): boolean {
  const above = parent[group]!;
  if (kind[above] !== DominatorGroupKind.ROOT_VERTEX || direct[vertex[group]!] === 1) return false;
  return heap.roots.vertices.kind[vertex[above]! - heap.objects.count] === RootVertexKind.VARIABLE;
}

/** Per object: 1 if a package variable has a pointer to it. */
function markPointees({ objects, roots }: Heap): Uint8Array {
  const marks = new Uint8Array(objects.count);
  const { vertices, to } = roots;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.VARIABLE) continue;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) marks[to[edge]!] = 1;
  }
  return marks;
}

function rootStep(heap: Heap, vertex: number): PathStep | undefined {
  const { roots, goroutines, segments, variables } = heap;
  const item = roots.vertices.item[vertex]!;
  switch (roots.vertices.kind[vertex]) {
    case RootVertexKind.VARIABLE:
      return { kind: "variable", by: stableName(variables![item]!.name), type: "" };
    case RootVertexKind.SEGMENT:
      return { kind: "segment", by: `${segments[item]!.kind} segment`, type: "" };
    case RootVertexKind.GOROUTINE: {
      const started = findEntryFunction(goroutines, item);
      const entry = started === undefined ? "" : stableName(printedFunctionName(started));
      return { kind: "goroutine", by: entry === "" ? "goroutine" : `goroutine ${entry}`, type: "" };
    }
    case RootVertexKind.FINALIZERS:
      return { kind: "finalizers", by: "finalizers", type: "" };
    case RootVertexKind.FINALIZER:
      return { kind: "finalizers", by: stableName(finalizerName(roots.finalizers[item]!, () => "…")), type: "" };
    case RootVertexKind.OTHER:
      return { kind: "other", by: "other roots", type: "" };
    case RootVertexKind.UNREACHABLE:
      return { kind: "garbage", by: "garbage", type: "" };
    default:
      return undefined;
  }
}
