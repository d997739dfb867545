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
import { CheckKind } from "../universe/checks.ts";
import { NodeLayouts } from "../universe/node-layouts.ts";
import { Width } from "../universe/runtime-fields.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";
import { type NodeCheck, NodeChecks } from "./node-checks.ts";
import { PointerWords } from "./pointer-words.ts";

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

/** Kept answers of whether a layout fits a shape; a power of two. */
const RECENT = 1 << 14;
const SHAPE_FACTOR = 0x9e37_79b1 | 0;

export class Agreement {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #claims: Claims;
  readonly #word: number;
  readonly #checks: NodeChecks;
  readonly #words: PointerWords;
  readonly #layouts = new NodeLayouts();
  /** Which layouts fit which shapes, at places that both give. */
  readonly #recentShape = new Int32Array(RECENT).fill(-1);
  readonly #recentLayout = new Int32Array(RECENT);
  readonly #recentFits = new Uint8Array(RECENT);
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
    this.#checks = new NodeChecks(executable.universe);
    this.#words = new PointerWords(heap, contents);
    const channel = executable.universe.named("runtime.hchan")?.type;
    const fields = executable.universe.runtime.find(channel, { elemtype: Width.WORD }, "channels as evidence of types");
    this.#channelElem = fields?.elemtype.offset;
  }

  /** What the words of a value of a type are checked for. */
  checksOf(node: TypeNode): readonly NodeCheck[] {
    return this.#checks.of(node);
  }

  /** Points for what agrees when a value of a Go type stands at `offset` of the slot, or CONTRADICTION. */
  score(object: number, offset: number, node: TypeNode): number {
    const checks = this.#checks.of(node);
    let sum = 0;
    for (let i = 0; i < checks.length; i++) {
      const points = this.check(object, offset, checks[i]!);
      if (points === CONTRADICTION) return CONTRADICTION;
      sum += points;
    }
    return sum;
  }

  /** The same for one word of a value that stands at `base`. */
  check(object: number, base: number, { offset, kind, type, target }: NodeCheck): number {
    const at = base + offset;
    const contents = this.#contents;
    switch (kind) {
      case CheckKind.BOOL:
        return contents.byte(object, at) > 1 ? CONTRADICTION : 0;
      case CheckKind.STRING:
        return this.#scoreString(object, at);
      case CheckKind.MAP_STRING:
        return contents.word(object, at) === 0 ? 0 : this.#scoreString(object, at);
      case CheckKind.SLICE:
        return this.#scoreSlice(object, at, target!);
      case CheckKind.EMPTY_INTERFACE:
      case CheckKind.INTERFACE:
        return this.#scoreInterface(object, at, kind === CheckKind.INTERFACE, type);
      case CheckKind.POINTER:
        return this.#scoreTarget(this.#words.rowOf(object, at), target!, 1);
      case CheckKind.TRIE_NODE:
        return this.#scoreTrieNode(this.#words.rowOf(object, at), type);
      case CheckKind.MAP:
        return target === undefined ? 0 : this.#scoreMap(this.#words.rowOf(object, at), target);
      case CheckKind.CHANNEL:
        return this.#scoreChannel(this.#words.rowOf(object, at), type);
      case CheckKind.FUNC:
        return this.#scoreFunc(this.#words.rowOf(object, at));
      case CheckKind.FUNCTION_ENTRY:
        return this.#executable.functionAt(contents.word(object, at)) === undefined ? CONTRADICTION : FUNC_POINTS;
      case CheckKind.NOT_ZERO:
        return contents.word(object, at) === 0 ? CONTRADICTION : 0;
      default:
        return contents.word(object, at) === 0 ? 0 : CONTRADICTION;
    }
  }

  #scoreString(object: number, at: number): number {
    const row = this.#words.rowOf(object, at);
    const pointer = this.#words.value[row]!;
    const length = this.#contents.word(object, at + this.#word);
    if (length < 0 || length > MAX_LENGTH || (pointer === 0 && length !== 0)) return CONTRADICTION;
    if (pointer === 0) return 0;
    const target = this.#words.target[row]!;
    // No object with pointers begins with text.
    if (target >= 0 && this.#hasPointers(target) && pointer === valueAddress(this.#heap.objects, target))
      return CONTRADICTION;
    if (length === 0) return 0;
    const points = this.#scoreTarget(row, this.#executable.universe.stringData, length);
    return points === CONTRADICTION || target < 0 ? points : points + STRING_POINTS;
  }

  #scoreSlice(object: number, at: number, elem: TypeNode): number {
    const row = this.#words.rowOf(object, at);
    const length = this.#contents.word(object, at + this.#word);
    const capacity = this.#contents.word(object, at + 2 * this.#word);
    if (length < 0 || length > capacity || capacity > MAX_LENGTH) return CONTRADICTION;
    if (this.#words.value[row] === 0 && capacity !== 0) return CONTRADICTION;
    if (capacity === 0) return 0;
    const points = this.#scoreTarget(row, elem, capacity);
    return points === CONTRADICTION || this.#words.target[row]! < 0 ? points : points + SLICE_POINTS;
  }

  #scoreInterface(object: number, at: number, hasMethods: boolean, type: Type): number {
    const word = this.#contents.word(object, at);
    if (word === 0) return this.#contents.word(object, at + this.#word) === 0 ? 0 : CONTRADICTION;
    if (this.#executable.dynamicType(word) < 0 || this.#executable.isItab(word) !== hasMethods) return CONTRADICTION;
    const known = hasMethods ? this.#executable.interfaceOf(word) : undefined;
    return known !== undefined && known !== type ? CONTRADICTION : INTERFACE_POINTS;
  }

  /** internal/sync.HashTrieMap: what the node is, its first byte tells. */
  #scoreTrieNode(row: number, node: Type): number {
    const target = this.#words.target[row]!;
    if (target < 0) return 0;
    const first = this.#contents.byte(target, 0);
    if (first > 1) return CONTRADICTION;
    const real = this.#executable.universe.trieNode(node, first === 1);
    return real === undefined ? 1 : this.#scoreTarget(row, real, 1);
  }

  #scoreMap(row: number, header: TypeNode): number {
    const points = this.#scoreTarget(row, header, 1);
    return points === CONTRADICTION || this.#words.target[row]! < 0 ? points : points + MAP_POINTS;
  }

  #scoreChannel(row: number, type: Type): number {
    const target = this.#words.target[row]!;
    if (target < 0 || this.#channelElem === undefined) return 0;
    if (this.#channelElem + this.#word > objectSize(this.#heap.objects, target)) return CONTRADICTION;
    const word = this.#contents.word(target, this.#channelElem);
    return this.#executable.typeAt(word)?.type === type.elem ? CHANNEL_POINTS : CONTRADICTION;
  }

  #scoreFunc(row: number): number {
    const target = this.#words.target[row]!;
    if (target < 0) return 0;
    return this.#executable.functionAt(this.#contents.word(target, 0)) === undefined ? CONTRADICTION : FUNC_POINTS;
  }

  #hasPointers(object: number): boolean {
    return (this.#heap.objects.flags[object]! & HAS_POINTERS) !== 0;
  }

  /** A pointer, in a row of `#words`, to `count` values of a type. */
  #scoreTarget(row: number, node: TypeNode, count: number): number {
    const pointer = this.#words.value[row]!;
    const target = this.#words.target[row]!;
    if (target < 0) return pointer > 0 && pointer < FIRST_PAGE ? CONTRADICTION : 0;
    const { objects } = this.#heap;
    const header = valueOffset(objects, target);
    const inside = pointer - valueAddress(objects, target);
    if (inside < 0 || inside + header + count * node.size > objectSize(objects, target)) return CONTRADICTION;
    // Inside something larger: the shape of the whole says nothing of the part. Nor does a type without a size.
    if (inside !== 0 || node.size === 0) return 0;
    const { assignments } = this.#claims;
    const known = assignments.nodeId(target);
    if (known === node.id) return SAME_TYPE_POINTS;
    const shapeIndex = this.#heap.shapes!.of[target]!;
    const { shape } = this.#matcher.mask(shapeIndex);
    if (!this.#fits(shapeIndex, node)) {
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
    if (known >= 0 && assignments.standing(target) > Standing.GUESS && shape.pointerCount > 0) points -= 2;
    return Math.max(points, 0);
  }

  /** Whether values of a type, which is no channel, may stand at the beginning of an object of a shape. */
  #fits(shape: number, node: TypeNode): boolean {
    const layout = this.#layouts.of(node);
    const at = (Math.imul(shape, SHAPE_FACTOR) + layout) & (RECENT - 1);
    if (this.#recentShape[at] !== shape || this.#recentLayout[at] !== layout) {
      this.#recentShape[at] = shape;
      this.#recentLayout[at] = layout;
      this.#recentFits[at] = this.#matcher.match(shape, node).repeat > 0 ? 1 : 0;
    }
    return this.#recentFits[at] === 1;
  }
}
