/**
 * FileRuns: the objects in runs that stand one behind another in the dump as well, and the runs in the order of the dump. Spans
 * are dumped in another order than that of addresses: whoever follows the dump reads it once, and in large pieces.
 */
import { float64Column, int32Column } from "../../heap/columns.ts";
import { HAS_POINTERS, type Objects } from "../../heap/objects.ts";
import { newColumn } from "../../workers/current.ts";

/** Bytes between objects with pointers that are rather read than skipped. */
const GAP = 4096;
/** Bytes that the dump has between the contents of two objects at most, beside the list of the first one's pointers. */
const RECORD = 32;

export class FileRuns {
  /** The first object of each run, by ascending address, and the object behind the last run. */
  readonly first: Uint32Array;
  /** Numbers of the runs in the order of the dump. */
  readonly order: Uint32Array;
  /** By place in `order`: the position up to which objects with pointers follow from there without a gap. */
  readonly end: Float64Array;

  /** Linear in the objects, but for sorting the runs, which are no more than spans, and objects with very long lists of pointers. */
  constructor({ count, position, flags, size }: Pick<Objects, "count" | "position" | "flags" | "size">) {
    const first = int32Column();
    const ends = float64Column();
    let end = Number.NEGATIVE_INFINITY;
    let most = 0;
    for (let object = 0; object < count; object++) {
      if ((flags[object]! & HAS_POINTERS) === 0) continue;
      const at = position[object]!;
      if (at < end || at > end + most) {
        if (first.count > 0) ends.push(end);
        first.push(object);
      }
      end = at + size[object]!;
      // A longer list makes a run of its own. A larger limit would let other spans lie inside a run.
      most = RECORD + size[object]! / 2;
    }
    if (first.count > 0) ends.push(end);
    const runs = first.count;
    first.push(count);
    this.first = newColumn(Uint32Array, runs + 1);
    this.first.set(first.values);
    const starts = Float64Array.from({ length: runs }, (_, run) => position[first.get(run)]!);
    this.order = newColumn(Uint32Array, runs);
    for (let run = 0; run < runs; run++) this.order[run] = run;
    this.order.sort((a, b) => starts[a]! - starts[b]!);
    this.end = newColumn(Float64Array, runs);
    for (let place = runs - 1; place >= 0; place--) {
      const own = ends.get(this.order[place]!);
      const next = place + 1 < runs ? starts[this.order[place + 1]!]! : Number.POSITIVE_INFINITY;
      this.end[place] = next <= own + GAP ? Math.max(own, this.end[place + 1]!) : own;
    }
  }
}
