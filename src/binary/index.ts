/**
 * Executables and what Go left in them. `openExecutable` opens a file of any container format; `openProgram` finds Go's
 * tables in it: types, functions, itabs. All of it works on stripped executables. Nothing here knows of dumps or heaps:
 * whoever has a dump passes plain numbers.
 */
import { ExecutableError } from "../errors.ts";
import type { ByteSource } from "../io/sources/source.ts";
import type { Executable } from "./containers/container.ts";
import { ELF_MAGIC, openElf } from "./containers/elf/elf.ts";
import { describeForeign, FOREIGN_HEAD_LENGTH } from "./containers/foreign.ts";
import { readFully } from "./containers/image.ts";
import { isMachO, MACH_O_MAGICS, openMachO } from "./containers/mach-o/mach-o.ts";
import { isFatMachO, MACH_O_ARCHES, readMachOSlices } from "./containers/mach-o/mach-o-fat.ts";
import { openPe, PE_MAGIC } from "./containers/pe/pe.ts";
import { type FunctionTable, readFunctionTable } from "./functions/pclntab.ts";
import { goMinorOf, minorOf, readGoVersion } from "./module/build-info.ts";
import { findModules, type ModuleData } from "./module/module-data.ts";
import { type ItabTable, readItabs } from "./types/itabs.ts";
import { readTypes } from "./types/table.ts";
import type { TypeTable } from "./types/type.ts";

export { type Executable, findSection, type Section } from "./containers/container.ts";
export { Image, UNMAPPED } from "./containers/image.ts";
export type { Segment } from "./containers/segments.ts";
export { NO_SYMBOL, SymbolKind, type SymbolTable } from "./containers/symbols.ts";
export type {
  CapturedVariable,
  DebugInfo,
  DebugLocal,
  DebugPiece,
  DebugVariable,
  DescriptorSource,
} from "./dwarf/debug-info.ts";
export { openDebugInfo } from "./dwarf/open-debug-info.ts";
export { type DirectCall, findArguments, findDirectCalls } from "./functions/direct-calls.ts";
export { findLoadedAddresses } from "./functions/loaded-addresses.ts";
export { type FunctionTable, NO_FUNCTION, type SourceCall, type SourceLine } from "./functions/pclntab.ts";
export type { StackObject } from "./functions/stack-objects.ts";
export {
  goMinorOf,
  minorOf,
  NEWEST_KNOWN_MINOR,
  readBuildSetting,
  readDependencies,
  readGoVersion,
  readMainPackage,
} from "./module/build-info.ts";
export {
  type AnchoredModule,
  findAnchoredModules,
  findModules,
  type ModuleData,
  type SegmentAnchor,
  type SliceHeader,
} from "./module/module-data.ts";
export { type Itab, type ItabTable, readItab } from "./types/itabs.ts";
export { computePointerLayout, noPointers, type PointerRules, pointerPrefix } from "./types/pointer-layout.ts";
export { ChanDir, type Field, Kind, NO_TYPE, type PointerLayout, type Type, type TypeTable } from "./types/type.ts";
export { composeTypeName, dumpedTypeName, isDumpedName, qualify } from "./types/type-name.ts";

/** Latin-1 texts with one of which every file begins that `openExecutable` may open. */
export const EXECUTABLE_BEGINNINGS: readonly string[] = [ELF_MAGIC, PE_MAGIC, ...MACH_O_MAGICS];

/** What `openExecutable` has to be told of some files. */
export interface OpenExecutableOptions {
  /** GOARCH whose part of a fat Mach-O file to open; other files have no parts. */
  readonly arch?: string;
}

/**
 * Opens an executable of any container format. Reads its headers only; `source` has to be random access over unpacked
 * bytes, and stays open until `close`. A fat Mach-O file has several: without `arch` it must have one that Go can have
 * made, see `listArchitectures`.
 * @throws ExecutableError: `not-an-executable`, `core-file`, `unsupported`, `packed`, `truncated`, `damaged`, `mismatch`,
 * `read-failed`
 */
export function openExecutable(source: ByteSource, options: OpenExecutableOptions = {}): Executable {
  return open(source, options, false);
}

/**
 * Opens a file for its names: an executable, or what `objcopy --only-keep-debug` or dsymutil leave of one, which has
 * sections, symbols and debug information, but no segments, and whose image is empty.
 * @throws ExecutableError like `openExecutable`
 */
export function openDebugFile(source: ByteSource, options: OpenExecutableOptions = {}): Executable {
  return open(source, options, true);
}

function open(source: ByteSource, options: OpenExecutableOptions, allowDebugOnly: boolean): Executable {
  const head = readHead(source);
  if (startsWith(head, ELF_MAGIC)) return openElf(source, { allowDebugOnly });
  if (isMachO(head)) return openMachO(source, { ...options, allowDebugOnly });
  if (startsWith(head, PE_MAGIC)) return openPe(source, { allowDebugOnly });
  throw describeForeign(head, source.name, allowDebugOnly);
}

/**
 * Lists the architectures between which `openExecutable` has to be told to choose, in GOARCH's spelling; empty for all
 * files but fat Mach-O files.
 * @throws ExecutableError (`truncated`, `damaged`, `read-failed`)
 */
export function listArchitectures(source: ByteSource): readonly string[] {
  if (!isFatMachO(readHead(source))) return [];
  return readMachOSlices(source)
    .map(({ arch }) => arch)
    .filter((arch) => MACH_O_ARCHES.includes(arch));
}

function readHead(source: ByteSource): Uint8Array {
  const head = new Uint8Array(Math.min(FOREIGN_HEAD_LENGTH, source.size));
  return head.subarray(0, readFully(source, head, 0));
}

function startsWith(head: Uint8Array, magic: string): boolean {
  return String.fromCharCode(...head.subarray(0, magic.length)) === magic;
}

/** An executable's Go tables. All addresses are link-time addresses. */
export interface GoProgram {
  readonly executable: Executable;
  readonly module: ModuleData;
  /** As the linker wrote it, such as "go1.27.3"; undefined if there is no build information. */
  readonly goVersion: string | undefined;
  /** The N of Go 1.N by which the tables are read. */
  readonly goMinor: number;
  readonly types: TypeTable;
  /** Functions by PC; the entries are read on first use. */
  readonly functions: FunctionTable;
  /** Itabs that the compiler made; read on first use. */
  readonly itabs: ItabTable;
}

/** What is known of a program before it is opened. */
export interface ProgramOptions {
  /** Moduledata that has been found already, by an anchor. */
  readonly module?: ModuleData;
  /** N of Go 1.N to assume if the executable does not tell. */
  readonly goMinor?: number;
}

/**
 * Finds Go's tables in an executable.
 * @throws ExecutableError (`not-go`) if it has no moduledata.
 */
export function openProgram(executable: Executable, options: ProgramOptions = {}): GoProgram {
  const goVersion = readGoVersion(executable);
  const told = (goVersion === undefined ? undefined : minorOf(goVersion)) ?? options.goMinor;
  const module = options.module ?? findModules(executable, told)[0];
  if (!module) {
    const what = goVersion === undefined ? "is not a Go program" : `says ${goVersion}, but`;
    throw new ExecutableError(`${executable.name} ${what}: no table of Go's functions and types was found in it`, {
      code: "not-go",
      hint: "obfuscated and packed programs hide it; so do shared libraries that load Go code",
    });
  }
  const goMinor = goMinorOf(executable, module, told);
  const { image } = executable;
  let functions: FunctionTable | undefined;
  let itabs: ItabTable | undefined;
  const types = readTypes(executable, module, goMinor);
  return {
    executable,
    module,
    goVersion,
    goMinor,
    types,
    get functions() {
      functions ??= readFunctionTable(image, module, goMinor);
      return functions;
    },
    get itabs() {
      itabs ??= readItabs(image, module, types);
      return itabs;
    },
  };
}
