/**
 * Evidence: how well an object's contents agree with a type. For objects that nothing typed refers to, a type is inferred
 * only if the contents speak for it and for no other: typing.md §4.8.
 */
import { Kind, type Type } from "../binary/index.ts";
import { HAS_HEADER, type Heap, objectSize } from "../heap/heap.ts";
import { slotSizeFor } from "../heap/size-classes.ts";
import type { ContentsReader } from "./contents.ts";
import type { ExecutableTypes } from "./executable-types.ts";
import type { Propagation } from "./propagation.ts";
import { Rank } from "./propagation.ts";
import type { ShapeMatcher } from "./shape-matcher.ts";
import type { TypeNode } from "./type-node.ts";
import { atomicPointerElem, isTrieNode } from "./type-universe.ts";

/** The contents contradict the type. */
export const CONTRADICTION = -1;

/** No string or slice is longer. */
const MAX_LENGTH = 2 ** 40;
/** No pointer is to the first page. */
const FIRST_PAGE = 4096;
/** Elements of arrays that are looked at. */
const MAX_ELEMENTS = 32;

export class Evidence {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #propagation: Propagation;
  readonly #word: number;

  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    contents: ContentsReader,
    propagation: Propagation,
  ) {
    this.#heap = heap;
    this.#executable = executable;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#propagation = propagation;
    this.#word = heap.dump.pointerSize;
  }

  /** Points for what agrees when a value of `type` stands at `offset` of the slot, or CONTRADICTION. */
  score(object: number, offset: number, type: Type): number {
    switch (type.kind) {
      case Kind.Bool:
        return this.#contents.byte(object, offset) > 1 ? CONTRADICTION : 0;
      case Kind.String:
        return this.#scoreString(object, offset);
      case Kind.Slice:
        return this.#scoreSlice(object, offset, type);
      case Kind.Interface:
        return this.#scoreInterface(object, offset);
      case Kind.Pointer:
        return this.#scorePointer(this.#contents.word(object, offset), type.elem!, 1);
      case Kind.Map:
        return this.#scoreMap(this.#contents.word(object, offset), type);
      case Kind.Chan:
        return this.#scoreChannel(this.#contents.word(object, offset), type);
      case Kind.Func:
        return this.#scoreFunc(this.#contents.word(object, offset));
      case Kind.Array: {
        let sum = 0;
        for (let i = 0; i < Math.min(type.length, MAX_ELEMENTS); i++) {
          const points = this.score(object, offset + i * type.elem!.size, type.elem!);
          if (points === CONTRADICTION) return CONTRADICTION;
          sum += points;
        }
        return sum;
      }
      case Kind.Struct: {
        const elem = atomicPointerElem(type);
        if (elem !== undefined) return this.#scorePointer(this.#contents.word(object, offset), elem, 1);
        let sum = 0;
        for (const field of type.fields) {
          const points = this.score(object, offset + field.offset, field.type);
          if (points === CONTRADICTION) return CONTRADICTION;
          sum += points;
        }
        return sum;
      }
      default:
        return 0;
    }
  }

  #scoreString(object: number, offset: number): number {
    const pointer = this.#contents.word(object, offset);
    const length = this.#contents.word(object, offset + this.#word);
    if (length < 0 || length > MAX_LENGTH || (pointer === 0 && length !== 0)) return CONTRADICTION;
    if (length === 0) return 0;
    const points = this.#scoreTarget(pointer, this.#executable.universe.stringData, length);
    return points === CONTRADICTION ? points : points + 2;
  }

  #scoreSlice(object: number, offset: number, type: Type): number {
    const pointer = this.#contents.word(object, offset);
    const length = this.#contents.word(object, offset + this.#word);
    const capacity = this.#contents.word(object, offset + 2 * this.#word);
    if (length < 0 || length > capacity || capacity > MAX_LENGTH || (pointer === 0 && capacity !== 0)) {
      return CONTRADICTION;
    }
    if (capacity === 0) return 0;
    const points = this.#scorePointer(pointer, type.elem!, capacity);
    return points === CONTRADICTION ? points : points + 3;
  }

  #scoreInterface(object: number, offset: number): number {
    const word = this.#contents.word(object, offset);
    if (word === 0) return this.#contents.word(object, offset + this.#word) === 0 ? 0 : CONTRADICTION;
    return this.#executable.dynamicType(word) < 0 ? CONTRADICTION : 6;
  }

  #scorePointer(pointer: number, elem: Type, count: number): number {
    if (pointer === 0) return 0;
    if (isTrieNode(elem)) return this.#scoreTrieNode(pointer);
    return this.#scoreTarget(pointer, this.#executable.universe.of(elem), count);
  }

  /** internal/sync.HashTrieMap: the node begins with a bool. */
  #scoreTrieNode(pointer: number): number {
    const target = this.#heap.findObject(pointer);
    if (target < 0) return 0;
    return this.#contents.byte(target, 0) <= 1 ? 1 : CONTRADICTION;
  }

  #scoreMap(pointer: number, type: Type): number {
    if (pointer === 0) return 0;
    const { universe } = this.#executable;
    const header = universe.mapHeader(universe.of(type));
    if (header === undefined) return 0;
    const points = this.#scoreTarget(pointer, header, 1);
    return points === CONTRADICTION ? points : points + 2;
  }

  #scoreChannel(pointer: number, type: Type): number {
    const target = pointer === 0 ? -1 : this.#heap.findObject(pointer);
    const elemtype = this.#executable.universe.named("runtime.hchan")?.type?.fields.find((f) => f.name === "elemtype");
    if (target < 0 || elemtype === undefined) return 0;
    const word = this.#contents.word(target, elemtype.offset);
    return this.#executable.typeAt(word)?.type === type.elem ? 6 : CONTRADICTION;
  }

  #scoreFunc(pointer: number): number {
    const target = pointer === 0 ? -1 : this.#heap.findObject(pointer);
    if (target < 0) return 0;
    return this.#executable.functionAt(this.#contents.word(target, 0)) === undefined ? CONTRADICTION : 4;
  }

  /** A pointer to `count` values of a type. */
  #scoreTarget(pointer: number, node: TypeNode, count: number): number {
    const target = this.#heap.findObject(pointer);
    if (target < 0) return pointer > 0 && pointer < FIRST_PAGE ? CONTRADICTION : 0;
    const { objects } = this.#heap;
    const header = (objects.flags[target]! & HAS_HEADER) !== 0 ? 8 : 0;
    const inside = pointer - objects.address[target]! - header;
    if (inside < 0 || inside + header + count * node.size > objectSize(objects, target)) return CONTRADICTION;
    // Inside something larger: the shape of the whole says nothing of the part.
    if (inside !== 0) return 0;
    const known = this.#propagation.node(target);
    if (known === node) return 6;
    const { shape } = this.#matcher.mask(this.#heap.shapes!.of[target]!);
    const match = this.#matcher.match(this.#heap.shapes!.of[target]!, node);
    if (match.repeat === 0) {
      // Part of a larger value is possible, but pointers where there are none, or none where they are, is not.
      const pointers = node.leaves.offset.length;
      if (pointers === 0 ? shape.pointerCount > 0 && count * node.size === shape.size : shape.pointerCount === 0) {
        return CONTRADICTION;
      }
      return node.type?.kind === Kind.Array || node.type?.kind === Kind.Struct || pointers > 0 ? CONTRADICTION : 0;
    }
    let points = shape.pointerCount > 0 ? 2 : 0;
    // So many values get a slot of just this size.
    const bytes = count * node.size + header;
    if (slotSizeFor(bytes) === shape.size) points++;
    if (known !== undefined && this.#propagation.rank[target]! >= Rank.INTERFACE && shape.pointerCount > 0) points -= 2;
    return points;
  }
}
