/** Nesting of types in one another: real ones have a dozen levels, damaged ones no end. */

const MAX_DEPTH = 200;
let depth = 0;

/** Computes what may lead back to the same type; gives `unknown` instead if it is nested too deeply. */
export function nested<T>(unknown: T, compute: () => T): T {
  if (depth >= MAX_DEPTH) return unknown;
  depth++;
  try {
    return compute();
  } finally {
    depth--;
  }
}
