/**
 * SlotSizes: which slot of the allocator a value gets, as the Go that wrote the dump has them. A dump with slots of other sizes
 * than those that are known is of a later Go: those are taken for classes, too.
 */
import { slotSizeFor } from "../../heap/facts/size-classes.ts";

export class SlotSizes {
  readonly #hasClass24: boolean;

  /** @param hasClass24 false before Go 1.16 */
  constructor(hasClass24: boolean) {
    this.#hasClass24 = hasClass24;
  }

  /** Whether values of so many bytes, with the header in front of them, get a slot of just this size. */
  isFull(bytes: number, slot: number): boolean {
    const size = slotSizeFor(bytes, this.#hasClass24);
    return size === slot || (size > slot && bytes <= slot && slotSizeFor(slot, this.#hasClass24) !== slot);
  }
}
