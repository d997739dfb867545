/** Decides where a conversion's output goes, before any work is done for it. */
import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import type { AnyConverter } from "../../converter/load.ts";
import { UsageError } from "../../errors.ts";
import { createDeviceSink, isWrittenThrough } from "../../io/sinks/device-sink.ts";
import { createDirectorySink } from "../../io/sinks/directory-sink.ts";
import { createFileSink } from "../../io/sinks/file-sink.ts";
import { createPackedSink, isPackedName } from "../../io/sinks/packed-sink.ts";
import type { CommittableSink } from "../../io/sinks/sink.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import { clearLeftovers, describeLeftover } from "../../io/temporaries/leftovers.ts";
import type { Progress } from "../../progress.ts";
import { quoteWord } from "../../shown-text.ts";
import { STANDARD_OUTPUT } from "../options/wanted-outputs.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface OutputRequest {
  /** Path of the dump, or "-". */
  readonly dump: string;
  /** Path of the executable, if one was given. */
  readonly executable?: string | undefined;
  /** Path of the file that names things, if one was given. */
  readonly symbols?: string | undefined;
  /** What `-o` says, if it was given. */
  readonly output: string | undefined;
  /** `output` is a directory in which this output and others get their default names. */
  readonly isShared?: boolean;
  readonly force: boolean;
  /** Value of the option that `output.variant` of the converter names. */
  readonly variant?: string | undefined;
  /** The output directory may hold others already. */
  readonly isAdded?: boolean;
  /** Files that will be written into an output directory, as far as the converter tells. */
  readonly files?: readonly string[];
}

/**
 * Makes the sink for what the user asked for: `-o -` is standard output, and without `-o` the default name is used in the
 * current directory. For a file, `-o` may be a directory, which gets the default name inside. A file whose name ends in .gz is packed,
 * unless its format is so anyway.
 * What gohds that were killed left where it goes is cleared first, and told.
 * @throws UsageError if the output cannot go there; ConverterError if it exists and is not to be replaced.
 */
export function createOutput(
  converter: AnyConverter,
  request: OutputRequest,
  terminal: Terminal,
  warn: Progress["warn"],
): CommittableSink {
  const { output, dump, force, variant, isShared = false } = request;
  const { kind, binary, extension, needsPath = false } = converter.output;
  if (output === STANDARD_OUTPUT) {
    if (kind === "directory") {
      throw new UsageError(`${converter.name} writes a directory, not standard output`);
    }
    if (binary && terminal.output.isTTY) {
      throw new UsageError(`${converter.name} writes binary data, which would spoil the terminal`, {
        hint: "use -o with a file name, or pipe the output on",
      });
    }
    if (needsPath) throw needsFile(converter, "standard output");
    return createStreamSink(terminal.output, undefined, terminal.signal);
  }
  const defaultName = toDefaultName(dump, variant === undefined ? extension : `${variant}.${extension}`);
  const isAdded = request.isAdded === true;
  if (kind === "directory" && isAdded && output === undefined) {
    throw new UsageError("name the directory that has the others with -o");
  }
  const path = isShared
    ? join(sharedDirectory(output!), defaultName)
    : kind === "directory"
      ? (output ?? defaultName)
      : chooseFile(output, defaultName);
  refuseInput(path, dump, "dump");
  if (request.executable !== undefined) refuseInput(path, request.executable, "executable");
  if (request.symbols !== undefined) refuseInput(path, request.symbols, "symbol file");
  clearLeftoversIn(dirname(path), warn);
  if (kind === "directory") {
    return createDirectorySink(path, { force, add: isAdded, files: request.files ?? [] });
  }
  // A pipe or a device is not replaced but written into, also by way of a link as /dev/stdout.
  const existing = statSync(path, { throwIfNoEntry: false });
  const isThrough = existing !== undefined && isWrittenThrough(existing);
  const isPacked = isPackedName(path) && !isPackedName(extension);
  if (needsPath && isThrough) throw needsFile(converter, path);
  if (needsPath && isPacked) {
    throw new UsageError(`${path}: ${converter.name} cannot be packed while it is written`, {
      hint: "leave .gz out of the name",
    });
  }
  const sink = isThrough ? createDeviceSink(path, terminal.signal) : createFileSink(path, { force });
  return isPacked ? createPackedSink(sink) : sink;
}

function needsFile({ name }: AnyConverter, place: string): UsageError {
  return new UsageError(`${name} needs a file, which ${place} is not`, { hint: "use -o with the name of one" });
}

/** Clears a directory of what gohds that were killed left, and tells of it. */
export function clearLeftoversIn(directory: string, warn: Progress["warn"]): void {
  for (const leftover of clearLeftovers(directory)) warn("leftover", describeLeftover(leftover));
}

/** The dump's name without its folder and without .gz, .zst, .dump and .bin, plus the format's extension. */
export function toDefaultName(dump: string, extension: string): string {
  const name = dump === STANDARD_INPUT ? "heap" : basename(dump);
  const stem = name.replace(/(?<=.)\.(gz|zst|zstd)$/i, "").replace(/(?<=.)\.(dump|bin)$/i, "");
  return `${stem}.${extension}`;
}

function chooseFile(output: string | undefined, defaultName: string): string {
  if (output === undefined) return defaultName;
  const existing = statSync(output, { throwIfNoEntry: false });
  if (existing?.isDirectory()) return join(output, defaultName);
  if (output.endsWith("/") || output.endsWith(sep)) {
    throw new UsageError(`there is no directory ${output}`, { hint: "make it first" });
  }
  return output;
}

/** @throws UsageError if there is no such directory */
function sharedDirectory(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new UsageError(`${path} is not a directory, and one -o for all formats must be one`, {
    hint: `mkdir ${quoteWord(path)} makes it; or give an -o for each --to`,
  });
}

/** @throws UsageError if the output `path` is the input: `what`, in the message. `option` is what named the output. */
export function refuseInput(path: string, input: string, what: string, option = "-o"): void {
  try {
    if (realpathSync(path) !== realpathSync(input)) return;
  } catch {
    return;
  }
  throw new UsageError(`${path} is the ${what} itself`, { hint: `choose another name with ${option}` });
}
