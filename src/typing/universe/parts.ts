/**
 * Parts: what a type has inside, and where: fields, elements of arrays, and theirs. And the other way round: which types of
 * an executable have a type inside. A pointer to a part leads to the whole.
 */
import { Kind, type Type } from "../../binary/index.ts";
import { isClosureEntry, isEntryOfMap, isMapGroup } from "./checks.ts";
import { TWINS } from "./known-types.ts";

/** Parts of one type that are told apart; more are left out. */
const MAX_PARTS = 1024;
/** Structs in structs. */
const MAX_DEPTH = 32;
/** Elements of an array whose own parts are arrays are told apart one by one, as far as they are so many. */
const MAX_ELEMENTS = 16;

/** Values of a type inside another: `count` of them, `stride` bytes apart. */
export interface Part {
  readonly type: Type;
  readonly offset: number;
  readonly stride: number;
  readonly count: number;
  /** They are an array. */
  readonly isArray: boolean;
}

/** Lists the parts of a type, without itself. */
export function listParts(type: Type): readonly Part[] {
  const parts: Part[] = [];
  addParts(parts, type, 0, 0);
  return parts;
}

function addParts(parts: Part[], type: Type, base: number, depth: number): void {
  if (depth > MAX_DEPTH || parts.length >= MAX_PARTS) return;
  if (type.kind === Kind.Struct) {
    for (const field of type.fields) {
      if (field.type.size === 0) continue;
      const offset = base + field.offset;
      parts.push({ type: field.type, offset, stride: 0, count: 1, isArray: false });
      addParts(parts, field.type, offset, depth + 1);
    }
  } else if (type.kind === Kind.Array && type.elem !== undefined && type.length > 0 && type.elem.size > 0) {
    addElements(parts, type.elem, type.length, base, depth);
  }
}

function addElements(parts: Part[], elem: Type, length: number, base: number, depth: number): void {
  parts.push({ type: elem, offset: base, stride: elem.size, count: length, isArray: true });
  const inner: Part[] = [];
  addParts(inner, elem, 0, depth + 1);
  for (const part of inner) {
    if (parts.length >= MAX_PARTS) return;
    if (part.count === 1) {
      parts.push({ ...part, offset: base + part.offset, stride: elem.size, count: length });
      continue;
    }
    for (let i = 0; i < Math.min(length, MAX_ELEMENTS); i++) {
      parts.push({ ...part, offset: base + i * elem.size + part.offset });
    }
  }
}

/** Whether a value of a type is at `at` of what has the part. */
export function isPartAt({ offset, stride, count }: Part, at: number): boolean {
  const inside = at - offset;
  if (inside < 0 || count === 1) return inside === 0;
  return inside % stride === 0 && inside / stride < count;
}

/** Which types of an executable hold which; made on first use, by one walk over all types. */
export class Holders {
  readonly #all: () => Iterable<Type>;
  #holders: Map<Type, Map<Type, Part[]>> | undefined;

  /** @param all all types, by ascending address */
  constructor(all: () => Iterable<Type>) {
    this.#all = all;
  }

  /** The structs that have a type inside them and that something can point into, with the parts. */
  of(type: Type): ReadonlyMap<Type, readonly Part[]> {
    this.#holders ??= this.#collect();
    return this.#holders.get(type) ?? NO_HOLDERS;
  }

  #collect(): Map<Type, Map<Type, Part[]>> {
    const holders = new Map<Type, Map<Type, Part[]>>();
    for (const outer of this.#all()) {
      // Arrays are known by their elements; nothing can point into what closures and maps hold.
      if (outer.kind !== Kind.Struct || isClosureEntry(outer) || isEntryOfMap(outer) || isMapGroup(outer)) continue;
      for (const part of listParts(outer)) {
        let outers = holders.get(part.type);
        if (outers === undefined) {
          outers = new Map();
          holders.set(part.type, outers);
        }
        const parts = outers.get(outer);
        if (parts === undefined) outers.set(outer, [part]);
        else parts.push(part);
      }
    }
    for (const [type, outers] of [...holders]) {
      const twin = TWINS.get(type.name);
      if (twin === undefined) continue;
      for (const other of this.#all()) {
        if (other.name === twin) holders.set(other, new Map([...(holders.get(other) ?? []), ...outers]));
      }
    }
    return holders;
  }
}

const NO_HOLDERS: ReadonlyMap<Type, readonly Part[]> = new Map();
