/** The nodes of the objects, then those of further parts of huge objects, then "(end)". */
import { HAS_POINTERS, INFERRED_MARK, TypeKind, TypeSource } from "../../src/index.ts";
import { addressId, END_ID, FIRST_OBJECT_ID, type IdScheme, numberId } from "./identity.ts";
import { COMMA, type JsonWriter, putRecord, putUint, type Section, ZERO } from "./json-writer.ts";
import { MAX_PART_SIZE, NodeType } from "./layout.ts";
import { countOutgoing } from "./map-parts.ts";
import { toNodeName } from "./names.ts";
import { NO_NODE, type SnapshotPlan, type SplitObject } from "./plan.ts";
import type { StringNames } from "./string-names.ts";
import type { StringTable } from "./strings.ts";
import type { ObjectTraces } from "./traces/trace-tree.ts";

/** What nodes need besides the plan. */
export interface NodeContext {
  readonly plan: SnapshotPlan;
  readonly ids: IdScheme;
  readonly strings: StringTable;
  /** Allocation stacks of some objects, or undefined. */
  readonly traces: ObjectTraces | undefined;
  /** Names of the objects that hold strings; undefined if their texts are not to be shown. */
  readonly stringNames: StringNames | undefined;
}

/** What every string is called where texts are not to be shown. */
const NO_TEXT = "(text left out)";
/** Not in the string table yet. */
const NO_STRING = -1;

export class ObjectNodes implements Section {
  done = 0;
  #object = 0;
  #split = 0;
  #trace = 0;
  #length = 0;
  readonly #context: NodeContext;
  /** String index of each type's name, … */
  readonly #nameOfType: Int32Array;
  /** … and of the name for objects of which it was inferred; entered on first use. */
  readonly #inferredName: Int32Array;

  constructor(context: NodeContext) {
    const { types } = context.plan.heap;
    this.#context = context;
    this.#nameOfType = Int32Array.from(types.names, (name) => context.strings.intern(toNodeName(name)));
    this.#inferredName = new Int32Array(types.count).fill(NO_STRING);
  }

  fill(out: JsonWriter): boolean {
    const { plan, ids, traces, stringNames, strings } = this.#context;
    const { objects, edges } = plan.heap;
    const { count, address: addresses, size: sizes, type: types, typeSource, flags } = objects;
    const { kind } = plan.heap.types;
    const start = edges.start;
    const { objectOrdinal: kept, maps } = plan;
    const lengthOf = plan.lengths?.object;
    const nameOfType = this.#nameOfType;
    const splits = plan.splits;
    const dense = ids.kind === "dense";
    const base = ids.base;
    const { buffer, limit } = out;
    let nextSplit = splits[this.#split]?.object ?? -1;
    let nextTraced = traces?.object[this.#trace] ?? -1;
    let at = out.at;
    let done = this.done;
    let i = this.#object;
    for (; i < count && at <= limit; i++) {
      let size = sizes[i]!;
      let edgeCount = start[i + 1]! - start[i]!;
      let trace = 0;
      if (i === nextSplit) {
        size = MAX_PART_SIZE;
        edgeCount += splits[this.#split]!.partCount;
        nextSplit = splits[++this.#split]?.object ?? -1;
      }
      if (i === nextTraced) {
        trace = traces!.node[this.#trace]!;
        nextTraced = traces!.object[++this.#trace] ?? -1;
      }
      if (kept !== undefined && kept[i] === NO_NODE) continue;
      if (maps !== undefined) {
        if (maps.wholeOf[i] !== i) continue;
        const first = maps.start[i]!;
        const last = maps.start[i + 1]!;
        if (first < last) edgeCount = countOutgoing(plan.heap, maps, i);
        for (let k = first; k < last; k++) {
          size += sizes[maps.part[k]!]!;
          edgeCount += countOutgoing(plan.heap, maps, maps.part[k]!);
        }
      }
      while (lengthOf !== undefined && lengthOf[this.#length] === i) {
        edgeCount++;
        this.#length++;
      }
      const id = dense ? FIRST_OBJECT_ID + 2 * done : addressId(addresses[i]!, base);
      const type = types[i]!;
      // DevTools' pie tells these three apart: memory with pointers, memory without, texts.
      let nodeType = (flags[i]! & HAS_POINTERS) === 0 ? NodeType.NATIVE : NodeType.OBJECT;
      let name = nameOfType[type]!;
      if (kind[type] === TypeKind.STRING) {
        nodeType = NodeType.STRING;
        name = stringNames === undefined ? strings.intern(NO_TEXT) : stringNames.index(i);
      } else if (typeSource[i] === TypeSource.INFERRED) {
        name = this.#inferred(type);
      }
      buffer[at] = COMMA;
      buffer[at + 1] = ZERO + nodeType;
      buffer[at + 2] = COMMA;
      at = putUint(buffer, at + 3, name);
      buffer[at++] = COMMA;
      at = putUint(buffer, at, id);
      buffer[at++] = COMMA;
      at = putUint(buffer, at, size);
      buffer[at++] = COMMA;
      at = putUint(buffer, at, edgeCount);
      buffer[at++] = COMMA;
      at = putUint(buffer, at, trace);
      buffer[at] = COMMA;
      buffer[at + 1] = ZERO;
      at += 2;
      done++;
    }
    out.at = at;
    this.done = done;
    this.#object = i;
    return i === count;
  }

  #inferred(type: number): number {
    const known = this.#inferredName[type]!;
    if (known !== NO_STRING) return known;
    const { plan, strings } = this.#context;
    const index = strings.intern(toNodeName(INFERRED_MARK + plan.heap.types.names[type]!));
    this.#inferredName[type] = index;
    return index;
  }
}

/** Parts of split objects, numbers, and "(end)": a leaf, because VS Code's reader fails if the last node dominates another. */
export class LastNodes implements Section {
  done = 0;
  #split = 0;
  #part = 0;
  #number = 0;
  readonly #context: NodeContext;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  fill(out: JsonWriter): boolean {
    const { plan, strings } = this.#context;
    for (; this.#split < plan.splits.length; this.#split++, this.#part = 0) {
      const split = plan.splits[this.#split]!;
      for (; this.#part < split.partCount; this.#part++) {
        if (out.at > out.limit) return false;
        this.#putPart(out, split, this.#part);
      }
    }
    const numbers = plan.lengths?.numbers ?? [];
    for (; this.#number < numbers.length; this.#number++) {
      if (out.at > out.limit) return false;
      const name = strings.intern(String(numbers[this.#number]!));
      this.#put(out, NodeType.NUMBER, name, numberId(this.#number), 0);
    }
    if (out.at > out.limit) return false;
    this.#put(out, NodeType.SYNTHETIC, strings.intern("(end)"), END_ID, 0);
    return true;
  }

  #putPart(out: JsonWriter, { object, size, firstPart }: SplitObject, part: number): void {
    const { plan, ids, strings } = this.#context;
    const { objects, types } = plan.heap;
    const offset = (part + 1) * MAX_PART_SIZE;
    const id =
      ids.kind === "dense"
        ? FIRST_OBJECT_ID + 2 * (firstPart + part - plan.vertexCount)
        : addressId(objects.address[object]! + offset, ids.base);
    const name = strings.intern(toNodeName(types.names[objects.type[object]!]!));
    const nodeType = (objects.flags[object]! & HAS_POINTERS) === 0 ? NodeType.NATIVE : NodeType.OBJECT;
    this.#put(out, nodeType, name, id, Math.min(MAX_PART_SIZE, size - offset));
  }

  #put(out: JsonWriter, type: number, name: number, id: number, size: number): void {
    putRecord(out, false, [type, name, id, size, 0, 0, 0]);
    this.done++;
  }
}
