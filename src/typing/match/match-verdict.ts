/** MatchVerdict: what matching an executable with a dump came to, in words, and the errors of one that cannot be used. */
import { type Executable, type GoProgram, minorOf, readBuildSetting } from "../../binary/index.ts";
import { ExecutableError } from "../../errors.ts";
import type { GoVersion } from "../../heap/facts/dump-info.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Biases, describeBiases } from "./executable-types.ts";
import { findFunctions } from "./other-modules.ts";
import type { Vote } from "./votes.ts";

/**
 * "exact": the very file; "sibling": the same program, but other offsets, or another build; "unchecked": nothing speaks against
 * it, but the dump ends before what would prove it; "forced": a mismatch used all the same.
 */
export type MatchVerdict = "exact" | "sibling" | "unchecked" | "forced";

const FORMATS: Readonly<Record<Executable["format"], string>> = {
  elf: "an ELF executable (Linux, the BSDs)",
  "mach-o": "a Mach-O executable (macOS)",
  pe: "a PE executable (Windows)",
};

/** What the file is: a dump does not tell the system it was written on, but whoever took it knows. */
export function describeFormat({ format }: Executable): string {
  return FORMATS[format];
}

/** What was compared, in words. */
export function describeVotes(text: Vote, types: Vote): string {
  if (text.total + types.total === 0) return "nothing could be compared";
  return `${text.agreeing} of ${text.total} functions on stacks and ${types.agreeing} of ${types.total} type records agree`;
}

/** How much disagrees. */
export function countDisagreeing(...votes: readonly Vote[]): number {
  return votes.reduce((sum, { known, agreeing }) => sum + known - agreeing, 0);
}

/** What disagrees, in words; undefined if nothing does. */
export function describeDispute(text: Vote, types: Vote): string | undefined {
  const parts: string[] = [];
  for (const { vote, what } of [
    { vote: text, what: "functions on stacks" },
    { vote: types, what: "type records" },
  ]) {
    const disagreeing = vote.known - vote.agreeing;
    if (disagreeing > 0) parts.push(`${disagreeing} of the ${vote.known} ${what} that it has`);
  }
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/**
 * The verdict in words.
 * @param compared what `describeVotes` says
 * @param isAgreed false if much of it disagrees
 */
export function explainVerdict(
  verdict: MatchVerdict,
  { name }: Executable,
  biases: Biases,
  compared: string,
  isAgreed = true,
): string {
  switch (verdict) {
    case "exact":
      return `${name} wrote this dump: ${compared}`;
    case "sibling":
      if (!isAgreed)
        return `${name} is probably another build of the program: ${compared}; expect some wrong types and names`;
      return `${name} is not the very same file, but has the same layout; other offsets were found for its parts (${describeBiases(biases)}): ${compared}`;
    case "unchecked":
      return `whether ${name} wrote this dump could not be checked: the dump ends before its globals; ${compared}`;
    case "forced":
      return `${name} does not match this dump and was used all the same: ${compared}; expect wrong types`;
  }
}

const NOT_GO_HINT =
  "it is no Go program, or packed (unpack it first: upx -d), or obfuscated; of a program in another language that loads Go " +
  "as a library (-buildmode=c-shared), or of one built with -linkshared, give the library with the runtime in it (.so, .dylib, .dll)";

const PLUGIN_HINT =
  "give the program that loaded it: a dump has the globals of that one alone, and does not tell where plugins were loaded, " +
  "so objects of the plugin's own types stay without";

const LINKSHARED_HINT =
  "give the library that has the runtime in it (libstd.so): a dump has the globals of that one alone; objects of the " +
  "program's own types stay without. A build without -linkshared is typed throughout";

/** Every program has it, and every library that brings the runtime. */
const RUNTIME_FUNCTION = "runtime.mallocgc";

/** The error of a file that cannot be typed from. */
export function noModuleError(executable: Executable): ExecutableError {
  const partial = partialError(executable);
  if (partial !== undefined) return partial;
  return new ExecutableError(`${executable.name} has no Go runtime tables`, {
    code: "not-go",
    hint: NOT_GO_HINT,
  });
}

/** The error of a file that is one of several that a process was made of, and has not the runtime; undefined for others. */
export function partialError(executable: Executable): ExecutableError | undefined {
  if (readBuildSetting(executable, "-buildmode") !== "plugin") return undefined;
  return new ExecutableError(`${executable.name} is a plugin`, { code: "not-go", hint: PLUGIN_HINT });
}

/** The same of a program whose runtime is in a shared library: stacks run a runtime, and the program has none. */
export function linksharedError(
  executable: Executable,
  { goroutines: { frames, names } }: Heap,
  { functions }: GoProgram,
): ExecutableError | undefined {
  const isRuntimes = (index: number): boolean => names[index]!.startsWith("runtime.");
  if (!frames.function.some(isRuntimes) || findFunctions(functions, [RUNTIME_FUNCTION]).size > 0) return undefined;
  return new ExecutableError(`${executable.name} has no runtime of its own: it was built with -linkshared`, {
    code: "not-go",
    hint: LINKSHARED_HINT,
  });
}

/** What differs in version and globals, in words. */
export function listDifferences({ dump, segments }: Heap, { goVersion, module }: GoProgram): string[] {
  const differences: string[] = [];
  if (goVersion !== undefined && !isPossible(goVersion, dump.go)) {
    differences.push(`the dump was written by ${dump.go.text}, the file is of ${goVersion}`);
  }
  const sizes = { data: module.edata - module.data, bss: module.ebss - module.bss };
  const other = segments.find(({ kind, size }) => size !== sizes[kind]);
  if (other !== undefined) {
    const { kind, size } = other;
    differences.push(
      `the ${kind} segment is 0x${size.toString(16)} bytes in the dump and 0x${sizes[kind].toString(16)} in the file`,
    );
  }
  return differences;
}

/** The error of a file that evidence speaks against. @param differences in words, at least one */
export function mismatchError(executable: Executable, differences: readonly string[]): ExecutableError {
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
