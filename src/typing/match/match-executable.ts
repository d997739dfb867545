/**
 * Matching: is this the executable that wrote the dump, and where was it loaded? The dump's own data and bss find the
 * module data in the right file and in no other; frames and type records then confirm it, or show that the file is a
 * sibling: the same code, linked with other offsets. A dump that was cut before them can still refute a file, and else
 * leaves it unchecked (`partial-match.ts`). The fields are those of runtime/symtab.go (moduledata).
 */
import {
  type Executable,
  type FunctionTable,
  findAnchoredModules,
  findLoadedAddresses,
  findModules,
  type GoProgram,
  type ModuleData,
  NO_FUNCTION,
  openProgram,
  readBuildSetting,
  type Type,
} from "../../binary/index.ts";
import { ExecutableError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { TypeUniverse } from "../universe/type-universe.ts";
import { type Biases, ExecutableTypes } from "./executable-types.ts";
import { layoutOfModule } from "./file-layout.ts";
import {
  countDisagreeing,
  describeDispute,
  describeFormat,
  describeVotes,
  explainVerdict,
  linksharedError,
  listDifferences,
  type MatchVerdict,
  mismatchError,
  noModuleError,
  partialError,
} from "./match-verdict.ts";
import { listOtherFunctions } from "./other-modules.ts";
import { isCutBeforeGlobals, matchPartially } from "./partial-match.ts";
import { isClean, type Vote, voteForText, voteForTypes } from "./votes.ts";

/** An executable that fits a dump, and what gohd reads from it. */
export interface MatchedExecutable {
  readonly types: ExecutableTypes;
  readonly program: GoProgram;
  readonly functions: FunctionTable;
  readonly biases: Biases;
  readonly verdict: MatchVerdict;
  /** False if a dump that was cut does not tell where the executable was loaded. */
  readonly isLocated: boolean;
  /**
   * Of all that was compared nothing disagrees, or so little that the rest outweighs it: PCs and offsets of types mean the
   * same in the file as in the process.
   */
  readonly isClean: boolean;
  /** Functions on stacks that are other files', of plugins or shared libraries; none of a file that was forced. */
  readonly otherFunctions: readonly string[];
  /** Functions on stacks and type records that disagree, of those that the file has. */
  readonly disagreeing: number;
  /** What disagrees, in words; undefined if nothing does. */
  readonly dispute: string | undefined;
  /** The verdict in plain words, with what was compared. */
  readonly explanation: string;
}

export interface MatchOptions {
  /** Use the file though it does not match. */
  readonly force?: boolean;
}

/** Share of the functions on stacks that must agree, and of the type records where there is nothing better. */
const ENOUGH = 0.5;

/**
 * @param heap read with `keepShapes`
 * @throws ExecutableError if the file cannot be the one, with what differs
 */
export function matchExecutable(heap: Heap, executable: Executable, options: MatchOptions = {}): MatchedExecutable {
  checkArchitecture(heap, executable);
  const { dump } = heap;
  const minor = dump.go.minor === dump.go.minorMax ? dump.go.minor : undefined;
  if (isCutBeforeGlobals(heap)) return matchUnchecked(heap, executable, minor, options.force === true);
  const anchored = anchor(heap, executable, minor);
  if (anchored === undefined && options.force !== true) throw mismatch(heap, executable, minor);
  const module = anchored?.module ?? findModules(executable, minor)[0];
  const data = heap.segments.find(({ kind }) => kind === "data");
  if (module === undefined) throw noModuleError(executable);
  const bias = anchored?.bias ?? (data === undefined ? 0 : data.address - module.data);

  const program = openProgram(executable, minor === undefined ? { module } : { module, goMinor: minor });
  const { functions, types: table } = program;
  const layout = layoutOfModule(module);
  const text = voteForText(heap, functions, bias, layout.text);
  const types = voteForTypes(heap, table, bias, layout.types);
  if (text.total > 0 && text.agreeing / text.total < ENOUGH && options.force !== true) {
    throw mismatch(heap, executable, minor, text);
  }
  const biases: Biases = { data: bias, text: text.bias, types: types.bias };
  const isAgreed = isClean(text) && isClean(types);
  const isExact = anchored !== undefined && biases.text === bias && biases.types === bias && isAgreed;
  const verdict = anchored === undefined ? "forced" : isExact ? "exact" : "sibling";
  const otherFunctions = anchored === undefined ? [] : listOtherFunctions(heap, program, biases);
  return {
    types: typesOf(heap, program, biases, otherFunctions.length === 0, hasRedZones(executable)),
    program,
    functions,
    biases,
    verdict,
    isLocated: true,
    otherFunctions,
    isClean: anchored !== undefined && isAgreed,
    disagreeing: countDisagreeing(text, types),
    dispute: describeDispute(text, types),
    explanation: explainVerdict(verdict, executable, biases, describeVotes(text, types), isAgreed),
  };
}

/** The same of a dump without globals: only what speaks against the file refuses it. */
function matchUnchecked(
  heap: Heap,
  executable: Executable,
  minor: number | undefined,
  force: boolean,
): MatchedExecutable {
  const match = matchPartially(heap, executable, minor);
  if (match === undefined) throw noModuleError(executable);
  const { program, biases, isLocated, isVoted, text, types } = match;
  const idle = isVoted ? 1 : 0;
  const differences = listDifferences(heap, program);
  for (const { vote, what } of [
    { vote: text, what: "functions on stacks" },
    { vote: types, what: "type records" },
  ]) {
    if (vote.total > 0 && vote.agreeing - idle < ENOUGH * (vote.total - idle))
      differences.push(`${vote.agreeing} of ${vote.total} ${what} agree`);
  }
  const isRefuted = differences.length > 0;
  if (isRefuted && !force) throw mismatchError(executable, differences);
  const verdict = isRefuted ? "forced" : "unchecked";
  const compared = describeVotes(text, types);
  const otherFunctions = isRefuted || !isLocated ? [] : listOtherFunctions(heap, program, biases);
  return {
    types: typesOf(heap, program, biases, otherFunctions.length === 0, hasRedZones(executable), isLocated),
    program,
    functions: program.functions,
    biases,
    verdict,
    isLocated,
    otherFunctions,
    isClean: !isRefuted && isLocated && isClean(text) && isClean(types),
    disagreeing: countDisagreeing(text, types),
    dispute: describeDispute(text, types),
    explanation: isRefuted
      ? explainVerdict(verdict, executable, biases, compared)
      : `${explainVerdict(verdict, executable, biases, compared)}${isLocated ? "" : WITHOUT_ADDRESSES}`,
  };
}

const WITHOUT_ADDRESSES =
  "; nor does the dump tell where it was loaded, so types that the process knew by their addresses cannot be had";

/** @param isLocated false: no address of the process is one of the file */
function typesOf(
  heap: Heap,
  program: GoProgram,
  biases: Biases,
  isComplete: boolean,
  isSanitized: boolean,
  isLocated = true,
): ExecutableTypes {
  const { functions, module, types: table } = program;
  return new ExecutableTypes(
    new TypeUniverse(table, heap.dump.pointerSize),
    {
      isEntry: (pc) => isLocated && functions.isFunctionEntry(pc),
      nameAt: (pc) => nameAt(functions, pc),
      loadedBy: loadedBy(program),
    },
    biases,
    isLocated ? { start: module.types + biases.types, end: module.etypes + biases.types } : { start: 0, end: 0 },
    heap.dynamicTypes?.itabs ?? new Map(),
    interfacesOf(heap, program, biases),
    isComplete,
    isSanitized,
  );
}

/** Whether the address sanitizer was built in. */
function hasRedZones(executable: Executable): boolean {
  return readBuildSetting(executable, "-asan") === "true";
}

/** Interface types of the itabs that the compiler made, those that the dump confirms, by run-time address. */
function interfacesOf(heap: Heap, { itabs, types }: GoProgram, biases: Biases): Map<number, Type> {
  const interfaces = new Map<number, Type>();
  for (let i = 0; i < itabs.count; i++) {
    const itab = itabs.address[i]! + biases.types;
    const dynamic = heap.dynamicTypes?.itabs.get(itab);
    if (dynamic === types.at(itabs.dynamicType[i]!).address + biases.types) {
      interfaces.set(itab, types.at(itabs.interfaceType[i]!));
    }
  }
  return interfaces;
}

function nameAt(functions: FunctionTable, pc: number): string | undefined {
  const index = functions.indexOfEntry(pc);
  return index === NO_FUNCTION ? undefined : functions.name(index);
}

/** What functions load, by name, which several instantiations of one may have; names are read when first asked for. */
function loadedBy({ executable, functions }: GoProgram): (name: string) => readonly (readonly number[])[] {
  let latest: Map<string, number> | undefined;
  const before = new Int32Array(functions.count).fill(NO_FUNCTION);
  return (name) => {
    if (latest === undefined) {
      latest = new Map();
      for (let i = 0; i < functions.count; i++) {
        before[i] = latest.get(functions.name(i)) ?? NO_FUNCTION;
        latest.set(functions.name(i), i);
      }
    }
    const loaded: number[][] = [];
    for (let index = latest.get(name) ?? NO_FUNCTION; index !== NO_FUNCTION; index = before[index]!)
      loaded.push(findLoadedAddresses(executable, functions, index));
    return loaded;
  };
}

function checkArchitecture({ dump }: Heap, executable: Executable): void {
  const { arch, pointerSize, bigEndian, name } = executable;
  if (arch === dump.arch || (pointerSize === dump.pointerSize && bigEndian === dump.bigEndian && dump.header < 7))
    return;
  throw new ExecutableError(
    `${name} is ${describeFormat(executable)} for ${arch}, the dump was written on ${dump.arch}`,
    {
      code: "mismatch",
      hint: "give the executable of the process that wrote the dump",
    },
  );
}

function anchor(
  heap: Heap,
  executable: Executable,
  minor: number | undefined,
): { readonly module: ModuleData; readonly bias: number } | undefined {
  const data = heap.segments.find(({ kind }) => kind === "data");
  const bss = heap.segments.find(({ kind }) => kind === "bss");
  if (data === undefined || bss === undefined) return undefined;
  return findAnchoredModules(
    executable,
    { dataAddress: data.address, dataSize: data.size, bssAddress: bss.address, bssSize: bss.size },
    minor,
  )[0];
}

function mismatch(heap: Heap, executable: Executable, minor: number | undefined, text?: Vote): ExecutableError {
  const module = findModules(executable, minor)[0] ?? findModules(executable)[0];
  if (module === undefined) return noModuleError(executable);
  const program = openProgram(executable, { module });
  const partial = partialError(executable) ?? linksharedError(executable, heap, program);
  if (partial !== undefined) return partial;
  const differences = listDifferences(heap, program);
  const frames = text ?? voteForText(heap, program.functions, 0);
  differences.push(`${frames.agreeing} of ${frames.total} functions on stacks agree`);
  return mismatchError(executable, differences);
}
