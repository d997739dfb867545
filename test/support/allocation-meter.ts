/**
 * Measures what code allocates in typed arrays, array buffers and arrays of a given size, by standing in for their
 * constructors. Sums up everything, whether it is garbage by now or not. Copies (slice, doubling columns by their own
 * constructor) are not seen: they are no longer than what they are made of.
 */

const MEASURED = ["ArrayBuffer", "Uint8Array", "Int32Array", "Uint32Array", "Float64Array", "Array"] as const;

type Constructor = new (...args: unknown[]) => object;

export interface Allocation {
  /** Bytes in all. */
  total: number;
  /** Bytes of the largest piece. */
  largest: number;
}

/** Runs `work` and measures it. Not reentrant. */
export async function measureAllocation<T>(work: () => Promise<T>): Promise<{ result: T; allocation: Allocation }> {
  const allocation: Allocation = { total: 0, largest: 0 };
  const count = (bytes: number): void => {
    allocation.total += bytes;
    allocation.largest = Math.max(allocation.largest, bytes);
  };
  const globals = globalThis as unknown as Record<string, Constructor>;
  const originals = MEASURED.map((name) => [name, globals[name]!] as const);
  const bufferAlloc = Buffer.alloc;
  for (const [name, original] of originals) {
    const { BYTES_PER_ELEMENT = name === "Array" ? 8 : 1 } = original as { BYTES_PER_ELEMENT?: number };
    const standIn: Constructor = new Proxy(original, {
      construct(target, args, newTarget): object {
        if (args.length === 1 && typeof args[0] === "number") count(args[0] * BYTES_PER_ELEMENT);
        return Reflect.construct(target, args, newTarget === standIn ? target : newTarget) as object;
      },
    });
    globals[name] = standIn;
  }
  Buffer.alloc = ((size: number, ...rest: []) => {
    count(size);
    return bufferAlloc(size, ...rest);
  }) as typeof Buffer.alloc;
  try {
    return { result: await work(), allocation };
  } finally {
    for (const [name, original] of originals) globals[name] = original;
    Buffer.alloc = bufferAlloc;
  }
}
