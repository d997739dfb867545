/** GoroutineGroup: what is told of goroutines that are alike. */
import type { GroupLocal, GroupPart } from "./group-contents.ts";
import type { StackFrames } from "./group-frames.ts";
import type { SharingGroup } from "./group-sharing.ts";
import type { AwaitedThings } from "./group-waits.ts";

/** Goroutines that may hold a lock, or have to call Done; all names are empty in the last row, if it is for all others. */
export interface AwaitedUser {
  readonly entry: string;
  readonly state: string;
  readonly site: string;
  readonly count: number;
}

/** Goroutines that were started for one function and wait at one place. */
export interface GoroutineGroup {
  /** What they were started for: "main.(*Service).download"; "" if that is not known. */
  readonly entry: string;
  /** Their go statement: "main.(*Service).startPool main.go:87"; "" if that is not known. */
  readonly origin: string;
  /** "chan send", "select", "running". */
  readonly state: string;
  /** The innermost frame that is not the runtime's or of a lock: "main.(*Service).download main.go:42"; "" without one. */
  readonly site: string;
  readonly count: number;
  /** Whether they are the runtime's own. */
  readonly isSystem: boolean;
  /** Those that are proved never to go on. */
  readonly leaked: number;
  /** Of these, those whose wait nothing could end: all channels are nil, or a select has no cases. */
  readonly waitForNothing: number;
  /** What the leaked ones own, of `ownedBytes`, and their stacks, of `stackBytes`. */
  readonly leakedOwnedBytes: number;
  readonly leakedStackBytes: number;
  /**
   * Nanoseconds that the one which has waited longest had waited when the newest wait of the dump was noticed; that clock has no
   * origin. Null if no garbage collection has seen one of them waiting.
   */
  readonly longestWait: number | null;
  /** Bytes of their stacks, as large as the runtime made them; of their frames where the dump does not tell. */
  readonly stackBytes: number;
  /** Whether the dump tells how large all of these stacks are. */
  readonly areStacksKnown: boolean;
  /** Of `stackBytes` what is in use. */
  readonly usedStackBytes: number;
  /** The function whose frames take most of that; null without frames. */
  readonly largestFrames: StackFrames | null;
  /** Bytes that they own. */
  readonly ownedBytes: number;
  /** Of these, what describes them and what they wait with: the runtime's own. */
  readonly runtimeBytes: number;
  /** What most of that is: what hangs right on them, by type, the runtime's own left out. */
  readonly parts: readonly GroupPart[];
  /** The object that owns most of it, to look at with `gohd why`; null if there is none. */
  readonly address: string | null;
  /** The local variables that hold most of it. */
  readonly locals: readonly GroupLocal[];
  /** If a known library started them, or they wait in it: what each waits for, and what to do about many. Null if nothing is known. */
  readonly meaning: string | null;
  readonly advice: string | null;
  /**
   * The channels, locks, WaitGroups and Conds that they wait for, those first that most of them wait for, four kinds at most; only what is
   * certain, so that it may be of some of them. Only in reports.
   */
  readonly waitsFor?: readonly AwaitedThings[];
  /** If all wait for one lock or WaitGroup: other goroutines that may hold it or have to call Done, alike ones together, most first. */
  readonly mayEndWait: readonly AwaitedUser[];
  /**
   * Other goroutines that have things which hang right on these on their own stacks for sure, alike ones together, those that share most
   * first: what they share stays while they run.
   */
  readonly sharedWith: readonly SharingGroup[];
  /** The ids of some of them. */
  readonly ids: readonly number[];
}
