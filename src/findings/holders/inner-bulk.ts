/**
 * Inner bulk: where the memory of a single thing below a holder accumulates. What has several things of different kinds, such as the
 * struct that is the whole program, or main's frame, says nothing by itself: what fills each of these does.
 */
import { isLibraryMapEntry } from "../../analysis/paths/library-maps.ts";
import type { Heap } from "../../heap/heap.ts";
import { type AlikeThings, countGuessed } from "../guessed.ts";
import { findBulk } from "./bulk.ts";
import type { HolderNames } from "./holder-names.ts";
import type { ThingTree } from "./thing-tree.ts";

/** What fills a single thing, and where in it that is. */
export interface InnerBulk extends AlikeThings {
  /** The thing in it where the memory accumulates, as `Holder.path` names things; itself if that is where it does. */
  readonly path: string;
  readonly pathWithoutKeys: string;
  readonly isPathGuessed: boolean;
  readonly object: number;
  readonly address: string;
  /** Of what there is most of there. */
  readonly bytes: number;
}

/** The share of its parent's bytes that a child has to have for the way to go on: as of holders. */
const MOSTLY = 0.7;
/** The share of the thing's bytes that has to be explained. */
const LEAST_EXPLAINED = 0.5;
/** Levels to go down: beyond, the way leads along something that has no end. */
const MOST_LEVELS = 64;

/** Finds what fills an object; null if nothing does that there are several of. Linear in what is on the way. */
export function findInnerBulk(heap: Heap, tree: ThingTree, names: HolderNames, object: number): InnerBulk | null {
  const { objects, types } = heap;
  let at = object;
  let children = tree.childrenOf(at);
  for (let level = 0; level < MOST_LEVELS; level++) {
    const largest = tree.largestOf(children, 1)[0];
    if (largest === undefined || tree.sizeOf(largest) < MOSTLY * tree.sizeOf(at)) break;
    at = largest;
    children = tree.childrenOf(at);
  }
  const { largest: kind } = tree.sumByType(children);
  const most =
    findBulk(heap, tree, children) ??
    (kind && {
      type: types.names[kind.type]!,
      count: kind.count,
      guessed: countGuessed(objects, tree.objectsOf(kind, children)),
      bytes: kind.bytes,
    });
  // Entries of a library's map say nothing.
  if (most === undefined || isLibraryMapEntry(most.type)) return null;
  if (most.count < 2 || most.bytes < LEAST_EXPLAINED * tree.sizeOf(object)) return null;
  const { path, pathWithoutKeys, isPathGuessed } = names.pathTo(at);
  const address = heap.formatAddress(objects.address[at]!);
  const { type, count, guessed, bytes } = most;
  return { path, pathWithoutKeys, isPathGuessed, object: at, address, type, count, guessed, bytes };
}
