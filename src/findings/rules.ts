/**
 * The rules of all inspections in one table: what counts, from what size on, and who says so. `README.md` of this folder is
 * made of it. A finding counts only if it is worth `leastShare` of the live bytes and `leastBytes`.
 */

export interface Rule {
  /** What it is called for people. */
  readonly title: string;
  /** When an instance breaks it. */
  readonly test: string;
  /** Least share of the live bytes, 0 … 1, that all instances of one holder are worth together. */
  readonly leastShare: number;
  /** Least bytes of the same: below, nobody would care. */
  readonly leastBytes: number;
  /** Where rule and thresholds come from. */
  readonly source: string;
  readonly advice: string;
}

const KIB = 1 << 10;

/** JOverflow's thresholds, in shares of the heap: OpenJDK's jmc, application/org.openjdk.jmc.joverflow. */
const SPARSE = 0.02;

/** A heap of a few MiB has all of these things in it, and nobody suffers. */
const LEAST = 64 * KIB;

export const RULES = {
  "popped-slots": {
    title: "popped slots",
    test: "slots of an array outside of what every slice of it shows, that still hold pointers",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "grpc-go 4758, pion/webrtc 1857; share as JOverflow's sparse arrays",
    advice: "Clear a slot when its element is taken off (q[0] = nil, or clear(s[n:])), before slicing it away.",
  },
  "unused-capacity": {
    title: "unused capacity",
    test: "more than half of an array is behind the length of every slice of it",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "uber-go/zap 134; share as JOverflow's sparse arrays",
    advice: "Make slices with the capacity they need, or copy them when they are complete (slices.Clip, slices.Clone).",
  },
  "pinned-by-view": {
    title: "arrays pinned by small views",
    test: "slices and strings show, and have the capacity for, less than half of the array or string they are cut out of",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "rclone 8684, golang/go 69370, mimir 12338; share as JOverflow's sparse arrays",
    advice: "Copy what is kept out of the larger buffer (strings.Clone, bytes.Clone, slices.Clone).",
  },
  "pinned-by-element": {
    title: "arrays pinned by pointers to elements",
    test: "only pointers to elements lead into an array, and to less than half of them",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "kubernetes informers that keep &list.Items[i]; share as JOverflow's sparse arrays",
    advice: "Keep a copy of the element instead of its address in the array, or make the array one of pointers.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;
