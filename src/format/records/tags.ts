/** Record tags and field kinds of a heap dump; names as in runtime/heapdump.go. */

export const Tag = {
  EOF: 0,
  OBJECT: 1,
  OTHER_ROOT: 2,
  TYPE: 3,
  GOROUTINE: 4,
  STACK_FRAME: 5,
  PARAMS: 6,
  FINALIZER: 7,
  ITAB: 8,
  OS_THREAD: 9,
  MEM_STATS: 10,
  QUEUED_FINALIZER: 11,
  DATA: 12,
  BSS: 13,
  DEFER: 14,
  PANIC: 15,
  MEM_PROF: 16,
  ALLOC_SAMPLE: 17,
} as const;

/** Names of the records, by tag. */
export const TAG_NAMES: readonly string[] = [
  "EOF",
  "Object",
  "OtherRoot",
  "Type",
  "Goroutine",
  "StackFrame",
  "Params",
  "Finalizer",
  "Itab",
  "OSThread",
  "MemStats",
  "QueuedFinalizer",
  "Data",
  "BSS",
  "Defer",
  "Panic",
  "MemProf",
  "AllocSample",
];

/** What a field of a field list is. Numbered as in go1.4 and later; go1.3 has its own numbers, see `GO13_FIELD_KIND`. */
export const FieldKind = {
  END: 0,
  POINTER: 1,
  /** Two words: itab, data. go1.3 and go1.4 only. */
  IFACE: 2,
  /** Two words: type, data. go1.3 and go1.4 only. */
  EFACE: 3,
  /** Pointer and length. go1.3 only. */
  STRING: 4,
  /** Pointer, length, capacity. go1.3 only. */
  SLICE: 5,
} as const;

/** go1.3's numbers, as FieldKind. */
export const GO13_FIELD_KIND: readonly number[] = [
  FieldKind.END,
  FieldKind.POINTER,
  FieldKind.STRING,
  FieldKind.SLICE,
  FieldKind.IFACE,
  FieldKind.EFACE,
];

/** What a go1.3 Object record says its contents are. */
export const Go13ObjectKind = {
  /** One value of the type, or a block without pointers if the type is 0. */
  VALUE: 0,
  ARRAY: 1,
  /** A channel of the type. */
  CHANNEL: 2,
  /** Every aligned word may be a pointer. */
  CONSERVATIVE: 127,
} as const;
