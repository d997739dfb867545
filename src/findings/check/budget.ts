/**
 * Budget: what a heap may not be, as plain data: "owned(main.Session) > 100MiB". A budget is broken where what it says is true.
 * `budget-parser.ts` reads one from text; which measures there are stands here. A new one needs its figure in `figures.ts`, who is to
 * blame in `culprits.ts`, and a line in the help and in README.md.
 */
import { RULES } from "../rules.ts";

export type Operator = ">" | ">=" | "<" | "<=" | "==" | "!=";

/** What a measure counts, and of what a per cent of it is. */
export interface MeasureKind {
  readonly quantity: "bytes" | "count";
  /** Whether it is of something: a type, variable or path; goroutines of a function; findings of a rule. */
  readonly of: "thing" | "function" | "rule" | "nothing";
  /** Whether it is of that always, or may stand alone. */
  readonly needsName: boolean;
  /** Of what a limit in per cent is; null where there is no such limit. */
  readonly whole: "live" | "heap" | null;
  /** Whether it can only be told of a heap whose types are known. */
  readonly needsTypes: boolean;
  /** For people. */
  readonly description: string;
}

export type MeasureName =
  | "live"
  | "objects"
  | "garbage"
  | "wasted"
  | "goroutines"
  | "leaked_goroutines"
  | "owned"
  | "shallow"
  | "count";

export const MEASURES: Readonly<Record<MeasureName, MeasureKind>> = {
  live: {
    quantity: "bytes",
    of: "nothing",
    needsName: false,
    whole: null,
    needsTypes: false,
    description: "bytes of all objects that a GC root leads to",
  },
  objects: {
    quantity: "count",
    of: "nothing",
    needsName: false,
    whole: null,
    needsTypes: false,
    description: "how many these are",
  },
  garbage: {
    quantity: "bytes",
    of: "nothing",
    needsName: false,
    whole: "heap",
    needsTypes: false,
    description: "bytes of all other objects; per cent are of both",
  },
  owned: {
    quantity: "bytes",
    of: "thing",
    needsName: true,
    whole: "live",
    needsTypes: true,
    description: "what all objects of a type own together, or a variable, a path, the goroutines of a function",
  },
  shallow: {
    quantity: "bytes",
    of: "thing",
    needsName: true,
    whole: "live",
    needsTypes: true,
    description: "what the objects take themselves",
  },
  count: {
    quantity: "count",
    of: "thing",
    needsName: true,
    whole: null,
    needsTypes: true,
    description: "how many objects of a type there are, or how many a path leads to",
  },
  goroutines: {
    quantity: "count",
    of: "function",
    needsName: false,
    whole: null,
    needsTypes: false,
    description: "the program's goroutines, or those that were started for a function",
  },
  leaked_goroutines: {
    quantity: "count",
    of: "function",
    needsName: false,
    whole: null,
    needsTypes: true,
    description: "those of them that can be proved to wait for ever",
  },
  wasted: {
    quantity: "bytes",
    of: "rule",
    needsName: false,
    whole: "live",
    needsTypes: true,
    description: "what the findings of gohd report could give back, or those of one rule: wasted(duplicate-text)",
  },
};

/** "owned(main.Session)". */
export interface Measure {
  readonly name: MeasureName;
  /** What it is of; null if it stands alone. */
  readonly of: string | null;
}

export interface Limit {
  /** Bytes, a number, or a share, 0 … 1. */
  readonly value: number;
  readonly unit: "bytes" | "count" | "share";
}

/** "owned(main.Session) > 100MiB". */
export interface Comparison {
  readonly measure: Measure;
  readonly operator: Operator;
  readonly limit: Limit;
}

export interface Budget {
  /** As somebody wrote it. */
  readonly text: string;
  /** Broken if all comparisons of one of these hold: `or` of `and`. */
  readonly anyOf: readonly (readonly Comparison[])[];
}

/** Brackets that names have in pairs. */
export const BRACKETS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Names that `wasted(…)` takes. */
export const RULE_NAMES: readonly string[] = Object.keys(RULES);

/** The measure as one writes it; the same for the same measure. */
export function measureText({ name, of }: Measure): string {
  if (of === null) return name;
  return `${name}(${isBare(of) ? of : quote(of)})`;
}

/** Whether the comparison is true of a value, which is as the limit is: bytes, a number, or a share. */
export function holds(operator: Operator, value: number, limit: number): boolean {
  return COMPARE[operator](value, limit);
}

const COMPARE: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  "==": (value, limit) => value === limit,
  "!=": (value, limit) => value !== limit,
};

/** Whether a name can stand between brackets as it is. */
function isBare(name: string): boolean {
  if (name === "" || /["'`\s]/.test(name)) return false;
  const closers: string[] = [];
  for (const character of name) {
    if (BRACKETS[character] !== undefined) closers.push(BRACKETS[character]);
    else if (")]}".includes(character) && closers.pop() !== character) return false;
  }
  return closers.length === 0;
}

function quote(name: string): string {
  return `"${name.replaceAll(/["\\]/g, "\\$&")}"`;
}
