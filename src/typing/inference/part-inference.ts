/**
 * PartInference: what objects are of which only parts are known: pointers to fields, to elements, windows in the middle. Of
 * the types that have all those parts, fit the shape and agree with the contents there has to be one alone.
 */
import type { Heap } from "../../heap/heap.ts";
import { TypeSource, valueOffset } from "../../heap/objects.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import type { SlotTails } from "../evidence/slot-tails.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { type Agreement, CONTRADICTION } from "./agreement.ts";
import type { PartConsistency } from "./part-consistency.ts";

/** Elements of an array that are looked at. */
const MAX_ELEMENTS = 16;

interface Hypothesis {
  readonly node: TypeNode;
  readonly isMany: boolean;
}

export class PartInference {
  readonly #heap: Heap;
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  readonly #tails: SlotTails;
  readonly #claims: Claims;
  readonly #agreement: Agreement;
  readonly #consistency: PartConsistency;

  constructor(
    heap: Heap,
    universe: TypeUniverse,
    matcher: ShapeMatcher,
    tails: SlotTails,
    claims: Claims,
    agreement: Agreement,
    consistency: PartConsistency,
  ) {
    this.#heap = heap;
    this.#universe = universe;
    this.#matcher = matcher;
    this.#tails = tails;
    this.#claims = claims;
    this.#agreement = agreement;
    this.#consistency = consistency;
  }

  /** Decides for every object at once, on what was known before. */
  run(): void {
    const { assignments } = this.#claims;
    const decisions: [object: number, decision: Hypothesis | undefined][] = [];
    this.#consistency.visit((object, claims) => {
      const known = this.#claims.node(object);
      const isMany = assignments.isArray(object);
      if (known !== undefined && claims.every((claim) => this.#consistency.explains(claim, known, isMany))) return;
      const decision = this.#decide(object, claims, known);
      if (decision !== undefined || known !== undefined) decisions.push([object, decision]);
    });
    for (const [object, decision] of decisions) {
      if (decision === undefined) assignments.clear(object);
      else this.#claims.assign(object, decision.node, decision.isMany, TypeSource.INFERRED, Standing.GUESS);
    }
  }

  /** @param first what is known to be at the beginning, beside the claims */
  #decide(object: number, claims: Int32Array, first: TypeNode | undefined): Hypothesis | undefined {
    let only: Hypothesis | undefined;
    for (const hypothesis of this.#hypotheses(object, claims)) {
      const { node, isMany } = hypothesis;
      if (!claims.every((claim) => this.#consistency.explains(claim, node, isMany))) continue;
      if (first !== undefined && !this.#consistency.hasPart(first, 0, node, isMany)) continue;
      if (!this.#agrees(object, hypothesis)) continue;
      if (only !== undefined) return undefined;
      only = hypothesis;
    }
    return only;
  }

  /** All that explains the claim that is hardest to explain: the largest part. */
  #hypotheses(object: number, claims: Int32Array): readonly Hypothesis[] {
    const { parts, rivals } = this.#claims;
    const shape = this.#heap.shapes!.of[object]!;
    let largest = claims[0]!;
    for (const claim of claims) if (this.#sizeOf(claim) > this.#sizeOf(largest)) largest = claim;
    const part = this.#universe.nodes[parts.node.get(largest)]!;
    const element = this.#universe.elementOf(part) ?? part;
    const hypotheses: Hypothesis[] = [];
    const { repeat, isExactSize, isOne } = this.#matcher.match(shape, element);
    if (part === element && isOne) hypotheses.push({ node: element, isMany: parts.isSlice(largest) });
    else if (repeat > 0 && isExactSize) hypotheses.push({ node: element, isMany: true });
    for (const { node, isMany } of rivals.of(shape, part.type!)) hypotheses.push({ node, isMany });
    return hypotheses;
  }

  #sizeOf(claim: number): number {
    return this.#universe.nodes[this.#claims.parts.node.get(claim)]!.size;
  }

  #agrees(object: number, { node, isMany }: Hypothesis): boolean {
    const start = valueOffset(this.#heap.objects, object);
    const { repeat } = this.#matcher.match(this.#heap.shapes!.of[object]!, node);
    if (!isMany && this.#tails.goesOn(object, start + node.size)) return false;
    for (let i = 0; i < Math.min(isMany ? repeat : 1, MAX_ELEMENTS); i++) {
      if (this.#agreement.score(object, start + i * node.size, node) === CONTRADICTION) return false;
    }
    return true;
  }
}
