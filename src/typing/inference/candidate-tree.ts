/**
 * CandidateTree: many types tried on one object at once. Types that begin with the same checks share them, what contradicts one
 * contradicts all below it, and each check is made once, in however many types it is.
 */
import { CheckKind } from "../universe/checks.ts";
import { CONTRADICTION } from "./agreement.ts";
import type { NodeCheck } from "./node-checks.ts";

/** What is tried: values of a type, `count` of them, `stride` bytes apart. */
export interface Tried {
  readonly checks: readonly NodeCheck[];
  readonly count: number;
  readonly stride: number;
}

/** One check of all values that are looked at. */
export interface TriedCheck {
  readonly check: NodeCheck;
  readonly count: number;
  readonly stride: number;
}

/** Points for all values of a check, or CONTRADICTION. */
export type Evaluate = (tried: TriedCheck) => number;

/** Kinds of checks that contradict the most types, and that most types share, come first. */
const ORDER: readonly number[] = [
  CheckKind.ZERO,
  CheckKind.NOT_ZERO,
  CheckKind.FUNCTION_ENTRY,
  CheckKind.BOOL,
  CheckKind.STRING,
  CheckKind.EMPTY_INTERFACE,
  CheckKind.INTERFACE,
  CheckKind.MAP_STRING,
  CheckKind.FUNC,
  CheckKind.CHANNEL,
  CheckKind.MAP,
  CheckKind.SLICE,
  CheckKind.TRIE_NODE,
  CheckKind.POINTER,
];

export class CandidateTree {
  /** Numbers of those that the object of the latest `score` does not contradict, in no order, … */
  readonly agreed: Int32Array;
  /** … and their points. */
  readonly points: Int32Array;
  readonly #checks: readonly TriedCheck[];
  /** The tree, parents before children: the check of each node, … */
  readonly #check: Int32Array;
  readonly #depth: Int32Array;
  /** … the node behind all that are below it, … */
  readonly #end: Int32Array;
  /** … and the candidates that end with it: a range of `#order`. */
  readonly #first: Int32Array;
  readonly #order: Int32Array;
  /** Points down to each depth. */
  readonly #sums: Int32Array;
  /** Points for each check, if it was made for this object. */
  readonly #result: Int32Array;
  readonly #made: Int32Array;
  #round = 0;

  constructor(candidates: readonly Tried[]) {
    const { checks, paths } = numberChecks(candidates);
    this.#checks = checks;
    this.#order = Int32Array.from(paths.keys()).sort((a, b) => compare(paths[a]!, paths[b]!));
    const check: number[] = [];
    const depth: number[] = [];
    const first: number[] = [];
    let before: Int32Array = new Int32Array(0);
    // What has no checks at all ends before the first node.
    let at = 0;
    while (at < this.#order.length && paths[this.#order[at]!]!.length === 0) at++;
    for (; at < this.#order.length; at++) {
      const path = paths[this.#order[at]!]!;
      let shared = 0;
      while (shared < path.length && shared < before.length && path[shared] === before[shared]) shared++;
      for (let i = shared; i < path.length; i++) {
        check.push(path[i]!);
        depth.push(i);
        first.push(at);
      }
      before = path;
    }
    first.push(this.#order.length);
    this.#check = Int32Array.from(check);
    this.#depth = Int32Array.from(depth);
    this.#first = Int32Array.from(first);
    this.#end = endsOf(this.#depth);
    this.#sums = new Int32Array(depth.reduce((most, at) => Math.max(most, at), 0) + 2);
    this.#result = new Int32Array(checks.length);
    this.#made = new Int32Array(checks.length);
    this.agreed = new Int32Array(candidates.length);
    this.points = new Int32Array(candidates.length);
  }

  /**
   * Tries all candidates on one object.
   * @param evaluate called at most once for each different check
   * @returns how many the object does not contradict: as many elements of `agreed` and `points` are good until the next call
   */
  score(evaluate: Evaluate): number {
    this.#round++;
    let count = 0;
    for (let at = 0; at < this.#first[0]!; at++) count = this.#add(count, at, 0);
    const check = this.#check;
    const sums = this.#sums;
    for (let node = 0; node < check.length; ) {
      const points = this.#pointsOf(check[node]!, evaluate);
      if (points === CONTRADICTION) {
        node = this.#end[node]!;
        continue;
      }
      const depth = this.#depth[node]!;
      const sum = sums[depth]! + points;
      sums[depth + 1] = sum;
      for (let at = this.#first[node]!; at < this.#first[node + 1]!; at++) count = this.#add(count, at, sum);
      node++;
    }
    return count;
  }

  #add(count: number, at: number, points: number): number {
    this.agreed[count] = this.#order[at]!;
    this.points[count] = points;
    return count + 1;
  }

  #pointsOf(check: number, evaluate: Evaluate): number {
    if (this.#made[check] !== this.#round) {
      this.#made[check] = this.#round;
      this.#result[check] = evaluate(this.#checks[check]!);
    }
    return this.#result[check]!;
  }
}

/** Numbers all different checks in the order in which they are made, and says which each candidate has, ascending. */
function numberChecks(candidates: readonly Tried[]): {
  readonly checks: readonly TriedCheck[];
  readonly paths: readonly Int32Array[];
} {
  const met = new Map<string, number>();
  const checks: TriedCheck[] = [];
  const paths = candidates.map(({ checks: own, count, stride }) =>
    Int32Array.from(own, (check) => {
      const key = `${keyOf(check)} ${count === 1 ? "" : `${stride} ${count}`}`;
      let number = met.get(key);
      if (number === undefined) {
        number = checks.length;
        met.set(key, number);
        checks.push({ check, count, stride });
      }
      return number;
    }),
  );
  const order = checks.map((_, i) => i).sort((a, b) => place(checks[a]!) - place(checks[b]!) || a - b);
  const numbers = new Int32Array(order.length);
  for (const [number, met] of order.entries()) numbers[met] = number;
  for (const path of paths) {
    for (let i = 0; i < path.length; i++) path[i] = numbers[path[i]!]!;
    path.sort();
  }
  return { checks: order.map((i) => checks[i]!), paths };
}

/** The same for checks that all objects answer alike. */
function keyOf({ offset, kind, type, target }: NodeCheck): string {
  const isOfType = kind === CheckKind.INTERFACE || kind === CheckKind.CHANNEL || kind === CheckKind.TRIE_NODE;
  return `${offset} ${kind} ${isOfType ? `${type.address} ${type.string}` : (target?.id ?? "")}`;
}

const RANKS: ReadonlyMap<number, number> = new Map(ORDER.map((kind, rank) => [kind, rank]));

function place({ check: { kind, offset } }: TriedCheck): number {
  return RANKS.get(kind)! * 2 ** 40 + offset;
}

function compare(a: Int32Array, b: Int32Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Of nodes in order, each before what is below it: the node behind all below it. */
function endsOf(depth: Int32Array): Int32Array {
  const end = new Int32Array(depth.length);
  const open: number[] = [];
  for (let node = 0; node <= depth.length; node++) {
    const level = node < depth.length ? depth[node]! : 0;
    while (open.length > level) end[open.pop()!] = node;
    open.push(node);
  }
  return end;
}
