/** What is known about a dump as a file and about the process that wrote it. */

export interface GoVersion {
  /** As `runtime.Version()` gives it ("go1.24.4"), or a range ("go1.11–1.16") where the dump does not say. */
  readonly text: string;
  /** N of go1.N: the least that is possible. */
  readonly minor: number;
  /** N of go1.N: the greatest that is possible. */
  readonly minorMax: number;
  /** How it is known, for people: "from the dump", "header", … */
  readonly how: string;
  /** GOEXPERIMENT words that differ from the release's defaults. */
  readonly experiments: readonly string[];
  readonly compiler: "gc" | "gccgo";
}

/** A fact about the dump that its reader should know; `code` is a stable name. */
export interface DumpWarning {
  readonly code: string;
  readonly message: string;
}

/** What is known of a dump: the file, and the process that wrote it. */
export interface DumpInfo {
  /** The path, or "<stdin>". */
  readonly name: string;
  /** Size of the (decompressed) dump in bytes. */
  readonly size: number;
  /** N of the header line "go1.N heap dump". */
  readonly header: number;
  readonly go: GoVersion;
  /** GOARCH, or what is known of it ("amd64", "ppc64 or ppc64le", "unknown"). */
  readonly arch: string;
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
  /** Bounds of the heap's arenas as the runtime tells them; a hint, not a test. */
  readonly heapStart: number;
  readonly heapEnd: number;
  readonly cpuCount: number;
  /** False when the dump ends without its EOF record and was salvaged. */
  readonly complete: boolean;
  /** Bytes after the EOF record. */
  readonly trailingBytes: number;
  readonly warnings: readonly DumpWarning[];
  /** Addresses of 2^53 and more are held relative to this; see `address.ts`. */
  readonly addressBase: bigint;
}
