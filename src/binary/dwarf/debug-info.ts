/**
 * DebugInfo: what DWARF knows and the runtime's own tables do not: package variables and their types, local variables
 * and where they are, what closures capture. All addresses are link-time addresses. Nothing of it is needed to read a
 * program; whatever is damaged is passed over with a warning.
 */
import type { Type } from "../types/type.ts";

/** A package variable. */
export interface DebugVariable {
  /** With its package: "main.sessions", "net/http.DefaultServeMux". */
  readonly name: string;
  readonly address: number;
  /** Made on first use. */
  readonly type: Type;
}

/** Bytes of a local variable that are in memory. */
export interface DebugPiece {
  /** First byte of the variable that is in the piece: 0 unless the variable is split. */
  readonly offset: number;
  readonly size: number;
  /** Where it is: bytes from the canonical frame address (negative for locals, from 0 on for arguments). */
  readonly frameOffset: number;
}

/** A local variable or parameter, at one PC. */
export interface DebugLocal {
  /** As the compiler calls it: "jobs", "&n" for a variable that lives on the heap, "s.ptr" for half of a slice. */
  readonly name: string;
  readonly type: Type;
  readonly isParameter: boolean;
  /** Function that declares it: another than the frame's, if it was inlined. */
  readonly function: string;
  /** That function was inlined into the frame's. */
  readonly isInlined: boolean;
  /** Where it is; empty if it is in registers, or nowhere, at this PC. */
  readonly pieces: readonly DebugPiece[];
}

/** A variable that a closure captured. */
export interface CapturedVariable {
  readonly name: string;
  /** Of what the closure object holds: of a pointer for variables captured by reference. */
  readonly type: Type;
  /** Bytes from the beginning of the closure object. */
  readonly offset: number;
}

/** Debug information, opened. Reads on demand; never throws because of damage. */
export interface DebugInfo {
  /** Version of DWARF in Go's units: 4 or 5. */
  readonly version: number;
  /** What was passed over because it is damaged or unknown; grows as things are read. */
  readonly warnings: readonly string[];
  /** Package variables of Go code by ascending address. Types are made when asked for. */
  readonly variables: readonly DebugVariable[];
  /** Number of Go functions. */
  readonly functionCount: number;
  /** Entry of the function of a name, "main.(*Server).run"; undefined if there is none. */
  entryOf(functionName: string): number | undefined;
  /** Local variables of the function that begins at `entry`, as they are before the instruction at `pc` has run. */
  localsAt(entry: number, pc: number): readonly DebugLocal[];
  /** What closures of the function that begins at `entry` capture (Go ≥ 1.23); empty if that is not known. */
  capturedBy(entry: number): readonly CapturedVariable[];
  /** Lets go of the sections. What was read stays, members of types too; what was not is not to be had any more. */
  release(): void;
}

/** How debug information finds the runtime's own descriptor of a type. */
export interface DescriptorSource {
  /** The type whose descriptor is `offset` bytes behind the first one (moduledata.types); undefined if there is none. */
  typeAt(offset: number): Type | undefined;
}
