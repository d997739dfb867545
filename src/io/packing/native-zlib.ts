/**
 * Node's zlib, where there is one: faster than what runs anywhere. It is asked of the process and not imported, so that
 * whoever uses it runs in browsers too.
 */

interface NativeZlib {
  /** Throws if the stream is damaged, cut, or longer than it may be. */
  inflateSync(
    packed: Uint8Array,
    options: { readonly maxOutputLength: number; readonly chunkSize: number },
  ): Uint8Array;
  /** The same for zstd; since Node 22.15. */
  zstdDecompressSync?(packed: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array;
}

interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** Undefined in browsers, and before Node 20.16. */
export const nativeZlib = (globalThis as Host).process?.getBuiltinModule?.("node:zlib") as NativeZlib | undefined;
