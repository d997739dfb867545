/**
 * Structure: types for objects that nothing typed refers to. Those whose pointer words are an object's are the candidates;
 * the contents choose, and unless they choose one alone the object stays untyped.
 */
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT, TypeSource, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import type { SlotTails } from "../evidence/slot-tails.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { Popularity } from "../universe/popularity.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { contains, type TypeNode } from "../universe/type-node.ts";
import { type Agreement, CONTRADICTION } from "./agreement.ts";
import { CandidateLayouts, type Layout } from "./candidate-layouts.ts";
import type { TriedCheck } from "./candidate-tree.ts";
import { type Candidate, Candidates, MAX_ELEMENTS, SAMPLE_EVERY } from "./candidates.ts";
import type { PartConsistency } from "./part-consistency.ts";

/** Points that a single value must have, … */
const ENOUGH_POINTS = 2;
/** … an array, … */
const ENOUGH_FOR_ARRAY = 4;
/** … which must have one for so many of the values that are looked at, too. */
const ELEMENTS_A_POINT = 2;
/** Objects that must be zero behind a value before it is preferred to a larger one that begins with it. */
const ENOUGH_ZERO_TAILS = 16;

/** Points that an array must have. */
function enoughFor({ repeat }: Candidate): number {
  return Math.max(ENOUGH_FOR_ARRAY, Math.min(repeat, MAX_ELEMENTS) / ELEMENTS_A_POINT);
}

export class Structure {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #tails: SlotTails;
  readonly #claims: Claims;
  readonly #agreement: Agreement;
  readonly #consistency: PartConsistency;
  readonly #layouts: CandidateLayouts;
  #popularity: Popularity | undefined;
  /** Those that agree as well as the best. */
  readonly #tied: Candidate[] = [];
  /** Objects and the two candidates for one value between which the round decides at its end. */
  readonly #ties: number[] = [];
  readonly #decided = int32Column();
  readonly #decidedNode = int32Column();
  readonly #singles = new Map<number, Candidates>();
  readonly #arrays = new Map<number, Candidates>();
  /** The object that is tried, and where its value begins. */
  #object = NO_OBJECT;
  #start = 0;
  readonly #evaluate = (tried: TriedCheck): number => this.#scoreCheck(tried);

  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    tails: SlotTails,
    claims: Claims,
    agreement: Agreement,
    consistency: PartConsistency,
  ) {
    this.#heap = heap;
    this.#executable = executable;
    this.#layouts = new CandidateLayouts(executable.universe);
    this.#matcher = matcher;
    this.#tails = tails;
    this.#claims = claims;
    this.#agreement = agreement;
    this.#consistency = consistency;
  }

  /**
   * Tries every untyped object with pointers, as one value or as an array. All are scored on what was known before any of them
   * gets a type.
   */
  async run(progress: Progress, asArray: boolean): Promise<void> {
    await this.#visit(progress, (object) => this.#infer(object, asArray));
    for (let i = 0; i < this.#ties.length; i += 3)
      this.#breakTie(this.#ties[i]!, this.#ties[i + 1]!, this.#ties[i + 2]!);
    this.#ties.length = 0;
    this.#assignAll(asArray);
    for (const candidates of [...this.#singles.values(), ...this.#arrays.values()]) candidates.endRound();
  }

  /**
   * Takes the only type that there is for a shape, even where the contents say nothing for it: whatever is on the heap
   * has a descriptor. For the end, when nothing better is to be had.
   */
  async runUnique(progress: Progress): Promise<void> {
    await this.#visit(progress, (object) => this.#inferUnique(object));
    this.#assignAll(undefined);
  }

  async #visit(progress: Progress, infer: (object: number) => void): Promise<void> {
    const { assignments } = this.#claims;
    const { flags } = this.#heap.objects;
    let visited = 0;
    for (let object = assignments.nextUntyped(-1); object >= 0; object = assignments.nextUntyped(object)) {
      if ((++visited & 0xfff) === 0) await breathe(progress);
      if ((flags[object]! & HAS_POINTERS) !== 0) infer(object);
    }
  }

  #decide(object: number, node: TypeNode): void {
    this.#decided.push(object);
    this.#decidedNode.push(node.id);
  }

  /** @param asArray undefined: as many as there is room for */
  #assignAll(asArray: boolean | undefined): void {
    const { nodes } = this.#executable.universe;
    for (let i = 0; i < this.#decided.count; i++) {
      const object = this.#decided.get(i);
      const node = nodes[this.#decidedNode.get(i)]!;
      const isMany = asArray ?? this.#matcher.match(this.#heap.shapes!.of[object]!, node).repeat > 1;
      this.#claims.assign(object, node, isMany, TypeSource.INFERRED, Standing.GUESS);
    }
    this.#decided.count = 0;
    this.#decidedNode.count = 0;
  }

  #infer(object: number, asArray: boolean): void {
    const shape = this.#heap.shapes!.of[object]!;
    const candidates = asArray ? this.#arrayCandidates(shape) : this.#singleCandidates(shape);
    const { list } = candidates;
    if (list.length === 0 || (candidates.isHopeless && object % SAMPLE_EVERY !== 0)) return;
    candidates.tried++;
    let best = -1;
    let bestScore = 0;
    let second = -1;
    this.#tied.length = 0;
    const { agreed, points } = candidates.tree(this.#agreement);
    const count = this.#scoreAll(object, candidates);
    const hasParts = this.#consistency.hasParts(object);
    for (let k = 0; k < count; k++) {
      const i = agreed[k]!;
      const candidate = list[i]!;
      if (hasParts && !this.#consistency.agrees(object, candidate.node, asArray)) continue;
      candidate.agreed++;
      const score = points[k]!;
      if (score > bestScore) {
        best = i;
        bestScore = score;
        second = -1;
        this.#tied.length = 0;
      } else if (score === bestScore && best >= 0) {
        second = i;
        this.#tied.push(candidate);
      }
    }
    if (best < 0 || bestScore < (asArray ? enoughFor(list[best]!) : ENOUGH_POINTS)) return;
    let chosen: Candidate | undefined = list[best];
    if (!asArray && this.#tied.length === 1 && this.#isZeroTail(object, list[best]!, list[second]!)) {
      this.#ties.push(object, best, second);
      return;
    }
    if (this.#tied.length > 0) {
      // What may be a single value is not taken for an array on such grounds.
      if (!asArray || this.#singleCandidates(shape).list.length > 0) return;
      chosen = this.#mostPopular(chosen!, this.#tied);
    }
    if (chosen === undefined) return;
    const isAsWell = asArray
      ? this.#isAsWellSingle(object, shape, bestScore)
      : this.#isAsWellArray(object, shape, chosen.node, bestScore);
    if (isAsWell) return;
    candidates.settled++;
    this.#decide(object, chosen.node);
  }

  #inferUnique(object: number): void {
    const shape = this.#heap.shapes!.of[object]!;
    const singles = this.#singleCandidates(shape);
    const arrays = this.#arrayCandidates(shape);
    if (singles.total + arrays.total !== 1) return;
    const candidate = (singles.total === 1 ? singles.list : arrays.list)[0];
    if (candidate === undefined) return;
    const { node } = candidate;
    // Rows of pointers can be arrays of anything.
    if (node.leaves.offset.length * this.#heap.dump.pointerSize === node.size) return;
    if (this.#score(object, candidate) === CONTRADICTION) return;
    if (this.#consistency.agrees(object, node, arrays.total === 1)) this.#decide(object, node);
  }

  /** Points for one value, or the first elements of an array. */
  #score(object: number, { node, repeat }: Pick<Candidate, "node" | "repeat">): number {
    const start = valueOffset(this.#heap.objects, object);
    let sum = 0;
    for (let i = 0; i < Math.min(repeat, MAX_ELEMENTS); i++) {
      const points = this.#agreement.score(object, start + i * node.size, node);
      if (points === CONTRADICTION) return CONTRADICTION;
      sum += points;
    }
    return sum;
  }

  /** Tries all candidates on an object; returns how many it does not contradict. */
  #scoreAll(object: number, candidates: Candidates): number {
    this.#object = object;
    this.#start = valueOffset(this.#heap.objects, object);
    return candidates.tree(this.#agreement).score(this.#evaluate);
  }

  #scoreCheck({ check, count, stride }: TriedCheck): number {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const points = this.#agreement.check(this.#object, this.#start + i * stride, check);
      if (points === CONTRADICTION) return CONTRADICTION;
      sum += points;
    }
    return sum;
  }

  /** Whether an object, which agrees with an array of several values, agrees as well with a single one. */
  #isAsWellSingle(object: number, shape: number, score: number): boolean {
    const singles = this.#singleCandidates(shape);
    if (singles.list.length === 0) return false;
    const { agreed, points } = singles.tree(this.#agreement);
    const count = this.#scoreAll(object, singles);
    for (let k = 0; k < count; k++) {
      if (points[k]! >= score && this.#consistency.agrees(object, singles.list[agreed[k]!]!.node, false)) return true;
    }
    return false;
  }

  /** Whether an object, of which a part is known, agrees as well with an array of such parts as with one `node`. */
  #isAsWellArray(object: number, shape: number, node: TypeNode, score: number): boolean {
    const part = this.#consistency.largestPart(object);
    if (part === undefined || part === node) return false;
    const { repeat, isExactSize } = this.#matcher.match(shape, part);
    if (repeat < 2 || !isExactSize || !this.#consistency.agrees(object, part, true)) return false;
    return this.#score(object, { node: part, repeat }) >= score;
  }

  #mostPopular(best: Candidate, others: readonly Candidate[]): Candidate | undefined {
    this.#popularity ??= new Popularity(this.#executable.universe.all());
    const all = [best, ...others];
    const chosen = this.#popularity.choose(all.map(({ node }) => node));
    return all.find(({ node }) => node === chosen);
  }

  /**
   * Whether of two types that an object agrees with equally well one begins with the other, and what the larger has more is
   * zero here. Counts how often that is so.
   */
  #isZeroTail(object: number, a: Candidate, b: Candidate): boolean {
    const [inner, outer] = a.node.size < b.node.size ? [a, b] : [b, a];
    if (inner.node.size === outer.node.size || !contains(outer.node, inner.node)) return false;
    const start = valueOffset(this.#heap.objects, object);
    if (!this.#tails.isZero(object, start + inner.node.size)) return false;
    inner.zeroTails++;
    return true;
  }

  /** Of two such types of a single value the smaller, if what the larger has more is zero nearly everywhere. */
  #breakTie(object: number, first: number, second: number): void {
    const { list } = this.#singleCandidates(this.#heap.shapes!.of[object]!);
    const [a, b] = [list[first]!, list[second]!];
    const inner = a.node.size < b.node.size ? a : b;
    if (inner.zeroTails < ENOUGH_ZERO_TAILS || inner.zeroTails * 5 <= inner.agreed * 4) return;
    this.#decide(object, inner.node);
  }

  #singleCandidates(shape: number): Candidates {
    let candidates = this.#singles.get(shape);
    if (candidates === undefined) {
      const fitting = this.#wordCounts(shape, false).flatMap((words) => this.#fitting(shape, words, false));
      candidates = new Candidates(fitting.flatMap(({ nodes }) => nodes.map((node) => [node, 1] as const)));
      this.#singles.set(shape, candidates);
    }
    return candidates;
  }

  #arrayCandidates(shape: number): Candidates {
    let candidates = this.#arrays.get(shape);
    if (candidates === undefined) {
      const fitting = this.#wordCounts(shape, true).flatMap((words) => this.#fitting(shape, words, true));
      candidates = new Candidates(
        fitting.flatMap(({ nodes }) => {
          const { repeat } = this.#matcher.match(shape, nodes[0]!);
          return nodes.map((node) => [node, repeat] as const);
        }),
      );
      this.#arrays.set(shape, candidates);
    }
    return candidates;
  }

  /** How many pointer words types have that may fill an object of a shape, once or as an array. */
  #wordCounts(shape: number, asArray: boolean): readonly number[] {
    const { pointerCount } = this.#matcher.mask(shape).shape;
    return this.#layouts.wordCounts.filter((words) => {
      // Behind the last value the mask may go on with a part of it.
      if (this.#matcher.isTiled(shape)) return words <= pointerCount;
      return asArray ? words < pointerCount && pointerCount % words === 0 : words === pointerCount;
    });
  }

  /** Layouts with so many pointer words that fill an object of a shape, once or as an array. */
  #fitting(shape: number, words: number, asArray: boolean): Layout[] {
    return this.#layouts.of(words).filter((layout) => {
      // Most are of another size, which is found out first.
      if (!this.#matcher.mayFill(shape, layout.first)) return false;
      const { repeat, isExactSize } = this.#matcher.match(shape, layout.nodes[0]!);
      return isExactSize && (asArray ? repeat > 1 : repeat === 1);
    });
  }
}
