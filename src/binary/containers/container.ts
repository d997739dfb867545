/**
 * Executable: what every container format (ELF, Mach-O, PE) offers to those who read Go's tables. A format
 * knows where bytes lie and which words the loader changes; it knows nothing of Go. All addresses are *link-time*
 * addresses, those that the file itself speaks of: in a running process they are moved by the load bias.
 */
import type { Image } from "./image.ts";
import type { Segment } from "./segments.ts";
import type { SymbolTable } from "./symbols.ts";

/** A named range, for what a linker or debugger wants to find. Stripping may remove all of them. */
export interface Section {
  /** As the file spells it, such as ".gopclntab". */
  readonly name: string;
  /** Link-time address; 0 if it is not loaded. */
  readonly address: number;
  /** Bytes in memory. */
  readonly size: number;
  /** Byte in the file at which it begins. */
  readonly position: number;
  /** Bytes in the file: 0 for bss. */
  readonly fileSize: number;
}

/** An opened executable. Nothing but its headers has been read yet. */
export interface Executable {
  /** How messages call it: its path. */
  readonly name: string;
  readonly format: "elf" | "mach-o" | "pe";
  /** In GOARCH's spelling: "amd64", "s390x", "mipsle"; "unknown" for what Go has no name for. */
  readonly arch: string;
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
  /** "pie" may be loaded anywhere, and its pointers are relocated; "exec" runs where it was linked, at bias 0. */
  readonly type: "exec" | "pie";
  /** By ascending address, not overlapping. Empty in files that have debug information only. */
  readonly segments: readonly Segment[];
  /** In the file's order; empty if the section headers were stripped. */
  readonly sections: readonly Section[];
  /** The memory that the segments make, relocated for bias 0. Segments are read from the file when first touched. */
  readonly image: Image;
  /** Reads the symbol table on first use: names of globals and functions. Empty if stripped. O(n log n) once. */
  symbols(): SymbolTable;
  /**
   * Reads a section of debug information, unpacked if it is compressed: "info", "abbrev", "loclists", …, whatever the
   * container puts before it (.debug_, .zdebug_, __debug_). Undefined if there is none. Not cached.
   * @throws ExecutableError (`truncated`, `damaged`, `unsupported`, `read-failed`)
   */
  debugSection(name: string): Uint8Array | undefined;
  /**
   * Bytes to which `debugSection` would unpack a section, as the file claims; 0 if it is not compressed, or there is none.
   * @throws ExecutableError as `debugSection`
   */
  unpackedDebugSize(name: string): number;
  /** Closes the file; what was read stays usable. */
  close(): void;
}

/** Finds a section by its exact name. */
export function findSection(executable: Executable, name: string): Section | undefined {
  return executable.sections.find((section) => section.name === name);
}
