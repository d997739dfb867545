/**
 * Heap: everything one dump says, as read-only columns over a dense object index. Built once, in `building/`; analyses
 * and converters only read it. Nobody writes into its arrays.
 *
 * Vertices: analyses see one graph whose vertices 0…objects.count-1 are the objects and whose further vertices are the
 * root vertices of `roots` (vertex = objects.count + root vertex index). The vertex `objects.count` is the virtual root.
 */
import type { GlobalPointers } from "./addresses/global-pointers.ts";
import type { DumpInfo } from "./facts/dump-info.ts";
import type { KnownTypes } from "./facts/dynamic-types.ts";
import type { MemStats } from "./facts/mem-stats.ts";
import type { MemoryProfile } from "./facts/memory-profile.ts";
import type { HeapStatistics } from "./facts/statistics.ts";
import type { Edges, ObjectShapes, Objects } from "./objects.ts";
import type { Goroutines, PanicArgument, StackPointers } from "./roots/goroutines.ts";
import type { Roots } from "./roots/roots.ts";
import type { GlobalVariable, Segment } from "./roots/segments.ts";
import type { TypeTable } from "./types.ts";

/** Everything one dump says, as read-only columns. `readHeap` gives one, `typeHeap` one with Go types. */
export interface Heap {
  readonly dump: DumpInfo;
  readonly objects: Objects;
  readonly edges: Edges;
  readonly types: TypeTable;
  readonly roots: Roots;
  readonly goroutines: Goroutines;
  /** Data and BSS, in the dump's order; empty for gccgo. */
  readonly segments: readonly Segment[];
  /** Name of the executable that the heap was typed from, without its folder. */
  readonly program?: string;
  /** Package variables; only when the heap was typed from an executable that names them. */
  readonly variables?: readonly GlobalVariable[];
  readonly statistics: HeapStatistics;
  /** Undefined if the dump ended before it. */
  readonly memStats: MemStats | undefined;
  readonly memoryProfile: MemoryProfile;
  /** Slot size and pointer mask of every object; there only if the reader was asked for it, for typing, and not in what typing gives. */
  readonly shapes?: ObjectShapes;
  /** The Go types that the dump's own records tell of. */
  readonly dynamicTypes?: KnownTypes;
  /** There only together with `shapes`. */
  readonly panicArguments?: readonly PanicArgument[];
  /** There only together with `shapes`. */
  readonly globalPointers?: GlobalPointers;
  /** There only together with `shapes`. */
  readonly stackPointers?: StackPointers;
  /** The object whose slot holds `address`, or NO_OBJECT. O(1) nearly always. */
  findObject(address: number): number;
  /**
   * Reads an object's contents from the dump, from `from` up to `length` bytes. Shorter than asked for at the slot's end,
   * and where the runtime wrote less than the slot (see `format/objects.ts`). One file read.
   */
  readContents(index: number, from?: number, length?: number): Uint8Array;
  /**
   * Reads `length` bytes at `position` of the dump, for frames and segments, or on the way through it. One file read.
   * @param into memory for them, if there is any: the result is then the beginning of it
   */
  readBytes(position: number, length: number, into?: Uint8Array): Uint8Array;
  /** By which other threads read the dump; undefined if they cannot. */
  readonly descriptor?: number | undefined;
  /** An address for people: "0xc000012000". */
  formatAddress(address: number): string;
  /** Closes the dump; contents cannot be read any more. */
  close(): void;
}
