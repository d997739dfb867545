/**
 * When timers are due. A dump has no clock, but the runtime notes its own in places: when goroutines began to wait, and when a
 * processor last began to mark garbage. The latest of these is the least that it can have been, so that timers are due by then at the
 * latest. runtime/time.go (timerWhen since Go 1.23, timer before), runtime/runtime2.go (p).
 */
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";

/** The words that are read are in objects far apart. */
const WINDOW_SIZE = 1 << 12;
/** An int64, whatever the processor. */
const TIME_SIZE = 8;
const WHEN = "when";
const MARKED = "gcMarkWorkerStartTime";
/** Until Go 1.22 the heap of timers leads into these. */
const PUBLIC = /^time\.(Timer|Ticker)$/;

export class TimerDues {
  readonly #heap: Heap;
  readonly #reader: SequentialReader;
  /** The clock of the process, in nanoseconds: at least so much when the dump was written. 0 if nothing tells. */
  readonly #clock: number;
  /** By row of the type table, as `offsetOf` finds them. */
  readonly #offsets = new Map<number, number>();

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#reader = new SequentialReader(heap, WINDOW_SIZE);
    this.#clock = this.#readClock();
  }

  /**
   * In how many nanoseconds a timer is due at the latest; undefined if nothing tells.
   * @param edge to it from an array, the runtime's heap of timers
   */
  of(array: number, edge: number): number | undefined {
    const { objects, edges } = this.#heap;
    if (this.#clock === 0) return undefined;
    const timer = edges.to[edge]!;
    // An element is {timer, when}, or no more than the pointer.
    const ofElement = this.#offsetOf(objects.type[array]!);
    const at =
      ofElement >= 0
        ? objects.position[array]! + edges.offset[edge]! + ofElement
        : this.#position(timer, this.#offsetOf(objects.type[timer]!));
    const when = at === undefined ? 0 : this.#reader.integer(at, TIME_SIZE);
    return when === 0 ? undefined : Math.max(0, when - this.#clock);
  }

  #readClock(): number {
    const { goroutines, objects, types } = this.#heap;
    let latest = 0;
    for (let i = 0; i < goroutines.count; i++) latest = Math.max(latest, goroutines.waitSince[i]!);
    const row = types.names.indexOf("runtime.p");
    const offset = row < 0 ? -1 : this.#find(row, MARKED);
    for (let object = 0; offset >= 0 && object < objects.count; object++) {
      if (objects.type[object] !== row) continue;
      const at = this.#position(object, offset);
      if (at !== undefined) latest = Math.max(latest, this.#reader.integer(at, TIME_SIZE));
    }
    return latest;
  }

  #position(object: number, offset: number): number | undefined {
    const { objects } = this.#heap;
    return offset < 0 ? undefined : objects.position[object]! + valueOffset(objects, object) + offset;
  }

  /** Where values of a row say when they are due; -1 if they do not. */
  #offsetOf(row: number): number {
    let offset = this.#offsets.get(row);
    if (offset === undefined) {
      offset = this.#find(row, WHEN);
      if (offset < 0) offset = this.#findInside(row);
      this.#offsets.set(row, offset);
    }
    return offset;
  }

  /** Of time.Timer, which has the runtime's timer as its field "r": there are descriptors of both, but not of that field. */
  #findInside(row: number): number {
    const { names, details } = this.#heap.types;
    if (!PUBLIC.test(names[row]!)) return -1;
    const inner = names.indexOf("runtime.timer");
    const when = inner < 0 ? -1 : this.#find(inner, WHEN);
    const field = details?.(row)?.fields.find(({ name }) => name === "r");
    return when < 0 || field === undefined || field.type.size !== details!(inner)!.size ? -1 : field.offset + when;
  }

  /** Where values of a row have a time; -1 if they have none of that name. */
  #find(row: number, name: string): number {
    const { details } = this.#heap.types;
    return details?.(row)?.fields.find((field) => field.name === name && field.type.size === TIME_SIZE)?.offset ?? -1;
  }
}
