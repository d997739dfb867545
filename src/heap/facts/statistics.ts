/** What the builder counted and does not keep. */

export interface HeapStatistics {
  /** Object records in the dump, phantoms included. */
  readonly objectRecords: number;
  /** Records that are no objects: allocator metadata that Go ≥ 1.22 writes as if it were. Dropped. */
  readonly phantomObjects: number;
  readonly phantomBytes: number;
  /** Records that repeat or overlap an earlier object. Dropped. */
  readonly overlappingObjects: number;
  /** Pointer slots of objects, nil ones included. */
  readonly pointerSlots: number;
  readonly nilPointers: number;
  /** Non-nil pointers of objects, by where they lead. */
  readonly pointersToObjects: number;
  readonly pointersToGlobals: number;
  readonly pointersToStacks: number;
  /** To none of these: read-only data, functions, the runtime's own memory, C memory, … */
  readonly pointersElsewhere: number;
  /** Of pointersToObjects: those not to the beginning of the target's value. */
  readonly interiorPointers: number;
  /** Pointer slots in contents that the runtime did not write (objects of 2 GiB and more). */
  readonly missingPointers: number;
  /** Root edges by RootKind. */
  readonly rootsByKind: Float64Array;
  readonly defers: number;
  readonly panics: number;
  readonly osThreads: number;
  readonly finalizers: number;
  readonly queuedFinalizers: number;
  readonly typeRecords: number;
  readonly itabRecords: number;
}
