/** Contents of a group of goroutines: what hangs right on them, by type, and the local variables that hold it. */
import type { SizeColumn } from "../../analysis/dominators/retained-size.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, objectSize } from "../../heap/objects.ts";
import { frameFunctionName, rootEdgeName } from "../../heap/roots/root-names.ts";
import { type AlikeThings, isTypeGuessed } from "../guessed.ts";
import { type QueueCounter, type Queued, type QueueSum, toQueued } from "../queued.ts";

/** Things of one type that hang right on goroutines of a group. */
export interface GroupPart extends AlikeThings {
  /** That they own. */
  readonly bytes: number;
  /** If they are channels with room for values: how many wait there; else null. */
  readonly queued: Queued | null;
}

/** A local variable that holds memory of a group of goroutines. */
export interface GroupLocal {
  /** "buffer"; "sp+0x28" where nothing names it. */
  readonly name: string;
  readonly function: string;
  readonly type: string;
  readonly bytes: number;
}

const MOST_LOCALS = 3;
const MOST_PARTS = 3;
/** Descriptors, waiters and the like: they are passed through. */
const RUNTIME = /^(\[\d*\]|\*)*runtime\./;

export class GroupContents {
  readonly #heap: Heap;
  readonly #owned: SizeColumn;
  readonly #children: { readonly start: Int32Array; readonly child: Int32Array };
  readonly #locals = new Map<string, { readonly local: Omit<GroupLocal, "bytes">; bytes: number }>();
  #largest = NO_OBJECT;
  #runtimeBytes = 0;
  /** By row of the type table. */
  readonly #parts = new Map<number, { count: number; guessed: number; bytes: number; readonly queued: QueueSum }>();
  readonly #queues: QueueCounter;

  constructor(
    heap: Heap,
    owned: SizeColumn,
    children: { readonly start: Int32Array; readonly child: Int32Array },
    queues: QueueCounter,
  ) {
    this.#heap = heap;
    this.#owned = owned;
    this.#children = children;
    this.#queues = queues;
  }

  /** Adds a goroutine by its root vertex. Linear in what hangs right on it. */
  add(goroutine: number): void {
    const { vertices } = this.#heap.roots;
    this.#addParts(goroutine);
    for (let frame = vertices.firstChild[goroutine]!; frame < vertices.firstChild[goroutine + 1]!; frame++) {
      this.#addParts(frame);
      this.#addLocals(frame);
    }
  }

  /** What is most of it. */
  parts(): GroupPart[] {
    const { names } = this.#heap.types;
    return [...this.#parts]
      .map(([row, part]) => ({ type: names[row]!, ...part, queued: toQueued(part.queued) }))
      .sort((a, b) => b.bytes - a.bytes || (a.type < b.type ? -1 : 1))
      .slice(0, MOST_PARTS);
  }

  /** The object that owns most, of all that hang right on the goroutines; NO_OBJECT if none does. */
  get largest(): number {
    return this.#largest;
  }

  /** Bytes of the runtime's own: what describes the goroutines, and what they wait with. */
  get runtimeBytes(): number {
    return this.#runtimeBytes;
  }

  /** Those that hold most. */
  locals(): GroupLocal[] {
    const sorted = [...this.#locals.values()].sort((a, b) => b.bytes - a.bytes).slice(0, MOST_LOCALS);
    return sorted.map(({ local, bytes }) => ({ ...local, bytes }));
  }

  #addParts(vertex: number): void {
    const { objects, types } = this.#heap;
    const { start, child } = this.#children;
    const pending = [objects.count + vertex];
    for (let above = pending.pop(); above !== undefined; above = pending.pop()) {
      for (let i = start[above]!; i < start[above + 1]!; i++) {
        const object = child[i]!;
        if (object >= objects.count) continue;
        const row = objects.type[object]!;
        if (RUNTIME.test(types.names[row]!)) {
          this.#runtimeBytes += objectSize(objects, object);
          pending.push(object);
          continue;
        }
        if (this.#largest === NO_OBJECT || this.#owned[object]! > this.#owned[this.#largest]!) this.#largest = object;
        const part = this.#parts.get(row) ?? { count: 0, guessed: 0, bytes: 0, queued: { buffered: 0, capacity: 0 } };
        part.count++;
        if (isTypeGuessed(objects, object)) part.guessed++;
        part.bytes += this.#owned[object]!;
        if (this.#queues.isChannel(row)) this.#queues.add(object, part.queued);
        this.#parts.set(row, part);
      }
    }
  }

  /** Adds what hangs right on a frame, by the variable that leads there. */
  #addLocals(frame: number): void {
    const { objects, roots, types, goroutines } = this.#heap;
    const { start, child } = this.#children;
    const { vertices } = roots;
    const edgeOf = new Map<number, number>();
    for (let edge = vertices.edgeStart[frame]!; edge < vertices.edgeStart[frame + 1]!; edge++) {
      if (!edgeOf.has(roots.to[edge]!)) edgeOf.set(roots.to[edge]!, edge);
    }
    for (let i = start[objects.count + frame]!; i < start[objects.count + frame + 1]!; i++) {
      const object = child[i]!;
      const edge = edgeOf.get(object);
      if (edge === undefined || object >= objects.count) continue;
      const type = types.names[objects.type[object]!]!;
      const name = frameFunctionName(goroutines, vertices.item[frame]!);
      // What the runtime parks a goroutine with is no variable of the program.
      if (RUNTIME.test(type) && name.startsWith("runtime.")) continue;
      const local = {
        name: rootEdgeName(this.#heap, frame, edge) ?? `sp+0x${roots.offset[edge]!.toString(16)}`,
        function: name,
        type,
      };
      const key = `${local.name}\n${local.function}\n${local.type}`;
      const known = this.#locals.get(key) ?? { local, bytes: 0 };
      known.bytes += this.#owned[object]!;
      this.#locals.set(key, known);
    }
  }
}
