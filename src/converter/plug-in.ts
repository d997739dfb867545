/** Converters that are not gohd's own: whatever goes wrong in one is told as its fault. */
import { pathToFileURL } from "node:url";
import { ConverterError, ExecutableError, HeapDumpError, InputChangedError, UsageError } from "../errors.ts";
import type { Sink } from "../io/sinks/sink.ts";
import { ReaderGoneError } from "../io/sinks/stream-sink.ts";
import type { Converter, OptionsSchema } from "./converter.ts";
import { packageFolder } from "./running-package.ts";

/** What gohd throws, or a converter as gohd would: these say by themselves what is at fault. */
const OWN_ERRORS = [
  HeapDumpError,
  ExecutableError,
  ConverterError,
  UsageError,
  InputChangedError,
  ReaderGoneError,
] as const;

/** The plug-ins that this thread has loaded. */
const loaded: { readonly specifier: string; readonly path: string }[] = [];

/**
 * What to tell of an error that nobody caught, thrown in a timer or a promise that nobody waits for: the fault of the
 * plug-in that it comes from, or of the last one, if there is one and the error does not come from gohd's own code alone.
 * Else undefined.
 */
export function blameForUncaught(error: unknown): ConverterError | undefined {
  if (loaded.length === 0 || isOutOfMemory(error)) return undefined;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const source = loaded.find(({ path }) => stack.includes(pathToFileURL(path).href));
  if (source === undefined && stack.includes(pathToFileURL(packageFolder()).href)) return undefined;
  const { specifier, path } = source ?? loaded.at(-1)!;
  return failure(specifier, path, error);
}

/** Gives a converter that does the same, but throws nothing that could be taken for a fault of gohd. `path` is its module. */
export function blamePlugIn<S extends OptionsSchema>(
  converter: Converter<S>,
  specifier: string,
  path: string,
): Converter<S> {
  loaded.push({ specifier, path });
  const { apiVersion, name, description, output, options, listFiles, uses, check } = converter;
  const blame = (error: unknown): unknown => {
    if (OWN_ERRORS.some((type) => error instanceof type) || isOutOfMemory(error)) return error;
    return failure(specifier, path, error);
  };
  return {
    apiVersion,
    name,
    description,
    output,
    options,
    ...(listFiles === undefined
      ? {}
      : {
          listFiles(values) {
            try {
              return listFiles.call(converter, values);
            } catch (error) {
              throw blame(error);
            }
          },
        }),
    ...(uses === undefined
      ? {}
      : {
          uses(values) {
            try {
              return uses.call(converter, values);
            } catch (error) {
              throw blame(error);
            }
          },
        }),
    ...(check === undefined
      ? {}
      : {
          async check() {
            try {
              await check.call(converter);
            } catch (error) {
              throw blame(error);
            }
          },
        }),
    async convert(heap, sink, values, progress) {
      const { watched, isUsed } = watchUse(sink);
      try {
        await converter.convert(heap, watched, values, progress);
      } catch (error) {
        progress.signal.throwIfAborted();
        throw blame(error);
      }
      if (output.kind === "file" && !isUsed()) {
        throw new ConverterError(`converter "${specifier}" wrote nothing`, { hint: hint(path) });
      }
    },
  };
}

function failure(specifier: string, path: string, error: unknown): ConverterError {
  const message = error instanceof Error ? error.message : String(error);
  return new ConverterError(`converter "${specifier}" failed: ${message}`, { cause: error, hint: hint(path) });
}

function hint(path: string): string {
  return `this is a fault of ${path}, please report it to its authors; GOHD_DEBUG=1 shows where it happened`;
}

/** There is too little for the heap, whoever asked last. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocation failed/i.test(error.message);
}

function watchUse(sink: Sink): { readonly watched: Sink; readonly isUsed: () => boolean } {
  let used = false;
  const watched: Sink = {
    open(name) {
      used = true;
      return sink.open(name);
    },
    path(name) {
      used = true;
      return sink.path(name);
    },
    scratch: () => sink.scratch(),
  };
  return { watched, isUsed: () => used };
}
