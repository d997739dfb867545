/**
 * PacketWriter: the packets of one heap graph. A graph is a run of packets of one process, time and sequence, numbered from
 * 0; all but the last say that it goes on. Each is filled from the front of one buffer, and written when that is full.
 */
import type { ByteWriter } from "../../src/index.ts";
import { bytesField, numberField, Tag, varint } from "./wire.ts";

/** Bytes of a packet, about. */
const PACKET = 1 << 20;
/** Room before the graph's fields for what stands before them in a packet. */
const HEAD = 96;
/** Room behind `limit`: what is put down at once without asking for more has to fit. */
export const SLACK = 1 << 10;

/** BuiltinClock: what packets' times are of, unless they say otherwise, and that of the calendar. */
const Clock = { BOOT: 6, REAL: 1 } as const;
/** A time at which both showed the same: one that is before any dump, because clocks may be told of in their order only. */
const CLOCKS_MET = 1;

/** Whose heap it is, and of when. */
export interface GraphIdentity {
  readonly pid: number;
  /** Nanoseconds. */
  readonly timestamp: bigint;
  /** Tells the packets of this file apart from those of others in one trace. */
  readonly sequence: number;
}

export class PacketWriter {
  /** The packet's bytes. Ask again after `reserve`, which may replace it. */
  buffer: Uint8Array;
  /** Where the next byte goes. */
  at = HEAD;
  /** The packet is full when `at` is beyond it. */
  readonly limit = HEAD + PACKET;
  #index = 0;
  readonly #out: ByteWriter;
  readonly #identity: GraphIdentity;

  constructor(out: ByteWriter, identity: GraphIdentity) {
    this.#out = out;
    this.#identity = identity;
    this.buffer = new Uint8Array(HEAD + PACKET + SLACK);
  }

  /** Makes room for `size` bytes, however many: an object is in one piece. */
  reserve(size: number): void {
    const needed = this.at + size + SLACK;
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, Math.min(2 * this.buffer.length, needed + (64 << 20))));
    larger.set(this.buffer.subarray(0, this.at));
    this.buffer = larger;
  }

  /** Puts down a field of the graph; writes the packet first if there is no room. */
  async put(field: ArrayLike<number>): Promise<void> {
    if (this.at > this.limit) await this.flush();
    this.reserve(field.length);
    this.buffer.set(field, this.at);
    this.at += field.length;
  }

  /** Writes the packet, and begins the next one. */
  async flush(isLast = false): Promise<void> {
    const { pid, timestamp, sequence } = this.#identity;
    const graph = [
      ...numberField(Tag.GRAPH_PID, pid),
      ...numberField(Tag.GRAPH_INDEX, this.#index++),
      ...(isLast ? [] : numberField(Tag.GRAPH_CONTINUED, 1)),
    ];
    const inner = [
      ...numberField(Tag.PACKET_TIMESTAMP, timestamp),
      ...numberField(Tag.PACKET_SEQUENCE, sequence),
      ...varint(Tag.PACKET_HEAP_GRAPH),
      ...varint(graph.length + this.at - HEAD),
      ...graph,
    ];
    const head = [Tag.TRACE_PACKET, ...varint(inner.length + this.at - HEAD), ...inner];
    if (head.length > HEAD) throw new Error(`bug: a packet's head has ${head.length} bytes`);
    this.buffer.set(head, HEAD - head.length);
    await this.#out.write(this.buffer.subarray(HEAD - head.length, this.at));
    this.at = HEAD;
  }

  /** Writes the packets before the graph: that its time is one of the calendar, and what the process is called. */
  async describe(processName: Uint8Array): Promise<void> {
    const { pid } = this.#identity;
    const clocks = [Clock.BOOT, Clock.REAL].flatMap((id) =>
      bytesField(Tag.SNAPSHOT_CLOCK, [...numberField(Tag.CLOCK_ID, id), ...numberField(Tag.CLOCK_TIME, CLOCKS_MET)]),
    );
    const process = [
      ...numberField(Tag.PROCESS_PID, pid),
      ...numberField(Tag.PROCESS_PARENT, 1),
      ...bytesField(Tag.PROCESS_COMMAND, processName),
    ];
    await this.#writeBeside(bytesField(Tag.PACKET_CLOCKS, clocks));
    await this.#writeBeside(bytesField(Tag.PACKET_PROCESS_TREE, bytesField(Tag.TREE_PROCESS, process)));
  }

  async #writeBeside(field: readonly number[]): Promise<void> {
    const { timestamp, sequence } = this.#identity;
    const packet = [
      ...numberField(Tag.PACKET_TIMESTAMP, timestamp),
      ...numberField(Tag.PACKET_SEQUENCE, sequence),
      ...field,
    ];
    await this.#out.write(Uint8Array.from(bytesField(Tag.TRACE_PACKET, packet)));
  }
}
