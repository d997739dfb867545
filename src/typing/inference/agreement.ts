/**
 * Agreement: how well an object's contents agree with a type. For objects that nothing typed refers to, a type is inferred
 * only if the contents speak for it and for no other.
 */
import { Kind, type Type } from "../../binary/index.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, objectSize, valueAddress, valueOffset } from "../../heap/objects.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { type Check, CheckKind, listChecks } from "../universe/checks.ts";
import { Width } from "../universe/runtime-fields.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";

/** The contents contradict the type. */
export const CONTRADICTION = -1;

/** No string or slice is longer. */
const MAX_LENGTH = 2 ** 40;
/** No pointer is to the first page. */
const FIRST_PAGE = 4096;

/**
 * What a value may get from each kind of word that agrees, beyond what the word's target adds. What points outside the heap
 * agrees with everything, and gets nothing.
 */
const STRING_POINTS = 2;
const SLICE_POINTS = 3;
const MAP_POINTS = 2;
const INTERFACE_POINTS = 6;
const CHANNEL_POINTS = 6;
const FUNC_POINTS = 4;
/** The target has the very type already. */
const SAME_TYPE_POINTS = 6;

export class Agreement {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #claims: Claims;
  readonly #word: number;
  /** By node id. */
  readonly #checks: (readonly Check[] | undefined)[] = [];
  /** Offset of runtime.hchan's elemtype. */
  readonly #channelElem: number | undefined;

  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    contents: ContentsReader,
    claims: Claims,
  ) {
    this.#heap = heap;
    this.#executable = executable;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#claims = claims;
    this.#word = heap.dump.pointerSize;
    const channel = executable.universe.named("runtime.hchan")?.type;
    const fields = executable.universe.runtime.find(channel, { elemtype: Width.WORD }, "channels as evidence of types");
    this.#channelElem = fields?.elemtype.offset;
  }

  /** Points for what agrees when a value of a Go type stands at `offset` of the slot, or CONTRADICTION. */
  score(object: number, offset: number, node: TypeNode): number {
    let checks = this.#checks[node.id];
    if (checks === undefined) {
      checks = node.type === undefined ? [] : listChecks(node.type);
      this.#checks[node.id] = checks;
    }
    let sum = 0;
    for (let i = 0; i < checks.length; i++) {
      const points = this.#check(object, offset, checks[i]!);
      if (points === CONTRADICTION) return CONTRADICTION;
      sum += points;
    }
    return sum;
  }

  #check(object: number, base: number, { offset, kind, type }: Check): number {
    const at = base + offset;
    const contents = this.#contents;
    switch (kind) {
      case CheckKind.BOOL:
        return contents.byte(object, at) > 1 ? CONTRADICTION : 0;
      case CheckKind.STRING:
        return this.#scoreString(contents.word(object, at), contents.word(object, at + this.#word));
      case CheckKind.MAP_STRING: {
        const pointer = contents.word(object, at);
        return pointer === 0 ? 0 : this.#scoreString(pointer, contents.word(object, at + this.#word));
      }
      case CheckKind.SLICE:
        return this.#scoreSlice(object, at, type);
      case CheckKind.EMPTY_INTERFACE:
      case CheckKind.INTERFACE:
        return this.#scoreInterface(object, at, kind === CheckKind.INTERFACE, type);
      case CheckKind.POINTER:
        return this.#scorePointer(contents.word(object, at), this.#executable.universe.pointee(type), 1);
      case CheckKind.TRIE_NODE:
        return this.#scoreTrieNode(contents.word(object, at), type);
      case CheckKind.MAP:
        return this.#scoreMap(contents.word(object, at), type);
      case CheckKind.CHANNEL:
        return this.#scoreChannel(contents.word(object, at), type);
      case CheckKind.FUNC:
        return this.#scoreFunc(contents.word(object, at));
      case CheckKind.FUNCTION_ENTRY:
        return this.#executable.functionAt(contents.word(object, at)) === undefined ? CONTRADICTION : FUNC_POINTS;
      case CheckKind.NOT_ZERO:
        return contents.word(object, at) === 0 ? CONTRADICTION : 0;
      default:
        return contents.word(object, at) === 0 ? 0 : CONTRADICTION;
    }
  }

  #scoreString(pointer: number, length: number): number {
    if (length < 0 || length > MAX_LENGTH || (pointer === 0 && length !== 0)) return CONTRADICTION;
    if (pointer === 0) return 0;
    const target = this.#heap.findObject(pointer);
    // No object with pointers begins with text.
    if (target >= 0 && this.#hasPointers(target) && pointer === valueAddress(this.#heap.objects, target))
      return CONTRADICTION;
    if (length === 0) return 0;
    const points = this.#scoreTarget(pointer, this.#executable.universe.stringData, length);
    return points === CONTRADICTION || target < 0 ? points : points + STRING_POINTS;
  }

  #scoreSlice(object: number, at: number, elem: Type): number {
    const pointer = this.#contents.word(object, at);
    const length = this.#contents.word(object, at + this.#word);
    const capacity = this.#contents.word(object, at + 2 * this.#word);
    if (length < 0 || length > capacity || capacity > MAX_LENGTH || (pointer === 0 && capacity !== 0)) {
      return CONTRADICTION;
    }
    if (capacity === 0) return 0;
    const points = this.#scorePointer(pointer, this.#executable.universe.of(elem), capacity);
    return points === CONTRADICTION || this.#heap.findObject(pointer) < 0 ? points : points + SLICE_POINTS;
  }

  #scoreInterface(object: number, at: number, hasMethods: boolean, type: Type): number {
    const word = this.#contents.word(object, at);
    if (word === 0) return this.#contents.word(object, at + this.#word) === 0 ? 0 : CONTRADICTION;
    if (this.#executable.dynamicType(word) < 0 || this.#executable.isItab(word) !== hasMethods) return CONTRADICTION;
    const known = hasMethods ? this.#executable.interfaceOf(word) : undefined;
    return known !== undefined && known !== type ? CONTRADICTION : INTERFACE_POINTS;
  }

  #scorePointer(pointer: number, elem: TypeNode, count: number): number {
    return pointer === 0 ? 0 : this.#scoreTarget(pointer, elem, count);
  }

  /** internal/sync.HashTrieMap: what the node is, its first byte tells. */
  #scoreTrieNode(pointer: number, node: Type): number {
    const target = pointer === 0 ? -1 : this.#heap.findObject(pointer);
    if (target < 0) return 0;
    const first = this.#contents.byte(target, 0);
    if (first > 1) return CONTRADICTION;
    const real = this.#executable.universe.trieNode(node, first === 1);
    return real === undefined ? 1 : this.#scoreTarget(pointer, real, 1);
  }

  #scoreMap(pointer: number, type: Type): number {
    if (pointer === 0) return 0;
    const { universe } = this.#executable;
    const header = universe.mapHeader(universe.of(type));
    if (header === undefined) return 0;
    const points = this.#scoreTarget(pointer, header, 1);
    return points === CONTRADICTION || this.#heap.findObject(pointer) < 0 ? points : points + MAP_POINTS;
  }

  #scoreChannel(pointer: number, type: Type): number {
    const target = pointer === 0 ? -1 : this.#heap.findObject(pointer);
    if (target < 0 || this.#channelElem === undefined) return 0;
    if (this.#channelElem + this.#word > objectSize(this.#heap.objects, target)) return CONTRADICTION;
    const word = this.#contents.word(target, this.#channelElem);
    return this.#executable.typeAt(word)?.type === type.elem ? CHANNEL_POINTS : CONTRADICTION;
  }

  #scoreFunc(pointer: number): number {
    const target = pointer === 0 ? -1 : this.#heap.findObject(pointer);
    if (target < 0) return 0;
    return this.#executable.functionAt(this.#contents.word(target, 0)) === undefined ? CONTRADICTION : FUNC_POINTS;
  }

  #hasPointers(object: number): boolean {
    return (this.#heap.objects.flags[object]! & HAS_POINTERS) !== 0;
  }

  /** A pointer to `count` values of a type. */
  #scoreTarget(pointer: number, node: TypeNode, count: number): number {
    const target = this.#heap.findObject(pointer);
    if (target < 0) return pointer > 0 && pointer < FIRST_PAGE ? CONTRADICTION : 0;
    const { objects } = this.#heap;
    const header = valueOffset(objects, target);
    const inside = pointer - valueAddress(objects, target);
    if (inside < 0 || inside + header + count * node.size > objectSize(objects, target)) return CONTRADICTION;
    // Inside something larger: the shape of the whole says nothing of the part. Nor does a type without a size.
    if (inside !== 0 || node.size === 0) return 0;
    const known = this.#claims.node(target);
    if (known === node) return SAME_TYPE_POINTS;
    const shapeIndex = this.#heap.shapes!.of[target]!;
    const { shape } = this.#matcher.mask(shapeIndex);
    const match = this.#matcher.match(shapeIndex, node);
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
    if (known !== undefined && this.#claims.assignments.standing(target) > Standing.GUESS && shape.pointerCount > 0)
      points -= 2;
    return Math.max(points, 0);
  }
}
