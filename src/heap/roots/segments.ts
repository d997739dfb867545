/** The two global regions of the dumped program, data and bss, and the variables in them. */

export interface Segment {
  readonly kind: "data" | "bss";
  readonly address: number;
  readonly size: number;
  /** Byte in the dump where the contents begin. */
  readonly position: number;
  /** Words that the garbage collector takes for pointers. */
  readonly pointerSlots: number;
}

/** A package variable, known by name from the executable's symbols. */
export interface GlobalVariable {
  /** With its package: "main.sessions". */
  readonly name: string;
  /** Full name of its type, "map[string]*main.Session"; undefined where only a symbol tells of it. */
  readonly type: string | undefined;
  readonly address: number;
  readonly size: number;
  /** Byte in the dump where its contents begin. */
  readonly position: number;
}
