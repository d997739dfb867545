/** The beginning of every command that reads a dump: by its index, if there is one to be used, or by the dump itself. */
import { ConverterError } from "../../errors.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import { openOwnFile } from "../../io/sources/own-file.ts";
import type { Progress } from "../../progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type DecodedDump, type DecodeOptions, type DumpInput, decodeDump } from "./decoded-dump.ts";
import type { IndexOptions } from "./index-options.ts";
import { indexPath } from "./index-path.ts";
import { holdWarnings, withoutWarnings } from "./warnings.ts";

export type { DumpInput } from "./decoded-dump.ts";

export interface ReadDumpOptions extends DecodeOptions, IndexOptions {
  /** The work cannot begin once more, because somebody may have seen what came of it: an index is checked whole. */
  readonly isWhole?: boolean;
}

/**
 * Reads the dump `path`, "-" being standard input. The caller closes what it gets.
 * @throws HeapDumpError, ExecutableError, InputChangedError, UsageError; on abort the signal's reason.
 */
export async function readDump(
  path: string,
  options: ReadDumpOptions,
  terminal: Terminal,
  progress: Progress,
): Promise<DumpInput> {
  const decode = (ofDecoding: Progress) => decodeDump(path, options, terminal, ofDecoding);
  const openIndexed = (ofOpening: Progress) => openByIndexes(path, options, decode, ofOpening);
  const mayUse = options.cache !== false && path !== STANDARD_INPUT;
  const indexed = mayUse ? await openIndexed(progress) : undefined;
  if (indexed !== undefined) return indexed;
  const input = await decode(progress);
  if (options.cache !== true || !(await makeIndex(path, input, options, progress))) return input;
  // What there was to warn of was told. This command begins as the next one will, so that both print the same.
  const made = await openIndexed(withoutWarnings(progress));
  if (made === undefined) return input;
  input.close();
  return made;
}

/** Whether there is an index now; if not, after a warning. */
async function makeIndex(
  path: string,
  input: DecodedDump,
  options: ReadDumpOptions,
  progress: Progress,
): Promise<boolean> {
  const { writeDumpIndex } = await import("./index-file.ts");
  try {
    await writeDumpIndex(path, input, options, progress);
    return true;
  } catch (error) {
    if (!(error instanceof ConverterError)) {
      input.close();
      throw error;
    }
    progress.warn("index-unwritten", `there is no index for the next command: ${error.message}`);
    return false;
  }
}

/** By the index, whichever of several executables it is of. */
async function openByIndexes(
  path: string,
  options: ReadDumpOptions,
  decode: (progress: Progress) => Promise<DumpInput>,
  progress: Progress,
): Promise<DumpInput | undefined> {
  for (const other of options.orElse ?? []) {
    // It is the index of one of them; only if it is none's, that is told.
    const quiet = holdWarnings(progress, new Set(["index-unused"]), []);
    const indexed = await openByIndex(path, { ...options, exe: other }, decode, quiet);
    if (indexed !== undefined) return indexed;
  }
  return openByIndex(path, options, decode, progress);
}

async function openByIndex(
  path: string,
  options: ReadDumpOptions,
  decode: (progress: Progress) => Promise<DumpInput>,
  progress: Progress,
): Promise<DumpInput | undefined> {
  const file = openOwnFile(indexPath(path));
  if (file === "missing") return undefined;
  if ("refusal" in file) {
    progress.warn("index-unused", `${indexPath(path)} is not used: ${file.refusal}`);
    return undefined;
  }
  const { openIndexedDump } = await import("./indexed-dump.ts");
  return openIndexedDump(path, file.source, options, decode, progress);
}
