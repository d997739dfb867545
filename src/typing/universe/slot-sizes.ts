/**
 * SlotSizes: which slot of the allocator a value gets, as the Go that wrote the dump has them. A dump with slots of other sizes
 * than those that are known is of a later Go: those are taken for classes, too. With the address sanitizer (`-asan`) a red zone
 * stands behind every value; since Go 1.24 the mask of small values goes on in it.
 */
import { slotSizeFor } from "../../heap/facts/size-classes.ts";

/** What stands behind values. */
export const RedZones = { NONE: 0, CLEAR: 1, MASKED: 2 } as const;

/** Bytes of a value up to which a red zone has 16 bytes, then twice as many, and so on. */
const RED_ZONE_STEPS = [
  64 - 16,
  128 - 32,
  512 - 64,
  4096 - 128,
  (1 << 14) - 256,
  (1 << 15) - 512,
  (1 << 16) - 1024,
] as const;
const SMALLEST_RED_ZONE = 16;

export class SlotSizes {
  readonly #hasClass24: boolean;
  readonly #redZones: number;

  /**
   * @param hasClass24 false before Go 1.16
   * @param redZones one of RedZones
   */
  constructor(hasClass24: boolean, redZones: number = RedZones.NONE) {
    this.#hasClass24 = hasClass24;
    this.#redZones = redZones;
  }

  /** Whether the mask of small values goes on in what stands behind them. */
  get isMaskedBehind(): boolean {
    return this.#redZones === RedZones.MASKED;
  }

  /** Bytes of values with what the allocator puts behind them. */
  withRedZone(bytes: number): number {
    if (this.#redZones === RedZones.NONE) return bytes;
    let step = 0;
    while (step < RED_ZONE_STEPS.length && bytes > RED_ZONE_STEPS[step]!) step++;
    return bytes + SMALLEST_RED_ZONE * 2 ** step;
  }

  /** Whether values of so many bytes, behind a header of so many, get a slot of just this size. */
  isFull(bytes: number, slot: number, header = 0): boolean {
    const needed = this.withRedZone(bytes) + header;
    const size = slotSizeFor(needed, this.#hasClass24);
    return size === slot || (size > slot && needed <= slot && slotSizeFor(slot, this.#hasClass24) !== slot);
  }

  /** How many values of a size get a slot of just this size, as far as they may be more than one; 0 if no number does. */
  mostFor(size: number, slot: number): number {
    let count = Math.floor(slot / size);
    while (count > 0 && this.withRedZone(count * size) > slot) count--;
    return count > 0 && this.isFull(count * size, slot) ? count : 0;
  }
}
