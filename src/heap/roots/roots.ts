/**
 * GC roots, and the tree that tells whose they are:
 *
 *     ROOT ─┬─ GC_ROOTS ─┬─ GLOBALS ────── SEGMENT (data, bss), VARIABLE
 *           │            ├─ GOROUTINES ─── GOROUTINE ─── FRAME
 *           │            ├─ FINALIZERS ─── FINALIZER: all of one function and type
 *           │            └─ OTHER
 *           └─ UNREACHABLE
 *
 * Root vertices are numbered breadth first, so that the children of one are contiguous. Each has, in CSR form, the root
 * edges that go from it to objects.
 */

import type { RootWords } from "../value-layouts.ts";
import type { Finalizer } from "./finalizers.ts";

/** What a root vertex stands for. */
export const RootVertexKind = {
  ROOT: 0,
  GC_ROOTS: 1,
  UNREACHABLE: 2,
  GLOBALS: 3,
  GOROUTINES: 4,
  FINALIZERS: 5,
  OTHER: 6,
  SEGMENT: 7,
  GOROUTINE: 8,
  FRAME: 9,
  /** A package variable; only where the executable's symbols name them. What no variable covers stays the segment's. */
  VARIABLE: 10,
  FINALIZER: 11,
} as const;

/** Why a root edge is there; `roots.kind`. */
export const RootKind = {
  /** A pointer slot of the data segment. */
  DATA: 0,
  /** A pointer slot of the bss segment. */
  BSS: 1,
  /** A live slot of a stack frame. */
  FRAME: 2,
  /** A word of a frame that a live pointer into the frame may reach (stack objects, Go ≥ 1.12), taken conservatively. */
  FRAME_CONSERVATIVE: 3,
  /** The runtime.g itself. */
  GOROUTINE: 4,
  /** The closure a goroutine starts with (sched.ctxt). */
  CONTEXT: 5,
  /** The runtime.m of a running goroutine or of an OS thread. */
  THREAD: 6,
  /** A defer record. */
  DEFER: 7,
  /** A deferred closure. */
  DEFER_FUNCTION: 8,
  /** A panic record. */
  PANIC: 9,
  /** A panic's argument. */
  PANIC_ARGUMENT: 10,
  /** A registered finalizer's closure. */
  FINALIZER_FUNCTION: 11,
  /** What an object with a finalizer refers to that nothing else reaches: the runtime keeps it alive for the call. */
  FINALIZER_REFERENT: 12,
  /** An object whose finalizer is about to run. */
  QUEUED_FINALIZER: 13,
  /** The closure of a finalizer (or, in Go 1.24, a cleanup) that is about to run. */
  QUEUED_FINALIZER_FUNCTION: 14,
  /** An OtherRoot record (Go 1.3 only). */
  OTHER: 15,
  /** Not a GC root: the entry into an unreachable part of the heap. */
  UNREACHABLE: 16,
} as const;

/** The names of the kinds of roots, by `RootKind`. */
export const ROOT_KIND_NAMES: readonly string[] = [
  "data",
  "bss",
  "frame",
  "frame (conservative)",
  "goroutine",
  "goroutine context",
  "thread",
  "defer",
  "deferred function",
  "panic",
  "panic argument",
  "finalizer function",
  "finalizer referent",
  "queued finalizer",
  "queued finalizer function",
  "other",
  "unreachable",
];

/** Objects with a finalizer, and the functions that are to be called with them. */
export interface FinalizerColumns {
  /** Those of one function and type are one; the queued ones, too. */
  readonly finalizers: readonly Finalizer[];
  /** Objects with a registered finalizer, ascending. */
  readonly finalizedObjects: Int32Array;
  /** For each of them, the address of the type of the pointer that SetFinalizer was given: a *T. */
  readonly finalizedType: Float64Array;
  /** For each of them, the index of its finalizer. */
  readonly finalizedBy: Int32Array;
}

/** The GC roots: the tree of root vertices, and the references from them to objects. */
export interface Roots extends FinalizerColumns {
  /** The root vertices; row 0 is the virtual root. */
  readonly vertices: {
    readonly count: number;
    /** RootVertexKind. */
    readonly kind: Uint8Array;
    /** Root vertex above; -1 for the virtual root. */
    readonly parent: Int32Array;
    /** Length count + 1: children of v are firstChild[v] … firstChild[v+1]-1. */
    readonly firstChild: Int32Array;
    /** What it stands for: index of the segment, variable, goroutine, frame or finalizer; -1 for groups. */
    readonly item: Int32Array;
    /** Length count + 1: root edges of v are edgeStart[v] … edgeStart[v+1]-1. */
    readonly edgeStart: Uint32Array;
  };
  /** Number of root edges, those of UNREACHABLE included. */
  readonly count: number;
  /** RootKind. */
  readonly kind: Uint8Array;
  /** Target object. */
  readonly to: Int32Array;
  /** Byte offset of the slot in its segment, variable or frame; for finalizer referents, in the object's value; else 0. */
  readonly offset: Float64Array;
  /**
   * Name of a root edge inside what its vertex stands for: a local variable and the path in it, "jobs" or "s.items", with
   * its function if that is another than the frame's (it was inlined, or is the callee): "w (main.(*Watcher).loop)";
   * the path in a package variable, "queue.head" or "" if it is one word; that in an object with a finalizer. Undefined where none is known. There only if
   * the heap was typed from an executable.
   */
  readonly edgeName?: (edge: number) => string | undefined;
  /** What the word of each root edge is. There only together with `edgeName`. */
  readonly words?: RootWords;
}
