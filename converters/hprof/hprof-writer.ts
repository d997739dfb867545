/**
 * HprofWriter: big-endian records into one of two fixed buffers. Each buffer that goes to the sink is a HEAP_DUMP_SEGMENT
 * of its own, whose length is put in when it is full, so that nothing has to be measured before and no segment grows too
 * long. What is larger than a buffer gets a segment for itself, whose length is known.
 */
import { type ByteWriter, breathe, type Progress } from "../../src/index.ts";
import { RECORD_HEADER_SIZE, RecordTag } from "./constants.ts";

const BUFFER_SIZE = 1 << 20;
/** Room that is always left after `limit`, so that small records may be written before anyone looks again. */
const RECORD_ROOM = 1 << 14;
/** Pause of the event loop that nobody notices. */
const BREATH_MILLIS = 50;

const NO_SEGMENT = -1;

export class HprofWriter {
  /** Being filled; `buffer` and `view` change with every `flush`. */
  buffer: Uint8Array = new Uint8Array(BUFFER_SIZE);
  view: DataView = new DataView(this.buffer.buffer);
  /** Where the next byte goes. */
  at = 0;
  /** A record of `RECORD_ROOM` bytes may begin at this position or before it. */
  readonly limit = BUFFER_SIZE - RECORD_ROOM;
  #spare: Uint8Array = new Uint8Array(BUFFER_SIZE);
  /** Where in the buffer the open segment's header is. */
  #segment = NO_SEGMENT;
  #pending: Promise<void> = Promise.resolve();
  #breath = performance.now();
  readonly #writer: ByteWriter;
  readonly #progress: Progress;

  constructor(writer: ByteWriter, progress: Progress) {
    this.#writer = writer;
    this.#progress = progress;
  }

  u1(value: number): void {
    this.buffer[this.at++] = value;
  }

  u2(value: number): void {
    this.view.setUint16(this.at, value);
    this.at += 2;
  }

  u4(value: number): void {
    this.view.setUint32(this.at, value);
    this.at += 4;
  }

  u8(value: bigint): void {
    this.view.setBigInt64(this.at, value);
    this.at += 8;
  }

  /** The header of a record outside of segments. */
  record(tag: number, length: number): void {
    this.u1(tag);
    this.u4(0);
    this.u4(length);
  }

  /** Makes room for `RECORD_ROOM` bytes. */
  async makeRoom(): Promise<void> {
    if (this.at > this.limit) await this.flush();
  }

  /** Bytes of any number, in pieces. */
  async bytes(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      if (this.at === BUFFER_SIZE) await this.flush();
      const piece = bytes.subarray(from, from + BUFFER_SIZE - this.at);
      this.buffer.set(piece, this.at);
      this.at += piece.length;
      from += piece.length;
    }
  }

  /** Begins the part of the file that is segments; from now on only subrecords are written. */
  async openSegments(): Promise<void> {
    await this.makeRoom();
    this.#open();
  }

  /** Ends that part. */
  closeSegments(): void {
    this.#close();
  }

  /** Begins a subrecord that does not fit into a buffer; to be followed by that many bytes and `endLarge`. */
  async beginLarge(length: number): Promise<void> {
    this.#close();
    await this.makeRoom();
    this.record(RecordTag.HEAP_DUMP_SEGMENT, length);
  }

  async endLarge(): Promise<void> {
    await this.openSegments();
  }

  /** Hands the buffer to the sink and continues in the other one, once that is free. */
  async flush(): Promise<void> {
    const inSegment = this.#segment !== NO_SEGMENT;
    this.#close();
    await this.#pending;
    const full = this.buffer;
    this.#pending = this.#writer.write(full.subarray(0, this.at));
    // A failure is thrown by the next await; until then it must not count as unhandled.
    this.#pending.catch(() => {});
    this.buffer = this.#spare;
    this.view = new DataView(this.buffer.buffer);
    this.#spare = full;
    this.at = 0;
    if (inSegment) this.#open();
    if (performance.now() - this.#breath < BREATH_MILLIS) return;
    await breathe(this.#progress);
    this.#breath = performance.now();
  }

  /** Writes what is left and closes the stream. */
  async close(): Promise<void> {
    await this.flush();
    await this.#pending;
    await this.#writer.close();
  }

  #open(): void {
    this.#segment = this.at;
    this.record(RecordTag.HEAP_DUMP_SEGMENT, 0);
  }

  #close(): void {
    if (this.#segment === NO_SEGMENT) return;
    const length = this.at - this.#segment - RECORD_HEADER_SIZE;
    if (length === 0) this.at = this.#segment;
    else this.view.setUint32(this.#segment + RECORD_HEADER_SIZE - 4, length);
    this.#segment = NO_SEGMENT;
  }
}
