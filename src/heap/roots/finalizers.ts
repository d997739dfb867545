/** Finalizers: which functions the runtime is to call with objects that nothing refers to any more, and whose they are. */

/** All finalizers of one function for objects of one type. */
export interface Finalizer {
  /** Objects that have it. */
  readonly count: number;
  /** Address of the type of the pointer that SetFinalizer was given, a *T; 0 if the dump does not tell. */
  readonly type: number;
  /** Address of the function's code. */
  readonly function: number;
  /** Those whose object nothing refers to: the function is about to be called. Cleanups of Go 1.24 are among them. */
  readonly isQueued: boolean;
  /**
   * Those that are never called: the object is reachable from what it refers to itself, which a finalizer keeps alive, so it
   * is never let go. runtime.SetFinalizer: "If a cyclic structure includes a block with a finalizer, that cycle is not
   * guaranteed to be garbage collected and that finalizer is not guaranteed to run".
   */
  readonly isNeverFinalized: boolean;
  /** "*main.Transport"; there only where an executable told it. */
  readonly typeName?: string;
  /** "main.(*Transport).close"; there only where an executable told it. */
  readonly functionName?: string;
}

/**
 * "finalizer of *main.Transport: main.(*Transport).close"; where that is not known, addresses.
 * @param formatAddress as `Heap.formatAddress`
 */
export function finalizerName(finalizer: Finalizer, formatAddress: (address: number) => string): string {
  const { type, isQueued, isNeverFinalized, typeName, functionName } = finalizer;
  const owner = typeName ?? (type === 0 ? undefined : `type@${formatAddress(type)}`);
  // Of a cleanup the dump does not tell the type.
  const what = isQueued ? (type === 0 ? "queued cleanup" : "queued finalizer") : "finalizer";
  const fn = functionName ?? formatAddress(finalizer.function);
  return `${what}${owner === undefined ? "" : ` of ${owner}`}: ${fn}${isNeverFinalized ? " (not finalized: in a cycle)" : ""}`;
}
