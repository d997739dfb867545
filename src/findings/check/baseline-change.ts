/** BaselineChange: one difference between a heap and its baseline, as plain data. */

export interface BaselineChange {
  /** "gone" and "unused": an entry of the baseline, or an expectation, that nothing is there for any more. */
  readonly kind: "new" | "grown" | "gone" | "unused";
  readonly of: "live" | "path" | "goroutines" | "expectation";
  /** A path, what goroutines were started for, a pattern; "" of the live bytes. */
  readonly name: string;
  /** Of a path its type, of goroutines the function that started them; "" where there is none. */
  readonly detail: string;
  /** What the baseline knows it by; null of the live bytes and of expectations. */
  readonly fingerprint: string | null;
  /** Of a path: whether it is about what is there beside the other paths that are listed. */
  readonly isRest: boolean;
  /** Bytes, or goroutines; 0 where the baseline has no entry. */
  readonly before: number;
  readonly now: number;
  /** Of a path that is new or has grown: the bytes from which on the baseline has entries. What has none may have had less. Null of all else. */
  readonly listedFrom: number | null;
  /** Objects that the path ends at, 0 where the baseline has no entry; null of all else. */
  readonly objects: { readonly before: number; readonly now: number } | null;
  /** Of a path those below it that have grown most, where it is several. */
  readonly parts: readonly {
    readonly name: string;
    readonly detail: string;
    readonly before: number;
    readonly now: number;
  }[];
  /** Whether it breaks the check. */
  readonly isBroken: boolean;
  /** Why it is expected, or what the baseline says of it; null if nobody said anything. */
  readonly reason: string | null;
}

export interface Tolerance {
  /** Of what the baseline has, 0 … 1, and bytes: growth that is neither more than the one nor than the other is none. */
  readonly share: number;
  readonly bytes: number;
  /** Bytes from which on a path is new. */
  readonly least: number;
}

export const DEFAULT_TOLERANCE: Tolerance = { share: 0.1, bytes: 64 << 10, least: 64 << 10 };
