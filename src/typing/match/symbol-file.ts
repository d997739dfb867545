/**
 * Symbol files: an unstripped build of the program whose stripped build wrote the dump, or a file that has nothing but its
 * debug information. The same compiler and source give the same code, but the linker puts the parts elsewhere; each has a
 * bias of its own, and is used only if all that can be compared agrees.
 */
import {
  type DebugInfo,
  type DescriptorSource,
  type Executable,
  findModules,
  type GoProgram,
  openDebugInfo,
  openProgram,
  SymbolKind,
  type SymbolTable,
} from "../../binary/index.ts";
import { ExecutableError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Segment } from "../../heap/roots/segments.ts";
import { describeBiases } from "./executable-types.ts";
import { type FileLayout, layoutOfModule, layoutOfSymbols } from "./file-layout.ts";
import type { MatchedExecutable } from "./match-executable.ts";
import { describeContents, type NameSource } from "./name-source.ts";
import { isCutBeforeGlobals } from "./partial-match.ts";
import { type FunctionNames, isClean, voteForText, voteForTypes } from "./votes.ts";

/** Share of the functions on stacks that the file has to know, if there are any. */
const ENOUGH_KNOWN = 0.5;

/**
 * Takes names from another file than the executable.
 * @param matched the executable, which has the type descriptors
 * @throws ExecutableError (`mismatch`) if anything contradicts, with what differs; (`unsupported`) if it has no names
 */
export function namesOfSymbolFile(heap: Heap, matched: MatchedExecutable, file: Executable): NameSource {
  const differences: string[] = [];
  if (file.arch !== heap.dump.arch)
    differences.push(`it is for ${file.arch}, the dump was written on ${heap.dump.arch}`);
  const program = openGoProgram(file, matched);
  const layout = program === undefined ? layoutOfSymbols(file) : layoutOfModule(program.module);
  const data = compareSegments(heap, matched, layout, differences);
  if (differences.length > 0) throw mismatch(file, differences);

  const symbols = file.symbols();
  let source: DescriptorSource = { typeAt: () => undefined };
  const debug = openDebugInfo(file, { typeAt: (offset) => source.typeAt(offset) });
  const what = describeContents(debug, symbols);
  if (what === undefined) {
    throw new ExecutableError(`${file.name} has neither symbols nor debug information`, {
      code: "unsupported",
      hint: 'build it without -ldflags="-s -w", or give the file that strip or objcopy put the debug information into',
    });
  }
  const functions = functionsOf(heap, program, symbols, debug);
  const text = voteForText(heap, functions, matched.biases.text, layout.text);
  if (text.known < ENOUGH_KNOWN * text.total) {
    differences.push(`it knows ${text.known} of the ${text.total} functions on stacks`);
  } else if (!isClean(text)) {
    differences.push(`its code is laid out otherwise: ${text.agreeing} of ${text.known} functions on stacks agree`);
  }
  const types = biasOfTypes(heap, matched, layout, program);
  if (types === undefined) differences.push("its types are others");
  if (differences.length > 0 || types === undefined) {
    const own = program?.goVersion;
    const expected = matched.program.goVersion;
    if (own !== expected && own !== undefined && expected !== undefined) {
      differences.push(`it is of ${own}, the executable of ${expected}`);
    }
    throw mismatch(file, differences);
  }

  const start = layout.types?.address;
  // Offsets count from the file's own first descriptor; the executable's are the ones that the heap is typed with.
  const first = start === undefined ? matched.program.module.types : start + types - matched.biases.types;
  source = { typeAt: (offset) => matched.program.types.typeAt(first + offset) };
  const biases = { data, text: text.bias, types };
  const compared = `${text.agreeing} of ${text.known} functions on stacks agree`;
  return {
    file: file.name,
    symbols,
    debug,
    biases,
    explanation: `names from ${what} of ${file.name} (${describeBiases(biases)}; ${compared})`,
  };
}

/** The Go tables of a file that is an executable itself. */
function openGoProgram(file: Executable, { program }: MatchedExecutable): GoProgram | undefined {
  const module = findModules(file, program.goMinor)[0];
  return module === undefined ? undefined : openProgram(file, { module, goMinor: program.goMinor });
}

/** The bias of data and bss; adds what differs. */
function compareSegments(heap: Heap, matched: MatchedExecutable, layout: FileLayout, differences: string[]): number {
  let bias = 0;
  const isCut = isCutBeforeGlobals(heap);
  for (const { kind, address, size } of isCut ? segmentsOf(matched) : heap.segments) {
    const part = layout[kind];
    if (part === undefined) differences.push(`it does not tell where its ${kind} segment is`);
    else if (part.size !== size) {
      const where = isCut ? "the executable" : "the dump";
      differences.push(
        `the ${kind} segment is 0x${size.toString(16)} bytes in ${where} and 0x${part.size.toString(16)} in the file`,
      );
    } else if (kind === "data") bias = address - part.address;
    else if (address - part.address !== bias) differences.push("its data and bss segments are further apart");
  }
  if (heap.segments.length === 0 && !isCut) differences.push("the dump has no data segment to compare");
  return bias;
}

/** Where the executable had its globals, for dumps that end before them. */
function segmentsOf({ program: { module }, biases }: MatchedExecutable): Pick<Segment, "kind" | "address" | "size">[] {
  return [
    { kind: "data", address: module.data + biases.data, size: module.edata - module.data },
    { kind: "bss", address: module.bss + biases.data, size: module.ebss - module.bss },
  ];
}

/** What the file knows of functions: its function table, else symbols, else debug information. */
function functionsOf(
  heap: Heap,
  program: GoProgram | undefined,
  symbols: SymbolTable,
  debug: DebugInfo | undefined,
): FunctionNames {
  if (program !== undefined) return program.functions;
  const names: string[] = [];
  const entry: number[] = [];
  for (let i = 0; i < symbols.count; i++) {
    if (symbols.kind[i] !== SymbolKind.Function || symbols.size[i] === 0) continue;
    names.push(symbols.name(i));
    entry.push(symbols.address[i]!);
  }
  if (names.length === 0 && debug !== undefined) {
    for (const name of new Set(Array.from(heap.goroutines.frames.function, (index) => heap.goroutines.names[index]!))) {
      const address = debug.entryOf(name);
      if (address === undefined) continue;
      names.push(name);
      entry.push(address);
    }
  }
  return { count: names.length, entry, name: (index) => names[index]! };
}

/** The bias of type descriptors; undefined unless they are proved to be the executable's. */
function biasOfTypes(
  heap: Heap,
  { program, biases }: MatchedExecutable,
  { types }: FileLayout,
  own: GoProgram | undefined,
): number | undefined {
  const { types: start, etypes: end } = program.module;
  const expected = types === undefined ? biases.types : start + biases.types - types.address;
  if (own !== undefined) {
    const vote = voteForTypes(heap, own.types, expected, types);
    if (vote.known > 0) return isClean(vote) ? vote.bias : undefined;
  }
  return types === undefined || types.size === end - start ? expected : undefined;
}

function mismatch(file: Executable, differences: readonly string[]): ExecutableError {
  return new ExecutableError(`${file.name} is not of the program that wrote this dump: ${differences.join("; ")}`, {
    code: "mismatch",
    hint: "give a build of the same source by the same compiler, with the same flags (-buildmode and -race, too) except for those that strip it",
  });
}
