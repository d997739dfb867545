/** Unpacker: the shape that gunzip and zstd share: compressed bytes are pushed in, unpacked bytes come out of a callback. */

/** Takes unpacked bytes. They are only valid during the call. */
export type UnpackedBytes = (bytes: Uint8Array) => void;

export interface Unpacker {
  /**
   * Takes the next compressed bytes; all they unpack to has been handed over when the promise resolves. `chunk` belongs
   * to the unpacker from then on.
   * @throws UnpackError when they are not what they should be.
   */
  push(chunk: Uint8Array): Promise<void>;
  /**
   * Tells that there are no more bytes.
   * @throws UnpackError when the compressed data should go on.
   */
  finish(): Promise<void>;
}

/** The compressed data is at fault. The caller knows the file and the position, and makes the error that people see. */
export class UnpackError extends Error {
  override readonly name = "UnpackError";
  /** The data ends too early; otherwise it is damaged. */
  readonly truncated: boolean;

  constructor(message: string, details: { readonly truncated: boolean; readonly cause?: unknown }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.truncated = details.truncated;
  }
}

/** The compressed data may be as it should, but needs more than this unpacker has. The message says what, the hint what does. */
export class BeyondUnpackerError extends Error {
  override readonly name = "BeyondUnpackerError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
