/**
 * Part contents: what many alike things below a holder consist of. Sixty clients of 200 KiB each say nothing by themselves, where no
 * single type below them has most: of which types their bytes are says more.
 */
import { libraryMapName } from "../../analysis/paths/library-maps.ts";
import { wholeMapName } from "../../analysis/paths/map-parts.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { type AlikeThings, isTypeGuessed } from "../guessed.ts";
import type { ThingTree } from "./thing-tree.ts";

/** Things of one type, wherever they are below; with the bytes of themselves and of what they are made of. */
export interface PartContent extends AlikeThings {
  readonly bytes: number;
}

/** Objects between two breaths. */
const SLICE = 1 << 17;
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
export async function findPartContents(
  heap: Heap,
  tree: ThingTree,
  things: readonly number[],
  container: Int32Array | undefined,
  progress: Progress,
): Promise<readonly PartContent[]> {
  const { objects, types } = heap;
  const own = objects.type[things[0]!]!;
  const counts = new Int32Array(types.count);
  const guesses = new Int32Array(types.count);
  const sums = new Float64Array(types.count);
  let all = 0;
  const open = int32Column();
  for (const thing of things) open.push(thing);
  let left = SLICE;
  while (open.count > 0) {
    const object = open.get(--open.count);
    if (--left === 0) {
      await breathe(progress);
      left = SLICE;
    }
    const whole = container === undefined ? object : container[object]!;
    const row = objects.type[whole]!;
    const bytes = objectSize(objects, object);
    sums[row]! += bytes;
    if (whole === object) {
      counts[row]!++;
      if (isTypeGuessed(objects, object)) guesses[row]!++;
    }
    all += bytes;
    tree.addRightBelow(object, open);
  }
  const found: PartContent[] = [];
  for (let row = 0; row < types.count; row++) {
    const [count, bytes] = [counts[row]!, sums[row]!];
    if (row === own || count < 2 || bytes < LEAST * all) continue;
    const type = libraryMapName(types.names[row]!) ?? wholeMapName(types.names[row]!);
    found.push({ type, count, guessed: guesses[row]!, bytes });
  }
  found.sort((a, b) => b.bytes - a.bytes || (a.type < b.type ? -1 : 1));
  const most = found.slice(0, MOST);
  return most.reduce((sum, { bytes }) => sum + bytes, 0) >= LEAST_TOGETHER * all ? most : [];
}
