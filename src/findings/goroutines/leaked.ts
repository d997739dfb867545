/**
 * Leaked goroutines: those that can be proved never to go on, because what they wait for is reachable only from goroutines that
 * wait likewise. It is what Go 1.26's goroutineleak profile decides in the process itself (runtime/mgc.go): goroutines that can run
 * are roots; whoever waits for something that these lead to can run too; what is left at the end is leaked.
 */
import { findOwnerRoles, OwnerRole } from "../../analysis/ownership/owner-roles.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { findWaitTargets } from "./wait-targets.ts";

/** Objects between two breaths. */
const SLICE = 1 << 17;
/** Timers that run lead to what they will do; one that does not run any more is taken for one that does. */
const TIMER = /^(runtime\.(timer|timeTimer)|time\.(Timer|Ticker))$/;

/**
 * Finds the leaked goroutines. Uint8Array of 0 and 1, length goroutines.count; all 0 if the types are not known. True reachability,
 * but not through the runtime's descriptors and waiters, which lead from any goroutine to all others. Linear; 6 bytes an object.
 */
export async function findLeakedGoroutines(heap: Heap, progress: Progress = NO_PROGRESS): Promise<Uint8Array> {
  const { goroutines } = heap;
  const leaked = new Uint8Array(goroutines.count);
  const { of: targets } = findWaitTargets(heap);
  if (targets.every((known) => known === undefined)) return leaked;
  progress.phase("goroutines that cannot go on");
  const search = new RunnableSearch(heap, targets);
  search.enter();
  while (search.advance(SLICE)) await breathe(progress);
  for (let i = 0; i < goroutines.count; i++) if (targets[i] !== undefined && search.canRun[i] === 0) leaked[i] = 1;
  return leaked;
}

class RunnableSearch {
  /** Per goroutine: 1 once something that can run leads to what it waits for, or if it does not wait for anything known. */
  readonly canRun: Uint8Array;
  readonly #heap: Heap;
  readonly #targets: readonly (readonly number[] | undefined)[];
  /** Per object, one of the states below. */
  readonly #state: Uint8Array;
  /** Objects whose pointers are to be followed. */
  readonly #pending: Int32Array;
  #count = 0;
  /** Goroutines by what they wait for. */
  readonly #waitingFor = new Map<number, number[]>();
  /** Root vertex of every goroutine. */
  readonly #vertex = new Map<number, number>();

  constructor(heap: Heap, targets: readonly (readonly number[] | undefined)[]) {
    const { objects, edges, goroutines, roots } = heap;
    const { start } = edges;
    this.#heap = heap;
    this.#targets = targets;
    this.canRun = new Uint8Array(goroutines.count);
    this.#state = new Uint8Array(objects.count);
    this.#pending = new Int32Array(objects.count);
    const roles = findOwnerRoles(heap);
    const isTimer = heap.types.names.map((name) => TIMER.test(name));
    for (let i = 0; i < objects.count; i++) {
      const type = objects.type[i]!;
      if (roles[type]! >= OwnerRole.WAITER && !isTimer[type]) this.#state[i] = DONE;
      else if (start[i] === start[i + 1]) this.#state[i] = LEAF;
    }
    for (const [goroutine, waited] of targets.entries()) {
      for (const target of waited ?? []) {
        if (this.#state[target] !== DONE) this.#state[target] = AWAITED;
        const others = this.#waitingFor.get(target);
        if (others === undefined) this.#waitingFor.set(target, [goroutine]);
        else others.push(goroutine);
      }
    }
    for (let vertex = 0; vertex < roots.vertices.count; vertex++) {
      if (roots.vertices.kind[vertex] === RootVertexKind.GOROUTINE)
        this.#vertex.set(roots.vertices.item[vertex]!, vertex);
    }
  }

  /** Begins with everything that runs: variables, timers, finalizers, goroutines that wait for nothing known. */
  enter(): void {
    const { objects, roots, types, goroutines } = this.#heap;
    const { vertices } = roots;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const kind = vertices.kind[vertex];
      if (kind === RootVertexKind.UNREACHABLE || kind === RootVertexKind.GOROUTINE || kind === RootVertexKind.FRAME)
        continue;
      this.#reachFrom(vertex);
    }
    const isTimer = types.names.map((name) => TIMER.test(name));
    for (let i = 0; i < objects.count; i++) if (isTimer[objects.type[i]!]) this.#reach(i);
    for (let i = 0; i < goroutines.count; i++) if (this.#targets[i] === undefined) this.#run(i);
  }

  /** Follows at most `steps` objects; returns whether there is more to do. */
  advance(steps: number): boolean {
    const { start, to } = this.#heap.edges;
    const state = this.#state;
    const pending = this.#pending;
    for (let left = steps; left > 0 && this.#count > 0; left--) {
      const from = pending[--this.#count]!;
      const end = start[from + 1]!;
      for (let edge = start[from]!; edge < end; edge++) {
        const target = to[edge]!;
        const before = state[target]!;
        if (before === DONE) continue;
        if (before === AWAITED) {
          this.#reach(target);
          continue;
        }
        state[target] = DONE;
        if (before !== LEAF) pending[this.#count++] = target;
      }
    }
    return this.#count > 0;
  }

  #reach(object: number): void {
    const before = this.#state[object]!;
    if (before === DONE) return;
    this.#state[object] = DONE;
    if (before !== LEAF) this.#pending[this.#count++] = object;
    if (before !== AWAITED) return;
    for (const goroutine of this.#waitingFor.get(object)!) this.#run(goroutine);
  }

  /** What a goroutine has that can run: its frames, and what its descriptor alone knows. */
  #run(goroutine: number): void {
    if (this.canRun[goroutine] === 1) return;
    this.canRun[goroutine] = 1;
    const { goroutines, roots, edges } = this.#heap;
    const vertex = this.#vertex.get(goroutine);
    if (vertex === undefined) return;
    this.#reachFrom(vertex);
    for (let frame = roots.vertices.firstChild[vertex]!; frame < roots.vertices.firstChild[vertex + 1]!; frame++) {
      this.#reachFrom(frame);
    }
    const descriptor = this.#heap.findObject(goroutines.address[goroutine]!);
    if (descriptor === NO_OBJECT) return;
    for (let edge = edges.start[descriptor]!; edge < edges.start[descriptor + 1]!; edge++) this.#reach(edges.to[edge]!);
  }

  #reachFrom(vertex: number): void {
    const { vertices, kind, to } = this.#heap.roots;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      if (kind[edge] !== RootKind.UNREACHABLE) this.#reach(to[edge]!);
    }
  }
}

/** States, of which a new object has 0. It was reached, or nothing goes through it; … */
const DONE = 1;
/** … or it is not reached yet, and has no pointers; … */
const LEAF = 2;
/** … or a goroutine waits for it. */
const AWAITED = 3;
