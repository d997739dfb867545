/** AwaitedKinds: what is told alike of things that goroutines wait for, as numbers: their type, and what holds them. */
import { Names } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { valueAddress } from "../../heap/objects.ts";
import { joinVariable } from "../../heap/roots/root-names.ts";
import type { GlobalVariable } from "../../heap/roots/segments.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { type AwaitedPlaces, NO_PLACE } from "./awaited-places.ts";
import { type LockFinder, lockOfSemaphore, lockType, offsetInElement } from "./locks.ts";

/** What is told alike of things. */
export interface AwaitedKind {
  /** "chan main.Job", "sync.Mutex"; "" of what may be any lock or WaitGroup. */
  readonly type: string;
  /** The field or variable that holds them: "main.Pool.tasks", "main.mu", "results (main.fetch)"; "" if nothing that is certain does. */
  readonly place: string;
  /** What each is in the object that it is part of: "stats.mu"; "" if it is the whole. */
  readonly field: string;
  readonly from: ChannelSource;
}

/** Who gives a channel out that nobody made: a context by Done, a timer or ticker of package time; null of all others, and of locks. */
export type ChannelSource = "context" | "timer" | null;

/** Where package context has the channels that Done gives; since Go 1.17 in an atomic.Value. */
const DONE_OF_CONTEXT = /^context\.(\w+\.)+done(\.v)?$/;
/** Added to places of timers' channels, so that others at the same place are other kinds. */
const AT_TIMER = 2 ** 32;

/** What is known of a channel whose type is not. */
export const UNKNOWN_CHANNEL = "chan ?";

/** What has the semaphore, by the runtime's reason: earlier releases of Go call all waits for one semacquire. */
const LOCK_OF_REASON = /^sync\.[A-Za-z]+(?=\.)/;
/** Variables of the compiler's: "main..stmp_3". */
const OF_COMPILER = "..";

/** Numbers the kinds of things. Asks once for each type and place. */
export class AwaitedKinds {
  readonly values: AwaitedKind[] = [];
  readonly #heap: Heap;
  readonly #places: AwaitedPlaces;
  readonly #numbers = new Names();
  /** By row, then by place, or offset. */
  readonly #ofRow = new Map<number, Map<number, number>>();
  readonly #locks: LockFinder;
  /** By address. */
  readonly #variables: readonly GlobalVariable[];

  constructor(heap: Heap, places: AwaitedPlaces, locks: LockFinder) {
    this.#heap = heap;
    this.#locks = locks;
    this.#places = places;
    this.#variables = [...(heap.variables ?? [])].sort((a, b) => a.address - b.address);
  }

  /** The kind of a channel. O(1). */
  ofChannel(object: number): number {
    const { types, objects } = this.#heap;
    const row = objects.type[object]!;
    const isKnown = types.layouts!.structure[row] === Structure.CHANNEL;
    const type = isKnown ? types.names[row]! : UNKNOWN_CHANNEL;
    return this.#wholeObject(row, type, this.#places.of(object), this.#places.isOfTimer(object));
  }

  /**
   * The kind of a lock that is an object, or part of one. O(1) but for the first at its place.
   * @param address of the lock, or of its semaphore
   * @param reason why the runtime parked who waits for it
   */
  ofLock(object: number, address: number, reason: string): number {
    const { types, objects } = this.#heap;
    const row = objects.type[object]!;
    const offset = offsetInElement(types, row, address - valueAddress(objects, object));
    const lock = this.#locks.find(row, offset);
    if (lock.field === "") return this.#wholeObject(row, lock.type, this.#places.of(object), false);
    const kinds = mapOf(this.#ofRow, row);
    // Places are no less than NO_PLACE.
    const key = NO_PLACE - 1 - offset;
    let kind = kinds.get(key);
    if (kind === undefined) {
      const type = lock.type || lockOfReason(reason);
      const field = lock.type === "" ? (this.#fieldBySemaphore(row, offset, type) ?? lock.field) : lock.field;
      kind = this.#number({ type, place: joinVariable(types.names[row]!, field), field, from: null });
      kinds.set(key, kind);
    }
    return kind;
  }

  #wholeObject(row: number, type: string, place: number, isOfTimer: boolean): number {
    const kinds = mapOf(this.#ofRow, row);
    const key = isOfTimer ? AT_TIMER + place : place;
    let kind = kinds.get(key);
    if (kind === undefined) {
      const name = this.#places.name(place);
      const from = isOfTimer ? "timer" : DONE_OF_CONTEXT.test(name) ? "context" : null;
      kind = this.#number({ type, place: name, field: "", from });
      kinds.set(key, kind);
    }
    return kind;
  }

  /** What a lock is called that is in a struct of which no more is known than the names of its fields; undefined if they tell of none. */
  #fieldBySemaphore(row: number, offset: number, type: string): string | undefined {
    const { types, dump } = this.#heap;
    const name = types.fields?.name(row, offset);
    const field = name === undefined ? undefined : lockOfSemaphore(name, type, dump.go.minor);
    return field === undefined || types.fields?.stride(row) === 0 ? field : joinVariable("[…]", field);
  }

  /** The kind of a lock that is in no object, but may be in a package variable. O(log n). */
  ofVariable(address: number, reason: string): number {
    const variable = variableAt(this.#variables, address);
    if (variable === undefined || variable.name.includes(OF_COMPILER))
      return this.#number({ type: lockOfReason(reason), place: "", field: "", from: null });
    const type = variable.type === undefined ? undefined : lockType(variable.type);
    const place = type === undefined ? joinVariable(variable.name, "…") : variable.name;
    return this.#number({ type: type ?? lockOfReason(reason), place, field: "", from: null });
  }

  #number(kind: AwaitedKind): number {
    const number = this.#numbers.number(`${kind.type}\n${kind.place}\n${kind.field}\n${kind.from}`);
    this.values[number] ??= kind;
    return number;
  }
}

/** "sync.Mutex"; "" if the reason does not tell. */
function lockOfReason(reason: string): string {
  return LOCK_OF_REASON.exec(reason)?.[0] ?? "";
}

function mapOf(maps: Map<number, Map<number, number>>, row: number): Map<number, number> {
  let map = maps.get(row);
  if (map === undefined) {
    map = new Map();
    maps.set(row, map);
  }
  return map;
}

/** The last variable that begins at an address or before it, if it goes so far. O(log n). */
function variableAt(variables: readonly GlobalVariable[], address: number): GlobalVariable | undefined {
  let low = 0;
  let high = variables.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (variables[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  const found = variables[low - 1];
  return found !== undefined && address < found.address + found.size ? found : undefined;
}
