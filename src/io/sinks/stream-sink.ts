/**
 * A sink that goes straight into a stream: standard output, a pipe, a device. What was written cannot be taken back; that
 * is the reader's risk, as with every program that writes into a pipe.
 */
import type { Writable } from "node:stream";
import { ConverterError } from "../../errors.ts";
import { cannotWrite } from "../output-errors.ts";
import { systemErrorCode } from "../system-errors.ts";
import type { CommittableSink } from "./sink.ts";

/** The reader of the output has gone; nobody is left to complain to. */
export class ReaderGoneError extends ConverterError {}

/** Makes a sink for `stream`, which is left open: it belongs to the caller. `name` is for messages. */
export function createStreamSink(stream: Writable, name = "<stdout>"): CommittableSink {
  let size = 0;
  let used = false;
  let fault: Error | undefined;
  const noteFault = (error: Error): void => {
    fault ??= error;
  };

  function toPublicError(error: unknown): Error {
    if (systemErrorCode(error) === "EPIPE")
      return new ReaderGoneError(`the reader of ${name} has gone`, { cause: error });
    return cannotWrite(name, error);
  }

  return {
    name,
    async open(outputName) {
      if (outputName !== undefined) throw new Error("bug: a stream's output has no name of its own");
      if (used) throw new Error("bug: a stream has one output, and it was opened twice");
      used = true;
      // Without a listener a broken pipe would end the process; the callbacks below report it.
      stream.on("error", noteFault);
      return {
        write(chunk) {
          if (fault) return Promise.reject(toPublicError(fault));
          return new Promise((resolve, reject) => {
            stream.write(chunk, (error) => {
              if (error) reject(toPublicError(error));
              else {
                size += chunk.length;
                resolve();
              }
            });
          });
        },
        async close() {},
      };
    },
    async path() {
      throw needsFile(name);
    },
    async scratch() {
      throw needsFile(name);
    },
    async commit() {
      if (!used) throw new Error("bug: nothing was written");
      return size;
    },
    async discard() {},
  };
}

function needsFile(name: string): ConverterError {
  return new ConverterError(`this format cannot be written to ${name}`, { hint: "use -o with a file name" });
}
