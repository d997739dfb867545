/** Figures: what the measures of budgets are in one heap. Every figure is that of `gohd report` and `gohd top`. */
import { sumGroups } from "../../analysis/dominators/group-retained-size.ts";
import { computeOwnerTree, withOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers } from "../../values/values.ts";
import { findLeakedGoroutines } from "../goroutines/leaked.ts";
import { isTypeGuessed } from "../guessed.ts";
import { computeFindings } from "../inspect.ts";
import type { Totals } from "../report/totals.ts";
import type { Measure } from "./budget.ts";
import { findThing, matchEntries, type Thing } from "./things.ts";

export interface Figure {
  /** Bytes, or a number. */
  readonly value: number;
  /** Of the objects of the types that were asked for, those whose type is guessed; null if none is, or nothing is measured by type. */
  readonly guessed: GuessedObjects | null;
  /** What to tell because nothing has the name that was given; null if something has. */
  readonly missing: string | null;
}

/** Objects that are measured by their type. */
export interface GuessedObjects {
  readonly count: number;
  /** Of these, those whose type is guessed from shape and contents. */
  readonly guessed: number;
}

/** Measures one heap; what several measures need is computed once. */
export class Figures {
  readonly #heap: Heap;
  readonly #totals: Totals;
  readonly #progress: Progress;
  readonly #things = new Map<string, Thing>();

  constructor(heap: Heap, totals: Totals, progress: Progress) {
    this.#heap = heap;
    this.#totals = totals;
    this.#progress = progress;
  }

  /** Measures. Costs what the measure is made of: at the most the owner tree, or all inspections. */
  async measure({ name, of }: Measure): Promise<Figure> {
    const { live, garbage } = this.#totals;
    switch (name) {
      case "live":
        return known(live.bytes);
      case "objects":
        return known(live.count);
      case "garbage":
        return known(garbage.bytes);
      case "wasted":
        return known(await this.#wasted(of));
      case "goroutines":
        return this.#goroutines(of, undefined);
      case "leaked_goroutines":
        return this.#goroutines(of, await findLeakedGoroutines(this.#heap, this.#progress));
    }
    const thing = await this.thing(of!);
    const value =
      name === "owned" ? await this.#owned(thing) : name === "count" ? thing.objects.length : this.#shallow(thing);
    return { value, guessed: this.#guessed(thing), missing: thing.missing };
  }

  /** What a name means in this heap. */
  async thing(name: string): Promise<Thing> {
    let thing = this.#things.get(name);
    if (thing === undefined) {
      const hasLayouts = this.#heap.types.layouts !== undefined;
      const container = hasLayouts ? await computeContainers(this.#heap, this.#progress) : undefined;
      thing = await findThing(this.#heap, name, container, this.#progress);
      this.#things.set(name, thing);
    }
    return thing;
  }

  async #owned({ objects, roots }: Thing): Promise<number> {
    const heap = this.#heap;
    const { ownedSize } = await computeOwnerTree(heap, this.#progress);
    if (roots.length > 0) return roots.reduce((sum, vertex) => sum + ownedSize[heap.objects.count + vertex]!, 0);
    if (objects.length === 0) return 0;
    const group = new Int32Array(heap.objects.count).fill(-1);
    for (const object of objects) group[object] = 0;
    const live = heap.objects.count + heap.roots.vertices.kind.indexOf(RootVertexKind.GC_ROOTS);
    const sums = await withOwnerChildren(heap, this.#progress, (children) =>
      sumGroups(children, live, ownedSize, group, 1, this.#progress),
    );
    return sums[0]!;
  }

  #guessed({ objects, isOfTypes }: Thing): GuessedObjects | null {
    if (isOfTypes !== true) return null;
    const guessed = objects.reduce((sum, object) => sum + Number(isTypeGuessed(this.#heap.objects, object)), 0);
    return guessed === 0 ? null : { count: objects.length, guessed };
  }

  #shallow({ objects }: Thing): number {
    return objects.reduce((sum, object) => sum + objectSize(this.#heap.objects, object), 0);
  }

  /** Findings may be about the same bytes: their sum can be more than there is to gain, but not more than there is. */
  async #wasted(rule: string | null): Promise<number> {
    let sum = 0;
    for (const { kind, isLive, bytes } of await computeFindings(this.#heap, this.#progress)) {
      if (rule === null ? isLive : kind === rule) sum += bytes;
    }
    return rule === null ? Math.min(sum, this.#totals.live.bytes) : sum;
  }

  /** Those of the runtime count only where they are asked for by name. */
  #goroutines(name: string | null, isCounted: Uint8Array | undefined): Figure {
    const { goroutines } = this.#heap;
    const { found, missing } =
      name === null ? { found: [...goroutines.system.keys()], missing: null } : matchEntries(this.#heap, name);
    const counted = found.filter(
      (goroutine) =>
        (name !== null || goroutines.system[goroutine] === 0) &&
        (isCounted === undefined || isCounted[goroutine] === 1),
    );
    return { value: counted.length, guessed: null, missing };
  }
}

function known(value: number): Figure {
  return { value, guessed: null, missing: null };
}
