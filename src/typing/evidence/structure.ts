/**
 * Structure: types for objects that nothing typed refers to. Those whose pointer words are an object's are the candidates;
 * the contents choose, and unless they choose one alone the object stays untyped. typing.md §4.8.
 */
import { Kind, type Type } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, TypeSource, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Propagation } from "../decision/propagation.ts";
import { Rank } from "../decision/rank.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { Popularity } from "../universe/popularity.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { contains, isShapeOf, type TypeNode } from "../universe/type-node.ts";
import { CONTRADICTION, type Evidence } from "./evidence.ts";

/** Points that a single value must have, and an array. */
const ENOUGH_POINTS = 2;
const ENOUGH_FOR_ARRAY = 4;
/** Elements of an array that are looked at. */
const MAX_ELEMENTS = 16;
/** Types with more pointer words are no candidates. */
const MAX_WORDS = 5000;

/** Objects of a shape after which candidates that none of them agrees with are given up. */
const PRUNE_AFTER = 64;
/** Objects of a shape after which, if hardly any was settled, only one of so many is tried. */
const SAMPLE_AFTER = 1024;
const SAMPLE_EVERY = 16;
/** Objects that must be zero behind a value before it is preferred to a larger one that begins with it. */
const ENOUGH_ZERO_TAILS = 16;

interface Candidate {
  readonly node: TypeNode;
  /** Objects that do not contradict it. */
  agreed: number;
  /** Those of them that agreed as well with a larger type, but are zero behind this one. */
  zeroTails: number;
}

/** The types that objects of one shape may be. */
interface Candidates {
  list: readonly Candidate[];
  /** How many there were before any was given up. */
  readonly total: number;
  tried: number;
  settled: number;
}

function candidatesOf(nodes: readonly TypeNode[]): Candidates {
  const list = nodes.filter((node) => !nodes.some((other) => isShapeOf(node, other) && isSameGeneric(node, other)));
  return { list: list.map((node) => ({ node, agreed: 0, zeroTails: 0 })), total: list.length, tried: 0, settled: 0 };
}

/** Whether two types are instantiations of one generic type. */
function isSameGeneric(a: TypeNode, b: TypeNode): boolean {
  return a.name.slice(0, a.name.indexOf("[")) === b.name.slice(0, b.name.indexOf("["));
}

export class Structure {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #propagation: Propagation;
  readonly #evidence: Evidence;
  /** Candidate types by number of pointer words. */
  #byWords: Map<number, TypeNode[]> | undefined;
  #popularity: Popularity | undefined;
  /** Those that agree as well as the best. */
  readonly #tied: Candidate[] = [];
  readonly #singles = new Map<number, Candidates>();
  readonly #arrays = new Map<number, Candidates>();

  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    propagation: Propagation,
    evidence: Evidence,
  ) {
    this.#heap = heap;
    this.#executable = executable;
    this.#matcher = matcher;
    this.#propagation = propagation;
    this.#evidence = evidence;
  }

  /** Tries every object with pointers that is untyped: single values first, arrays where that finds none. */
  async run(progress: Progress): Promise<void> {
    for (const asArray of [false, true]) {
      await this.#visit(progress, (object) => this.#infer(object, asArray));
      await this.#propagation.run(progress);
    }
  }

  /**
   * Takes the only type that there is for a shape, even where the contents say nothing for it: whatever is on the heap
   * has a descriptor. For the end, when nothing better is to be had.
   */
  async runUnique(progress: Progress): Promise<void> {
    await this.#visit(progress, (object) => this.#inferUnique(object));
    await this.#propagation.run(progress);
  }

  async #visit(progress: Progress, infer: (object: number) => void): Promise<void> {
    const { assignments } = this.#propagation.claims;
    const { flags } = this.#heap.objects;
    for (let object = 0; object < assignments.count; object++) {
      if ((object & 0x3fff) === 0) await breathe(progress);
      if (!assignments.isTyped(object) && (flags[object]! & HAS_POINTERS) !== 0) infer(object);
    }
  }

  #infer(object: number, asArray: boolean): void {
    const shape = this.#heap.shapes!.of[object]!;
    const candidates = asArray ? this.#arrayCandidates(shape) : this.#singleCandidates(shape);
    if (candidates.list.length === 0) return;
    const tried = ++candidates.tried;
    const isHopeless = tried > SAMPLE_AFTER && candidates.settled * SAMPLE_EVERY < tried;
    if (isHopeless && tried % SAMPLE_EVERY !== 0) return;
    let best: Candidate | undefined;
    let bestScore = 0;
    let isTie = false;
    this.#tied.length = 0;
    for (const candidate of candidates.list) {
      const score = this.#score(object, shape, candidate.node);
      if (score === CONTRADICTION) continue;
      candidate.agreed++;
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
        isTie = false;
        this.#tied.length = 0;
      } else if (score === bestScore && best !== undefined) {
        const smaller = this.#smallerOf(object, best, candidate);
        if (smaller === undefined) {
          isTie = true;
          this.#tied.push(candidate);
        } else {
          best = smaller;
        }
      }
    }
    if (tried === PRUNE_AFTER) {
      // What so many objects of the shape contradict is not what the others are.
      candidates.list = candidates.list.filter(({ agreed }) => agreed > 0);
    }
    // What may be a single value is not taken for an array on such grounds.
    if (isTie && asArray && this.#singleCandidates(shape).list.length === 0)
      best = this.#mostPopular(best!, this.#tied);
    else if (isTie) return;
    if (best === undefined || bestScore < (asArray ? ENOUGH_FOR_ARRAY : ENOUGH_POINTS)) return;
    candidates.settled++;
    const rank = asArray ? Rank.PERIODIC : Rank.STRUCTURE;
    this.#propagation.claims.add(object, 0, best.node, asArray, rank, TypeSource.INFERRED);
  }

  #inferUnique(object: number): void {
    const shape = this.#heap.shapes!.of[object]!;
    const singles = this.#singleCandidates(shape);
    const arrays = this.#arrayCandidates(shape);
    if (singles.total + arrays.total !== 1) return;
    const { node } = (singles.total === 1 ? singles.list : arrays.list)[0] ?? {};
    // Rows of pointers can be arrays of anything.
    if (node === undefined || node.leaves.offset.length * this.#heap.dump.pointerSize === node.size) return;
    if (this.#score(object, shape, node) === CONTRADICTION) return;
    this.#propagation.claims.add(object, 0, node, arrays.total === 1, Rank.PERIODIC, TypeSource.INFERRED);
  }

  /** Points for one value, or the first elements of an array. */
  #score(object: number, shape: number, node: TypeNode): number {
    const start = valueOffset(this.#heap.objects, object);
    const { repeat } = this.#matcher.match(shape, node);
    let sum = 0;
    for (let i = 0; i < Math.min(repeat, MAX_ELEMENTS); i++) {
      const points = this.#evidence.score(object, start + i * node.size, node);
      if (points === CONTRADICTION) return CONTRADICTION;
      sum += points;
    }
    return sum;
  }

  #mostPopular(best: Candidate, others: readonly Candidate[]): Candidate | undefined {
    this.#popularity ??= new Popularity(this.#executable.universe.all());
    const all = [best, ...others];
    const chosen = this.#popularity.choose(all.map(({ node }) => node));
    return all.find(({ node }) => node === chosen);
  }

  /**
   * Of two types that an object agrees with equally well, of which one begins with the other, the smaller, if what the
   * larger has more is zero here and nearly everywhere; undefined if that is not so.
   */
  #smallerOf(object: number, a: Candidate, b: Candidate): Candidate | undefined {
    const [inner, outer] = a.node.size < b.node.size ? [a, b] : [b, a];
    if (inner.node.size === outer.node.size || !contains(outer.node, inner.node)) return undefined;
    const start = valueOffset(this.#heap.objects, object);
    if (!this.#evidence.isZeroFrom(object, start + inner.node.size)) return undefined;
    inner.zeroTails++;
    return inner.zeroTails >= ENOUGH_ZERO_TAILS && inner.zeroTails * 5 > inner.agreed * 4 ? inner : undefined;
  }

  #singleCandidates(shape: number): Candidates {
    let candidates = this.#singles.get(shape);
    if (candidates === undefined) {
      const { pointerCount } = this.#matcher.mask(shape).shape;
      const nodes = (this.#candidates().get(pointerCount) ?? []).filter((node) => {
        const { repeat, isExactSize } = this.#matcher.match(shape, node);
        return repeat === 1 && isExactSize;
      });
      candidates = candidatesOf(nodes);
      this.#singles.set(shape, candidates);
    }
    return candidates;
  }

  #arrayCandidates(shape: number): Candidates {
    let candidates = this.#arrays.get(shape);
    if (candidates === undefined) {
      const fitting: TypeNode[] = [];
      const { pointerCount } = this.#matcher.mask(shape).shape;
      for (const [words, nodes] of this.#candidates()) {
        if (words >= pointerCount || pointerCount % words !== 0) continue;
        for (const node of nodes) {
          const { repeat, isExactSize } = this.#matcher.match(shape, node);
          if (repeat > 1 && isExactSize) fitting.push(node);
        }
      }
      candidates = candidatesOf(fitting);
      this.#arrays.set(shape, candidates);
    }
    return candidates;
  }

  #candidates(): ReadonlyMap<number, TypeNode[]> {
    if (this.#byWords !== undefined) return this.#byWords;
    this.#byWords = new Map();
    for (const type of this.#executable.universe.all()) {
      if (!isCandidate(type)) continue;
      const node = this.#executable.universe.of(type);
      const words = node.leaves.offset.length;
      if (words === 0 || words > MAX_WORDS) continue;
      const nodes = this.#byWords.get(words);
      if (nodes === undefined) this.#byWords.set(words, [node]);
      else nodes.push(node);
    }
    return this.#byWords;
  }
}

/** Boxed words of unnamed types say nothing; arrays are found by their elements. */
function isCandidate(type: Type): boolean {
  if (type.size === 0 || type.pointerBytes === 0 || type.kind === Kind.Array) return false;
  if (isEntryOfMap(type)) return false;
  const isWord =
    type.kind === Kind.Map || type.kind === Kind.Chan || type.kind === Kind.Func || type.kind === Kind.UnsafePointer;
  return !isWord || type.isNamed;
}

/** Keys and elements of Go ≥ 1.24 maps stand in groups and nowhere else. */
function isEntryOfMap({ kind, isNamed, fields }: Type): boolean {
  return (
    kind === Kind.Struct && !isNamed && fields.length === 2 && fields[0]!.name === "key" && fields[1]!.name === "elem"
  );
}
