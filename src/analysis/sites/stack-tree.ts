/** StackTree: stacks of locations that share what they have in common, from the outermost frame inwards. */

/** The empty stack. */
export const NO_STACK = 0;

/** Locations are fewer than this. */
const LOCATIONS = 2 ** 26;

/** Stacks of locations as a tree: stacks with the same outer frames share them. */
export class StackTree {
  /** Per stack: the one without its innermost frame. Row 0 is the empty stack. */
  readonly parent: number[] = [NO_STACK];
  /** Per stack: the innermost frame's location. */
  readonly location: number[] = [0];
  /** Per stack: how many frames it has. */
  readonly depth: number[] = [0];
  /** Frames of the longest stack. */
  maxDepth = 0;
  readonly #below = new Map<number, number>();

  /** The stack that has one frame more than `parent`; the same one for the same location. */
  find(parent: number, location: number): number {
    const key = parent * LOCATIONS + location;
    let stack = this.#below.get(key);
    if (stack === undefined) {
      stack = this.add(parent, location);
      this.#below.set(key, stack);
    }
    return stack;
  }

  /** The same, but a new one in any case: for callers that know that there is none. */
  add(parent: number, location: number): number {
    const depth = this.depth[parent]! + 1;
    if (depth > this.maxDepth) this.maxDepth = depth;
    this.parent.push(parent);
    this.location.push(location);
    return this.depth.push(depth) - 1;
  }
}
