/** Which slots values get: size classes, red zones of the address sanitizer, and classes that are new. */
import { describe, expect, test } from "vitest";
import { RedZones, SlotSizes } from "../../../src/typing/universe/slot-sizes.ts";

test("a value fills the slot of its class, with the header in front of it", () => {
  const slots = new SlotSizes(true);
  expect([24, 32].map((slot) => slots.isFull(24, slot))).toEqual([true, false]);
  expect(slots.isFull(24, 32, 8)).toBe(true);
  // Until Go 1.15 there was no class of 24 bytes.
  expect(new SlotSizes(false).isFull(24, 32)).toBe(true);
});

test("a slot between the classes that are known is one of a later Go", () => {
  const slots = new SlotSizes(true);
  expect(slots.isFull(710, 720)).toBe(true);
  expect(slots.isFull(721, 720)).toBe(false);
  // It holds what would go into the next class, not what has a smaller one.
  expect(slots.isFull(640, 720)).toBe(false);
});

describe("with the address sanitizer", () => {
  const slots = new SlotSizes(true, RedZones.MASKED);

  test.each([
    [8, 24],
    [48, 64],
    [49, 96],
    [96, 128],
    [97, 176],
    [448, 512],
    [3968, 4096],
  ])("a value of %i bytes gets a slot of %i", (bytes, slot) => {
    expect(slots.isFull(bytes, slot)).toBe(true);
  });

  test("the red zone counts where it is asked how many values fit", () => {
    // Three of 24 bytes are 72, and 32 behind them.
    expect(slots.mostFor(24, 112)).toBe(3);
    expect(new SlotSizes(true).mostFor(24, 112)).toBe(0);
    expect(new SlotSizes(true).mostFor(16, 112)).toBe(7);
  });
});
