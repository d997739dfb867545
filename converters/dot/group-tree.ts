/** GroupTree: dominator groups as they are drawn: without those that only lead to others. */
import { DominatorGroupKind, type DominatorGroups, type Heap, RootVertexKind, TypeKind } from "../../src/index.ts";

/** What the runtime's own part of a map may have of what it retains, and still be passed over. */
const OWN_SHARE = 0.1;
const NONE = -1;

/**
 * The groups as a tree without those that say nothing: "(GC roots)", below which everything but garbage is, and the
 * runtime's own parts of maps, which lead to the entries.
 */
export interface GroupTree {
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** 1 for rows that can be drawn. */
  readonly isGroup: Uint8Array;
  /** 1 for rows that are passed over: what is below them is below their parent. */
  readonly isPassed: Uint8Array;
}

/** Lifts what is below groups that are passed over. Linear. */
export function liftGroups(heap: Heap, groups: DominatorGroups): GroupTree {
  const { count, kind, parent } = groups;
  const tree = {
    parent: parent.slice(),
    depth: new Int32Array(count),
    isGroup: new Uint8Array(count),
    isPassed: findPassed(heap, groups),
  };
  for (let row = 0; row < count; row++) {
    const isLeftOver = kind[row] === DominatorGroupKind.DEEPER || kind[row] === DominatorGroupKind.SMALLER;
    if (!isLeftOver && tree.isPassed[row] === 0) tree.isGroup[row] = 1;
    const above = parent[row]!;
    if (above === NONE) continue;
    tree.parent[row] = tree.isPassed[above] === 1 ? tree.parent[above]! : above;
    tree.depth[row] = tree.depth[tree.parent[row]!]! + 1;
  }
  return tree;
}

function findPassed(heap: Heap, { count, kind, type, vertex, parent, shallow, retained }: DominatorGroups): Uint8Array {
  const passed = new Uint8Array(count);
  const { kind: rootKind } = heap.roots.vertices;
  for (let row = 1; row < count; row++) {
    if (kind[row] === DominatorGroupKind.ROOT_VERTEX) {
      if (rootKind[vertex[row]! - heap.objects.count] === RootVertexKind.GC_ROOTS) passed[row] = 1;
    } else if (kind[row] === DominatorGroupKind.OBJECTS && parent[row] !== 0) {
      const isInternal = heap.types.kind[type[row]!] === TypeKind.INTERNAL;
      if (isInternal && shallow[row]! < retained[row]! * OWN_SHARE) passed[row] = 1;
    }
  }
  return passed;
}
