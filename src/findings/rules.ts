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
const DUPLICATES = 0.05;

/** A heap of a few MiB has all of these things in it, and nobody suffers. */
const LEAST = 64 * KIB;

const TABLE = {
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
  "duplicate-text": {
    title: "duplicate strings and byte slices",
    test: "a string or byte slice has the same bytes as another one, and not only zeros",
    leastShare: DUPLICATES,
    leastBytes: LEAST,
    source: "JOverflow's duplicate strings",
    advice: "Keep one of each: look it up in a map before it is stored (unique.Make since Go 1.23).",
  },
  "sparse-map": {
    title: "maps with hardly anything in them",
    test: "a map of more than 64 KiB has entries for less than a quarter of those at which it would grow (6.5 of 8 slots)",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "golang/go 20135: maps never shrink; runtime/map.go, loadFactor; share as JOverflow's sparse collections",
    advice: "Make a new map and copy what is left, when most entries are deleted; maps never shrink.",
  },
  "tiny-maps": {
    title: "many empty maps, or of one entry",
    test: "a map has at most one entry; the bytes are those of its header and slots",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "JOverflow's empty and small collections",
    advice: "Make the map when the first entry comes, or keep a field or slice instead.",
  },
  "idle-channel-buffer": {
    title: "channel buffers that are hardly used",
    test: "no more than a tenth of a channel's buffer of 16 or more is filled",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "share as JOverflow's sparse arrays; a tenth is gohd's own",
    advice: "Make the channel with a smaller buffer: it is allocated whole.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof TABLE;

export const RULES: Readonly<Record<RuleName, Rule>> = TABLE;
