/**
 * DumpReader: bytes → records, one after another, for all five headers. Contents are passed over, not read. Objects,
 * which are nearly all of a dump, are decoded much faster by `objects.ts` into columns; this reader gives them as records
 * like the others, for tools and tests, and for go1.3.
 *
 * Source: runtime/heapdump.go (heapdump.c until Go 1.4) of Go 1.3 … 1.27, libgo of GCC 5 and later.
 */

import { KIND_HEAD_LENGTH } from "../../io/file-kinds.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { Cursor } from "./cursor.ts";
import { notADump } from "./foreign.ts";
import { HEADER_LENGTH, type Layout, parseHeader } from "./layout.ts";
import {
  type CallSite,
  type DumpRecord,
  type FieldList,
  MEM_STATS_FIELDS,
  type TypeRecord,
  type Uint64,
} from "./records.ts";
import { findDamageEnd } from "./resync.ts";
import { Tag } from "./tags.ts";

export class DumpReader {
  readonly cursor: Cursor;
  #layout: Layout;

  /**
   * Reads the header line.
   * @param position where the dump begins in the source
   * @throws HeapDumpError "not-a-heap-dump"
   */
  constructor(source: ByteSource, position = 0) {
    this.cursor = new Cursor(source, position);
    this.cursor.ensure(KIND_HEAD_LENGTH);
    const head = this.cursor.bytes.subarray(0, Math.min(this.cursor.end, KIND_HEAD_LENGTH));
    const layout = parseHeader(head);
    if (layout === undefined) throw notADump(source.name, head, position);
    this.#layout = layout;
    this.cursor.skip(HEADER_LENGTH);
  }

  get layout(): Layout {
    return this.#layout;
  }

  /**
   * Reads the next record. After the EOF record there is no next one.
   * @throws HeapDumpError with the position, the record and the one before
   */
  next(): DumpRecord {
    return this.decode(this.cursor.tag());
  }

  /** Reads the rest of a record whose tag has been read. */
  decode(tag: number): DumpRecord {
    const decoder = DECODERS[tag];
    if (decoder === undefined) throw new Error(`bug: no decoder for tag ${tag}`);
    const record = decoder(this.cursor, this.#layout);
    if (record.tag === Tag.PARAMS && this.#layout.header === 3 && record.arch === 0) {
      this.#layout = { ...this.#layout, gccgo13: true };
    }
    return record;
  }
}

/** Reads all records up to and including EOF. */
export function* readRecords(source: ByteSource, position = 0): Generator<DumpRecord, void, undefined> {
  const reader = new DumpReader(source, position);
  for (;;) {
    const record = reader.next();
    yield record;
    if (record.tag === Tag.EOF) return;
  }
}

type Decoder = (cursor: Cursor, layout: Layout) => DumpRecord;

/** By tag. Object literals evaluate their members in order, so the order here is the order on the wire. */
const DECODERS: readonly Decoder[] = [
  () => ({ tag: Tag.EOF }),

  (cursor, { header }) => {
    const address = cursor.uvarint();
    if (header === 3) {
      return {
        tag: Tag.OBJECT,
        address,
        type: cursor.uvarint(),
        kind: cursor.uvarint(),
        contents: cursor.contents("record"),
      };
    }
    return { tag: Tag.OBJECT, address, contents: cursor.contents("fields"), fields: cursor.fields(header) };
  },

  (cursor) => ({ tag: Tag.OTHER_ROOT, description: cursor.string("description"), pointer: cursor.uvarint() }),

  decodeType,

  (cursor) => ({
    tag: Tag.GOROUTINE,
    address: cursor.uvarint(),
    stackPointer: cursor.uvarint(),
    id: cursor.uvarint(),
    createdBy: cursor.uvarint(),
    status: cursor.uvarint(),
    system: cursor.bool("system"),
    background: cursor.bool("background"),
    waitSince: cursor.uvarint(),
    waitReason: cursor.string("wait reason"),
    context: cursor.uvarint(),
    thread: cursor.uvarint(),
    defer: cursor.uvarint(),
    panic: cursor.uvarint(),
  }),

  (cursor, { header }) => ({
    tag: Tag.STACK_FRAME,
    stackPointer: cursor.uvarint(),
    depth: cursor.uvarint(),
    child: cursor.uvarint(),
    contents: cursor.contents("other"),
    entry: cursor.uvarint(),
    pc: cursor.uvarint(),
    continuationPc: cursor.uvarint(),
    name: cursor.string("function name"),
    fields: cursor.fields(header),
  }),

  decodeParams,

  (cursor) => decodeFinalizer(cursor, Tag.FINALIZER),

  (cursor) => ({ tag: Tag.ITAB, address: cursor.uvarint(), type: cursor.uvarint() }),

  (cursor) => ({ tag: Tag.OS_THREAD, address: cursor.uvarint(), id: cursor.uvarint(), osId: cursor.uvarint() }),

  (cursor) => {
    const values = new Array<Uint64>(MEM_STATS_FIELDS);
    for (let i = 0; i < MEM_STATS_FIELDS; i++) values[i] = cursor.uvarint();
    return { tag: Tag.MEM_STATS, values };
  },

  (cursor) => decodeFinalizer(cursor, Tag.QUEUED_FINALIZER),

  (cursor, layout) => decodeSegment(cursor, layout, Tag.DATA),

  (cursor, layout) => decodeSegment(cursor, layout, Tag.BSS),

  (cursor) => ({
    tag: Tag.DEFER,
    address: cursor.uvarint(),
    goroutine: cursor.uvarint(),
    stackPointer: cursor.uvarint(),
    pc: cursor.uvarint(),
    function: cursor.uvarint(),
    functionPc: cursor.uvarint(),
    next: cursor.uvarint(),
  }),

  (cursor) => ({
    tag: Tag.PANIC,
    address: cursor.uvarint(),
    goroutine: cursor.uvarint(),
    type: cursor.uvarint(),
    data: cursor.uvarint(),
    defer: cursor.uvarint(),
    next: cursor.uvarint(),
  }),

  (cursor) => {
    const id = cursor.uvarint();
    const size = cursor.uvarint();
    const depth = cursor.count("number of call sites");
    // Each call site takes three bytes at least, which bounds the array by the file.
    if (depth * 3 > cursor.remaining) throw cursor.truncated(depth * 3);
    const stack: CallSite[] = [];
    for (let i = 0; i < depth; i++) {
      stack.push({ function: cursor.string("function"), file: cursor.string("file"), line: cursor.uvarint() });
    }
    return { tag: Tag.MEM_PROF, id, size, stack, allocations: cursor.uvarint(), frees: cursor.uvarint() };
  },

  (cursor) => ({ tag: Tag.ALLOC_SAMPLE, address: cursor.uvarint(), bucket: cursor.uvarint() }),
];

/** Longer than any type's name; Go 1.5's damage looks like a name of at least so many bytes. */
const MAX_TYPE_NAME = 64 << 10;

function decodeType(cursor: Cursor, { header, gccgo13 }: Layout): TypeRecord {
  const address = cursor.uvarint();
  const size = cursor.uvarint();
  if (header === 5) {
    const position = cursor.position;
    const length = cursor.uvarint();
    if (length > MAX_TYPE_NAME || length > cursor.remaining) {
      const end = findDamageEnd(cursor, position, address);
      const damage = { position, length: end - position, present: end - position };
      cursor.seek(end);
      return { tag: Tag.TYPE, address, size, name: "", damage, pointer: cursor.bool("pointer flag") };
    }
    cursor.seek(position);
  }
  return {
    tag: Tag.TYPE,
    address,
    size,
    name: cursor.string("type name"),
    pointer: cursor.bool("pointer flag"),
    ...(header === 3 && !gccgo13 ? { fields: decodeTypeFields(cursor, size) } : {}),
  };
}

/** Fields of go1.3's types are repeated over whole objects: what cannot be a layout could make far more of them than there are. */
function decodeTypeFields(cursor: Cursor, size: Uint64): FieldList {
  const { position } = cursor;
  const fields = cursor.fields(3);
  let after = 0;
  for (const offset of fields.offset) {
    if (offset < after || offset + MIN_FIELD_SIZE > size) {
      throw cursor.error("bad-field-list", `field at offset ${offset} of a type of ${size} bytes`, { position });
    }
    after = offset + MIN_FIELD_SIZE;
  }
  return fields;
}

/** A pointer of a 32-bit machine. */
const MIN_FIELD_SIZE = 4;

function decodeParams(cursor: Cursor, { header }: Layout): DumpRecord {
  const bigEndian = cursor.bool("byte order");
  const pointerSize = cursor.uvarint();
  if (pointerSize !== 4 && pointerSize !== 8) throw cursor.error("bad-value", `pointers of ${pointerSize} bytes`);
  return {
    tag: Tag.PARAMS,
    bigEndian,
    pointerSize,
    ...(header === 3 ? { channelHeaderSize: cursor.uvarint() } : {}),
    heapStart: cursor.uvarint(),
    heapEnd: cursor.uvarint(),
    arch: header === 7 ? cursor.string("GOARCH") : cursor.uvarint(),
    version: cursor.string("version"),
    cpuCount: cursor.uvarint(),
  };
}

function decodeFinalizer(cursor: Cursor, tag: typeof Tag.FINALIZER | typeof Tag.QUEUED_FINALIZER): DumpRecord {
  return {
    tag,
    object: cursor.uvarint(),
    function: cursor.uvarint(),
    pc: cursor.uvarint(),
    parameterType: cursor.uvarint(),
    objectType: cursor.uvarint(),
  };
}

function decodeSegment(cursor: Cursor, { header }: Layout, tag: typeof Tag.DATA | typeof Tag.BSS): DumpRecord {
  return { tag, address: cursor.uvarint(), contents: cursor.contents("fields"), fields: cursor.fields(header) };
}
