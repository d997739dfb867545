/** Frames by address, in whatever order they stand in the dump. */
import { expect, test } from "vitest";
import { FrameIndex } from "../../../src/heap/building/frame-index.ts";
import type { Goroutines } from "../../../src/heap/roots/goroutines.ts";

/** Goroutines with frames of [address, size]. */
function draw(stacks: readonly (readonly (readonly [number, number])[])[]): Goroutines {
  const all = stacks.flat();
  const frameStart = [0];
  for (const stack of stacks) frameStart.push(frameStart.at(-1)! + stack.length);
  const frames = {
    count: all.length,
    address: Float64Array.from(all, ([address]) => address),
    size: Float64Array.from(all, ([, size]) => size),
  };
  return { count: stacks.length, frameStart: Uint32Array.from(frameStart), frames } as unknown as Goroutines;
}

test.each([
  [
    "of stacks that descend",
    [
      [
        [300, 10],
        [310, 30],
      ],
      [[100, 50]],
      [],
    ],
  ],
  [
    "of one stack between frames of another",
    [
      [
        [100, 10],
        [300, 10],
      ],
      [
        [200, 10],
        [210, 5],
      ],
    ],
  ],
  [
    "of a damaged stack that descends",
    [
      [
        [300, 10],
        [200, 10],
        [250, 10],
      ],
      [[100, 10]],
    ],
  ],
  [
    "with empty ones among them",
    [
      [
        [90, 0],
        [100, 10],
        [110, 0],
      ],
      [
        [110, 10],
        [120, 0],
      ],
      [[120, 0]],
    ],
  ],
  ["of none", [[], []]],
] as const)("%s", (_, stacks) => {
  const index = new FrameIndex(draw(stacks));
  const all = stacks.flat() as readonly (readonly [number, number])[];
  for (let address = 80; address < 350; address++) {
    const frame = all.findIndex(([start, size]) => address >= start && address < start + size);
    expect(index.find(address), `${address}`).toBe(frame);
  }
});
