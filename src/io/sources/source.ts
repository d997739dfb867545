/**
 * ByteSource: random access to bytes, wherever they are. Reading is synchronous, because the decoder's loops are; what
 * cannot be read at random (pipes, compressed files) is unpacked beforehand, see `open.ts`.
 */

export interface ByteSource {
  /** How errors call it: a path, or "<stdin>". */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** When it was last written, in nanoseconds since 1970; only of a file that is read where it is. */
  readonly modified?: bigint;
  /** By which other threads of the process can read the same; only of a file. */
  readonly descriptor?: number;
  /** The command that made the file of which these are the unpacked bytes; undefined if they are the file's own. */
  readonly packing?: "gzip" | "zstd";
  /** Whether these are the first bytes of more that nobody wanted to read. */
  readonly hasMore?: boolean;
  /**
   * Copies up to `length` bytes from `position` into `target` at `targetOffset`; returns how many there were. Fewer than
   * `length` only at `size`.
   * @throws InputChangedError if there are fewer now than there were
   */
  read(target: Uint8Array, targetOffset: number, length: number, position: number): number;
  /**
   * Compares what can change with what it was when it was opened: to be called when all has been read.
   * @throws InputChangedError
   */
  checkUnchanged?(): void;
  /** Lets the file or memory go. Reading fails from then on. */
  close(): void;
}
