/**
 * Matching: is this the executable that wrote the dump, and where was it loaded? The dump's own data and bss find the
 * module data in the right file and in no other; frames and type records then confirm it, or show that the file is a
 * sibling: the same code, linked with other offsets. typing.md §3.6, §7.
 */
import {
  type Executable,
  type FunctionTable,
  findAnchoredModules,
  findModules,
  type GoProgram,
  type ModuleData,
  minorOf,
  NO_FUNCTION,
  openProgram,
  type Type,
} from "../binary/index.ts";
import { ExecutableError } from "../errors.ts";
import type { GoVersion } from "../heap/dump-info.ts";
import type { Heap } from "../heap/heap.ts";
import { type Biases, describeBiases, ExecutableTypes } from "./executable-types.ts";
import { TypeUniverse } from "./type-universe.ts";
import { type Vote, voteForText, voteForTypes } from "./votes.ts";

export interface MatchedExecutable {
  readonly types: ExecutableTypes;
  readonly program: GoProgram;
  readonly functions: FunctionTable;
  readonly biases: Biases;
  /** "exact": the very file; "sibling": same code, other offsets; "forced": a mismatch used all the same. */
  readonly verdict: "exact" | "sibling" | "forced";
  /** Of all that was compared nothing disagrees: PCs and offsets of types mean the same in the file as in the process. */
  readonly isClean: boolean;
  /** The verdict in plain words, with what was compared. */
  readonly explanation: string;
}

export interface MatchOptions {
  /** Use the file though it does not match. */
  readonly force?: boolean;
}

/** Share of the frames that must agree. */
const ENOUGH_FRAMES = 0.5;

/**
 * @param heap read with `keepShapes`
 * @throws ExecutableError if the file cannot be the one, with what differs
 */
export function matchExecutable(heap: Heap, executable: Executable, options: MatchOptions = {}): MatchedExecutable {
  checkArchitecture(heap, executable);
  const { dump } = heap;
  const minor = dump.go.minor === dump.go.minorMax ? dump.go.minor : undefined;
  const anchored = anchor(heap, executable, minor);
  if (anchored === undefined && options.force !== true) throw mismatch(heap, executable, minor);
  const module = anchored?.module ?? findModules(executable, minor)[0];
  const data = heap.segments.find(({ kind }) => kind === "data");
  if (module === undefined) throw noModule(executable);
  const bias = anchored?.bias ?? (data === undefined ? 0 : data.address - module.data);

  const program = openProgram(executable, minor === undefined ? { module } : { module, goMinor: minor });
  const { functions, types: table } = program;
  const text = voteForText(heap, functions, bias);
  const types = voteForTypes(heap, table, bias);
  if (text.total > 0 && text.agreeing / text.total < ENOUGH_FRAMES && options.force !== true) {
    throw mismatch(heap, executable, minor, text);
  }
  const biases: Biases = { data: bias, text: text.bias, types: types.bias };
  const isExact = anchored !== undefined && biases.text === bias && biases.types === bias;
  const verdict = anchored === undefined ? "forced" : isExact ? "exact" : "sibling";
  return {
    types: new ExecutableTypes(
      new TypeUniverse(table, dump.pointerSize),
      { isEntry: (pc) => functions.isFunctionEntry(pc), nameAt: (pc) => nameAt(functions, pc) },
      biases,
      { start: module.types + biases.types, end: module.etypes + biases.types },
      heap.dynamicTypes?.itabs ?? new Map(),
      interfacesOf(heap, program, biases),
    ),
    program,
    functions,
    biases,
    verdict,
    isClean: anchored !== undefined && text.agreeing === text.known && types.agreeing === types.known,
    explanation: explain(verdict, executable, biases, text, types),
  };
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

const FORMATS: Readonly<Record<Executable["format"], string>> = {
  elf: "an ELF executable (Linux, the BSDs)",
  "mach-o": "a Mach-O executable (macOS)",
  pe: "a PE executable (Windows)",
};

/** What the file is: a dump does not tell the system it was written on, but whoever took it knows. */
function describeFormat({ format }: Executable): string {
  return FORMATS[format];
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

function explain(
  verdict: MatchedExecutable["verdict"],
  { name }: Executable,
  biases: Biases,
  text: Vote,
  types: Vote,
): string {
  const compared = `${text.agreeing} of ${text.total} functions on stacks and ${types.agreeing} of ${types.total} type records agree`;
  switch (verdict) {
    case "exact":
      return `${name} wrote this dump: ${compared}`;
    case "sibling":
      return `${name} is not the very same file, but has the same layout; other offsets were found for its parts (${describeBiases(biases)}): ${compared}`;
    case "forced":
      return `${name} does not match this dump and was used all the same: ${compared}; expect wrong types`;
  }
}

function noModule(executable: Executable): ExecutableError {
  return new ExecutableError(`${executable.name} has no Go runtime tables`, {
    code: "not-go",
    hint: "it is no Go program, or packed (unpack it first: upx -d), or obfuscated",
  });
}

function mismatch(heap: Heap, executable: Executable, minor: number | undefined, text?: Vote): ExecutableError {
  const module = findModules(executable, minor)[0] ?? findModules(executable)[0];
  if (module === undefined) return noModule(executable);
  const program = openProgram(executable, { module });
  const differences: string[] = [];
  const { goVersion } = program;
  if (goVersion !== undefined && !isPossible(goVersion, heap.dump.go)) {
    differences.push(`the dump was written by ${heap.dump.go.text}, the file is of ${goVersion}`);
  }
  const data = heap.segments.find(({ kind }) => kind === "data");
  if (data !== undefined && data.size !== module.edata - module.data) {
    differences.push(
      `the data segment is 0x${data.size.toString(16)} bytes in the dump and 0x${(module.edata - module.data).toString(16)} in the file`,
    );
  }
  const frames = text ?? voteForText(heap, program.functions, 0);
  differences.push(`${frames.agreeing} of ${frames.total} functions on stacks agree`);
  const what = `${executable.name}, ${describeFormat(executable)}, did not write this dump`;
  return new ExecutableError(`${what}: ${differences.join("; ")}`, {
    code: "mismatch",
    hint: "give the executable of the process that wrote the dump, or a build of the same source by the same compiler with the same flags (-buildmode, too); --force-exe uses this one all the same",
  });
}

/** Whether a dump of a version, which may be a range without patch levels, can be of a program of `goVersion`. */
function isPossible(goVersion: string, { text, how, minor, minorMax }: GoVersion): boolean {
  if (how === "from the dump") return goVersion === text;
  const own = minorOf(goVersion);
  return own === undefined || (own >= minor && own <= minorMax);
}
