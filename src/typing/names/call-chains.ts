/**
 * CallChains: the calls of one physical function, each with what it stands for once inlining is undone. A stack of the
 * allocation profile goes through a function by one of them, which its places and what it calls tell.
 */
import { findDirectCalls, type SourceCall, type SourceLine } from "../../binary/index.ts";
import type { AllocatorCalls, Program } from "./allocator-calls.ts";

/** A call, direct or not, in a physical function. */
export interface CallChain {
  /** Innermost first; last is the physical function itself. Wrappers, which are in no profile, are left out. */
  readonly calls: readonly SourceCall[];
  /** Where a direct call returns to, and the function that it calls. */
  readonly returnAddress: number | undefined;
  readonly target: string | undefined;
  /** Whether what is called calls the allocator itself. */
  readonly isAllocation: boolean;
  /** Bytes that are allocated, if they are always as many, and that is known. */
  readonly size: number | undefined;
}

export class CallChains {
  readonly #program: Program;
  readonly #numbers: PlaceNumbers;
  readonly #indexes: readonly number[];
  /** By the places of their calls. Chains that a stack may go on from, … */
  readonly #callers = new Map<string, CallChain[]>();
  /** … those of the runtime that may end it, by the place that a dump tells of the innermost call … */
  readonly #allocations = new Map<string, CallChain[]>();
  /** … and what there is at all, for calls that are not direct. Read when first asked for. */
  #byCalls: ReadonlyMap<string, CallChain[]> | undefined;
  #longest = 0;

  /**
   * Reads the calls of functions of one name. O(their size).
   * @param isWanted whether calls of a function of that name may be asked for
   */
  constructor(
    program: Program,
    allocators: AllocatorCalls,
    numbers: PlaceNumbers,
    indexes: readonly number[],
    isWanted: (name: string) => boolean,
  ) {
    this.#program = program;
    this.#numbers = numbers;
    this.#indexes = indexes;
    for (const index of indexes) this.#add(index, allocators, isWanted);
  }

  #add(index: number, allocators: AllocatorCalls, isWanted: (name: string) => boolean): void {
    const { executable, functions } = this.#program;
    for (const { returnAddress, target: called } of findDirectCalls(executable, functions, index)) {
      const target = functions.name(called);
      const kind = allocators.kindOf(called);
      if (kind === "none" && !isWanted(target)) continue;
      const calls = withoutWrappers(functions.callsAt(returnAddress - 1));
      if (calls.length === 0) continue;
      const isAllocation = kind === "calls the allocator";
      const size = isAllocation ? allocators.sizeOf(target, returnAddress, functions.entry[index]!) : undefined;
      const chain = { calls, returnAddress, target, isAllocation, size };
      this.#longest = Math.max(this.#longest, calls.length);
      addTo(this.#callers, this.#keyOfCalls(calls), chain);
      if (kind === "none") continue;
      // The place of the innermost call site is that of the instruction behind the call (runtime/heapdump.go,
      // dumpmemprof_callback), which can be on another line, and another function's.
      const behind = functions.lineAt(returnAddress);
      if (behind === undefined) continue;
      const places = [this.#numbers.of(behind), ...calls.slice(1).map((call) => this.#numbers.of(call))];
      addTo(this.#allocations, keyOf(places), chain);
    }
  }

  /**
   * Calls of the longest chain there is: no more places in a row can belong to one.
   * @param orAny of calls by way of a value, too
   */
  longest(orAny: boolean): number {
    if (orAny) this.#readAny();
    return this.#longest;
  }

  /**
   * Calls of the runtime that end a stack with these places, of which the first is that of what is behind.
   * @param key as `keyOf` makes it
   */
  allocationsAt(key: string): readonly CallChain[] {
    return this.#allocations.get(key) ?? NO_CHAINS;
  }

  /**
   * Calls of `target` with these places.
   * @param orAny if there are none, whatever has the places: the call may be by way of a value
   */
  callersAt(key: string, target: string, orAny: boolean): readonly CallChain[] {
    const direct = (this.#callers.get(key) ?? NO_CHAINS).filter((chain) => chain.target === target);
    return direct.length > 0 || !orAny ? direct : (this.#readAny().get(key) ?? NO_CHAINS);
  }

  /** The same of calls that begin with these places, and go on: of stacks that were cut. O(calls). */
  callersFrom(start: string, target: string): readonly CallChain[] {
    const find = (map: ReadonlyMap<string, CallChain[]>): CallChain[] =>
      [...map].flatMap(([key, chains]) => (key.startsWith(`${start} `) ? chains : []));
    const direct = find(this.#callers).filter((chain) => chain.target === target);
    return direct.length > 0 ? direct : find(this.#readAny());
  }

  #keyOfCalls(calls: readonly SourceCall[]): string {
    return keyOf(calls.map((call) => this.#numbers.of(call)));
  }

  #readAny(): ReadonlyMap<string, CallChain[]> {
    if (this.#byCalls !== undefined) return this.#byCalls;
    const byCalls = new Map<string, CallChain[]>();
    const rest = { returnAddress: undefined, target: undefined, isAllocation: false, size: undefined };
    for (const index of this.#indexes) {
      for (const run of this.#program.functions.callRuns(index)) {
        const calls = withoutWrappers(run);
        addTo(byCalls, this.#keyOfCalls(calls), { calls, ...rest });
        this.#longest = Math.max(this.#longest, calls.length);
      }
    }
    this.#byCalls = byCalls;
    return byCalls;
  }
}

/** Numbers of places in the source: quicker to compare than files. */
export class PlaceNumbers {
  readonly #files = new Map<string, number>();
  readonly #places = new Map<number, number>();

  of({ file, line }: SourceLine): number {
    return numberOf(this.#places, numberOf(this.#files, file) * 2 ** 31 + line);
  }
}

/** Numbers values in the order in which they come. */
function numberOf<K>(numbers: Map<K, number>, value: K): number {
  let number = numbers.get(value);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(value, number);
  }
  return number;
}

const NO_CHAINS: readonly CallChain[] = [];

/** The key of places, innermost first: each behind a space. */
export function keyOf(places: readonly number[]): string {
  let key = "";
  for (const place of places) key += ` ${place}`;
  return key;
}

function withoutWrappers(calls: readonly SourceCall[]): readonly SourceCall[] {
  return calls.filter(({ isWrapper }) => !isWrapper);
}

function addTo(map: Map<string, CallChain[]>, key: string, chain: CallChain): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [chain]);
  else if (!known.some((each) => isSame(each, chain))) known.push(chain);
}

function isSame(a: CallChain, b: CallChain): boolean {
  if (a.target !== b.target || a.size !== b.size || a.calls.length !== b.calls.length) return false;
  return a.calls.every(({ function: name, file, line }, i) => {
    const other = b.calls[i]!;
    return name === other.function && file === other.file && line === other.line;
  });
}
