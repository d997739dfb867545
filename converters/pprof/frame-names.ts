/**
 * What frames are called that are no functions of the program. pprof takes every name for a function's: in a narrow box it
 * leaves out what stands before a dot, and in graphs it breaks lines there, so that `held by typecheck.Target` becomes
 * `Target`, and `map[string][]*ssa.Value` `Value`. Therefore names have "·" for dots, as names in Go's assembler have, and
 * types no import paths, as Go itself prints them. A type that is one name keeps its dot: `ssa.Value` loses nothing, and
 * pprof colours it by its package.
 */
import { type Heap, shortenImports, TypeKind } from "../../src/index.ts";

/** What stands for a dot. */
const DOT = "·";

/** "main.Node", "main.Pair[int]", "main.Node ×n": what is left of it behind the dot tells as much. */
const ONE_NAME = /^\w{1,300}\.\w{1,300}(?:\[[^.]{0,300}\])?(?: ×\w+)?$/;

export class FrameNames {
  /** Short names of which there are several. */
  readonly #ambiguous = new Set<string>();
  /** Sizes and pointer masks, whose slashes are none of paths. */
  readonly #shapes = new Set<string>();

  /** Looks at the names of all types and variables. */
  constructor({ types, variables }: Heap) {
    const names = new Map<string, string>();
    const add = (name: string): void => {
      const short = shortenImports(name);
      const other = names.get(short);
      if (other === undefined) names.set(short, name);
      else if (other !== name) this.#ambiguous.add(short);
    };
    types.names.forEach((name, type) => {
      if (types.kind[type] === TypeKind.SHAPE) this.#shapes.add(name);
      else add(name);
    });
    for (const { name } of variables ?? []) add(name);
  }

  /** A name of a type, a variable, or what holds something, without import paths; with them if it would be another's. */
  short(name: string): string {
    if (this.#shapes.has(name)) return name;
    const short = shortenImports(name);
    return this.#ambiguous.has(short) ? name : short;
  }
}

/** The name such that pprof cuts and breaks it nowhere where that would change what it says. */
export function unbroken(name: string): string {
  return ONE_NAME.test(name) ? name : name.replaceAll(".", DOT);
}
