/**
 * The edges of the objects, in the order of the nodes. A typed pointer is called after its field or element
 * (`edge-names.ts`), an untyped one is a `hidden` edge whose number is its byte offset from the start of the Go value (a
 * malloc header is not counted); further parts of a huge object hang on `internal` edges. A pointer of garbage to
 * something live keeps nothing alive: it is a `weak` edge.
 */
import { HAS_HEADER, REACHABLE } from "../../src/index.ts";
import { type EdgeNames, LABEL_TYPE_BITS, LABEL_TYPE_MASK, NAMELESS } from "./edge-names.ts";
import { COMMA, type JsonWriter, putRecord, putUint, type Section, ZERO } from "./json-writer.ts";
import { EdgeType, NODE_FIELD_COUNT } from "./layout.ts";
import { LENGTH_NAMES } from "./lengths.ts";
import { NO_NODE, type SnapshotPlan } from "./plan.ts";
import type { StringTable } from "./strings.ts";

/** Size of the malloc header that stands before the value in some slots (Go ≥ 1.22), on every architecture. */
const HEADER_SIZE = 8;

/** Weak edges have names, not numbers: offsets from here on share one, lest a large array fill the string table. */
const NAMED_OFFSETS = 1 << 15;

const NO_EDGE = -1;

export class ObjectEdges implements Section {
  done = 0;
  #object = 0;
  /** 0 for the object itself, else which of the map's parts it is. */
  #member = 0;
  /** NO_EDGE before the first of the member. */
  #edge = NO_EDGE;
  #length = 0;
  #split = 0;
  #part = 0;
  readonly #plan: SnapshotPlan;
  readonly #strings: StringTable;
  readonly #names: EdgeNames | undefined;

  /** @param names undefined where nothing is known of the types */
  constructor(plan: SnapshotPlan, strings: StringTable, names: EdgeNames | undefined) {
    this.#plan = plan;
    this.#strings = strings;
    this.#names = names;
  }

  fill(out: JsonWriter): boolean {
    const { objects } = this.#plan.heap;
    const { splits } = this.#plan;
    // Objects up to and including the next split one go through the fast loop; its parts follow its own edges.
    while (this.#split < splits.length) {
      const { object, firstPart, partCount } = splits[this.#split]!;
      if (!this.#fillPointers(out, object + 1)) return false;
      for (; this.#part < partCount; this.#part++) {
        if (out.at > out.limit) return false;
        this.#putPart(out, firstPart + this.#part);
      }
      this.#part = 0;
      this.#split++;
    }
    if (!this.#fillPointers(out, objects.count)) return false;
    return true;
  }

  /** Writes the pointers of all objects before `end`; false when the buffer is full. */
  #fillPointers(out: JsonWriter, end: number): boolean {
    const { heap, vertexCount, objectOrdinal, maps } = this.#plan;
    const { flags, type: types } = heap.objects;
    const { start, to, offset } = heap.edges;
    const names = this.#names;
    const wordShift = names?.wordShift ?? 0;
    const { buffer, limit } = out;
    let at = out.at;
    let done = this.done;
    const lengthOf = this.#plan.lengths?.object;
    let whole = this.#object;
    let member = this.#member;
    let e = this.#edge;
    while (whole < end) {
      const isSkipped =
        (objectOrdinal !== undefined && objectOrdinal[whole] === NO_NODE) ||
        (maps !== undefined && maps.wholeOf[whole] !== whole);
      const firstPart = maps === undefined ? 0 : maps.start[whole]!;
      const partCount = maps === undefined ? 0 : maps.start[whole + 1]! - firstPart;
      if (isSkipped || member > partCount) {
        if (!isSkipped && lengthOf !== undefined) {
          out.at = at;
          this.done = done;
          while (lengthOf[this.#length] === whole && out.at <= limit) this.#putLength(out);
          at = out.at;
          done = this.done;
          if (lengthOf[this.#length] === whole) break;
        }
        whole++;
        member = 0;
        continue;
      }
      const i = member === 0 ? whole : maps!.part[firstPart + member - 1]!;
      const last = start[i + 1]!;
      if (e === NO_EDGE) e = start[i]!;
      const header = (flags[i]! & HAS_HEADER) === 0 ? 0 : HEADER_SIZE;
      const garbage = (flags[i]! & REACHABLE) === 0;
      const type = types[i]!;
      const namedEnd = names === undefined ? 0 : names.namedEnd[type]!;
      const stride = names === undefined ? 0 : names.stride[type]!;
      let labels = names?.labels(type);
      for (; e < last && at <= limit; e++) {
        const target = to[e]!;
        if (partCount > 0 && maps!.wholeOf[target] === whole) continue;
        const ordinal = objectOrdinal === undefined ? vertexCount + target : objectOrdinal[target]!;
        if (ordinal < 0) throw new Error(`bug: reachable object ${i} refers to object ${target}, which is left out`);
        const weak = garbage && (flags[target]! & REACHABLE) !== 0;
        const place = offset[e]! - header;
        let edgeType = EdgeType.HIDDEN;
        let name = place;
        if (weak) {
          edgeType = EdgeType.WEAK;
          name = this.#weakName(i, place);
        } else if (place < namedEnd) {
          const word = place >>> wordShift;
          let label = word < labels!.length ? labels![word]! : 0;
          if (label === 0) {
            label = names!.find(i, place);
            labels = names!.labels(type);
          }
          if (label !== NAMELESS) {
            edgeType = label & LABEL_TYPE_MASK;
            name = label >>> LABEL_TYPE_BITS;
          }
        } else if (stride > 0) {
          edgeType = EdgeType.ELEMENT;
          name = Math.floor(place / stride);
        }
        buffer[at] = COMMA;
        buffer[at + 1] = ZERO + edgeType;
        buffer[at + 2] = COMMA;
        at = putUint(buffer, at + 3, name);
        buffer[at++] = COMMA;
        at = putUint(buffer, at, ordinal * NODE_FIELD_COUNT);
        done++;
      }
      if (e < last) break;
      e = NO_EDGE;
      member++;
    }
    out.at = at;
    this.done = done;
    this.#object = whole;
    this.#member = member;
    this.#edge = e;
    return whole === end;
  }

  #putLength(out: JsonWriter): void {
    const { firstNumber, lengths } = this.#plan;
    const name = LENGTH_NAMES[lengths!.label[this.#length]!]!;
    const ordinal = firstNumber + lengths!.number[this.#length]!;
    putRecord(out, false, [EdgeType.PROPERTY, this.#strings.intern(name), ordinal * NODE_FIELD_COUNT]);
    this.#length++;
    this.done++;
  }

  #weakName(object: number, offset: number): number {
    if (offset >= NAMED_OFFSETS) return this.#strings.intern("garbage");
    return this.#strings.intern(`garbage ${this.#names?.text(object, offset) ?? `+${offset}`}`);
  }

  #putPart(out: JsonWriter, ordinal: number): void {
    putRecord(out, false, [EdgeType.INTERNAL, this.#strings.intern("continued"), ordinal * NODE_FIELD_COUNT]);
    this.done++;
  }
}
