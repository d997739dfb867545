/**
 * ClosureMakers: how the code that makes the closures of a function lays them out. It loads the address of the layout's
 * descriptor for the allocator, then the function's own for the first word (cmd/compile/internal/walk, walkClosure). Whose code
 * that is, a closure's name begins with: "main.f.func1" is made by main.f, and by whatever main.f was inlined into there is
 * another one.
 */
import type { ExecutableTypes } from "../match/executable-types.ts";
import { isClosureEntry } from "../universe/checks.ts";
import type { TypeNode } from "../universe/type-node.ts";

/** What may end the name of the maker within the closure's: "main.f.func1", "main.f-range1", "main.f·dwrap·1". */
const SEPARATORS = ".-·";

/** Closures in closures in a name, at most: each is looked up by a name as long as that, and a damaged file may have any. */
const MOST_MAKERS = 64;

export class ClosureMakers {
  readonly #executable: ExecutableTypes;

  constructor(executable: ExecutableTypes) {
    this.#executable = executable;
  }

  /**
   * The layout that closures of a function are allocated with; undefined if no code was found that makes them, or several places
   * disagree. O(size of what makes them + length of the name).
   * @param entry the function's, at run time
   */
  layoutOf(entry: number, name: string): TypeNode | undefined {
    let left = MOST_MAKERS;
    for (let end = name.length - 1; end > 0 && left > 0; end--) {
      if (!SEPARATORS.includes(name[end]!)) continue;
      left--;
      const makers = this.#executable.loadedBy(name.slice(0, end));
      if (makers.length === 0) continue;
      const layouts = new Set(makers.flatMap((loaded) => this.#layoutsIn(loaded, entry)));
      return layouts.size === 1 ? [...layouts][0] : undefined;
    }
    return undefined;
  }

  /** The layouts that a function's code has for closures of another, in its order; undefined for those that it does not tell. */
  #layoutsIn(loaded: readonly number[], entry: number): (TypeNode | undefined)[] {
    const layouts: (TypeNode | undefined)[] = [];
    let latest: TypeNode | undefined;
    for (const address of loaded) {
      const node = this.#executable.typeAt(address);
      if (address === entry) layouts.push(latest);
      if (node?.type !== undefined && isClosureEntry(node.type)) latest = node;
      else if (this.#executable.functionAt(address) !== undefined) latest = undefined;
    }
    return layouts;
  }
}
