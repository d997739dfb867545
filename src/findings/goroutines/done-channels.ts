/** DoneChannels: whether what goroutines receive from may be the Done of a context, which is a `chan struct {}`. */
import type { Heap } from "../../heap/heap.ts";
import { TypeSource } from "../../heap/objects.ts";
import type { WaitTargets } from "./wait-targets.ts";

/** Channels that no context has. A type with a name of its own can be of any. */
const OF_NO_CONTEXT = /^chan (?!struct \{\}$)/;

export class DoneChannels {
  readonly #heap: Heap;
  readonly #targets: WaitTargets["of"];
  /** Per row of the type table: 1 if no context can have it. */
  readonly #isOther: Uint8Array;

  /** Linear in the types. */
  constructor(heap: Heap, targets: WaitTargets["of"]) {
    this.#heap = heap;
    this.#targets = targets;
    this.#isOther = Uint8Array.from(heap.types.names, (name) => (OF_NO_CONTEXT.test(name) ? 1 : 0));
  }

  /** Whether one of the channels that a goroutine waits for may be one, as far as is known. O(1) for each. */
  mayWait(goroutine: number): boolean {
    const { type, typeSource } = this.#heap.objects;
    const channels = this.#targets[goroutine];
    if (channels === undefined) return true;
    return channels.some(
      (channel) =>
        this.#isOther[type[channel]!] === 0 ||
        typeSource[channel] === TypeSource.INFERRED ||
        typeSource[channel] === TypeSource.NONE,
    );
  }
}
