/**
 * Part contents: what many alike things below a holder consist of. Sixty clients of 200 KiB each say nothing by themselves, where no
 * single type below them has most: of which types their bytes are says more.
 */
import { libraryMapName } from "../../analysis/paths/library-maps.ts";
import { wholeMapName } from "../../analysis/paths/map-parts.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import type { ThingTree } from "./thing-tree.ts";

/** Things of one type, wherever they are below; with the bytes of themselves and of what they are made of. */
export interface PartContent {
  readonly type: string;
  readonly count: number;
  readonly bytes: number;
}

/** Types that are told, … */
const MOST = 2;
/** … each with this share of the bytes, … */
const LEAST = 0.15;
/** … and together with this one: else nothing is most of it. */
const LEAST_TOGETHER = 0.5;

/**
 * Finds what things consist of mostly, most first; nothing if no few types do, or if that is the things themselves. Linear in all that
 * they own.
 * @param things vertices of one type
 * @param container per object the one that stands for what it is a part of
 */
export function findPartContents(
  heap: Heap,
  tree: ThingTree,
  things: readonly number[],
  container: Int32Array | undefined,
): readonly PartContent[] {
  const { objects, types } = heap;
  const own = objects.type[things[0]!]!;
  const sums = new Map<number, { count: number; bytes: number }>();
  let all = 0;
  const open = [...things];
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    const whole = container?.[object] ?? object;
    const row = objects.type[whole]!;
    let sum = sums.get(row);
    if (sum === undefined) {
      sum = { count: 0, bytes: 0 };
      sums.set(row, sum);
    }
    const bytes = objectSize(objects, object);
    sum.bytes += bytes;
    if (whole === object) sum.count++;
    all += bytes;
    for (const below of tree.rightBelow(object)) open.push(below);
  }
  const found = [...sums]
    .filter(([row, { count, bytes }]) => row !== own && count > 1 && bytes >= LEAST * all)
    .map(([row, sum]) => ({ type: libraryMapName(types.names[row]!) ?? wholeMapName(types.names[row]!), ...sum }))
    .sort((a, b) => b.bytes - a.bytes || (a.type < b.type ? -1 : 1))
    .slice(0, MOST);
  return found.reduce((sum, { bytes }) => sum + bytes, 0) >= LEAST_TOGETHER * all ? found : [];
}
