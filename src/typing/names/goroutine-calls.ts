/**
 * Goroutines' stacks as Go's profiles have them: every physical frame of a dump with its file and line, and with the calls
 * that were inlined into its function. runtime/traceback.go (unwinder.symPC, traceback2).
 */
import { type FunctionTable, NO_FUNCTION, type SourceCall } from "../../binary/index.ts";
import { int32Column, Names, uint8Column } from "../../heap/columns.ts";
import type { Calls, Goroutines } from "../../heap/roots/goroutines.ts";

/** Put onto the stack by a signal: the frame below was interrupted at its PC, and called nothing. */
const SIGNALLED: ReadonlySet<string> = new Set(["runtime.sigpanic"]);

/**
 * Functions that nobody called: the frame below was interrupted at its PC. Since Go 1.21 stacks have it so; before, they
 * said the line of the instruction before the interrupted one.
 */
export const INJECTED: ReadonlySet<string> = new Set([...SIGNALLED, "runtime.asyncPreempt", "runtime.debugCallV2"]);

/** A wrapper that panicked instead of calling what it wraps is shown. */
const PANICS: ReadonlySet<string> = new Set(["runtime.gopanic", "runtime.sigpanic", "runtime.panicwrap"]);

/**
 * Finds the logical frames of all goroutines. Frames of functions that the executable has not, or has elsewhere, keep
 * the dump's name and have no file. O(frames), and the size of the function for each distinct PC.
 * @param textBias run-time minus link-time address of functions
 * @param goMinor the N of Go 1.N
 */
export function findCalls(goroutines: Goroutines, functions: FunctionTable, textBias: number, goMinor: number): Calls {
  const { frames, frameStart, names } = goroutines;
  const table = new NumberedCalls(functions);
  const panics = names.map((name) => PANICS.has(name));
  const injected = names.map((name) => (goMinor >= 21 ? INJECTED : SIGNALLED).has(name));
  const start = new Uint32Array(frames.count + 1);
  const fn = int32Column();
  const file = int32Column();
  const line = int32Column();
  const isHidden = uint8Column();
  for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
    let isPanic = false;
    let isInterrupted = false;
    for (let frame = frameStart[goroutine]!; frame < frameStart[goroutine + 1]!; frame++) {
      const name = frames.function[frame]!;
      const entry = frames.entry[frame]! - textBias;
      const pc = frames.pc[frame]! - textBias;
      const index = functions.indexOfEntry(entry);
      const isKnown = index !== NO_FUNCTION && functions.indexAt(pc) === index;
      // A PC is that of the next instruction, unless there has been none yet.
      const calls = isKnown ? table.callsAt(isInterrupted || pc === entry ? pc : pc - 1) : table.unknown(names[name]!);
      for (const call of calls) {
        fn.push(table.function[call]!);
        file.push(table.file[call]!);
        line.push(table.line[call]!);
        isHidden.push(table.isWrapper[call] && !isPanic ? 1 : 0);
        isPanic = false;
      }
      start[frame + 1] = fn.count;
      isPanic = panics[name]!;
      isInterrupted = injected[name]!;
    }
  }
  return {
    start,
    function: fn.finish(),
    file: file.finish(),
    line: line.finish(),
    isHidden: isHidden.finish(),
    origin: findOrigins(goroutines, functions, textBias, table),
    names: table.names.values,
  };
}

/** Finds the go statements: the PC that a goroutine has of its own is behind the call. runtime/traceback.go, printcreatedby1. */
function findOrigins(
  { count, createdBy }: Goroutines,
  functions: FunctionTable,
  textBias: number,
  table: NumberedCalls,
): Calls["origin"] {
  const none = table.names.number("");
  const origin = {
    function: new Int32Array(count).fill(none),
    file: new Int32Array(count).fill(none),
    line: new Int32Array(count),
  };
  for (let goroutine = 0; goroutine < count; goroutine++) {
    if (createdBy[goroutine] === 0) continue;
    const pc = createdBy[goroutine]! - textBias - 1;
    if (functions.indexAt(pc) === NO_FUNCTION) continue;
    // Of a wrapper the compiler made there is no go statement: the first goroutine is made in assembly, by way of one.
    const call = table.callsAt(pc).find((row) => !table.isWrapper[row]);
    if (call === undefined) continue;
    origin.function[goroutine] = table.function[call]!;
    origin.file[goroutine] = table.file[call]!;
    origin.line[goroutine] = table.line[call]!;
  }
  return origin;
}

/** Calls with their names made numbers, those of each PC once. */
class NumberedCalls {
  readonly names = new Names();
  readonly function: number[] = [];
  readonly file: number[] = [];
  readonly line: number[] = [];
  readonly isWrapper: boolean[] = [];
  readonly #functions: FunctionTable;
  readonly #byPc = new Map<number, readonly number[]>();
  readonly #byName = new Map<string, readonly number[]>();

  constructor(functions: FunctionTable) {
    this.#functions = functions;
  }

  /** Rows of the calls at a link-time PC, innermost first. */
  callsAt(pc: number): readonly number[] {
    let rows = this.#byPc.get(pc);
    if (rows === undefined) {
      rows = this.#functions.callsAt(pc).map((call) => this.#number(call));
      this.#byPc.set(pc, rows);
    }
    return rows;
  }

  /** Row of a function of which nothing but the name is known. */
  unknown(name: string): readonly number[] {
    let rows = this.#byName.get(name);
    if (rows === undefined) {
      rows = [this.#number({ function: name, file: "", line: 0, isWrapper: false })];
      this.#byName.set(name, rows);
    }
    return rows;
  }

  #number(call: SourceCall): number {
    this.function.push(this.names.number(call.function));
    this.file.push(this.names.number(call.file));
    this.line.push(call.line);
    this.isWrapper.push(call.isWrapper);
    return this.line.length - 1;
  }
}
