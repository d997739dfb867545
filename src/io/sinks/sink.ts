/**
 * Sink: where a converter's bytes go. A converter sees only this contract; files, directories, stdout and memory are
 * behind it, and so is the promise that nothing half-written ever has its final name.
 */

export interface ByteWriter {
  /**
   * Takes `chunk` whole; the bytes may be overwritten by the caller as soon as the promise resolves. Awaiting it is the
   * back-pressure.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends this output; it gets its name when the whole sink is committed. */
  close(): Promise<void>;
}

/** Where a converter writes: a file, a directory, a stream or memory. */
export interface Sink {
  /** Opens one output stream. A file sink accepts no name, a directory sink requires one: "a.csv" or "folder/a.csv". */
  open(name?: string): Promise<ByteWriter>;
  /** A real path, for native writers that insist on one. Rejects when there is none, as for stdout. */
  path(name?: string): Promise<string>;
  /**
   * A directory of mode 0700 beside the output for what native writers put aside meanwhile. It is removed in the end, and
   * with it what is left in it. Rejects where `path` does.
   */
  scratch(): Promise<string>;
}

/** A sink whose output appears under its final name only when it is committed. */
export interface CommittableSink extends Sink {
  /** How people call the output: a path, or "<stdout>". */
  readonly name: string;
  /** Puts everything written under its final name; returns its size in bytes. */
  commit(): Promise<number>;
  /** Removes everything written. Harmless after `commit`. */
  discard(): Promise<void>;
}
