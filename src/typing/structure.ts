/**
 * Structure: types for objects that nothing typed refers to. Those whose pointer words are an object's are the candidates;
 * the contents choose, and unless they choose one alone the object stays untyped. typing.md §4.8.
 */
import { Kind, type Type } from "../binary/index.ts";
import { HAS_HEADER, HAS_POINTERS, type Heap, TypeSource } from "../heap/heap.ts";
import { breathe, type Progress } from "../progress.ts";
import { CONTRADICTION, type Evidence } from "./evidence.ts";
import type { ExecutableTypes } from "./executable-types.ts";
import { type Propagation, Rank, UNTYPED } from "./propagation.ts";
import type { ShapeMatcher } from "./shape-matcher.ts";
import type { TypeNode } from "./type-node.ts";

/** Points that a single value must have, and an array. */
const ENOUGH_POINTS = 2;
const ENOUGH_FOR_ARRAY = 4;
/** Elements of an array that are looked at. */
const MAX_ELEMENTS = 16;
/** Types with more pointer words are no candidates. */
const MAX_WORDS = 5000;

/** Objects of a shape after which candidates that none of them agrees with are given up. */
const PRUNE_AFTER = 64;

interface Candidate {
  readonly node: TypeNode;
  /** Objects that do not contradict it. */
  agreed: number;
}

/** The types that objects of one shape may be. */
interface Candidates {
  list: readonly Candidate[];
  tried: number;
}

function candidatesOf(nodes: readonly TypeNode[]): Candidates {
  return { list: nodes.map((node) => ({ node, agreed: 0 })), tried: 0 };
}

export class Structure {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #propagation: Propagation;
  readonly #evidence: Evidence;
  /** Candidate types by number of pointer words. */
  #byWords: Map<number, TypeNode[]> | undefined;
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
    const { row } = this.#propagation;
    const { flags } = this.#heap.objects;
    for (const asArray of [false, true]) {
      for (let object = 0; object < row.length; object++) {
        if ((object & 0x3fff) === 0) await breathe(progress);
        if (row[object] !== UNTYPED || (flags[object]! & HAS_POINTERS) === 0) continue;
        this.#infer(object, asArray);
      }
      await this.#propagation.run(progress);
    }
  }

  #infer(object: number, asArray: boolean): void {
    const shape = this.#heap.shapes!.of[object]!;
    const start = (this.#heap.objects.flags[object]! & HAS_HEADER) !== 0 ? 8 : 0;
    const candidates = asArray ? this.#arrayCandidates(shape) : this.#singleCandidates(shape);
    let best: Candidate | undefined;
    let bestScore = 0;
    let isTie = false;
    for (const candidate of candidates.list) {
      const { node } = candidate;
      const { repeat } = this.#matcher.match(shape, node);
      let score = 0;
      for (let i = 0; i < Math.min(repeat, MAX_ELEMENTS) && score >= 0; i++) {
        const points = this.#evidence.score(object, start + i * node.size, node.type!);
        score = points === CONTRADICTION ? CONTRADICTION : score + points;
      }
      if (score !== CONTRADICTION) candidate.agreed++;
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
        isTie = false;
      } else if (score === bestScore) {
        isTie = true;
      }
    }
    candidates.tried++;
    if (candidates.tried === PRUNE_AFTER) {
      // What so many objects of the shape contradict is not what the others are.
      candidates.list = candidates.list.filter(({ agreed }) => agreed > 0);
    }
    if (best === undefined || isTie || bestScore < (asArray ? ENOUGH_FOR_ARRAY : ENOUGH_POINTS)) return;
    const rank = asArray ? Rank.PERIODIC : Rank.STRUCTURE;
    this.#propagation.add(object, 0, best.node, asArray, rank, TypeSource.INFERRED);
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
  const isWord =
    type.kind === Kind.Map || type.kind === Kind.Chan || type.kind === Kind.Func || type.kind === Kind.UnsafePointer;
  return !isWord || type.isNamed;
}
