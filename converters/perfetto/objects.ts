/**
 * Objects, encoded by hand from columns to bytes: the messages of proto/heap-graph.proto, without a JavaScript object for any. Each
 * is as long as its pointers are many, and in one piece, because readers take only the last of two pieces.
 */
import { type Heap, HUGE_SIZE, objectSize, putVarint, REACHABLE, TypeSource, valueOffset } from "../../src/index.ts";
import type { ClassTable } from "./class-table.ts";
import type { FieldTable } from "./field-table.ts";
import { type PacketWriter, SLACK } from "./packets.ts";
import { FEW, FIXED, MAX_PADDED, PADDED_LENGTH, putLength, REFERENCE, Tag } from "./wire.ts";

/** Pointers of one object whose length can be told. */
export const MOST_POINTERS = Math.floor((MAX_PADDED - FIXED) / REFERENCE);

export class ObjectEncoder {
  /** Objects of which pointers were left out. */
  cutCount = 0;
  /** Row of the next object. */
  next = 0;
  /** Id of the last object that was put down. */
  #lastId: number;
  readonly #heap: Heap;
  readonly #classes: ClassTable;
  readonly #fields: FieldTable;
  /** Id of object 0. */
  readonly #firstId: number;
  readonly #unreachable: boolean;
  readonly #mostPointers: number;

  /**
   * @param rootCount objects that stand for roots; they come first
   * @param unreachable whether unreachable objects are written
   * @param mostPointers of one object; those after these are left out
   */
  constructor(
    heap: Heap,
    classes: ClassTable,
    fields: FieldTable,
    rootCount: number,
    unreachable: boolean,
    mostPointers = MOST_POINTERS,
  ) {
    this.#mostPointers = mostPointers;
    this.#heap = heap;
    this.#classes = classes;
    this.#fields = fields;
    this.#firstId = rootCount + 1;
    this.#lastId = rootCount;
    this.#unreachable = unreachable;
  }

  /** Puts down the next objects, until the packet is full or there are no more. */
  fill(packet: PacketWriter): void {
    const { objects, edges } = this.#heap;
    const { count, size: sizes, type: types, typeSource, flags } = objects;
    const { start, to, offset } = edges;
    const classes = this.#classes;
    const { ofType } = classes;
    const fields = this.#fields;
    const { wordShift, numberedEnd } = fields;
    const firstId = this.#firstId;
    const { limit } = packet;
    let { buffer, at } = packet;
    let lastId = this.#lastId;
    let i = this.next;
    for (; i < count && at <= limit; i++) {
      if (!this.#unreachable && (flags[i]! & REACHABLE) === 0) continue;
      const first = start[i]!;
      let last = start[i + 1]!;
      const isLong = last - first > FEW;
      if (isLong) {
        if (last - first > this.#mostPointers) {
          last = first + this.#mostPointers;
          this.cutCount++;
        }
        if ((last - first) * REFERENCE > SLACK - 2 * FIXED) {
          packet.at = at;
          packet.reserve((last - first) * REFERENCE + FIXED);
          buffer = packet.buffer;
        }
      }
      const lengthSize = isLong ? PADDED_LENGTH : 1;
      const type = types[i]!;
      let size = sizes[i]!;
      if (size === HUGE_SIZE) size = objectSize(objects, i);
      const id = firstId + i;
      buffer[at] = Tag.GRAPH_OBJECT;
      const body = at + 1 + lengthSize;
      buffer[body] = Tag.OBJECT_ID_DELTA;
      at = putVarint(buffer, body + 1, id - lastId);
      lastId = id;
      buffer[at] = Tag.OBJECT_TYPE;
      at = putVarint(buffer, at + 1, typeSource[i] === TypeSource.INFERRED ? classes.inferred(type) : ofType[type]!);
      buffer[at] = Tag.OBJECT_SIZE;
      at = putVarint(buffer, at + 1, size);
      if (first < last) {
        const header = valueOffset(objects, i);
        const end = numberedEnd[type]!;
        let near = fields.near(type);
        buffer[at] = Tag.OBJECT_FIELDS;
        const names = at + 1 + lengthSize;
        at = names;
        for (let e = first; e < last; e++) {
          const place = offset[e]! - header;
          const word = place >>> wordShift;
          let field = place < end && word < near.length ? near[word]! : 0;
          if (field === 0) {
            field = fields.find(type, place);
            near = fields.near(type);
          }
          at = putVarint(buffer, at, field);
        }
        putLength(buffer, names - lengthSize, lengthSize, at - names);
        buffer[at] = Tag.OBJECT_TARGETS;
        const targets = at + 1 + lengthSize;
        at = targets;
        for (let e = first; e < last; e++) at = putVarint(buffer, at, firstId + to[e]!);
        putLength(buffer, targets - lengthSize, lengthSize, at - targets);
      }
      putLength(buffer, body - lengthSize, lengthSize, at - body);
    }
    packet.at = at;
    this.#lastId = lastId;
    this.next = i;
  }
}
