/** Writing the index of a dump beside it. Nothing that gohd did not write is ever replaced. */
import { isIndexHead } from "../../dump-index/file/index-reader.ts";
import { HEAD_SIZE, hasChecksums } from "../../dump-index/file/layout.ts";
import { writeIndex } from "../../dump-index/write-index.ts";
import { ConverterError } from "../../errors.ts";
import { describeKind, findEntry } from "../../io/existing/entry-kinds.ts";
import { createFileSink } from "../../io/sinks/file-sink.ts";
import { openOwnFile } from "../../io/sources/own-file.ts";
import type { Progress } from "../../progress.ts";
import { readVersion } from "../version.ts";
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
  const known = keyOf(input.sources, options);
  if (known === undefined) {
    throw new ConverterError("only a dump and an executable that are plain files can have an index", {
      hint: "unpack what is compressed, and write what comes through a pipe into a file",
    });
  }
  const reading: Reading = { executable: input.executable ?? null, warnings: input.warnings };
  const contents = { heap: input.heap, typed: input.typed, reading };
  const sink = createFileSink(target, { force: true });
  try {
    await input.watch(async () => {
      const writer = await sink.open();
      await writeIndex(writer, contents, known.key, known.secret, readVersion(), progress);
    });
    refuseForeign(target);
    return await sink.commit();
  } finally {
    await sink.discard();
  }
}

/**
 * Refuses what nobody could use, or would miss.
 * @throws ConverterError if something has the name that gohd did not write, or this Node cannot check indexes
 */
export function refuseForeign(target: string): void {
  if (!hasChecksums()) {
    throw new ConverterError("this Node has no CRC-32, by which an index is checked", {
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
