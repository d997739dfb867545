/**
 * Awaited things: which channels, locks, WaitGroups and Conds goroutines wait for, and what they are called, as far as that is certain. The
 * runtime notes channels, and the semaphores of locks, by address; a Cond is on the stack of who waits for it.
 */
import { float64Column, int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, borrowing, memoise } from "../../heap/memo.ts";
import { NO_OBJECT, valueAddress, valueOffset } from "../../heap/objects.ts";
import { findWaitReason, GoroutineStatus } from "../../heap/roots/goroutines.ts";
import { frameFunctionName } from "../../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Holders } from "../../values/holders.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";
import { computeHolders } from "../../values/values.ts";
import { isTypeGuessed } from "../guessed.ts";
import { type AwaitedKind, AwaitedKinds } from "./awaited-kinds.ts";
import { AwaitedPlaces } from "./awaited-places.ts";
import { LockFinder, offsetInElement } from "./locks.ts";
import { COND_WAIT, OF_CHANNELS, OF_CONDITIONS, OF_SEMAPHORES } from "./wait-targets.ts";
import { findWaiters } from "./waiters.ts";

export type { AwaitedKind } from "./awaited-kinds.ts";

/** What goroutines wait for. */
export interface Awaited {
  /**
   * CSR: what goroutine g waits for is `thing[start[g]]` … `thing[start[g+1]-1]`, each once; nothing if it waits for none of these, or
   * that is not certain. Length goroutines.count + 1.
   */
  readonly start: Uint32Array;
  readonly thing: Int32Array;
  readonly count: number;
  /** Columns by thing, the first: where it is in the process. */
  readonly address: Float64Array;
  /** The object that it is, or is part of; NO_OBJECT of a variable's. */
  readonly object: Int32Array;
  /** Index into `kinds`. */
  readonly kind: Int32Array;
  /** TYPE_GUESSED, PLACE_GUESSED. */
  readonly guesses: Uint8Array;
  readonly kinds: readonly AwaitedKind[];
  /**
   * CSR: what holds the object, and what holds that, up to a root vertex (objects.count + v), if it is not too far, and through nothing of
   * the runtime's: `holder[holderStart[i]]` …. Length count + 1.
   */
  readonly holderStart: Uint32Array;
  readonly holder: Int32Array;
}

/** In `Awaited.guesses`: the thing's type is guessed, … */
export const TYPE_GUESSED = 1;
/** … or that of what its place names. */
export const PLACE_GUESSED = 2;

/** How a goroutine waits. */
const Wait = { UNKNOWN: 0, CHANNEL: 1, SELECT: 2, SEMAPHORE: 3, CONDITION: 4 } as const;
/** Words of waiters are far apart. */
const WINDOW_SIZE = 1 << 12;
/** Waiters, things and frames between two breaths. */
const SLICE = 1 << 16;

/**
 * Finds what goroutines wait for; memoised per heap. Nothing without an executable. Costs who holds what (`computeHolders`), which whoever
 * has it lends; linear in objects, waiters and frames.
 */
export const computeAwaited: Analysis<Awaited> = memoise(async (heap: Heap, progress: Progress) => {
  const search = new Search(heap);
  if (heap.types.layouts !== undefined && search.hasWaits) await search.findWaits(progress);
  if (search.count === 0) return search.finish();
  return borrowing(computeHolders, heap, async () => {
    await search.name(await computeHolders(heap, progress), progress);
    return search.finish();
  });
});

class Search {
  readonly #heap: Heap;
  readonly #reader: SequentialReader;
  readonly #locks: LockFinder;
  /** Per goroutine: its `Wait`. */
  readonly #waits: Uint8Array;
  #start: Uint32Array;
  #thing = new Int32Array(0);
  readonly #things = new Map<number, number>();
  readonly #address = float64Column();
  readonly #object = int32Column();
  /** One of those who wait for it. */
  readonly #waiting = int32Column();
  #kind = new Int32Array(0);
  #guesses = new Uint8Array(0);
  #kinds: readonly AwaitedKind[] = [];
  #holderStart = new Uint32Array(1);
  readonly #holder = int32Column();

  constructor(heap: Heap) {
    const { goroutines } = heap;
    this.#heap = heap;
    this.#locks = new LockFinder(heap.types);
    this.#reader = new SequentialReader(heap, WINDOW_SIZE);
    this.#start = new Uint32Array(goroutines.count + 1);
    this.#waits = Uint8Array.from({ length: goroutines.count }, (_, i) => {
      if (goroutines.status[i] !== GoroutineStatus.WAITING || goroutines.system[i] === 1) return Wait.UNKNOWN;
      return waitFor(findWaitReason(goroutines, i));
    });
  }

  /** Whether any goroutine waits for what can be found out. */
  get hasWaits(): boolean {
    return this.#waits.some((wait) => wait !== Wait.UNKNOWN);
  }

  get count(): number {
    return this.#address.count;
  }

  /** Numbers the things by who waits for them. */
  async findWaits(progress: Progress): Promise<void> {
    const { goroutines } = this.#heap;
    const entries = { goroutine: int32Column(), thing: int32Column() };
    const isUnclear = new Uint8Array(goroutines.count);
    await this.#addWaiters(entries, isUnclear, progress);
    if (this.#waits.includes(Wait.CONDITION)) await this.#addConditions(entries, isUnclear, progress);
    const counts = new Uint32Array(goroutines.count);
    for (const goroutine of entries.goroutine.values) counts[goroutine]!++;
    const start = new Uint32Array(goroutines.count + 1);
    for (let i = 0; i < goroutines.count; i++) {
      // A goroutine waits for one thing, unless it selects.
      if (this.#waits[i] !== Wait.SELECT && counts[i]! > 1) isUnclear[i] = 1;
      start[i + 1] = start[i]! + (isUnclear[i] === 1 ? 0 : counts[i]!);
    }
    const thing = new Int32Array(start[goroutines.count]!);
    const next = start.slice();
    for (let row = 0; row < entries.thing.count; row++) {
      const goroutine = entries.goroutine.get(row);
      if (isUnclear[goroutine] === 0) thing[next[goroutine]!++] = entries.thing.get(row);
    }
    this.#start = start;
    this.#thing = thing;
    this.#dropRepeated();
  }

  /** A select may have a channel in several cases. */
  #dropRepeated(): void {
    const lastOf = new Int32Array(this.count).fill(-1);
    let kept = 0;
    let first = 0;
    for (let goroutine = 0; goroutine + 1 < this.#start.length; goroutine++) {
      const end = this.#start[goroutine + 1]!;
      for (let row = first; row < end; row++) {
        const thing = this.#thing[row]!;
        if (lastOf[thing] === goroutine) continue;
        lastOf[thing] = goroutine;
        this.#thing[kept++] = thing;
      }
      first = end;
      this.#start[goroutine + 1] = kept;
    }
    this.#thing = this.#thing.slice(0, kept);
  }

  async #addWaiters(entries: Entries, isUnclear: Uint8Array, progress: Progress): Promise<void> {
    const { objects, dump } = this.#heap;
    const { count, object, goroutine: of, channel: channels, elementOffset } = await findWaiters(this.#heap, progress);
    for (let row = 0; row < count; row++) {
      if (row % SLICE === SLICE - 1) await breathe(progress);
      const waiter = object[row]!;
      const goroutine = of[row]!;
      const channel = channels[row]!;
      const wait = this.#waits[goroutine]!;
      if (isTypeGuessed(objects, waiter)) isUnclear[goroutine] = 1;
      if (wait === Wait.CHANNEL || wait === Wait.SELECT) {
        if (channel !== NO_OBJECT) this.#add(entries, goroutine, valueAddress(objects, channel), channel);
        // Those that are kept for reuse have none.
        else if (!dump.complete) isUnclear[goroutine] = 1;
      } else if (wait === Wait.SEMAPHORE && channel === NO_OBJECT && elementOffset >= 0) {
        const inSlot = elementOffset + valueOffset(objects, waiter);
        const address = this.#reader.address(objects.position[waiter]! + inSlot);
        if (address !== 0) this.#add(entries, goroutine, address, this.#heap.findObject(address));
      } else if (wait === Wait.SEMAPHORE) isUnclear[goroutine] = 1;
    }
  }

  /** The Conds that the frames of Cond.Wait have for sure. */
  async #addConditions(entries: Entries, isUnclear: Uint8Array, progress: Progress): Promise<void> {
    const { roots, goroutines, objects, types } = this.#heap;
    const { vertices } = roots;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      if (vertex % SLICE === SLICE - 1) await breathe(progress);
      if (vertices.kind[vertex] !== RootVertexKind.FRAME) continue;
      const frame = vertices.item[vertex]!;
      const goroutine = vertices.item[vertices.parent[vertex]!]!;
      if (this.#waits[goroutine] !== Wait.CONDITION || frameFunctionName(goroutines, frame) !== COND_WAIT) continue;
      let known = 0;
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        if (roots.kind[edge] !== RootKind.FRAME) continue;
        const object = roots.to[edge]!;
        const address = this.#reader.address(goroutines.frames.position[frame]! + roots.offset[edge]!);
        const row = objects.type[object]!;
        const inElement = offsetInElement(types, row, address - valueAddress(objects, object));
        const { type, offset } = this.#locks.find(row, inElement);
        if (type !== "sync.Cond" || address - offset === known) continue;
        if (known !== 0) isUnclear[goroutine] = 1;
        known = address - offset;
        this.#add(entries, goroutine, known, object);
      }
    }
  }

  #add(entries: Entries, goroutine: number, address: number, object: number): void {
    let thing = this.#things.get(address);
    if (thing === undefined) {
      thing = this.count;
      this.#things.set(address, thing);
      this.#address.push(address);
      this.#object.push(object);
      this.#waiting.push(goroutine);
    }
    entries.goroutine.push(goroutine);
    entries.thing.push(thing);
  }

  /** Finds out what the things are, and what holds them. */
  async name(holders: Holders, progress: Progress): Promise<void> {
    const { objects, goroutines } = this.#heap;
    const { count } = this;
    const places = new AwaitedPlaces(this.#heap, holders);
    await places.findStacks(this.#object.values, progress);
    const kinds = new AwaitedKinds(this.#heap, places, this.#locks);
    this.#kinds = kinds.values;
    this.#kind = new Int32Array(count);
    this.#guesses = new Uint8Array(count);
    this.#holderStart = new Uint32Array(count + 1);
    for (let thing = 0; thing < count; thing++) {
      if (thing % SLICE === SLICE - 1) await breathe(progress);
      const object = this.#object.get(thing);
      const address = this.#address.get(thing);
      const waiting = this.#waiting.get(thing);
      const isChannel = this.#waits[waiting]! <= Wait.SELECT;
      const reason = isChannel ? "" : findWaitReason(goroutines, waiting);
      let kind: number;
      if (object === NO_OBJECT) kind = kinds.ofVariable(address, reason);
      else {
        kind = isChannel ? kinds.ofChannel(object) : kinds.ofLock(object, address, reason);
        const { place, field } = kinds.values[kind]!;
        const isGuessed = isTypeGuessed(objects, object);
        const isPlaceGuessed = field === "" ? place !== "" && places.isGuessed(object) : isGuessed;
        this.#guesses[thing] = (isGuessed ? TYPE_GUESSED : 0) | (isPlaceGuessed ? PLACE_GUESSED : 0);
        places.pushHolders(object, this.#holder);
      }
      this.#kind[thing] = kind;
      this.#holderStart[thing + 1] = this.#holder.count;
    }
  }

  finish(): Awaited {
    return {
      start: this.#start,
      thing: this.#thing,
      count: this.count,
      address: this.#address.finish(),
      object: this.#object.finish(),
      kind: this.#kind,
      guesses: this.#guesses,
      kinds: this.#kinds,
      holderStart: this.#holderStart,
      holder: this.#holder.finish(),
    };
  }
}

/** How a goroutine waits that the runtime has parked for a reason. */
function waitFor(reason: string): number {
  if (reason === "select") return Wait.SELECT;
  if (OF_CHANNELS.test(reason)) return Wait.CHANNEL;
  if (OF_SEMAPHORES.test(reason)) return Wait.SEMAPHORE;
  return reason === OF_CONDITIONS ? Wait.CONDITION : Wait.UNKNOWN;
}

/** Who waits for what: goroutines and things. */
interface Entries {
  readonly goroutine: ReturnType<typeof int32Column>;
  readonly thing: ReturnType<typeof int32Column>;
}
