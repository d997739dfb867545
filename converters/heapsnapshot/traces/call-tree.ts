/**
 * The allocation profile as a tree of calls: buckets' call sites from the outermost inwards, equal beginnings shared.
 * A node is one call site (function, file, line) below one path; row 0 is the root. What profiles do not show is left
 * out. Without an executable, inlined calls have the right file and line but the name of the function they were inlined
 * into: the dump says no better.
 */
import { type CallSites, collectCallSites, findShownCallSites, type MemoryProfile } from "../../../src/index.ts";
import type { JsonWriter } from "../json-writer.ts";

/** "None" in link columns. */
const NONE = -1;

/** Characters collected before they are written. */
const TEXT_PIECE = 1 << 15;

export interface CallTree {
  readonly profile: MemoryProfile;
  readonly sites: CallSites;
  /** Nodes, the root included. */
  readonly count: number;
  /** Call site of each node; -1 for the root. */
  readonly site: readonly number[];
  readonly firstChild: readonly number[];
  readonly nextSibling: readonly number[];
  /** Node of each bucket's allocating call site. */
  readonly bucketNode: Int32Array;
}

/** Builds the tree. O(call sites of all buckets). */
export function buildCallTree(profile: MemoryProfile): CallTree {
  const { buckets } = profile;
  const sites = collectCallSites(profile);
  const { siteOfRow } = sites;
  const shown = findShownCallSites(profile);
  const site = [NONE];
  const firstChild = [NONE];
  const lastChild = [NONE];
  const nextSibling = [NONE];
  const children = new Map<number, number>();
  const bucketNode = new Int32Array(buckets.count);
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    let node = 0;
    for (let row = shown.end[bucket]! - 1; row >= shown.start[bucket]!; row--) {
      const key = node * sites.count + siteOfRow[row]!;
      let child = children.get(key);
      if (child === undefined) {
        child = site.length;
        children.set(key, child);
        site.push(siteOfRow[row]!);
        firstChild.push(NONE);
        lastChild.push(NONE);
        nextSibling.push(NONE);
        if (firstChild[node] === NONE) firstChild[node] = child;
        else nextSibling[lastChild[node]!] = child;
        lastChild[node] = child;
      }
      node = child;
    }
    bucketNode[bucket] = node;
  }
  return { profile, sites, count: site.length, site, firstChild, nextSibling, bucketNode };
}

/** Writes the tree as nested JSON: `open(node)`, its children with commas between them, `close`. */
export async function writeCallTree(
  out: JsonWriter,
  { firstChild, nextSibling }: CallTree,
  open: (node: number) => string,
  close: string,
): Promise<void> {
  const path = [0];
  let text = open(0);
  let next = firstChild[0]!;
  while (path.length > 0) {
    if (next !== NONE) {
      path.push(next);
      text += open(next);
      next = firstChild[next]!;
    } else {
      next = nextSibling[path.pop()!]!;
      text += next === NONE ? close : `${close},`;
    }
    if (text.length > TEXT_PIECE) {
      await out.text(text);
      text = "";
    }
  }
  await out.text(text);
}
