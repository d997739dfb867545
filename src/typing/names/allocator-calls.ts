/**
 * AllocatorCalls: which functions allocate, and how much a call of one of them does. The runtime's stacks of allocations
 * begin with whoever called the function that called the allocator.
 */
import {
  type Executable,
  type FunctionTable,
  findArguments,
  findDirectCalls,
  type TypeTable,
} from "../../binary/index.ts";
import { slotSizeOfClass } from "../../heap/facts/size-classes.ts";

/** What finding calls needs of an executable. */
export interface Program {
  readonly executable: Executable;
  readonly functions: FunctionTable;
  readonly types: Pick<TypeTable, "typeAt">;
}

/** Functions of the runtime that may allocate; the others are called nearly everywhere. */
const MAY_ALLOCATE =
  /^(runtime|internal\/runtime\/\w+)\.(?!(go)?[pP]anic|throw|gcWriteBarrier|wb|morestack|duff|mem|deferreturn|racef)/;

const ALLOCATOR = "runtime.mallocgc";
/** Since Go 1.27 the compiler calls allocators for slots of one size class itself. */
const CLASS_ALLOCATOR = /^runtime\.malloc\w*SC(\d+)$/;
/** Larger functions of other packages are no names of the runtime's, such as reflect.unsafe_New. */
const MAX_ALIAS_SIZE = 512;

/** Functions that allocate a value of the type that they are given, … */
const ALLOCATE_ONE: ReadonlySet<string> = new Set(["runtime.newobject", "runtime.convT", "runtime.convTnoptr"]);
/** … as many as they are told, … */
const MAKE_SLICE = "runtime.makeslice";
/** … and those that put the same into an interface, in words. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ["runtime.convT16", 1],
  ["runtime.convT32", 1],
  ["runtime.convT64", 1],
  ["runtime.convTstring", 2],
  ["runtime.convTslice", 3],
]);

export type AllocatorKind = "calls the allocator" | "may allocate" | "none";

export class AllocatorCalls {
  readonly #program: Program;
  readonly #kinds = new Map<number, AllocatorKind>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** Whether a function allocates. O(size of the function), once. */
  kindOf(index: number): AllocatorKind {
    let kind = this.#kinds.get(index);
    if (kind === undefined) {
      kind = this.#lookUp(index);
      this.#kinds.set(index, kind);
    }
    return kind;
  }

  #lookUp(index: number): AllocatorKind {
    const { executable, functions } = this.#program;
    const name = functions.name(index);
    if (CLASS_ALLOCATOR.test(name)) return "calls the allocator";
    const isRuntime = MAY_ALLOCATE.test(name);
    if (!isRuntime && functions.entry[index + 1]! - functions.entry[index]! > MAX_ALIAS_SIZE) return "none";
    const calls = findDirectCalls(executable, functions, index);
    if (calls.some(({ target }) => functions.name(target) === ALLOCATOR)) return "calls the allocator";
    return isRuntime ? "may allocate" : "none";
  }

  /**
   * Bytes that a call allocates, as far as its arguments are constants.
   * @param target name of the called function
   * @param start link-time address of the function that calls
   */
  sizeOf(target: string, returnAddress: number, start: number): number | undefined {
    const { executable, types } = this.#program;
    const sizeClass = CLASS_ALLOCATOR.exec(target);
    if (sizeClass !== null) return slotSizeOfClass(Number(sizeClass[1]));
    const words = WORDS.get(target);
    if (words !== undefined) return words * executable.pointerSize;
    const isOne = ALLOCATE_ONE.has(target);
    if (!isOne && target !== MAKE_SLICE) return undefined;
    const isType = (address: number): boolean => types.typeAt(address) !== undefined;
    const { address, constant } = findArguments(executable, returnAddress, start, isType);
    const type = address === undefined ? undefined : types.typeAt(address);
    if (type === undefined) return undefined;
    if (isOne) return type.size;
    return constant === undefined ? undefined : type.size * constant;
  }
}
