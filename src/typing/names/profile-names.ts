/**
 * The allocation profile with the names of inlined functions. A dump has one call site for each logical frame, with the
 * right file and line but the name of the physical function; the function's calls tell whose lines these are
 * (`call-chains.ts`). Of the innermost call site the place is that of the instruction behind the call.
 */
import type { SourceCall } from "../../binary/index.ts";
import { int32Column, Names } from "../../heap/columns.ts";
import { isRuntimeFunction } from "../../heap/facts/call-sites.ts";
import type { MemoryProfile } from "../../heap/facts/memory-profile.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import { AllocatorCalls, type Program } from "./allocator-calls.ts";
import { type CallChain, CallChains, PlaceNumbers } from "./call-chains.ts";

/** Longer chains of inlined calls are not looked for. */
const MAX_CHAIN = 64;
/** The runtime keeps as many call sites; 32 until Go 1.22. */
const CUT_DEPTH = 32;
/** Values below it without pointers share a slot of that size. */
const TINY_SIZE = 16;
const HEADER_SIZE = 8;

/**
 * Names the functions of all call sites as Go's own profiles do, and adds those that the runtime left out at the end because
 * it had no room, but that are inlined with the last one. What is ambiguous keeps the name of the physical function.
 * O(call sites + instructions of the functions that occur).
 */
export function nameInlinedSites(profile: MemoryProfile, program: Program): MemoryProfile {
  const { buckets } = profile;
  const names = new Names();
  for (const name of profile.names) names.number(name);
  const siteStart = new Uint32Array(buckets.count + 1);
  const siteFunction = int32Column();
  const siteFile = int32Column();
  const siteLine = int32Column();
  const hiddenSites = new Uint32Array(buckets.count);
  const stacks = new ProfileStacks(profile, program);
  const calls: (KnownCall | undefined)[] = [];
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    const start = buckets.siteStart[bucket]!;
    const length = buckets.siteStart[bucket + 1]! - start;
    calls.length = 0;
    stacks.visit(bucket, (row, call) => {
      calls[row - start] = call;
    });
    for (let i = 0; i < Math.max(length, calls.length); i++) {
      const known = calls[i];
      // Places are right, but for the first one's.
      const isPlaced = i > 0 && i < length;
      siteFunction.push(known === undefined ? buckets.siteFunction[start + i]! : names.number(known.call.function));
      siteFile.push(known === undefined || isPlaced ? buckets.siteFile[start + i]! : names.number(known.call.file));
      siteLine.push(known === undefined || isPlaced ? buckets.siteLine[start + i]! : known.call.line);
    }
    siteStart[bucket + 1] = siteFunction.count;
    hiddenSites[bucket] = countHidden(
      length,
      (i) => calls[i]?.printed ?? profile.names[buckets.siteFunction[start + i]!]!,
    );
  }
  const sites = {
    siteStart,
    siteFunction: siteFunction.finish(),
    siteFile: siteFile.finish(),
    siteLine: siteLine.finish(),
    hiddenSites,
  };
  return { ...profile, buckets: { ...buckets, ...sites }, names: names.values, namesInlined: true };
}

/**
 * Sites on the innermost side that Go's profiles leave out as the runtime's: by the name that runtime.FuncForPC gives for
 * the PC behind the call, which may be that of something inlined there. None if there is nothing else.
 */
function countHidden(length: number, nameOf: (index: number) => string): number {
  let hidden = 0;
  while (hidden < length && isRuntimeFunction(nameOf(hidden))) hidden++;
  return hidden === length ? 0 : hidden;
}

/** What a row of a stack is. */
interface KnownCall {
  readonly call: SourceCall;
  /** What runtime.FuncForPC calls it; undefined if that is not known. */
  readonly printed: string | undefined;
}

/** Calls of one physical function that stand for rows of a stack; at least one. */
interface Segment {
  readonly row: number;
  readonly chains: readonly CallChain[];
}

/** Divides the stacks of a profile into the calls of physical functions that they go through. */
class ProfileStacks {
  readonly #profile: MemoryProfile;
  readonly #program: Program;
  readonly #allocators: AllocatorCalls;
  readonly #numbers = new PlaceNumbers();
  /** Names of functions on stacks → their numbers. */
  readonly #wanted = new Map<string, number>();
  /** What runtime.FuncForPC calls PCs. */
  readonly #printed = new Map<number, string | undefined>();
  /** By number of the name: functions of that name; until Go 1.20 all instances of a generic one have the same. */
  readonly #indexes: (number[] | undefined)[] = [];
  /** By number of the name; read when first asked for. */
  readonly #chains: (CallChains | undefined)[] = [];

  constructor(profile: MemoryProfile, program: Program) {
    this.#profile = profile;
    this.#program = program;
    this.#allocators = new AllocatorCalls(program);
    const { buckets, names } = profile;
    const wanted = this.#wanted;
    for (const name of buckets.siteFunction) wanted.set(names[name]!, name);
    if (wanted.size === 0) return;
    const { functions } = program;
    for (let i = 0; i < functions.count; i++) {
      const name = wanted.get(functions.name(i));
      if (name === undefined) continue;
      this.#indexes[name] ??= [];
      this.#indexes[name].push(i);
    }
  }

  /** Visits the rows of a bucket for which it is known what they are, from the innermost on, and those behind its end. */
  visit(bucket: number, visitor: (row: number, call: KnownCall) => void): void {
    const { siteStart, siteFunction, size } = this.#profile.buckets;
    const start = siteStart[bucket]!;
    const end = siteStart[bucket + 1]!;
    let isHidden = true;
    for (let row = start; row < end; ) {
      const name = siteFunction[row]!;
      let runEnd = row + 1;
      while (runEnd < end && siteFunction[runEnd] === name) runEnd++;
      const callee = row === start ? undefined : this.#nameOf(row - 1);
      const isCut = runEnd === end && end - start >= CUT_DEPTH;
      for (const segment of this.#divide(row, runEnd, callee, size[bucket]!, isCut)) {
        const { chains } = segment;
        const length = chains[0]!.calls.length;
        for (let i = 0; i < length; i++) {
          const call = commonCall(chains, i);
          const printed = isHidden ? this.#printedName(chains[0]!, i) : undefined;
          isHidden &&= isRuntimeFunction(printed ?? call?.function ?? this.#nameOf(segment.row + i));
          if (call !== undefined) visitor(segment.row + i, { call, printed });
          // Of what is behind the end, nothing is known but by its order.
          else if (segment.row + i >= end) break;
        }
      }
      row = runEnd;
    }
  }

  /**
   * Divides rows of one physical name into calls, each of which called the one before; nothing if they cannot be.
   * @param callee physical function that the first one called; undefined if that allocated
   * @param isCut the last call may go on beyond the rows
   */
  #divide(start: number, end: number, callee: string | undefined, size: number, isCut: boolean): Segment[] {
    const chains = this.#chainsOf(this.#profile.buckets.siteFunction[start]!);
    if (chains === undefined) return [];
    const name = this.#nameOf(start);
    const places = Array.from({ length: end - start }, (_, i) => this.#placeOf(start + i));
    const divide = (orAny: boolean): Segment[] | undefined => {
      /** Rows from which on the rest cannot be divided. */
      const dead = new Set<number>();
      const longest = Math.min(chains.longest(orAny), MAX_CHAIN);
      const divideFrom = (row: number): Segment[] | undefined => {
        if (row === end) return [];
        if (dead.has(row)) return undefined;
        const called = row === start ? callee : name;
        const keys: string[] = [];
        for (let i = row; i < end && i < row + longest; i++) keys.push(`${keys.at(-1) ?? ""} ${places[i - start]}`);
        for (let length = keys.length; length > 0; length--) {
          const key = keys[length - 1]!;
          const found =
            called === undefined ? fitting(chains.allocationsAt(key), size) : chains.callersAt(key, called, orAny);
          if (found.length === 0) continue;
          const rest = divideFrom(row + length);
          if (rest !== undefined) return [{ row, chains: found }, ...rest];
        }
        // What goes on beyond the rows is longer than they are.
        if (isCut && orAny && keys.length === end - row) {
          const found = chains.callersFrom(keys.at(-1)!, called ?? name);
          if (found.length > 0) return [{ row, chains: found }];
        }
        dead.add(row);
        return undefined;
      };
      return divideFrom(start);
    };
    return divide(false) ?? divide(true) ?? [];
  }

  /** What runtime.FuncForPC calls a call of a chain: it looks behind it. */
  #printedName({ returnAddress }: CallChain, index: number): string | undefined {
    if (returnAddress === undefined) return undefined;
    const { functions } = this.#program;
    const calls = functions.callsAt(returnAddress - 1);
    const pc = functions.callPcsAt(returnAddress - 1).filter((_, i) => calls[i]?.isWrapper === false)[index];
    if (pc === undefined) return undefined;
    if (!this.#printed.has(pc)) this.#printed.set(pc, functions.callsAt(pc + 1)[0]?.function);
    return this.#printed.get(pc);
  }

  #chainsOf(name: number): CallChains | undefined {
    const indexes = this.#indexes[name];
    if (indexes === undefined) return undefined;
    let chains = this.#chains[name];
    if (chains === undefined) {
      chains = new CallChains(this.#program, this.#allocators, this.#numbers, indexes, (called) =>
        this.#wanted.has(called),
      );
      this.#chains[name] = chains;
    }
    return chains;
  }

  #nameOf(row: number): string {
    return this.#profile.names[this.#profile.buckets.siteFunction[row]!]!;
  }

  #placeOf(row: number): number {
    const { siteFile, siteLine } = this.#profile.buckets;
    return this.#numbers.of({ file: this.#profile.names[siteFile[row]!]!, line: siteLine[row]! });
  }
}

/**
 * Those that always allocate as much as fills such a slot; else those that allocate as much as they are told, and of them
 * those that call the allocator themselves; else all.
 */
function fitting(chains: readonly CallChain[], slot: number): readonly CallChain[] {
  const exact = chains.filter(({ size }) => size !== undefined && isSlotFor(size, slot));
  if (exact.length > 0) return exact;
  const open = chains.filter(({ size, isAllocation }) => size === undefined && isAllocation);
  if (open.length > 0) return open;
  const others = chains.filter(({ size }) => size === undefined);
  return others.length > 0 ? others : chains;
}

function isSlotFor(size: number, slot: number): boolean {
  if (size < TINY_SIZE && slot === TINY_SIZE) return true;
  return [slotSizeFor(size), slotSizeFor(size, false), slotSizeFor(size + HEADER_SIZE)].includes(slot);
}

/** The call at a place of all chains, if they agree on the function; of several lines the first. */
function commonCall(chains: readonly CallChain[], index: number): SourceCall | undefined {
  const first = chains[0]!.calls[index]!;
  return chains.every(({ calls }) => calls[index]?.function === first.function) ? first : undefined;
}
