/** IndexWriter: writes an index file from its front to its back; every section is complete when it was added. */
import type { ByteWriter } from "../../io/sinks/sink.ts";
import { breathe, type Progress } from "../../progress.ts";
import {
  ALIGNMENT,
  type Column,
  checksum,
  type Directory,
  FORMAT_VERSION,
  HEAD_SIZE,
  MAGIC,
  machineByteOrder,
  type Section,
  TAIL_SIZE,
  typeOfColumn,
} from "./layout.ts";

/** Bytes written between two breaths. */
const SLICE = 1 << 23;

export class IndexWriter {
  /** Bytes so far. */
  size = 0;
  readonly #writer: ByteWriter;
  readonly #progress: Progress;
  readonly #sections: Section[] = [];

  private constructor(writer: ByteWriter, progress: Progress) {
    this.#writer = writer;
    this.#progress = progress;
  }

  static async begin(writer: ByteWriter, progress: Progress): Promise<IndexWriter> {
    const index = new IndexWriter(writer, progress);
    const head = new Uint8Array(HEAD_SIZE);
    head.set(new TextEncoder().encode(`${MAGIC}${FORMAT_VERSION}\n`));
    await index.#write(head);
    return index;
  }

  /** Adds a column; returns its number. */
  async add(name: string, column: Column): Promise<number> {
    const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
    const offset = this.size;
    const crc = await this.#write(bytes);
    this.#sections.push({ name, type: typeOfColumn(column), offset, size: bytes.length, checksum: crc });
    await this.#write(new Uint8Array((ALIGNMENT - (this.size % ALIGNMENT)) % ALIGNMENT));
    return this.#sections.length - 1;
  }

  /** Adds a text. */
  addText(name: string, text: string): Promise<number> {
    return this.add(name, new TextEncoder().encode(text));
  }

  /** Writes the directory; nothing can be added any more. */
  async finish(about: Pick<Directory, "writer" | "key">): Promise<void> {
    const directory: Directory = { ...about, byteOrder: machineByteOrder(), sections: this.#sections };
    const bytes = new TextEncoder().encode(JSON.stringify(directory));
    const tail = new DataView(new ArrayBuffer(TAIL_SIZE));
    tail.setFloat64(0, this.size, true);
    tail.setUint32(8, bytes.length, true);
    tail.setUint32(12, await this.#write(bytes), true);
    await this.#write(new Uint8Array(tail.buffer));
  }

  /** Writes bytes, and returns their checksum. */
  async #write(bytes: Uint8Array): Promise<number> {
    let crc = 0;
    for (let done = 0; done < bytes.length; done += SLICE) {
      const slice = bytes.subarray(done, done + SLICE);
      crc = checksum(slice, crc);
      await this.#writer.write(slice);
      this.size += slice.length;
      this.#progress.update(this.size);
      await breathe(this.#progress);
    }
    return crc;
  }
}
