/** The two global regions of the dumped program: data and bss. */

export interface Segment {
  readonly kind: "data" | "bss";
  readonly address: number;
  readonly size: number;
  /** Byte in the dump where the contents begin. */
  readonly position: number;
  /** Words that the garbage collector takes for pointers. */
  readonly pointerSlots: number;
}
