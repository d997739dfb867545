/**
 * FinalizerBuilder: collects the records of finalizers, and turns them into roots: their functions; what is queued; and
 * what an object with a finalizer refers to, which the runtime keeps alive for the call although it lets the object go.
 * That makes a difference only where nothing else reaches the object: were it let go, the finalizer would be called, and
 * then what it refers to would go as well. So only there these are roots, and elsewhere the object keeps what it holds.
 */
import { HEADER_SIZE } from "../../format/objects/object-format.ts";
import type { Progress } from "../../progress.ts";
import type { AddressIndex } from "../addresses/address-index.ts";
import { float64Column, int32Column, uint8Column } from "../columns.ts";
import { type Edges, HAS_HEADER } from "../objects.ts";
import type { Finalizer } from "../roots/finalizers.ts";
import { type FinalizerColumns, RootKind } from "../roots/roots.ts";
import { findInCycles } from "./cycles.ts";
import { markReachable } from "./marking.ts";
import { markThroughFinalized } from "./reachability.ts";
import { Owner, type ResolvedRoots } from "./root-builder.ts";

/** One record; addresses. */
export interface FinalizerEntry {
  readonly object: number;
  /** The closure. */
  readonly closure: number;
  /** Its code. */
  readonly code: number;
  /** Of the pointer to the object. */
  readonly type: number;
  readonly isQueued: boolean;
}

export class FinalizerBuilder {
  readonly #object = float64Column();
  readonly #closure = float64Column();
  readonly #code = float64Column();
  readonly #type = float64Column();
  readonly #isQueued = uint8Column();

  get count(): number {
    return this.#object.count;
  }

  add({ object, closure, code, type, isQueued }: FinalizerEntry): void {
    this.#object.push(object);
    this.#closure.push(closure);
    this.#code.push(code);
    this.#type.push(type);
    this.#isQueued.push(isQueued ? 1 : 0);
  }

  /**
   * Adds the roots that finalizers are to all others, and marks what all of them reach. Linear in the graph.
   * @param roots with all other roots
   * @param flags of the objects
   */
  async resolve(
    index: AddressIndex,
    edges: Edges,
    flags: Uint8Array,
    roots: ResolvedRoots,
    progress: Progress,
  ): Promise<FinalizerColumns> {
    const { count } = this;
    const objects = Int32Array.from({ length: count }, (_, i) => index.find(this.#object.get(i)));
    const rows = Array.from({ length: count }, (_, i) => i);
    const registered = rows.filter((i) => this.#isQueued.get(i) === 0 && objects[i]! >= 0);
    registered.sort((a, b) => objects[a]! - objects[b]! || a - b);
    const finalizedObjects = Int32Array.from(registered, (i) => objects[i]!);
    const neverFinalized = new Uint8Array(count);
    findInCycles(edges, flags, finalizedObjects).forEach((value, k) => {
      neverFinalized[registered[k]!] = value;
    });
    const { finalizers, of } = this.#groupBy(neverFinalized);

    for (const i of rows) {
      const isQueued = this.#isQueued.get(i) === 1;
      const closure = index.find(this.#closure.get(i));
      if (isQueued && objects[i]! >= 0) roots.add(Owner.FINALIZER, of[i]!, RootKind.QUEUED_FINALIZER, 0, objects[i]!);
      const kind = isQueued ? RootKind.QUEUED_FINALIZER_FUNCTION : RootKind.FINALIZER_FUNCTION;
      if (closure >= 0) roots.add(Owner.FINALIZER, of[i]!, kind, 0, closure);
    }
    await markReachable(edges, flags, roots.targets(), progress);
    const held = markThroughFinalized(edges, flags, finalizedObjects);
    for (let k = 0; k < registered.length; k++) {
      if (held[k] === 0) continue;
      const object = finalizedObjects[k]!;
      const header = (flags[object]! & HAS_HEADER) === 0 ? 0 : HEADER_SIZE;
      for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
        // A pointer to the object itself does not keep it alive.
        if (edges.to[edge] === object) continue;
        const offset = edges.offset[edge]! - header;
        roots.add(Owner.FINALIZER, of[registered[k]!]!, RootKind.FINALIZER_REFERENT, offset, edges.to[edge]!);
      }
    }
    return {
      finalizers,
      finalizedObjects,
      finalizedType: Float64Array.from(registered, (i) => this.#type.get(i)),
      finalizedBy: Int32Array.from(registered, (i) => of[i]!),
    };
  }

  /** Puts alike ones together, in the order of the dump. */
  #groupBy(neverFinalized: Uint8Array): { readonly finalizers: readonly Finalizer[]; readonly of: Int32Array } {
    const finalizers: { -readonly [K in keyof Finalizer]: Finalizer[K] }[] = [];
    const numbers = new Map<string, number>();
    const of = int32Column();
    for (let i = 0; i < this.count; i++) {
      const [type, code, queued] = [this.#type.get(i), this.#code.get(i), this.#isQueued.get(i)];
      const key = `${type} ${code} ${queued} ${neverFinalized[i]}`;
      let number = numbers.get(key);
      if (number === undefined) {
        number = finalizers.length;
        numbers.set(key, number);
        finalizers.push({
          count: 0,
          type,
          function: code,
          isQueued: queued === 1,
          isNeverFinalized: neverFinalized[i] === 1,
        });
      }
      finalizers[number]!.count++;
      of.push(number);
    }
    return { finalizers, of: of.finish() };
  }
}
