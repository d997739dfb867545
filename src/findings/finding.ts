/**
 * Finding: one answer of an inspection, as plain data: what is wrong, with whom, how much it is worth, and what to do. Texts
 * are for people, but not yet escaped; numbers are exact. JSON can hold all of it.
 */
import type { RuleName } from "./rules.ts";

/** What `Finding.holder` names. */
export type HolderKind =
  /** A field or a package variable: "main.Session.history", "main.cache". */
  | "place"
  /** A type, of which all instances are meant. */
  | "type"
  /** Goroutines, by where they wait or what they are of. */
  | "goroutines"
  /** The process as a whole. */
  | "process";

/** What an inspection found: what is wasted, by whom, how many bytes, and what to do. */
export interface Finding {
  /** The rule that it breaks. */
  readonly kind: RuleName;
  readonly holder: string;
  readonly holderKind: HolderKind;
  /** Bytes that could be had back. */
  readonly bytes: number;
  /** `bytes`, without those of stacks, in proportion to the bytes of all live objects; may be above 1 where it is about memory beside them. */
  readonly share: number;
  /** Whether the bytes are those of live objects, or of memory beside them: free slots, stacks, idle spans. */
  readonly isLive: boolean;
  /** Instances that break the rule, … */
  readonly count: number;
  /** … and those of the same holder that do not. */
  readonly good: number;
  /** What is the matter, in a sentence without the holder: "15,970 popped slots of 1 array still point to 40.4 MiB". */
  readonly problem: string;
  /** What to do about it. */
  readonly advice: string;
  /** The figures behind the sentence, by name: "length", "capacity"; bytes, unless the name says otherwise. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** Some of the objects that it is about, those that are worth most first. */
  readonly objects: readonly number[];
  /** Where the first of these is to look at with `gohd why`; null if there is none, or nothing to see in it. */
  readonly address: string | null;
  /** How much of it leans on types that were guessed, from 0 to 1. */
  readonly guessed: number;
  /** The same for the same finding in another dump of the program: of the rule and the holder alone. */
  readonly fingerprint: string;
}
