/** Pseudo-random numbers that are the same on every run. */

/** Returns a function that gives integers from 0 to below its argument (at most 2^32); xorshift32 with a multiplier. */
export function seededRandom(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((Math.imul(state, 0x2545f491) >>> 0) / 2 ** 32) * below);
  };
}
