/**
 * CandidateLayouts: the types that an object may be guessed to be of, by where their pointers are. Thousands of types share
 * a few layouts, and whether a type fits a shape is a matter of its layout alone.
 */
import { Kind, type Type } from "../../binary/index.ts";
import { isEntryOfMap } from "../universe/checks.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

/** Types with more pointer words are no candidates. */
const MAX_WORDS = 5000;

/** Types of one size with their pointers at the same offsets, in the order of their descriptors. */
export interface Layout {
  readonly nodes: readonly TypeNode[];
}

export class CandidateLayouts {
  readonly #universe: TypeUniverse;
  #byWords: ReadonlyMap<number, readonly Layout[]> | undefined;

  constructor(universe: TypeUniverse) {
    this.#universe = universe;
  }

  /** Numbers of pointer words that there are types with. */
  get wordCounts(): readonly number[] {
    return [...this.#index().keys()];
  }

  /** The layouts with so many pointer words. */
  of(words: number): readonly Layout[] {
    return this.#index().get(words) ?? [];
  }

  #index(): ReadonlyMap<number, readonly Layout[]> {
    if (this.#byWords !== undefined) return this.#byWords;
    const byWords = new Map<number, Map<string, TypeNode[]>>();
    for (const type of this.#universe.sorted()) {
      if (!isCandidate(type)) continue;
      const node = this.#universe.of(type);
      const { offset } = node.leaves;
      if (offset.length === 0 || offset.length > MAX_WORDS) continue;
      const key = `${node.size} ${offset.join()}`;
      let layouts = byWords.get(offset.length);
      if (layouts === undefined) {
        layouts = new Map();
        byWords.set(offset.length, layouts);
      }
      const nodes = layouts.get(key);
      if (nodes === undefined) layouts.set(key, [node]);
      else nodes.push(node);
    }
    this.#byWords = new Map(
      [...byWords].map(([words, layouts]) => [
        words,
        [...layouts.values()].map((nodes) => ({ nodes: withoutShapes(nodes) })),
      ]),
    );
    return this.#byWords;
  }
}

/** Leaves out the compiler's stand-ins for instantiations that are there themselves. All nodes are laid out alike. */
function withoutShapes(nodes: readonly TypeNode[]): readonly TypeNode[] {
  if (!nodes.some(({ isShape }) => isShape)) return nodes;
  const instantiated = new Set(nodes.filter(({ isShape }) => !isShape).map(genericName));
  return nodes.filter((node) => !node.isShape || !instantiated.has(genericName(node)));
}

/** What all instantiations of one generic type have in common. */
function genericName({ name }: TypeNode): string {
  return name.slice(0, name.indexOf("["));
}

/** Boxed words of unnamed types say nothing; arrays are found by their elements. */
function isCandidate(type: Type): boolean {
  if (type.size === 0 || type.pointerBytes === 0 || type.kind === Kind.Array) return false;
  if (isEntryOfMap(type)) return false;
  const isWord =
    type.kind === Kind.Map || type.kind === Kind.Chan || type.kind === Kind.Func || type.kind === Kind.UnsafePointer;
  return !isWord || type.isNamed;
}
