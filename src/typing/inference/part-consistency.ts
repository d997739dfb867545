/**
 * PartConsistency: whether what an object may be agrees with what is said of parts of it: every pointer to a part needs such a
 * part there. What contradicts a known part is not guessed.
 */
import { Kind } from "../../binary/index.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import { isPartAt } from "../universe/parts.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

export class PartConsistency {
  readonly #claims: Claims;
  readonly #universe: TypeUniverse;
  /** Claims of untyped objects, those of one object side by side. */
  #sorted: Int32Array = new Int32Array(0);

  constructor(claims: Claims, universe: TypeUniverse) {
    this.#claims = claims;
    this.#universe = universe;
  }

  /** Takes in the claims that were made since the last time, and leaves out those of objects whose type is certain by now. */
  refresh(): void {
    const { parts, assignments } = this.#claims;
    this.#sorted = parts.sortedByObject(
      (object) => !assignments.isTyped(object) || assignments.standing(object) === Standing.PLAIN,
    );
  }

  /** Visits the objects of which parts are known, by ascending number, each with its claims. */
  visit(visitor: (object: number, claims: Int32Array) => void): void {
    const { object } = this.#claims.parts;
    for (let first = 0; first < this.#sorted.length; ) {
      const of = object.get(this.#sorted[first]!);
      let after = first + 1;
      while (after < this.#sorted.length && object.get(this.#sorted[after]!) === of) after++;
      visitor(of, this.#sorted.subarray(first, after));
      first = after;
    }
  }

  /** Whether any part of an object is known that has no type for certain. */
  hasParts(object: number): boolean {
    const first = this.#sorted[this.#firstOf(object)];
    return first !== undefined && this.#claims.parts.object.get(first) === object;
  }

  /** Whether an object may be a `node`, or an array of them, as far as its parts are known. */
  agrees(object: number, node: TypeNode, isMany: boolean): boolean {
    const claims = this.#sorted;
    const of = this.#claims.parts.object;
    for (let i = this.#firstOf(object); i < claims.length && of.get(claims[i]!) === object; i++) {
      if (!this.explains(claims[i]!, node, isMany)) return false;
    }
    return true;
  }

  /** What is known to be in an object, the largest of it; what an array is made of, if it is one. */
  largestPart(object: number): TypeNode | undefined {
    const { parts } = this.#claims;
    let largest: TypeNode | undefined;
    for (let i = this.#firstOf(object); i < this.#sorted.length && parts.object.get(this.#sorted[i]!) === object; i++) {
      const part = this.#universe.nodes[parts.node.get(this.#sorted[i]!)]!;
      const element = this.#universe.elementOf(part) ?? part;
      if (largest === undefined || element.size > largest.size) largest = element;
    }
    return largest;
  }

  /** Index of the first claim of an object, or where it would be. */
  #firstOf(object: number): number {
    const claims = this.#sorted;
    const of = this.#claims.parts.object;
    let low = 0;
    let high = claims.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (of.get(claims[middle]!) < object) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a `node`, or an array of them, has the part that a claim speaks of. */
  explains(claim: number, node: TypeNode, isMany: boolean): boolean {
    const { parts } = this.#claims;
    const part = this.#universe.nodes[parts.node.get(claim)]!;
    // Bytes are looked at for other reasons.
    if (part.type?.kind === Kind.Uint8 && !parts.isSlice(claim)) return true;
    return this.hasPart(part, parts.inside.get(claim), node, isMany);
  }

  /** Whether a `node`, or an array of them, has a value of `part` at `inside`. */
  hasPart(part: TypeNode, inside: number, node: TypeNode, isMany: boolean): boolean {
    if (part.type === undefined || node.type === undefined) return true;
    const at = isMany ? inside % node.size : inside;
    if (at === 0 && (this.#universe.elementOf(part) ?? part).type === node.type) return true;
    return (this.#universe.holders.of(part.type).get(node.type) ?? []).some((candidate) => isPartAt(candidate, at));
  }
}
