/**
 * Why: why objects are alive, as plain data. For one object the ways from GC roots to it, pointer by pointer; for many the
 * ways merged, alike ones once. The way from the owner comes first, which is the one that the report names.
 */

import { computeOwnerPaths } from "../../analysis/ownership/owner-paths.ts";
import { buildPathTree, type PathNode } from "../../analysis/paths/path-tree.ts";
import { appendPointer, pointerTarget, writePath, writeRoot } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE } from "../../heap/objects.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { computeContainers } from "../../values/values.ts";
import { findRootPaths, type RootPath } from "./root-paths.ts";
import { findTargets } from "./targets.ts";

/** Why objects are alive, as `explainWhy` gives it: what `gohd why --json` prints. */
export interface Why {
  /** What was asked for. */
  readonly asked: string;
  readonly count: number;
  readonly bytes: number;
  /** How many of the objects are garbage: no GC root leads to them. */
  readonly garbage: number;
  /** For one object: the ways to it, its owner's first, of the others the shortest first; else empty. */
  readonly paths: readonly WhyPath[];
  /** For one object: whether other roots lead there than `paths` shows; null where that was not asked for. */
  readonly hasMorePaths: boolean | null;
  /** For several objects: the way from its owner to each, merged; else empty. */
  readonly tree: readonly WhyNode[];
}

/** A way from a root to an object, as a Go expression and step by step. */
export interface WhyPath {
  /** Whether the root owns the object, or uses it too; of garbage nobody is the owner. */
  readonly by: RootPath["by"];
  /** The root: "main.store", "goroutine main.worker [select]". */
  readonly root: string;
  /** Roots that are called so and lead there; the way is one of theirs. */
  readonly rootCount: number;
  /** `main.store.sessions["u17"]`. */
  readonly expression: string;
  /** Where its first name is known; "" for package variables. */
  readonly where: string;
  readonly steps: readonly WhyStep[];
}

/** A step of a way: a pointer, and what it leads to. */
export interface WhyStep {
  /** What the pointer is called: "main.store", "sessions", `["u17"]`. */
  readonly name: string;
  readonly type: string;
  readonly address: string;
}

/** A step of several ways that are alike, merged. */
export interface WhyNode {
  readonly name: string;
  readonly where: string;
  readonly type: string;
  /** Objects asked for that the way leads to, those at this very step, and the bytes of all of them. */
  readonly count: number;
  readonly own: number;
  readonly bytes: number;
  readonly children: readonly WhyNode[];
}

/**
 * Tells why what `texts` name is alive; see `findTargets`.
 * @param most ways to one object
 * @throws UsageError if there is nothing of that name
 */
export async function explainWhy(
  heap: Heap,
  texts: readonly string[],
  most = 1,
  progress: Progress = NO_PROGRESS,
): Promise<Why> {
  const container = heap.types.layouts === undefined ? undefined : await computeContainers(heap, progress);
  const targets = texts.map((text) => findTargets(heap, text, container));
  const objects = [...new Set(targets.flatMap((target) => [...target.objects]))];
  const asked = targets.map(({ description }) => description).join(", ");
  const amounts = {
    asked,
    count: objects.length,
    bytes: objects.reduce((sum, object) => sum + objectSize(heap.objects, object), 0),
    garbage: objects.filter((object) => (heap.objects.flags[object]! & REACHABLE) === 0).length,
  };
  if (objects.length === 1) {
    const { paths, hasMore } = await findRootPaths(heap, objects[0]!, most, container, progress);
    const described = paths.map((path) => describePath(heap, path, container));
    return { ...amounts, paths: described, hasMorePaths: hasMore, tree: [] };
  }
  const tree = buildPathTree(heap, await computeOwnerPaths(heap, progress), objects, container);
  return { ...amounts, paths: [], hasMorePaths: null, tree: tree.map((node) => describeNode(heap, node)) };
}

function describePath(heap: Heap, path: RootPath, container: Int32Array | undefined): WhyPath {
  const { by, root, rootCount, pointers } = path;
  const options = { container, withElements: true };
  const { objects, types } = heap;
  const steps: WhyStep[] = [];
  for (const [i, pointer] of pointers.entries()) {
    const target = pointerTarget(heap, pointer);
    if (i > 0 && container !== undefined && container[pointer.from] === container[target]) continue;
    const name =
      i === 0 ? writeRoot(heap, pointer.from - objects.count, pointer.edge) : appendPointer(heap, "", pointer, options);
    steps.push({
      name: name.replace(/^\./, ""),
      type: types.names[objects.type[target]!]!,
      address: heap.formatAddress(objects.address[target]!),
    });
  }
  return { by, root, rootCount, ...writePath(heap, pointers, options), steps };
}

function describeNode(heap: Heap, node: PathNode): WhyNode {
  const { name, where, type, count, own, bytes, children } = node;
  return {
    name,
    where,
    type: heap.types.names[type]!,
    count,
    own,
    bytes,
    children: children.map((child) => describeNode(heap, child)),
  };
}
