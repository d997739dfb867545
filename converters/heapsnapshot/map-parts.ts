/**
 * MapParts: what maps are made of. A map's header, directory, tables and groups or buckets are one node, so that an entry's retainer
 * is the map itself: `["u17"] in map[string]*main.Session`. Their sizes add up, and pointers among them are left out.
 */
import { type Heap, objectSize, REACHABLE, Structure } from "../../src/index.ts";
import { MAX_PART_SIZE } from "./layout.ts";

export interface MapParts {
  /** Per object the map's header that it is a part of; itself if it is none. */
  readonly wholeOf: Int32Array;
  /** CSR by object: the parts of object i but the header are `part[start[i]]` … `part[start[i+1]-1]`, ascending. */
  readonly start: Int32Array;
  readonly part: Int32Array;
}

/**
 * Finds the parts of maps; undefined if no map has any. Linear in the objects; 8 bytes an object.
 * @param container as `computeContainers` finds it, of a typed heap
 */
export function findMapParts({ objects, types }: Heap, container: Int32Array): MapParts | undefined {
  const { count, type, flags } = objects;
  const { structure } = types.layouts!;
  const wholeOf = new Int32Array(count);
  const size = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const whole = container[i]!;
    const isPart =
      whole !== i &&
      structure[type[whole]!] === Structure.MAP &&
      (flags[whole]! & REACHABLE) === (flags[i]! & REACHABLE);
    wholeOf[i] = isPart ? whole : i;
    if (isPart) size.set(whole, (size.get(whole) ?? objectSize(objects, whole)) + objectSize(objects, i));
  }
  const start = new Int32Array(count + 1);
  let parts = 0;
  for (let i = 0; i < count; i++) {
    const whole = wholeOf[i]!;
    if (whole === i) continue;
    // A node has no room for the size of more.
    if (size.get(whole)! > MAX_PART_SIZE) wholeOf[i] = i;
    else {
      start[whole + 1]!++;
      parts++;
    }
  }
  if (parts === 0) return undefined;
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;
  const part = new Int32Array(parts);
  const next = start.slice();
  for (let i = 0; i < count; i++) if (wholeOf[i] !== i) part[next[wholeOf[i]!]!++] = i;
  return { wholeOf, start, part };
}

/** Whether an object is a map with parts, or one of these. O(1). */
export function isOfMap({ wholeOf, start }: MapParts, object: number): boolean {
  const whole = wholeOf[object]!;
  return start[whole + 1]! > start[whole]!;
}

/** Pointers of an object that do not stay within the map that it is a part of. O(its pointers). */
export function countOutgoing({ edges }: Heap, parts: MapParts, object: number): number {
  const { wholeOf } = parts;
  const first = edges.start[object]!;
  const last = edges.start[object + 1]!;
  if (!isOfMap(parts, object)) return last - first;
  let count = 0;
  for (let edge = first; edge < last; edge++) if (wholeOf[edges.to[edge]!] !== wholeOf[object]) count++;
  return count;
}
