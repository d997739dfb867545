/**
 * The records of a heap dump, one interface each, 1:1 with the bytes; fields in wire order, names as in
 * runtime/heapdump.go. What is in one header's layout only is optional here.
 */
import type { Tag } from "./tags.ts";

/** An unsigned 64-bit number: a number while it is a safe integer (below 2^53), else a bigint. */
export type Uint64 = number | bigint;

/** Contents inside the dump, not read yet. */
export interface ContentsRange {
  /** Byte in the dump where they begin. */
  readonly position: number;
  /** Length as the record tells it, in bytes. */
  readonly length: number;
  /** Bytes that are really there: less than `length` when the runtime's write was cut short (2 GiB and more). */
  readonly present: number;
}

/** Contents to write: a range of the writer's source, or bytes. */
export type Contents = ContentsRange | Uint8Array;

/** A field list. `offset` relative to the contents, bytes; `kind` FieldKind; same length. */
export interface FieldList {
  readonly kind: Uint8Array;
  readonly offset: Float64Array;
}

export interface EofRecord {
  readonly tag: typeof Tag.EOF;
}

export interface ObjectRecord {
  readonly tag: typeof Tag.OBJECT;
  readonly address: Uint64;
  /** go1.3: type descriptor, 0 = none. */
  readonly type?: Uint64;
  /** go1.3: Go13ObjectKind. */
  readonly kind?: Uint64;
  readonly contents: Contents;
  /** go1.4 and later. */
  readonly fields?: FieldList;
}

export interface OtherRootRecord {
  readonly tag: typeof Tag.OTHER_ROOT;
  readonly description: string;
  readonly pointer: Uint64;
}

export interface TypeRecord {
  readonly tag: typeof Tag.TYPE;
  readonly address: Uint64;
  /** Of a value, bytes. */
  readonly size: Uint64;
  readonly name: string;
  /**
   * Go 1.5's damage: instead of the name this many bytes of the process's memory stand here, found by resynchronising;
   * `name` is empty then.
   */
  readonly damage?: Contents;
  /** The data word of an interface holding this type is a pointer. */
  readonly pointer: boolean;
  /** go1.3 (gc): pointer layout of one value. */
  readonly fields?: FieldList;
}

export interface GoroutineRecord {
  readonly tag: typeof Tag.GOROUTINE;
  readonly address: Uint64;
  /** Stack pointer of frame 0. */
  readonly stackPointer: Uint64;
  readonly id: Uint64;
  /** PC of the go statement; 0 = unknown. */
  readonly createdBy: Uint64;
  readonly status: Uint64;
  readonly system: boolean;
  readonly background: boolean;
  /** nanotime() since when it waits; 0 = unknown. */
  readonly waitSince: Uint64;
  readonly waitReason: string;
  /** sched.ctxt. */
  readonly context: Uint64;
  /** The M it runs on, or 0. */
  readonly thread: Uint64;
  /** Newest Defer record. */
  readonly defer: Uint64;
  /** Newest Panic record. */
  readonly panic: Uint64;
}

export interface StackFrameRecord {
  readonly tag: typeof Tag.STACK_FRAME;
  /** Lowest address of the frame. */
  readonly stackPointer: Uint64;
  /** 0 = innermost. */
  readonly depth: Uint64;
  /** Stack pointer of the callee's frame; 0 at depth 0. */
  readonly child: Uint64;
  readonly contents: Contents;
  /** Entry PC of the function. */
  readonly entry: Uint64;
  readonly pc: Uint64;
  /** 0 = will never resume. */
  readonly continuationPc: Uint64;
  readonly name: string;
  readonly fields: FieldList;
}

export interface ParamsRecord {
  readonly tag: typeof Tag.PARAMS;
  readonly bigEndian: boolean;
  readonly pointerSize: Uint64;
  /** go1.3: where a channel's buffer begins, bytes. */
  readonly channelHeaderSize?: Uint64;
  readonly heapStart: Uint64;
  readonly heapEnd: Uint64;
  /** go1.3–go1.6: the compiler's letter for the architecture; go1.7: GOARCH. */
  readonly arch: Uint64 | string;
  /** GOEXPERIMENT until Go 1.16, the Go version since 1.17. */
  readonly version: string;
  readonly cpuCount: Uint64;
}

export interface FinalizerRecord {
  readonly tag: typeof Tag.FINALIZER | typeof Tag.QUEUED_FINALIZER;
  readonly object: Uint64;
  /** The finalizer's closure. */
  readonly function: Uint64;
  /** The closure's code. */
  readonly pc: Uint64;
  /** Type of the finalizer's parameter. */
  readonly parameterType: Uint64;
  /** Type of the pointer to the object. */
  readonly objectType: Uint64;
}

export interface ItabRecord {
  readonly tag: typeof Tag.ITAB;
  readonly address: Uint64;
  /** go1.3: whether the data word is a pointer (0, 1); go1.4–1.6: type of the data word; go1.7: the dynamic type. */
  readonly type: Uint64;
}

export interface OsThreadRecord {
  readonly tag: typeof Tag.OS_THREAD;
  /** Address of the runtime.m. */
  readonly address: Uint64;
  readonly id: Uint64;
  /** The operating system's number; 0 = unknown. */
  readonly osId: Uint64;
}

export interface MemStatsRecord {
  readonly tag: typeof Tag.MEM_STATS;
  /** MEM_STATS_FIELDS values in the runtime's order. */
  readonly values: readonly Uint64[];
}

/** 23 values up to LastGC, PauseTotalNs, 256 of PauseNs, NumGC. */
export const MEM_STATS_FIELDS = 281;

export interface SegmentRecord {
  readonly tag: typeof Tag.DATA | typeof Tag.BSS;
  readonly address: Uint64;
  readonly contents: Contents;
  readonly fields: FieldList;
}

export interface DeferRecord {
  readonly tag: typeof Tag.DEFER;
  readonly address: Uint64;
  readonly goroutine: Uint64;
  /** argp until go1.4, sp since. */
  readonly stackPointer: Uint64;
  readonly pc: Uint64;
  /** The deferred closure; 0 = none (open-coded). */
  readonly function: Uint64;
  readonly functionPc: Uint64;
  readonly next: Uint64;
}

export interface PanicRecord {
  readonly tag: typeof Tag.PANIC;
  readonly address: Uint64;
  readonly goroutine: Uint64;
  /** The argument's type word. */
  readonly type: Uint64;
  /** The argument's data word. */
  readonly data: Uint64;
  /** go1.3: the running defer; 0 since. */
  readonly defer: Uint64;
  readonly next: Uint64;
}

export interface CallSite {
  readonly function: string;
  readonly file: string;
  readonly line: Uint64;
}

export interface MemProfRecord {
  readonly tag: typeof Tag.MEM_PROF;
  readonly id: Uint64;
  /** Of one allocation, bytes. */
  readonly size: Uint64;
  /** Innermost first. */
  readonly stack: readonly CallSite[];
  readonly allocations: Uint64;
  readonly frees: Uint64;
}

export interface AllocSampleRecord {
  readonly tag: typeof Tag.ALLOC_SAMPLE;
  readonly address: Uint64;
  /** `id` of a MemProf record. */
  readonly bucket: Uint64;
}

export type DumpRecord =
  | EofRecord
  | ObjectRecord
  | OtherRootRecord
  | TypeRecord
  | GoroutineRecord
  | StackFrameRecord
  | ParamsRecord
  | FinalizerRecord
  | ItabRecord
  | OsThreadRecord
  | MemStatsRecord
  | SegmentRecord
  | DeferRecord
  | PanicRecord
  | MemProfRecord
  | AllocSampleRecord;
