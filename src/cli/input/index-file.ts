/** Writing the index of a dump beside it. Nothing that gohd did not write is ever replaced. */
import { statSync } from "node:fs";
import { isIndexHead } from "../../dump-index/file/index-reader.ts";
import { HEAD_SIZE, hasChecksums } from "../../dump-index/file/layout.ts";
import { writeIndex } from "../../dump-index/write-index.ts";
import { ConverterError } from "../../errors.ts";
import { describeKind, findEntry } from "../../io/existing/entry-kinds.ts";
import { detectCompression, MAGIC_LENGTH } from "../../io/packing/compression.ts";
import { createFileSink } from "../../io/sinks/file-sink.ts";
import { openFile } from "../../io/sources/file-source.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import { openOwnFile } from "../../io/sources/own-file.ts";
import type { Progress } from "../../progress.ts";
import { readBuild } from "./build.ts";
import type { DecodedDump, DecodeOptions } from "./decoded-dump.ts";
import { indexPath } from "./index-path.ts";
import type { Reading } from "./indexed-dump.ts";
import { keyOf } from "./input-key.ts";

/**
 * Writes the index of a dump that was read; replaces an older one.
 * @returns its size in bytes
 * @throws ConverterError if there can be none, or it cannot be written
 */
export async function writeDumpIndex(
  path: string,
  input: DecodedDump,
  options: DecodeOptions,
  progress: Progress,
): Promise<number> {
  const target = indexPath(path);
  refuseForeign(target);
  const known = path === STANDARD_INPUT ? undefined : keyOf(input.sources, options);
  if (known === undefined) throw noPlainFile();
  const reading: Reading = { executable: input.executable ?? null, warnings: input.warnings };
  const contents = { heap: input.heap, typed: input.typed, reading };
  const sink = createFileSink(target, { force: true });
  try {
    await input.watch(async () => {
      const writer = await sink.open();
      await writeIndex(writer, contents, known.key, known.secret, readBuild(), progress);
    });
    refuseForeign(target);
    return await sink.commit();
  } finally {
    await sink.discard();
  }
}

/**
 * Refuses what can have no index, as far as that shows before all of it is read.
 * @throws ConverterError if the dump is no plain file, or a file is compressed
 */
export function refusePacked(path: string, { exe, symbols }: DecodeOptions): void {
  if (path === STANDARD_INPUT) throw noPlainFile();
  for (const file of [path, exe, symbols]) if (file !== undefined && isPacked(file)) throw noPlainFile();
}

function isPacked(path: string): boolean {
  // What is not there is told by who reads it.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const file = openFile(path);
  try {
    const head = new Uint8Array(MAGIC_LENGTH);
    return detectCompression(head.subarray(0, file.read(head, 0, MAGIC_LENGTH, 0))) !== undefined;
  } finally {
    file.close();
  }
}

function noPlainFile(): ConverterError {
  return new ConverterError("only a dump and an executable that are plain files can have an index", {
    hint: "unpack what is compressed, and write what comes through a pipe into a file",
  });
}

/**
 * Refuses what nobody could use, or would miss.
 * @throws ConverterError if something has the name that gohd did not write, or this Node cannot check indexes
 */
export function refuseForeign(target: string): void {
  if (!hasChecksums()) {
    throw new ConverterError("this Node has no CRC-32, which an index needs", {
      hint: "use Node 20.15, 22.2 or later",
    });
  }
  const entry = findEntry(target);
  if (entry === undefined) return;
  if (!entry.isFile()) {
    throw new ConverterError(`${target} is ${describeKind(entry)}, which is never replaced`, {
      hint: "the index of a dump has this name: move it away",
    });
  }
  const file = openOwnFile(target);
  if (file === "missing") return;
  const hint = "the index of a dump has this name: move it away";
  if ("refusal" in file) throw new ConverterError(`${target} is not replaced: ${file.refusal}`, { hint });
  try {
    const head = new Uint8Array(HEAD_SIZE);
    const length = file.source.read(head, 0, HEAD_SIZE, 0);
    if (!isIndexHead(head.subarray(0, length))) {
      throw new ConverterError(`${target} exists, and gohd did not write it`, { hint });
    }
  } finally {
    file.source.close();
  }
}
