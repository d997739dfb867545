/** Back pointers: those that lead to what their object itself hangs on, as a connection's to its session. They hold nothing. */
import { NO_OBJECT } from "../heap/objects.ts";

/** An object, and a vertex that points to it. */
export interface HeldObject {
  readonly object: number;
  readonly holder: number;
}

/** How far below an object its holder is looked for: through a map, or an array of entries, and two structs. */
const MOST_STEPS = 8;

/**
 * Whether most of the objects own what points to them: then that is not where they are. O(examples).
 * @param above per vertex the one right above it in the owner tree
 */
export function areMostlyBackPointers(above: Int32Array, examples: readonly HeldObject[]): boolean {
  let back = 0;
  for (const { object, holder } of examples) {
    let vertex = holder;
    for (let step = 0; step < MOST_STEPS && vertex !== NO_OBJECT && vertex !== object; step++) vertex = above[vertex]!;
    if (vertex === object) back++;
  }
  return 2 * back > examples.length;
}
