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
export class Layout {
  readonly #universe: TypeUniverse;
  readonly #types: Type[];
  #nodes: readonly TypeNode[] | undefined;

  /** @param first the first of them */
  constructor(universe: TypeUniverse, first: Type) {
    this.#universe = universe;
    this.#types = [first];
  }

  add(type: Type): void {
    this.#types.push(type);
  }

  /** The first of them. */
  get first(): Type {
    return this.#types[0]!;
  }

  /** Those that are candidates. Made when they are asked for: hardly any layout is that of an object without a type. */
  get nodes(): readonly TypeNode[] {
    this.#nodes ??= withoutShapes(this.#types.map((type) => this.#universe.of(type)));
    return this.#nodes;
  }
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
    const byWords = new Map<number, Map<string, Layout>>();
    for (const type of this.#universe.sorted()) {
      if (!isCandidate(type)) continue;
      const { words } = type.pointers;
      if (words.length === 0 || words.length > MAX_WORDS) continue;
      const key = `${type.size} ${words.join()}`;
      let layouts = byWords.get(words.length);
      if (layouts === undefined) {
        layouts = new Map();
        byWords.set(words.length, layouts);
      }
      const layout = layouts.get(key);
      if (layout === undefined) layouts.set(key, new Layout(this.#universe, type));
      else layout.add(type);
    }
    this.#byWords = new Map([...byWords].map(([words, layouts]) => [words, [...layouts.values()]]));
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
