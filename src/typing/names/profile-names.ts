/**
 * The allocation profile with the names of inlined functions. A dump has one call site for each logical frame, with the
 * right file and line but the name of the physical function; the function's inline tree tells whose line it is. And the
 * place of the innermost call site is that of the instruction behind the call (runtime/heapdump.go,
 * dumpmemprof_callback), which can be on another line, and another function's: the calls of the runtime that return to such
 * a place tell better.
 */
import { type Executable, type FunctionTable, findDirectCalls, type SourceCall } from "../../binary/index.ts";
import { Names } from "../../heap/columns.ts";
import type { MemoryProfile } from "../../heap/facts/memory-profile.ts";

/** Functions of the runtime that may allocate; the others are called nearly everywhere. */
const MAY_ALLOCATE =
  /^(runtime|internal\/runtime\/\w+)\.(?!(go)?[pP]anic|throw|gcWriteBarrier|wb|morestack|duff|mem|deferreturn|racef)/;

/**
 * Names the functions of all call sites as Go's own profiles do. What is ambiguous keeps the name of the physical
 * function. O(call sites + instructions of the functions that occur).
 */
export function nameInlinedSites(
  profile: MemoryProfile,
  executable: Executable,
  functions: FunctionTable,
): MemoryProfile {
  const { buckets } = profile;
  const names = new Names();
  for (const name of profile.names) names.number(name);
  const siteFunction = buckets.siteFunction.slice();
  const siteFile = buckets.siteFile.slice();
  const siteLine = buckets.siteLine.slice();
  const physical = new PhysicalFunctions(profile, executable, functions);
  const placeOf = (row: number) => toPlace(profile.names[buckets.siteFile[row]!]!, buckets.siteLine[row]!);
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    const start = buckets.siteStart[bucket]!;
    const end = buckets.siteStart[bucket + 1]!;
    for (let row = start; row < end; row++) {
      const name = buckets.siteFunction[row]!;
      const frames = physical.frames(name);
      if (frames === undefined) continue;
      const caller = row + 1 < end && buckets.siteFunction[row + 1] === name ? placeOf(row + 1) : undefined;
      const allocation = row === start ? frames.allocationAt(placeOf(row), caller) : undefined;
      const found = allocation?.function ?? frames.functionAt(placeOf(row), caller);
      if (found !== undefined) siteFunction[row] = names.number(found);
      if (allocation === undefined) continue;
      siteFile[row] = names.number(allocation.file);
      siteLine[row] = allocation.line;
    }
  }
  const named = { ...buckets, siteFunction, siteFile, siteLine };
  return { ...profile, buckets: named, names: names.values, namesInlined: true };
}

function toPlace(file: string, line: number): string {
  return `${line} ${file}`;
}

/** The functions whose names a profile has; their frames are read when first asked for. */
class PhysicalFunctions {
  readonly #executable: Executable;
  readonly #functions: FunctionTable;
  /** By number of the name: functions of that name; until Go 1.20 all instances of a generic one have the same. */
  readonly #indexes: (number[] | undefined)[] = [];
  readonly #frames: (LogicalFrames | undefined)[] = [];

  constructor({ buckets, names }: MemoryProfile, executable: Executable, functions: FunctionTable) {
    this.#executable = executable;
    this.#functions = functions;
    const wanted = new Map<string, number>();
    for (const name of buckets.siteFunction) wanted.set(names[name]!, name);
    if (wanted.size === 0) return;
    for (let i = 0; i < functions.count; i++) {
      const name = wanted.get(functions.name(i));
      if (name === undefined) continue;
      this.#indexes[name] ??= [];
      this.#indexes[name].push(i);
    }
  }

  frames(name: number): LogicalFrames | undefined {
    const indexes = this.#indexes[name];
    if (indexes === undefined) return undefined;
    let frames = this.#frames[name];
    if (frames === undefined) {
      frames = new LogicalFrames();
      for (const index of indexes) this.#read(index, frames);
      this.#frames[name] = frames;
    }
    return frames;
  }

  #read(index: number, frames: LogicalFrames): void {
    const functions = this.#functions;
    for (const run of functions.callRuns(index)) frames.add(run);
    for (const { returnAddress, target } of findDirectCalls(this.#executable, functions, index)) {
      if (!MAY_ALLOCATE.test(functions.name(target))) continue;
      const dumped = functions.lineAt(returnAddress);
      if (dumped === undefined) continue;
      frames.addAllocation(toPlace(dumped.file, dumped.line), functions.callsAt(returnAddress - 1));
    }
  }
}

interface LogicalFrame {
  readonly call: SourceCall;
  readonly place: string;
  /** Place of the caller if that is in the same physical function, otherwise "". */
  readonly caller: string;
}

/** The logical frames that one physical function stands for. */
class LogicalFrames {
  readonly #byPlace = new Map<string, LogicalFrame[]>();
  /** Calls of the runtime by the place that a dump tells of them. */
  readonly #allocations = new Map<string, LogicalFrame[]>();

  /** Adds what an instruction stands for, innermost first. */
  add(calls: readonly SourceCall[]): void {
    for (const frame of toFrames(calls)) addNew(this.#byPlace, frame.place, frame);
  }

  /** Adds a call that may allocate. */
  addAllocation(dumpedPlace: string, calls: readonly SourceCall[]): void {
    const innermost = toFrames(calls)[0];
    if (innermost !== undefined) addNew(this.#allocations, dumpedPlace, innermost);
  }

  /**
   * Finds whose line a place is; undefined if that is ambiguous.
   * @param caller place of the next call site if that has the same physical function
   */
  functionAt(place: string, caller: string | undefined): string | undefined {
    const known = this.#byPlace.get(place) ?? [];
    return onlyFunction(calledFrom(known, caller)) ?? onlyFunction(known);
  }

  /** Finds the call of the runtime of which a dump tells this place; undefined if there is none, or more than one. */
  allocationAt(dumpedPlace: string, caller: string | undefined): SourceCall | undefined {
    const known = calledFrom(this.#allocations.get(dumpedPlace) ?? [], caller);
    const isOne = onlyFunction(known) !== undefined && known.every(({ place }) => place === known[0]!.place);
    return isOne ? known[0]!.call : undefined;
  }
}

/** Wrappers are in no profile. */
function toFrames(calls: readonly SourceCall[]): LogicalFrame[] {
  const shown = calls.filter(({ isWrapper }) => !isWrapper);
  const places = shown.map(({ file, line }) => toPlace(file, line));
  return shown.map((call, i) => ({ call, place: places[i]!, caller: places[i + 1] ?? "" }));
}

/** The frames that fit a caller: if none was inlined into it, those that are the function itself, which may have called itself. */
function calledFrom(frames: readonly LogicalFrame[], caller: string | undefined): readonly LogicalFrame[] {
  const inlined = caller === undefined ? [] : frames.filter((each) => each.caller === caller);
  return inlined.length > 0 ? inlined : frames.filter((each) => each.caller === "");
}

function addNew(map: Map<string, LogicalFrame[]>, key: string, frame: LogicalFrame): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [frame]);
  else if (!known.some((each) => isSame(each, frame))) known.push(frame);
}

function isSame(a: LogicalFrame, b: LogicalFrame): boolean {
  return a.call.function === b.call.function && a.place === b.place && a.caller === b.caller;
}

function onlyFunction(frames: readonly LogicalFrame[]): string | undefined {
  const name = frames[0]?.call.function;
  return frames.every((each) => each.call.function === name) ? name : undefined;
}
