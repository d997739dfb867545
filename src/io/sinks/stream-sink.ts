/**
 * A sink that goes straight into a stream: standard output, a pipe, a device. What was written cannot be taken back; that
 * is the reader's risk, as with every program that writes into a pipe.
 */
import type { Writable } from "node:stream";
import { ConverterError } from "../../errors.ts";
import { cannotWrite } from "../output-errors.ts";
import { systemErrorCode } from "../system-errors.ts";
import type { ByteWriter, CommittableSink } from "./sink.ts";

/** The reader of the output has gone; nobody is left to complain to. */
export class ReaderGoneError extends ConverterError {}

/** What opens the stream when the converter asks for it, and ends it. */
export interface StreamSource {
  open(): Promise<Writable>;
  /** Resolves when all that was written is on its way. */
  end(stream: Writable): Promise<void>;
  /** Lets go of the stream, written or not. */
  destroy(stream: Writable): void;
}

/**
 * Makes a sink for `stream`, which is left open: it belongs to the caller. `name` is for messages; aborting `signal` ends
 * the wait for a reader that does not read.
 */
export function createStreamSink(stream: Writable, name = "<stdout>", signal?: AbortSignal): CommittableSink {
  return sinkOf({ open: async () => stream, async end() {}, destroy() {} }, name, signal);
}

/** Makes a sink for a stream that is opened when it is needed. */
export function sinkOf(source: StreamSource, name: string, signal?: AbortSignal): CommittableSink {
  let stream: Writable | undefined;
  let size = 0;
  let used = false;
  return {
    name,
    async open(outputName) {
      if (outputName !== undefined) throw new Error("bug: a stream's output has no name of its own");
      if (used) throw new Error("bug: a stream has one output, and it was opened twice");
      used = true;
      stream = await source.open();
      return streamWriter(stream, name, signal, (length) => {
        size += length;
      });
    },
    async path() {
      throw needsFile(name);
    },
    async scratch() {
      throw needsFile(name);
    },
    async commit() {
      if (stream === undefined) throw new Error("bug: nothing was written");
      try {
        await orAborted(source.end(stream), signal);
      } catch (error) {
        throw toPublicError(error, name, signal);
      }
      return size;
    },
    async discard() {
      if (stream !== undefined) source.destroy(stream);
    },
  };
}

function streamWriter(
  stream: Writable,
  name: string,
  signal: AbortSignal | undefined,
  onWritten: (length: number) => void,
): ByteWriter {
  let fault: Error | undefined;
  // Without a listener a broken pipe would end the process; the callbacks below report it.
  stream.on("error", (error) => {
    fault ??= error;
  });
  return {
    async write(chunk) {
      if (fault) throw toPublicError(fault, name, signal);
      const written = new Promise<void>((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
      try {
        await orAborted(written, signal);
      } catch (error) {
        throw toPublicError(error, name, signal);
      }
      onWritten(chunk.length);
    },
    async close() {},
  };
}

/** What `work` gives, unless the signal is aborted before. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function toPublicError(error: unknown, name: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted && error === signal.reason) return error;
  if (systemErrorCode(error) === "EPIPE")
    return new ReaderGoneError(`the reader of ${name} has gone`, { cause: error });
  return cannotWrite(name, error);
}

function needsFile(name: string): ConverterError {
  return new ConverterError(`this format cannot be written to ${name}`, { hint: "use -o with a file name" });
}
