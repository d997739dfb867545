/** Unpacks gzip with node:zlib, which also takes files of several members, one after the other. */
import { createGunzip } from "node:zlib";
import { UnpackError, type UnpackedBytes, type Unpacker } from "./unpacker.ts";

/** Output piece; what a damaged stream still yields ends at a multiple of it. */
const OUTPUT_SIZE = 1 << 16;

/** Unpacks gzip. Bytes after the last member that are no further member are ignored, as gzip does. */
export function createGzipUnpacker(output: UnpackedBytes): Unpacker {
  return pushThroughStream(createGunzip({ chunkSize: OUTPUT_SIZE }), output);
}

/**
 * Drives one of node:zlib's unpacking streams, so that the output of a push has arrived when the push resolves: what was
 * good before a fault is never lost in a buffer.
 */
export function pushThroughStream(stream: ReturnType<typeof createGunzip>, output: UnpackedBytes): Unpacker {
  let ended = false;
  let fault: Error | undefined;
  /** Settles the push or finish that is under way. */
  let settle: (() => void) | undefined;

  stream.on("data", (bytes: Uint8Array) => {
    try {
      output(bytes);
    } catch (error) {
      // Thrown here it would end the process: nobody stands above an event.
      fault = error as Error;
      stream.destroy(fault);
    }
  });
  stream.on("end", () => {
    ended = true;
    settle?.();
  });
  stream.on("error", (error: Error) => {
    fault ??= error;
    settle?.();
  });

  function run(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      settle = () => {
        settle = undefined;
        if (fault) reject(toUnpackError(fault));
        else resolve();
      };
      if (fault || ended) settle();
      else
        start((error) => {
          fault ??= error ?? undefined;
          settle?.();
        });
    });
  }

  return {
    push: (chunk) => run((done) => void stream.write(chunk, done)),
    finish: () => run(() => void stream.end()),
  };
}

function toUnpackError(error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "Z_BUF_ERROR") return new UnpackError("the data ends too early", { truncated: true, cause: error });
  if (code.startsWith("Z_") || code.startsWith("ZSTD_")) {
    return new UnpackError(error.message, { truncated: false, cause: error });
  }
  return error;
}
