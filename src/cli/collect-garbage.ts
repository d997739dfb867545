/**
 * Collects garbage when gohd knows that there is much: before the next output, and where `makeRoom` is called. V8 collects when it
 * sees fit, and sees little of typed arrays: what it would leave lying about comes on top of the peak of what follows.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects garbage now, if V8 lets itself be asked. Takes some 10 ms: the columns themselves are not looked through. */
export function collectGarbage(): void {
  // Node has it by a flag only, which counts for contexts that are made from then on.
  setFlagsFromString("--expose-gc");
  try {
    const collect: unknown = runInNewContext("globalThis.gc");
    if (typeof collect === "function") collect();
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
