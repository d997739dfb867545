/**
 * DumpWriter: records → bytes, the exact inverse of the reader for all five headers. Tests and tools make dumps with it;
 * a dump that is read and written again is the same file.
 */
import type { ByteSource } from "../../io/sources/source.ts";
import { encodeGoString } from "./go-string.ts";
import { formatHeader, type Layout } from "./layout.ts";
import type { Contents, DumpRecord, FieldList, Uint64 } from "./records.ts";
import { GO13_FIELD_KIND, Tag } from "./tags.ts";
import { encodeUvarint, MAX_VARINT_LENGTH } from "./varint.ts";

const BUFFER_SIZE = 1 << 20;

export class DumpWriter {
  readonly #emit: (chunk: Uint8Array) => void;
  readonly #layout: Layout;
  readonly #source: ByteSource | undefined;
  #buffer = new Uint8Array(BUFFER_SIZE);
  #length = 0;

  /**
   * Writes the header line.
   * @param emit takes the bytes; the chunk is overwritten after it returns
   * @param source where records' ranges of contents are copied from
   */
  constructor(emit: (chunk: Uint8Array) => void, layout: Layout, source?: ByteSource) {
    this.#emit = emit;
    this.#layout = layout;
    this.#source = source;
    this.#bytes(encodeGoString(formatHeader(layout)));
  }

  /** Writes one record. The caller ends a dump with the EOF record and `flush`. */
  write(record: DumpRecord): void {
    const { header, gccgo13 } = this.#layout;
    this.#uvarint(record.tag);
    switch (record.tag) {
      case Tag.EOF:
        break;
      case Tag.OBJECT:
        this.#uvarint(record.address);
        if (header === 3) this.#uvarints(record.type ?? 0, record.kind ?? 0);
        this.#contents(record.contents);
        if (header !== 3) this.#fields(record.fields);
        break;
      case Tag.OTHER_ROOT:
        this.#string(record.description);
        this.#uvarint(record.pointer);
        break;
      case Tag.TYPE:
        this.#uvarints(record.address, record.size);
        if (record.damage !== undefined) this.#raw(record.damage);
        else this.#string(record.name);
        this.#bool(record.pointer);
        if (header === 3 && !gccgo13) this.#fields(record.fields);
        break;
      case Tag.GOROUTINE:
        this.#uvarints(record.address, record.stackPointer, record.id, record.createdBy, record.status);
        this.#bool(record.system);
        this.#bool(record.background);
        this.#uvarint(record.waitSince);
        this.#string(record.waitReason);
        this.#uvarints(record.context, record.thread, record.defer, record.panic);
        break;
      case Tag.STACK_FRAME:
        this.#uvarints(record.stackPointer, record.depth, record.child);
        this.#contents(record.contents);
        this.#uvarints(record.entry, record.pc, record.continuationPc);
        this.#string(record.name);
        this.#fields(record.fields);
        break;
      case Tag.PARAMS:
        this.#bool(record.bigEndian);
        this.#uvarint(record.pointerSize);
        if (header === 3) this.#uvarint(record.channelHeaderSize ?? 0);
        this.#uvarints(record.heapStart, record.heapEnd);
        if (typeof record.arch === "string") this.#string(record.arch);
        else this.#uvarint(record.arch);
        this.#string(record.version);
        this.#uvarint(record.cpuCount);
        break;
      case Tag.FINALIZER:
      case Tag.QUEUED_FINALIZER:
        this.#uvarints(record.object, record.function, record.pc, record.parameterType, record.objectType);
        break;
      case Tag.ITAB:
        this.#uvarints(record.address, record.type);
        break;
      case Tag.OS_THREAD:
        this.#uvarints(record.address, record.id, record.osId);
        break;
      case Tag.MEM_STATS:
        for (const value of record.values) this.#uvarint(value);
        break;
      case Tag.DATA:
      case Tag.BSS:
        this.#uvarint(record.address);
        this.#contents(record.contents);
        this.#fields(record.fields);
        break;
      case Tag.DEFER:
        this.#uvarints(record.address, record.goroutine, record.stackPointer, record.pc);
        this.#uvarints(record.function, record.functionPc, record.next);
        break;
      case Tag.PANIC:
        this.#uvarints(record.address, record.goroutine, record.type, record.data, record.defer, record.next);
        break;
      case Tag.MEM_PROF:
        this.#uvarints(record.id, record.size, record.stack.length);
        for (const site of record.stack) {
          this.#string(site.function);
          this.#string(site.file);
          this.#uvarint(site.line);
        }
        this.#uvarints(record.allocations, record.frees);
        break;
      case Tag.ALLOC_SAMPLE:
        this.#uvarints(record.address, record.bucket);
        break;
    }
  }

  /** Hands the buffered bytes to `emit`. */
  flush(): void {
    if (this.#length > 0) this.#emit(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }

  #uvarint(value: Uint64): void {
    if (this.#length + MAX_VARINT_LENGTH > BUFFER_SIZE) this.flush();
    this.#length = encodeUvarint(value, this.#buffer, this.#length);
  }

  #uvarints(...values: readonly Uint64[]): void {
    for (const value of values) this.#uvarint(value);
  }

  #bool(value: boolean): void {
    this.#uvarint(value ? 1 : 0);
  }

  #string(text: string): void {
    const bytes = encodeGoString(text);
    this.#uvarint(bytes.length);
    this.#bytes(bytes);
  }

  #contents(contents: Contents): void {
    this.#uvarint(contents.length);
    this.#raw(contents);
  }

  #raw(contents: Contents): void {
    if (contents instanceof Uint8Array) {
      this.#bytes(contents);
      return;
    }
    if (this.#source === undefined) throw new Error("bug: a range of contents, and no source to copy it from");
    let { position } = contents;
    const end = position + contents.present;
    while (position < end) {
      if (this.#length === BUFFER_SIZE) this.flush();
      const wanted = Math.min(end - position, BUFFER_SIZE - this.#length);
      const read = this.#source.read(this.#buffer, this.#length, wanted, position);
      if (read === 0) throw new Error("bug: contents beyond the end of their source");
      this.#length += read;
      position += read;
    }
  }

  #bytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > BUFFER_SIZE) this.flush();
    if (bytes.length > BUFFER_SIZE) {
      this.#emit(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #fields(fields: FieldList | undefined): void {
    const count = fields === undefined ? 0 : fields.kind.length;
    for (let i = 0; i < count; i++) {
      const kind = fields!.kind[i]!;
      this.#uvarint(this.#layout.header === 3 ? GO13_FIELD_KIND.indexOf(kind) : kind);
      this.#uvarint(fields!.offset[i]!);
    }
    this.#uvarint(0);
  }
}
