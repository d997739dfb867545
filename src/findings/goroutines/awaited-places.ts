/** AwaitedPlaces: the fields and variables that hold what goroutines wait for, as far as that is certain. */
import type { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { frameFunctionName, rootEdgeName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { type Holders, rootPlace } from "../../values/holders.ts";
import type { Places } from "../../values/places.ts";

/** Frames between two breaths. */
const SLICE = 1 << 16;
/** Holders above a thing: through a map and three structs. */
const MOST_HOLDERS = 12;
/** Fields and functions by which the runtime parks goroutines. */
const OF_RUNTIME = /^\*?runtime\./;

/** Fields that have the channels of timers and tickers. */
const OF_TIMER = /^(runtime\.timeTimer\.c|time\.(Timer|Ticker)\.C)$/;
const MADE_BY_RUNTIME = /^runtime\.timeTimer\.c$/;
/** What the channel of one leads to since Go 1.23: hchan.timer in runtime/chan.go. */
const TIMER = /^runtime\.(timeTimer|timer)$/;

/** No field or variable. */
export const NO_PLACE = -1;

/** Tells what holds things, and what that is called. Words of stacks that may be stale name nothing. */
export class AwaitedPlaces {
  readonly #heap: Heap;
  readonly #holders: Holders;
  readonly #places: Places;
  /** By place. */
  readonly #ofRuntime = new Map<number, boolean>();
  readonly #ofTimer = new Map<number, boolean>();
  readonly #madeByRuntime = new Map<number, boolean>();
  /** By row of the type table. */
  readonly #isTimer: Uint8Array;
  /** By object, of those that hang on nothing but stacks and the runtime's own: a root edge of a frame that has it for sure, and names it. */
  readonly #frameEdge = new Map<number, { readonly vertex: number; readonly edge: number }>();

  constructor(heap: Heap, holders: Holders) {
    this.#heap = heap;
    this.#isTimer = Uint8Array.from(heap.types.names, (name) => Number(TIMER.test(name)));
    this.#holders = holders;
    // Others number the places as they meet them, and must do so whether or not this was asked before.
    this.#places = holders.places.copy();
  }

  /** Looks for objects on stacks. Linear in the pointers of frames. */
  async findStacks(objects: Int32Array, progress: Progress): Promise<void> {
    const { roots, goroutines } = this.#heap;
    const { vertices } = roots;
    const wanted = new Set<number>();
    for (const each of objects) {
      if (each === NO_OBJECT) continue;
      const object = this.#namedOf(each);
      if (this.#isOfRuntime(object) || this.#isFrame(this.#holders.ownerOf(object))) wanted.add(object);
    }
    for (let vertex = 0; wanted.size > 0 && vertex < vertices.count; vertex++) {
      if (vertex % SLICE === SLICE - 1) await breathe(progress);
      if (vertices.kind[vertex] !== RootVertexKind.FRAME) continue;
      if (OF_RUNTIME.test(frameFunctionName(goroutines, vertices.item[vertex]!))) continue;
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        if (roots.kind[edge] !== RootKind.FRAME) continue;
        const object = roots.to[edge]!;
        if (!wanted.has(object) || rootEdgeName(this.#heap, vertex, edge) === undefined) continue;
        wanted.delete(object);
        this.#frameEdge.set(object, { vertex, edge });
      }
    }
  }

  #isOfRuntime(object: number): boolean {
    return this.#isPlace(object, OF_RUNTIME, this.#ofRuntime);
  }

  /** What has a name: of a channel that the runtime made for a timer or ticker that, which is one of its own structures; else the object. */
  #namedOf(object: number): number {
    return this.#isPlace(object, MADE_BY_RUNTIME, this.#madeByRuntime) ? this.#holders.ownerOf(object) : object;
  }

  /** Whether a channel is what a timer or a ticker of package time sends to. */
  isOfTimer(channel: number): boolean {
    if (this.#isPlace(channel, OF_TIMER, this.#ofTimer)) return true;
    const { edges, objects } = this.#heap;
    for (let edge = edges.start[channel]!; edge < edges.start[channel + 1]!; edge++) {
      if (this.#isTimer[objects.type[edges.to[edge]!]!] === 1) return true;
    }
    return false;
  }

  /** Whether the name of the place that holds an object is of a kind; asks once for each place. */
  #isPlace(object: number, names: RegExp, known: Map<number, boolean>): boolean {
    const place = this.#holders.placeOf(object, this.#places);
    let isIt = known.get(place);
    if (isIt === undefined) {
      isIt = names.test(this.#places.name(place));
      known.set(place, isIt);
    }
    return isIt;
  }

  #isFrame(vertex: number): boolean {
    const { objects, roots } = this.#heap;
    return vertex >= objects.count && roots.vertices.kind[vertex - objects.count] === RootVertexKind.FRAME;
  }

  /** The place that holds an object; NO_PLACE if nothing does that is certain. */
  of(awaited: number): number {
    const object = this.#namedOf(awaited);
    const known = this.#frameEdge.get(object);
    if (known !== undefined) return rootPlace(this.#heap, this.#places, known.vertex, known.edge);
    // What is in an array on a stack has no name of its own.
    const owner = this.#holders.ownerOf(this.#holders.beginningOf(object));
    if (owner === NO_OBJECT || this.#isFrame(owner) || this.#isOfRuntime(object)) return NO_PLACE;
    return this.#holders.placeOf(object, this.#places);
  }

  /** "main.Pool.tasks"; "" of NO_PLACE. */
  name(place: number): string {
    return place === NO_PLACE ? "" : this.#places.name(place);
  }

  /** Whether the name of an object's place leans on a type that is guessed. */
  isGuessed(awaited: number): boolean {
    const object = this.#namedOf(awaited);
    return !this.#frameEdge.has(object) && this.#holders.isPlaceGuessed(object);
  }

  /** Adds what holds an object, and what holds that, up to a root vertex (objects.count + v), if it is not too far, and nothing of the runtime's. */
  pushHolders(object: number, to: ReturnType<typeof int32Column>): void {
    const { count } = this.#heap.objects;
    let at = this.#namedOf(object);
    if (at !== object) to.push(at);
    for (let depth = 0; depth < MOST_HOLDERS && at < count; depth++) {
      const known = this.#frameEdge.get(at);
      if (known === undefined && this.#isOfRuntime(at)) return;
      const owner = known === undefined ? this.#holders.ownerOf(at) : count + known.vertex;
      if (owner === NO_OBJECT) return;
      to.push(owner);
      at = owner;
    }
  }
}
