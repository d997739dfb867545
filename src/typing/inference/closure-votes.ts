/**
 * Closure votes: which of several layouts the closures of a function have. All of them have the same, so what one of them
 * contradicts none has; if one alone is left, it is theirs.
 */
import type { Heap } from "../../heap/heap.ts";
import { TypeSource, valueOffset } from "../../heap/objects.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import { Form } from "../decision/form.ts";
import { NodeFilter } from "../decision/node-filter.ts";
import type { ClosureTypes } from "../evidence/closures.ts";
import { LeafKind, leafAt } from "../universe/leaves.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { areAlike, NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { type Agreement, CONTRADICTION } from "./agreement.ts";

/** Layouts between which nobody can choose. */
const MAX_LAYOUTS = 32;

/** The closures of one function and one shape. */
interface Ballot {
  readonly entry: number;
  readonly shape: number;
  readonly objects: number[];
  layouts: readonly TypeNode[];
}

export class ClosureVotes {
  readonly #heap: Heap;
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  readonly #claims: Claims;
  readonly #closures: ClosureTypes;
  readonly #agreement: Agreement;

  constructor(
    heap: Heap,
    universe: TypeUniverse,
    matcher: ShapeMatcher,
    claims: Claims,
    closures: ClosureTypes,
    agreement: Agreement,
  ) {
    this.#heap = heap;
    this.#universe = universe;
    this.#matcher = matcher;
    this.#claims = claims;
    this.#closures = closures;
    this.#agreement = agreement;
  }

  /** Votes on all closures whose layout is not clear. */
  run(): void {
    for (const ballot of this.#collect()) {
      if (ballot.layouts.length > MAX_LAYOUTS) continue;
      for (const object of ballot.objects) {
        if (ballot.layouts.length < 2) break;
        ballot.layouts = ballot.layouts.filter((layout) => this.#agrees(object, layout));
      }
      if (ballot.layouts.length !== 1) continue;
      this.#closures.settle(ballot.entry, ballot.shape, ballot.layouts);
      for (const object of ballot.objects) {
        const closure = this.#closures.typeOf(object);
        if (closure !== undefined) this.#claims.add(object, 0, closure, Form.WHOLE, TypeSource.PROPAGATED);
      }
    }
  }

  #collect(): Iterable<Ballot> {
    const { assignments } = this.#claims;
    const ballots = new Map<string, Ballot>();
    const partial = new NodeFilter((id) => {
      const node = this.#universe.nodes[id];
      return node?.kind === NodeKind.CLOSURE && this.#universe.isPartial(node);
    });
    for (let object = assignments.nextOf(-1, partial); object >= 0; object = assignments.nextOf(object, partial)) {
      const { entry, layouts } = this.#closures.candidates(object);
      const shape = this.#heap.shapes!.of[object]!;
      const key = `${entry} ${shape}`;
      const ballot = ballots.get(key);
      if (ballot === undefined) {
        ballots.set(key, { entry, shape, objects: [object], layouts });
        continue;
      }
      ballot.objects.push(object);
      const left = ballot.layouts.filter((layout) => layouts.includes(layout));
      if (left.length > 0) ballot.layouts = left;
    }
    return ballots.values();
  }

  /** Whether what a closure's pointers lead to does not contradict a layout, by its type or by its contents. */
  #agrees(object: number, { leaves }: TypeNode): boolean {
    const { start, to, offset } = this.#heap.edges;
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      const leaf = leafAt(leaves.offset, offset[edge]!);
      if (leaf >= 0 && !this.#isPossible(to[edge]!, leaves.kind[leaf]!, leaves.elem[leaf])) return false;
    }
    return true;
  }

  #isPossible(target: number, kind: number, elem: TypeNode | undefined): boolean {
    const known = this.#claims.node(target);
    const isKnown = known !== undefined && this.#claims.assignments.standing(target) === Standing.WHOLE;
    switch (kind) {
      case LeafKind.POINTER:
        if (elem === undefined || elem.type === undefined) return true;
        if (isKnown) return areAlike(known, elem) || this.#isPart(elem, known);
        if (!this.#matcher.match(this.#heap.shapes!.of[target]!, elem).isOne) return true;
        return this.#agreement.score(target, valueOffset(this.#heap.objects, target), elem) !== CONTRADICTION;
      case LeafKind.MAP:
        return !isKnown || known.kind !== NodeKind.MAP_HEADER || known.subject === elem;
      case LeafKind.CHANNEL:
        return !isKnown || (known.kind === NodeKind.CHANNEL && known.subject === elem);
      case LeafKind.FUNC:
        return !isKnown || known.kind === NodeKind.CLOSURE;
      case LeafKind.STRING:
        return !isKnown || known.kind === NodeKind.STRING || known.size === 1;
      default:
        return true;
    }
  }

  #isPart(inner: TypeNode, outer: TypeNode): boolean {
    return outer.type !== undefined && this.#universe.holders.of(inner.type!).has(outer.type);
  }
}
