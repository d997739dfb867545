/** ObjectWriter: instances with their pointers and numbers, arrays of references, arrays of numbers. */
import { type Heap, objectSize, REACHABLE, type StringTexts, TypeKind, valueOffset } from "../../src/index.ts";
import type { ClassPlan } from "./class-plan.ts";
import {
  ARRAY_HEADER_SIZE,
  HeapTag,
  ID_SIZE,
  INSTANCE_HEADER_SIZE,
  JAVA_TYPE_SIZE,
  JavaType,
  javaSize,
} from "./constants.ts";
import { DumpWindow } from "./dump-window.ts";
import type { HprofWriter } from "./hprof-writer.ts";
import { Form, type JavaClass } from "./java-class.ts";
import { type EntryOrder, elementOf, endOfGroup } from "./map-entries.ts";

/** Records of at most so many bytes are written at once. */
const SMALL = 1 << 13;
/** Bytes of contents that are looked at together. */
const PIECE = 1 << 13;
/** Java's arrays have fewer elements. */
const MAX_ELEMENTS = 2 ** 31 - 1;
/** Eclipse MAT multiplies in 32 bits. */
const MAX_REFERENCES = 2 ** 29 - 4;
/** A segment has its length in 4 bytes. */
const MAX_ARRAY_SIZE = 2 ** 32 - 64;
/** Bytes in front of an instance's fields, … */
const INSTANCE_RECORD_SIZE = 1 + ID_SIZE + 4 + ID_SIZE + 4;
/** … in front of references, … */
const OBJECT_ARRAY_RECORD_SIZE = 1 + ID_SIZE + 4 + 4 + ID_SIZE;
/** … and in front of numbers. */
const PRIMITIVE_ARRAY_RECORD_SIZE = 1 + ID_SIZE + 4 + 4 + 1;
const NO_STACK = 0;

export interface ObjectsRequest {
  readonly heap: Heap;
  readonly plan: ClassPlan;
  /** Id of each object. */
  readonly ids: Uint32Array;
  readonly unreachable: boolean;
  /** Lengths of strings; undefined if contents are left out or there are no strings. */
  readonly texts: StringTexts | undefined;
  readonly contents: boolean;
  /** Whether texts are written whole even where their object gets larger by that. */
  readonly wholeTexts: boolean;
}

/** What was written, and what Java's rules make of it. */
export interface WrittenObjects {
  count: number;
  /** Objects whose size in Java is greater than in Go, and by how much together. */
  grownCount: number;
  grownBytes: number;
  /** Objects that are larger than a Java array can be, and what is left of them. */
  cutCount: number;
  /** Texts whose last bytes have no place. */
  cutTexts: number;
}

/** Writes objects one by one; those that fit into the buffer at once. */
export class ObjectWriter {
  readonly written: WrittenObjects = { count: 0, grownCount: 0, grownBytes: 0, cutCount: 0, cutTexts: 0 };
  readonly #out: HprofWriter;
  readonly #request: ObjectsRequest;
  readonly #window: DumpWindow;
  readonly #shift: number;

  constructor(out: HprofWriter, request: ObjectsRequest) {
    this.#out = out;
    this.#request = request;
    this.#window = new DumpWindow(request.heap);
    this.#shift = request.heap.dump.pointerSize === 8 ? 3 : 2;
  }

  /** Whether an object's record may not fit into what a buffer has always room for. O(1). */
  isLarge(object: number): boolean {
    return this.#request.heap.objects.size[object]! > SMALL;
  }

  /** Writes objects up to `end`, a large one, or until the buffer is full; tells which is next. */
  writeSmall(from: number, end: number): number {
    const { heap, plan, unreachable } = this.#request;
    const { size, flags } = heap.objects;
    const { of, classes } = plan;
    const out = this.#out;
    let i = from;
    for (; i < end && out.at <= out.limit; i++) {
      const slot = size[i]!;
      if (slot > SMALL) break;
      if (!unreachable && (flags[i]! & REACHABLE) === 0) continue;
      const javaClass = classes[of[i]!]!;
      let inJava: number;
      if (javaClass.form === Form.INSTANCE) inJava = this.#putInstance(i, javaClass);
      else if (javaClass.form === Form.OBJECT_ARRAY) inJava = this.#putReferences(i, javaClass, slot);
      else inJava = this.#putNumbers(i, javaClass, slot);
      this.#count(slot, inJava);
    }
    return i;
  }

  #count(inGo: number, inJava: number): void {
    this.written.count++;
    if (inJava === inGo) return;
    this.written.grownCount++;
    this.written.grownBytes += inJava - inGo;
  }

  #putInstance(object: number, { id, layout, fieldSize }: JavaClass): number {
    const { heap, ids, contents } = this.#request;
    const { flags, position } = heap.objects;
    const { start, to, offset } = heap.edges;
    const { referenceSize, referenceAt, numberOffset, numberSize } = layout!;
    const out = this.#out;
    const { view, buffer } = out;
    const shift = this.#shift;
    let at = out.at;
    buffer[at] = HeapTag.INSTANCE_DUMP;
    view.setUint32(at + 1, ids[object]!);
    view.setUint32(at + 5, NO_STACK);
    view.setUint32(at + 9, id);
    view.setUint32(at + 13, fieldSize);
    at += INSTANCE_RECORD_SIZE;
    zero(buffer, at, at + fieldSize);
    const flag = flags[object]!;
    const header = valueOffset(heap.objects, object);
    const garbage = (flag & REACHABLE) === 0;
    const last = start[object + 1]!;
    for (let e = start[object]!; e < last; e++) {
      const target = to[e]!;
      // Garbage keeps nothing alive.
      if (garbage && (flags[target]! & REACHABLE) !== 0) continue;
      view.setUint32(at + referenceAt[(offset[e]! - header) >>> shift]!, ids[target]!);
    }
    if (contents && numberSize.length > 0) {
      const count = numberSize.length;
      const length = numberOffset[count - 1]! + numberSize[count - 1]!;
      const from = this.#window.seek(position[object]! + header, length);
      const { bytes } = this.#window;
      let place = at + referenceSize;
      const little = !heap.dump.bigEndian;
      for (let k = 0; k < count; k++) {
        const size = numberSize[k]!;
        const source = from + numberOffset[k]!;
        if (little) for (let b = size - 1; b >= 0; b--) buffer[place++] = bytes[source + b]!;
        else for (let b = 0; b < size; b++) buffer[place++] = bytes[source + b]!;
      }
    }
    out.at = at + fieldSize;
    return javaSize(INSTANCE_HEADER_SIZE + fieldSize);
  }

  #putReferences(object: number, { id, entries }: JavaClass, slot: number): number {
    const { ids } = this.#request;
    const count = this.#referenceCount(object, slot, entries);
    const out = this.#out;
    const { view, buffer } = out;
    const at = out.at;
    this.#putArrayHeader(object, count, id);
    const first = at + OBJECT_ARRAY_RECORD_SIZE;
    zero(buffer, first, first + ID_SIZE * count);
    const { heap } = this.#request;
    const { flags } = heap.objects;
    const { start, to, offset } = heap.edges;
    const flag = flags[object]!;
    const header = valueOffset(heap.objects, object);
    const garbage = (flag & REACHABLE) === 0;
    const last = start[object + 1]!;
    for (let e = start[object]!; e < last; e++) {
      const target = to[e]!;
      if (garbage && (flags[target]! & REACHABLE) !== 0) continue;
      const word = (offset[e]! - header) >>> this.#shift;
      view.setUint32(first + ID_SIZE * (entries === undefined ? word : elementOf(entries, word)), ids[target]!);
    }
    out.at = first + ID_SIZE * count;
    return javaSize(ARRAY_HEADER_SIZE + ID_SIZE * count);
  }

  #putArrayHeader(object: number, count: number, classId: number): void {
    const out = this.#out;
    out.u1(HeapTag.OBJECT_ARRAY_DUMP);
    out.u4(this.#request.ids[object]!);
    out.u4(NO_STACK);
    out.u4(count);
    out.u4(classId);
  }

  /** Elements of an array of references: what makes its size Go's, and as many as it has words up to the last pointer. */
  #referenceCount(object: number, slot: number, entries: EntryOrder | undefined): number {
    const { start, offset } = this.#request.heap.edges;
    const room = Math.max(0, Math.floor((slot - ARRAY_HEADER_SIZE) / ID_SIZE));
    // Eclipse MAT reads two elements for each entry. One less is the same size, which is rounded up to 8.
    const fitting = entries === undefined ? room : room - (room % 2);
    const last = start[object + 1]!;
    if (last === start[object]!) return fitting;
    const header = valueOffset(this.#request.heap.objects, object);
    const word = Math.floor((offset[last - 1]! - header) / this.#request.heap.dump.pointerSize);
    return Math.max(fitting, entries === undefined ? word + 1 : endOfGroup(entries, word));
  }

  #putNumbers(object: number, { elementType }: JavaClass, slot: number): number {
    const out = this.#out;
    const length = this.#beginNumbers(object, elementType, slot, JAVA_TYPE_SIZE[elementType]!);
    const at = out.at;
    const { texts, contents, heap } = this.#request;
    if (!contents) zero(out.buffer, at, at + length);
    else {
      const isText = texts !== undefined && heap.types.kind[heap.objects.type[object]!] === TypeKind.STRING;
      const filled = isText ? Math.min(length, texts.lengthOf(object)) : length;
      this.#copy(object, 0, filled, JAVA_TYPE_SIZE[elementType]!);
      if (filled < length) zero(out.buffer, at + filled, at + length);
    }
    out.at = at + length;
    return javaSize(ARRAY_HEADER_SIZE + length);
  }

  /** Writes the header of an array of numbers; tells the bytes of the numbers that are to follow. */
  #beginNumbers(object: number, elementType: number, slot: number, elementSize: number): number {
    const { texts, wholeTexts, heap } = this.#request;
    let count = Math.max(0, Math.floor((slot - ARRAY_HEADER_SIZE) / elementSize));
    if (texts !== undefined && heap.types.kind[heap.objects.type[object]!] === TypeKind.STRING) {
      const length = texts.lengthOf(object);
      if (length > count) {
        if (wholeTexts) count = length;
        else this.written.cutTexts++;
      }
    }
    const out = this.#out;
    out.u1(HeapTag.PRIMITIVE_ARRAY_DUMP);
    out.u4(this.#request.ids[object]!);
    out.u4(NO_STACK);
    out.u4(count);
    out.u1(elementType);
    return count * elementSize;
  }

  /** Copies contents to `out.at`, numbers turned around; does not move `out.at`. */
  #copy(object: number, offset: number, length: number, elementSize: number): void {
    const { heap } = this.#request;
    const { position } = heap.objects;
    const { buffer, at } = this.#out;
    const header = valueOffset(heap.objects, object);
    const from = this.#window.seek(position[object]! + header + offset, length);
    const { bytes } = this.#window;
    if (elementSize === 1 || heap.dump.bigEndian) {
      if (length > 64) buffer.set(bytes.subarray(from, from + length), at);
      else for (let k = 0; k < length; k++) buffer[at + k] = bytes[from + k]!;
      return;
    }
    for (let k = 0; k < length; k += elementSize) {
      for (let b = 0; b < elementSize; b++) buffer[at + k + b] = bytes[from + k + elementSize - 1 - b]!;
    }
  }

  /** Writes an object of any size, in pieces. */
  async writeLarge(object: number): Promise<void> {
    const { heap, plan, unreachable } = this.#request;
    if (!unreachable && (heap.objects.flags[object]! & REACHABLE) === 0) return;
    const slot = objectSize(heap.objects, object);
    const javaClass = plan.classes[plan.of[object]!]!;
    if (javaClass.form === Form.OBJECT_ARRAY) await this.#writeReferences(object, javaClass, slot);
    else await this.#writeNumbers(object, javaClass, slot);
  }

  async #writeReferences(object: number, { id, entries }: JavaClass, slot: number): Promise<void> {
    const { heap, ids } = this.#request;
    const { flags } = heap.objects;
    const { start, to, offset } = heap.edges;
    const wanted = this.#referenceCount(object, slot, entries);
    const count = Math.min(wanted, MAX_REFERENCES);
    const out = this.#out;
    await out.beginLarge(OBJECT_ARRAY_RECORD_SIZE + ID_SIZE * count);
    this.#putArrayHeader(object, count, id);
    const header = valueOffset(heap.objects, object);
    const garbage = (flags[object]! & REACHABLE) === 0;
    let e = start[object]!;
    const last = start[object + 1]!;
    for (let from = 0; from < count; from += PIECE / ID_SIZE) {
      await out.makeRoom();
      const end = Math.min(count, from + PIECE / ID_SIZE);
      zero(out.buffer, out.at, out.at + ID_SIZE * (end - from));
      for (; e < last; e++) {
        const word = Math.floor((offset[e]! - header) / heap.dump.pointerSize);
        // Groups are whole in a piece, so that only the pointers of one stand in another order.
        const element = entries === undefined ? word : elementOf(entries, word);
        if (element >= end) break;
        const target = to[e]!;
        if (garbage && (flags[target]! & REACHABLE) !== 0) continue;
        out.view.setUint32(out.at + ID_SIZE * (element - from), ids[target]!);
      }
      out.at += ID_SIZE * (end - from);
    }
    await out.endLarge();
    if (count < wanted) this.written.cutCount++;
    else this.#count(slot, javaSize(ARRAY_HEADER_SIZE + ID_SIZE * count));
  }

  async #writeNumbers(object: number, { elementType }: JavaClass, slot: number): Promise<void> {
    const { texts, contents, heap, wholeTexts } = this.#request;
    const out = this.#out;
    // More bytes than a Java array has elements are written as words of eight.
    const isWide = slot > MAX_ELEMENTS && elementType !== JavaType.LONG;
    const type = isWide ? JavaType.LONG : elementType;
    const elementSize = JAVA_TYPE_SIZE[type]!;
    const isText = texts !== undefined && heap.types.kind[heap.objects.type[object]!] === TypeKind.STRING;
    const textLength = isText ? texts.lengthOf(object) : Number.POSITIVE_INFINITY;
    const inJava = Math.min(slot, MAX_ARRAY_SIZE);
    let length = Math.floor((inJava - ARRAY_HEADER_SIZE) / elementSize) * elementSize;
    if (isText && wholeTexts && !isWide) length = Math.max(length, textLength);
    await out.beginLarge(PRIMITIVE_ARRAY_RECORD_SIZE + length);
    out.u1(HeapTag.PRIMITIVE_ARRAY_DUMP);
    out.u4(this.#request.ids[object]!);
    out.u4(NO_STACK);
    out.u4(length / elementSize);
    out.u1(type);
    for (let from = 0; from < length; from += PIECE) {
      await out.makeRoom();
      const size = Math.min(PIECE, length - from);
      const filled = contents ? Math.max(0, Math.min(size, textLength - from)) : 0;
      // Bytes stay bytes, whatever Java counts them by.
      if (filled > 0) this.#copy(object, from, filled, isWide ? 1 : elementSize);
      if (filled < size) zero(out.buffer, out.at + filled, out.at + size);
      out.at += size;
    }
    await out.endLarge();
    if (isText && textLength > length) this.written.cutTexts++;
    if (inJava < slot) this.written.cutCount++;
    else this.#count(slot, javaSize(ARRAY_HEADER_SIZE + length));
  }
}

/** `fill`, which costs more to call than to fill a few bytes by hand. */
function zero(buffer: Uint8Array, from: number, end: number): void {
  if (end - from > 64) buffer.fill(0, from, end);
  else for (let at = from; at < end; at++) buffer[at] = 0;
}
