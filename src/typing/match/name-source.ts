/**
 * Where names come from: symbols and debug information, those of the executable itself or of another file made from the
 * same source (`symbol-file.ts`).
 */
import { type DebugInfo, type Executable, openDebugInfo, type SymbolTable } from "../../binary/index.ts";
import type { Biases } from "./executable-types.ts";
import type { MatchedExecutable } from "./match-executable.ts";

export interface NameSource {
  /** How messages call the file. */
  readonly file: string;
  readonly symbols: SymbolTable;
  /** Undefined if the file has none, or if its types cannot be brought together with the executable's. */
  readonly debug: DebugInfo | undefined;
  /** Run-time minus link-time addresses, of this file. */
  readonly biases: Biases;
  /** What is used, and what speaks for it, in words. */
  readonly explanation: string;
}

/** The names that the executable itself has. */
export function namesOfExecutable(executable: Executable, matched: MatchedExecutable): NameSource {
  const { program, biases, isClean } = matched;
  const { types, module } = program;
  const symbols = executable.symbols();
  // Where the code is not quite the same, so are not the places of variables.
  const debug = isClean
    ? openDebugInfo(executable, { typeAt: (offset) => types.typeAt(module.types + offset) })
    : undefined;
  return {
    file: executable.name,
    symbols,
    debug,
    biases,
    explanation: explain(executable.name, debug, symbols, matched),
  };
}

function explain(
  file: string,
  debug: DebugInfo | undefined,
  symbols: SymbolTable,
  { isClean, isLocated }: MatchedExecutable,
): string {
  const what = describeContents(debug, symbols);
  if (debug !== undefined && !isReadable(debug)) {
    const names = what === undefined ? "no names" : `names from ${what}`;
    return `${names} of ${file}: its debug information cannot be read`;
  }
  if (!isClean) {
    const names = what === undefined ? "no names" : `names from ${what}`;
    const why = isLocated ? "not all that was compared agrees" : "the dump does not tell where it was loaded";
    return `${names} of ${file}: ${why}, so debug information is left out`;
  }
  return what === undefined ? `${file} has neither symbols nor debug information` : `names from ${what} of ${file}`;
}

/** Tells whether a file has anything to name things by. Debug information is read only where there are no symbols. */
export function hasNames(executable: Executable): boolean {
  return executable.symbols().count > 0 || executable.debugSection("info") !== undefined;
}

/** What a file has to name things by: "debug information", "symbols"; undefined if it has nothing. */
export function describeContents(
  debug: DebugInfo | undefined,
  symbols: SymbolTable,
): "debug information" | "symbols" | undefined {
  if (debug !== undefined && isReadable(debug)) return "debug information";
  return symbols.count > 0 ? "symbols" : undefined;
}

/** Whether anything in it could be read: damaged or packed in an unknown way, it names nothing. */
function isReadable(debug: DebugInfo): boolean {
  return debug.functionCount > 0 || debug.variables.length > 0;
}
