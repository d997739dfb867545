/**
 * The allocation profile as a tree of calls: buckets' call sites from the outermost inwards, equal beginnings shared.
 * A node is one call site (function, file, line) below one path; row 0 is the root.
 *
 * Two kinds of call sites are left out, as runtime/pprof does: the runtime's own on the innermost side (mallocgc,
 * newobject, growslice, …; kept if there is nothing else) and runtime.goexit on the outermost. Inlined calls have the
 * right file and line but the name of the function they were inlined into: the dump says no better.
 */
import type { MemoryProfile } from "../../src/index.ts";
import type { JsonWriter } from "./json-writer.ts";

/** "None" in link columns. */
const NONE = -1;

/** Characters collected before they are written. */
const TEXT_PIECE = 1 << 15;

const RUNTIME_FUNCTION = /^(runtime\.|internal\/runtime\/)/;

/** A file of package runtime or below internal/runtime, with and without -trimpath; not runtime/debug and the like. */
const RUNTIME_FILE = /(^|\/src\/)(runtime\/|internal\/runtime\/.*)[^/]*\.(go|s)$/;

/** Distinct call sites; columns of length `count`, indexes into `profile.names`. */
export interface CallSites {
  readonly count: number;
  readonly function: readonly number[];
  readonly file: readonly number[];
  /** 1-based; 0 when unknown. */
  readonly line: readonly number[];
}

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
  const { sites, siteOfRow } = collectSites(profile);
  const runtime = sites.function.map(
    (name, s) => RUNTIME_FUNCTION.test(profile.names[name]!) || RUNTIME_FILE.test(profile.names[sites.file[s]!]!),
  );
  const exit = sites.function.map((name) => profile.names[name] === "runtime.goexit");

  const site = [NONE];
  const firstChild = [NONE];
  const lastChild = [NONE];
  const nextSibling = [NONE];
  const children = new Map<number, number>();
  const bucketNode = new Int32Array(buckets.count);
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    let innermost = buckets.siteStart[bucket]!;
    let end = buckets.siteStart[bucket + 1]!;
    while (innermost < end && runtime[siteOfRow[innermost]!]) innermost++;
    if (innermost === end) innermost = buckets.siteStart[bucket]!;
    while (innermost < end && exit[siteOfRow[end - 1]!]) end--;
    let node = 0;
    for (let row = end - 1; row >= innermost; row--) {
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

/** Counts each bucket's live sampled objects: the profile's own frees lag behind by a GC cycle, these do not. */
export function countLiveSamples({ buckets, samples }: MemoryProfile): Float64Array {
  const live = new Float64Array(buckets.count);
  for (let i = 0; i < samples.count; i++) {
    const bucket = samples.bucket[i]!;
    if (bucket >= 0) live[bucket]!++;
  }
  return live;
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

/** Gives equal call sites one index. */
function collectSites({ buckets, names }: MemoryProfile): { sites: CallSites; siteOfRow: Int32Array } {
  const rowCount = buckets.siteStart[buckets.count]!;
  const siteOfRow = new Int32Array(rowCount);
  const places = new Map<number, number>();
  const lines = new Map<number, number>();
  const functions: number[] = [];
  const files: number[] = [];
  const lineNumbers: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const fn = buckets.siteFunction[row]!;
    const file = buckets.siteFile[row]!;
    const line = buckets.siteLine[row]!;
    const placeKey = fn * names.length + file;
    let place = places.get(placeKey);
    if (place === undefined) {
      place = places.size;
      places.set(placeKey, place);
    }
    const lineKey = place * 2 ** 31 + line;
    let site = lines.get(lineKey);
    if (site === undefined) {
      site = lines.size;
      lines.set(lineKey, site);
      functions.push(fn);
      files.push(file);
      lineNumbers.push(line);
    }
    siteOfRow[row] = site;
  }
  return { sites: { count: functions.length, function: functions, file: files, line: lineNumbers }, siteOfRow };
}
