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

/** The name of an inspection's rule, as findings and JSON have it. */
export type RuleName =
  | "popped-slots"
  | "unused-capacity"
  | "pinned-by-view"
  | "pinned-by-element"
  | "duplicate-text"
  | "sparse-map"
  | "tiny-maps"
  | "idle-channel-buffer"
  | "boxed-values"
  | "zero-fields"
  | "size-class-waste"
  | "pool-hoard"
  | "idle-buffers"
  | "dead-weak-pointers"
  | "pending-timers"
  | "deferred-calls"
  | "context-children"
  | "context-depth"
  | "finalizer-cycle"
  | "pending-finalizers"
  | "finalizer-weight"
  | "leaked-goroutines"
  | "oversized-stacks"
  | "fragmentation";

/** The rules of all inspections, by name. */
export const RULES: Readonly<Record<RuleName, Rule>> = {
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
    test: "slices show less than half of an array, and have the capacity for most of the rest",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "uber-go/zap 134; share as JOverflow's sparse arrays",
    advice:
      "Make slices with the capacity they need, and let go of a buffer that grew large once; of a small part of one keep a copy " +
      "(slices.Clone). " +
      "slices.Clip and s[:n:n] free nothing.",
  },
  "pinned-by-view": {
    title: "arrays pinned by small views",
    test: "slices and strings show less than half of what they are cut out of, and most of the rest is beyond their capacity",
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
    test: "a string or byte slice has the same bytes as another one, and not only zeros; slices of which an eighth at the end is zero, 16 bytes at least, and buffers of bufio and bytes, do not count",
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
  "boxed-values": {
    title: "small values in interfaces",
    test: "an interface holds a value of at most 16 bytes without pointers, which then has memory of its own",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "JOverflow's boxed numbers",
    advice:
      "Keep the values in fields, slices or maps of their own type, or use a type parameter instead of an interface.",
  },
  "zero-fields": {
    title: "fields that are hardly ever set",
    test: "a field of a struct is zero in at least 90 % of 100 or more values, alone and in arrays together; it counts how much less memory the values would take; locks, and types of the standard library, do not count",
    leastShare: 0.01,
    leastBytes: LEAST,
    source: "JOverflow's fields that are null or zero in 90 % of the instances",
    advice: "Put fields that few values need into a struct of their own, behind a pointer.",
  },
  "size-class-waste": {
    title: "slots larger than their values",
    test: "an eighth of a slot or more is behind the value in it; values below 16 bytes without pointers, which share slots, do not count",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "kubo 5530; runtime/sizeclasses.go: beyond 128 bytes no class wastes more than 12.5 %",
    advice: "Order fields by size, or drop one: a few bytes less may fit into the next smaller size class.",
  },
  "pool-hoard": {
    title: "large buffers in pools",
    test: "a buffer of more than 64 KiB is in a sync.Pool, and nothing else leads there",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "golang/go 23199, uber-go/zap 1130; 64 KiB is fmt's own limit",
    advice: "Do not put buffers back that grew large: drop those above a limit, as fmt does.",
  },
  "idle-buffers": {
    title: "large buffers that are empty",
    test: "an array of more than 64 KiB without pointers, of which no slice shows any byte, and that is in no sync.Pool",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "golang/go 23199 and fmt's limit, for free lists",
    advice: "Drop buffers that grew large instead of keeping them for later.",
  },
  "dead-weak-pointers": {
    title: "weak pointers that lead nowhere",
    test: "100 weak pointers or more of one place lead to nothing any more, since what they refer to was collected; what only they lead to, and in maps their entries",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source:
      "package weak's documentation (Go 1.24); runtime/mheap.go, getOrAddWeakHandle; share as JOverflow's; 100 is gohd's own",
    advice:
      "Delete what has the weak pointer when its object is collected: with runtime.AddCleanup beside weak.Make, or when Value() gives nil.",
  },
  "pending-timers": {
    title: "timers that hold memory",
    test: "what only timers lead to that have not fired yet",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "golang/go 15781, vault 14814; share as JOverflow's",
    advice:
      "Stop timers that are not needed any more (defer timer.Stop()); use one timer instead of time.After in loops.",
  },
  "deferred-calls": {
    title: "deferred calls that hold memory",
    test: "a goroutine has 100 or more calls of one function to do that were deferred; what only they lead to",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "gocritic's deferInLoop, revive's defer; share as JOverflow's; 100 is gohd's own",
    advice:
      "Deferred calls run when the function returns, not at the end of each round of its loop: put what a round does into a function of its own, or call at its end without defer.",
  },
  "context-children": {
    title: "contexts with many children",
    test: "a context has 100 children or more that were not cancelled",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "cockroach 149658, lnd 9886, failsafe-go 134; 100 is gohd's own",
    advice: "Call the cancel function of every context that is made (defer cancel()), also where nothing went wrong.",
  },
  "context-depth": {
    title: "chains of contexts",
    test: "a context has 100 others above it or more",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "containedctx and fatcontext linters; 100 is gohd's own",
    advice: "Do not make a context from the one of the round before in a loop: start from the one outside.",
  },
  "finalizer-cycle": {
    title: "finalizers that never run",
    test: "an object with a finalizer is reachable from what it refers to",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "golang/go 73674, 72949; runtime.SetFinalizer's documentation",
    advice:
      "Set the finalizer on an object of its own that nothing inside refers to, or use runtime.AddCleanup (Go 1.24).",
  },
  "pending-finalizers": {
    title: "finalizers that wait to run",
    test: "an object's finalizer is queued",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "runtime.SetFinalizer's documentation: one goroutine runs all finalizers",
    advice: "Look at the goroutine that runs finalizers: if one of them blocks, all others wait behind it.",
  },
  "finalizer-weight": {
    title: "finalizers that hold much",
    test: "what is alive only because a finalizer will need it",
    leastShare: 0.1,
    leastBytes: LEAST,
    source: "share as Eclipse MAT's suspects",
    advice: "Set finalizers on small objects that only have what is to be released; free the rest before.",
  },
  "leaked-goroutines": {
    title: "leaked goroutines",
    test: "what a goroutine waits for is reachable only from goroutines that wait likewise",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "golang/go 74609, Go 1.26's goroutineleak profile",
    advice: "Give whoever sends or receives a way out: a buffer of one, a select with a context's Done, a close.",
  },
  "oversized-stacks": {
    title: "stacks far above what is used",
    test: "less than a quarter of a stack of 32 KiB or more is in use",
    leastShare: SPARSE,
    leastBytes: LEAST,
    source: "golang/go 20010; runtime/stack.go, shrinkstack",
    advice: "Stacks shrink with collections; where many stay large, keep deep recursion and large arrays off them.",
  },
  fragmentation: {
    title: "pages that a few objects keep",
    test: "objects take up less than a quarter of a span; it counts for the type that has most of it",
    leastShare: 0.1,
    leastBytes: 1 << 20,
    source: "golang/go 18896; a quarter is gohd's own: after a collection, spans are half empty at GOGC=100",
    advice: "Allocate what lives long apart from what is soon gone: copy what stays, or keep it in slices of values.",
  },
};
