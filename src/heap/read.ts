/** Reading: a dump's bytes → the heap. The one function most users of the library need. */
import { HeapDumpError } from "../errors.ts";
import { decodeObjects } from "../format/objects/objects.ts";
import { PointerReader } from "../format/objects/pointers.ts";
import { DumpReader } from "../format/records/reader.ts";
import type { DumpRecord, ParamsRecord } from "../format/records/records.ts";
import { Tag } from "../format/records/tags.ts";
import type { ByteSource } from "../io/sources/source.ts";
import { breathe, NO_PROGRESS, type Progress } from "../progress.ts";
import { assembleHeap } from "./building/assemble.ts";
import { HeapBuilder } from "./building/builder.ts";
import type { DumpWarning } from "./facts/dump-info.ts";
import type { Heap } from "./heap.ts";

export { mayBeginDump } from "../format/records/beginning.ts";

/** How `readHeap` reads a dump. */
export interface ReadOptions {
  /** Converts what is there of a dump that is cut short or damaged, with a warning that tells what is lost. */
  readonly salvage?: boolean;
  readonly progress?: Progress;
  /** Keeps `heap.shapes`, 4 bytes an object, which typing from an executable needs. */
  readonly keepShapes?: boolean;
}

/** Enough in the window that the contents of frames, and of most programs' globals, are still there with their fields. */
const RECORD_SIZE = 1 << 20;

/** Bytes decoded between two breaths. */
const SLICE = 32 << 20;

/**
 * Reads a heap dump. Time is linear in its size; memory is some 40 bytes an object and 12 a pointer, at the peak about
 * twice that; contents stay in the source, which the heap closes.
 * @throws HeapDumpError if it is none, damaged, or cut short (unless `salvage`)
 */
export async function readHeap(source: ByteSource, options: ReadOptions = {}): Promise<Heap> {
  const progress = options.progress ?? NO_PROGRESS;
  const reader = new DumpReader(source);
  const { cursor } = reader;
  const first = readFirst(reader);
  const builder = new HeapBuilder(cursor, reader.layout.header, first as ParamsRecord);

  progress.phase("reading", source.size, "bytes");
  const salvaged: DumpWarning[] = [];
  try {
    await readRecords(reader, builder, progress);
  } catch (error) {
    if (!(error instanceof HeapDumpError) || options.salvage !== true) throw error;
    salvaged.push({ code: "salvaged", message: describeLoss(error, source, builder) });
  }
  const trailingBytes = builder.complete ? cursor.remaining : 0;
  if (trailingBytes > 0)
    salvaged.push({ code: "trailing-bytes", message: describeTrailing(reader, trailingBytes, source) });
  const heap = await assembleHeap(
    source,
    cursor,
    builder,
    trailingBytes,
    salvaged,
    options.keepShapes === true,
    progress,
  );
  for (const { code, message } of heap.dump.warnings) progress.warn(code, message);
  return heap;
}

/** The record that tells of the process; without it nothing can be read of a dump, `salvage` or not. */
function readFirst(reader: DumpReader): DumpRecord {
  let first: DumpRecord;
  try {
    first = reader.next();
  } catch (error) {
    if (!(error instanceof HeapDumpError)) throw error;
    const { code, position, record, cause } = error;
    throw new HeapDumpError(error.reason, {
      code,
      ...(position === undefined ? {} : { position }),
      ...(record === undefined ? {} : { record }),
      ...(cause === undefined ? {} : { cause }),
      hint: "it is the first record, and tells what all others mean: nothing can be read without it. Take another dump",
    });
  }
  if (first.tag !== Tag.PARAMS) throw reader.cursor.error("bad-value", "the first record is not Params");
  return first;
}

async function readRecords(reader: DumpReader, builder: HeapBuilder, progress: Progress): Promise<void> {
  const { cursor } = reader;
  const pointers = new PointerReader(cursor, builder.objectFormat, builder.columns);
  let nextBreath = 0;
  while (!builder.complete) {
    if (cursor.position >= nextBreath) {
      progress.update(cursor.position);
      await breathe(progress);
      nextBreath = cursor.position + SLICE;
    }
    const { position } = cursor;
    const tag = cursor.tag();
    if (tag === Tag.OBJECT && reader.layout.header > 3) {
      cursor.seek(position);
      decodeObjects(cursor, builder.objectFormat, builder.columns, pointers, SLICE);
    } else {
      cursor.ensure(RECORD_SIZE);
      builder.add(reader.decode(tag));
    }
  }
  progress.update(cursor.position);
}

function describeLoss(error: HeapDumpError, source: ByteSource, builder: HeapBuilder): string {
  const position = error.position ?? source.size;
  const missing = [
    ...(builder.stacks.goroutineCount === 0 ? ["all goroutines"] : []),
    ...(builder.segments.length === 0 ? ["all global variables"] : []),
    ...(builder.segments.length === 1 ? ["the global variables of bss"] : []),
    ...(builder.memStats === undefined ? ["the memory statistics"] : []),
  ];
  const lost = missing.length > 0 ? `; missing: ${missing.join(", ")}` : "";
  return `salvaged up to byte ${position} of ${source.size}: ${error.message}${lost}`;
}

function describeTrailing(reader: DumpReader, trailing: number, { packing, hasMore = false }: ByteSource): string {
  const { cursor } = reader;
  const { position } = cursor;
  const trailingBytes = `${hasMore ? "more than " : ""}${trailing} bytes`;
  cursor.ensure(16);
  const text = String.fromCharCode(...cursor.bytes.subarray(cursor.offset, Math.min(cursor.end, cursor.offset + 16)));
  return /^go1\.\d+ heap dump\n/.test(text)
    ? `another heap dump follows at byte ${position} (${trailingBytes}); it was not read. ` +
        (packing === undefined
          ? `tail -c +${position + 1} takes it out of the file`
          : `${packing} -dc <file> | tail -c +${position + 1} takes it out of the unpacked file`)
    : `${trailingBytes} after the dump's end are ignored; the file was probably longer before`;
}
