/**
 * Growth: what grew between dumps of a program, as plain data that JSON can hold. Lists of figures have one for each dump, in the order
 * in which they were given; "grown" is the last less the first. Sizes are in bytes. Texts come from the dumps as they are: whoever shows
 * them escapes and cuts them.
 */
import type { DumpFacts } from "../dump-facts.ts";
import type { RuleName } from "../rules.ts";

/** Goes up by one when a key changes its name, type or meaning; new keys do not change it. */
export const GROWTH_SCHEMA_VERSION = 1;

/** What grew between dumps: what `gohd diff --all --json` prints. */
export interface Growth {
  readonly schemaVersion: number;
  /** In the order in which they were given. */
  readonly dumps: readonly GrowthDump[];
  /** From each dump to the next. */
  readonly steps: readonly GrowthStep[];
  /**
   * Whether the dumps are of one process, so that objects could be matched; false if some are not; null if nothing tells. Only sums
   * are compared then.
   */
  readonly isOneProcess: boolean | null;
  /**
   * What types and paths are called after: the program's types; the sizes and pointer layouts of objects, where no dump has types; or
   * nothing, where some have and some have not: then neither can be compared.
   */
  readonly comparedBy: "types" | "shapes" | "nothing";
  /** Of all live objects. */
  readonly live: { readonly grownBytes: number; readonly grownCount: number };
  /** Where it hangs: owner paths, cut where the growth parts; no byte is in two of them. What grew at every step first, then most. */
  readonly paths: GrowthRows<PathGrowth>;
  readonly types: GrowthRows<TypeGrowth>;
  readonly goroutines: GrowthRows<GoroutineGrowth>;
  readonly findings: GrowthRows<FindingGrowth>;
}

/** One of the dumps that are compared, with its totals. */
export interface GrowthDump extends DumpFacts {
  readonly live: { readonly count: number; readonly bytes: number };
  /** Of the live bytes, those of objects whose type is guessed, and of which no type is known. */
  readonly typed: { readonly guessedBytes: number; readonly unknownBytes: number };
  readonly garbage: { readonly count: number; readonly bytes: number };
  readonly goroutines: number;
  /** Null if the dump ended before its statistics. */
  readonly collections: number | null;
  /** When the last garbage collection ended, as ISO 8601 has it; null if none did. */
  readonly lastCollection: string | null;
}

/** From one dump to the next: whether they are of one process, and how that is known. */
export interface GrowthStep {
  readonly isOneProcess: boolean | null;
  /** How it is known: "the pauses of 12 garbage collections recur". */
  readonly how: string;
  /** Whether the dump that was given later was written earlier; null if the dumps do not tell. */
  readonly isReversed: boolean | null;
  /** Null unless they are of one process. */
  readonly matching: ObjectMatching | null;
}

/** Objects of two dumps of one process, matched by address, type and size. */
export interface ObjectMatching {
  /** Live in the later one only, in the earlier one only, and in both. */
  readonly added: number;
  readonly gone: number;
  readonly kept: number;
  /** Of those live in both, what is told of them in each: types that are guessed, or not known, in one of the dumps. Most bytes first. */
  readonly retyped: readonly RetypedObjects[];
  /** How many objects the process freed meanwhile (runtime.MemStats.Frees); null if a dump ended before that. */
  readonly frees: number | null;
  /** How many of those kept may be others in slots that were freed and used again, at the most; null as above. */
  readonly mostReused: number | null;
}

/** Objects that are in two dumps, as of two types. */
export interface RetypedObjects {
  readonly before: string;
  readonly after: string;
  readonly count: number;
  readonly bytes: number;
}

/** The first rows of a table. */
export interface GrowthRows<T> {
  readonly rows: readonly T[];
  /** Rows that are left out, of what grew and of what shrank. */
  readonly moreGrown: number;
  readonly moreShrunk: number;
}

/**
 * Of live objects: how many came and went, at all steps together, and how many stayed at the last one. One that stayed counts where it
 * is in the later dump, also if it was on another path then, or its type was guessed or unknown.
 */
export interface GrowthTurnover {
  readonly added: number;
  readonly gone: number;
  readonly kept: number;
}

/** How an owner path grew. */
export interface PathGrowth {
  /** The same for the same path in other comparisons. */
  readonly fingerprint: string;
  /** "main.store.sessions", "goroutine main.relay: r.outgoing". */
  readonly path: string;
  /** The type of what it ends with; "" if that is a root. */
  readonly type: string;
  /** Whether only what is right there is meant: what grew below it has rows of its own. */
  readonly isOwn: boolean;
  readonly ownerKind: "variable" | "segment" | "goroutine" | "finalizers" | "other";
  /** The root that it begins with: "main.store", "goroutine main.relay". */
  readonly owner: string;
  /** Bytes there and, unless `isOwn`, below. */
  readonly ownedBytes: readonly number[];
  readonly grownBytes: number;
  /**
   * Of `grownBytes` what was live before on other paths, less what moved to others: another holder took things over, or without types
   * a map that grew is another shape. Null unless all dumps are of one process.
   */
  readonly movedBytes: number | null;
  /** Things right there: objects, but of a map, channel or list with all that it is made of only one. */
  readonly count: readonly number[];
  /** Of these, those whose type is guessed from shape and contents. */
  readonly guessed: readonly number[];
  /** How much of the path leans on guessed types, 0 … 1: of the steps above, the largest share of things whose type is guessed. */
  readonly pathGuessed: readonly number[];
  readonly grownCount: number;
  /** Whether it grew from every dump to the next. */
  readonly isSteady: boolean;
  /** Of all objects right there; null unless all dumps are of one process. */
  readonly turnover: GrowthTurnover | null;
  /** What grew in it, most first. */
  readonly parts: readonly PartGrowth[];
  /** Kinds of parts that are left out of `parts`, and by how much all of them grew. */
  readonly otherParts: { readonly kinds: number; readonly grownBytes: number };
}

/** What lies right there or right below a path. */
export interface PartGrowth {
  /** Whether it is what is right there, and not below. */
  readonly isOwn: boolean;
  /** The pointer that leads there: "[…]", "history"; "" of what is right there, or where none is known. */
  readonly by: string;
  /** "" of pending timers right there, whose types are the runtime's. */
  readonly type: string;
  /** Things, as above, and of these those whose type is guessed. */
  readonly count: readonly number[];
  readonly guessed: readonly number[];
  readonly grownCount: number;
  /** With what hangs below them; of what is right there without. */
  readonly grownBytes: number;
  readonly turnover: GrowthTurnover | null;
  /** Of closures, whose names do not tell it: what they captured that grew most, and most of them; else null. */
  readonly captured: CapturedGrowth | null;
  /** If there are more or fewer: nodes of a list that is a part of it, of another type. Else null. */
  readonly nodes: NodeGrowth | null;
}

/** Nodes of a list that has no object of its own: messages of a subscription that has pointers to the first and the last. */
export interface NodeGrowth {
  readonly type: string;
  readonly count: readonly number[];
  /** Of these, those whose type is guessed. */
  readonly guessed: readonly number[];
  readonly grownCount: number;
}

/** What closures captured: by which variable, of which type, how much of it grew with what hangs below it. */
export interface CapturedGrowth {
  readonly by: string;
  readonly type: string;
  readonly count: readonly number[];
  /** Of these, those whose type is guessed. */
  readonly guessed: readonly number[];
  readonly grownCount: number;
  readonly grownBytes: number;
}

/** How the objects of a type grew. */
export interface TypeGrowth {
  readonly fingerprint: string;
  readonly type: string;
  readonly count: readonly number[];
  /** Of these, those whose type is guessed from shape and contents. */
  readonly guessed: readonly number[];
  readonly grownCount: number;
  readonly bytes: readonly number[];
  readonly grownBytes: number;
  readonly isSteady: boolean;
  readonly turnover: GrowthTurnover | null;
  /**
   * Of `grownCount` and `grownBytes` what was there before as objects of other types, less what is told as such of others now: a type
   * that is guessed, or not known, in one of the dumps. Null unless all dumps are of one process.
   */
  readonly retyped: { readonly count: number; readonly bytes: number } | null;
}

/** Goroutines that were started for one function at one place and wait at one place. */
export interface GoroutineGrowth {
  readonly fingerprint: string;
  readonly entry: string;
  readonly origin: string;
  readonly state: string;
  readonly site: string;
  /** Whether they are the runtime's own. */
  readonly isSystem: boolean;
  readonly count: readonly number[];
  readonly grownCount: number;
  /** Those that are proved never to go on. */
  readonly leaked: readonly number[];
  readonly stackBytes: readonly number[];
  readonly ownedBytes: readonly number[];
  /** Of their stacks and of what they own. */
  readonly grownBytes: number;
  readonly isSteady: boolean;
}

/** How what a finding is about grew. */
export interface FindingGrowth {
  readonly fingerprint: string;
  readonly rule: RuleName;
  /** What the rule is called for people. */
  readonly title: string;
  readonly holder: string;
  /** 0 where it was below the threshold of its rule, and so is not known; no finding is worth nothing. */
  readonly bytes: readonly number[];
  readonly grownBytes: number;
  readonly count: readonly number[];
  /** How much of it leans on types that are guessed, 0 … 1. */
  readonly guessed: readonly number[];
  readonly isSteady: boolean;
}

/** A sentence about it, and lines that explain it. */
export interface GrowthStatement {
  readonly sentence: string;
  readonly lines: readonly string[];
}
