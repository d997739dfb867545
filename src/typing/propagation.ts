/**
 * Propagation: from objects whose type is known to what they point to, until nothing changes. Works on the graph alone as
 * far as it can: an edge's offset finds the field, the field's type says what the target is, and the target's shape must
 * agree (`shape-matcher.ts`). typing.md §4.
 */
import { Kind } from "../binary/index.ts";
import { HAS_HEADER, type Heap, objectSize, TypeSource } from "../heap/heap.ts";
import { breathe, type Progress } from "../progress.ts";
import { Assignments } from "./assignments.ts";
import type { ClosureTypes } from "./closures.ts";
import type { ContentsReader } from "./contents.ts";
import type { InterfaceWords } from "./interface-words.ts";
import { LeafKind } from "./leaves.ts";
import type { ShapeMatcher } from "./shape-matcher.ts";
import { contains, isArray, isShapeOf, NodeKind, type TypeNode } from "./type-node.ts";
import type { TypeUniverse } from "./type-universe.ts";

/** How much a source of evidence is worth. What a typed object refers to inherits its rank. typing.md §4.3. */
export const Rank = {
  HEADER: 100,
  RECORD: 90,
  INTERFACE: 50,
  RECOGNISED: 45,
  MAP_CONTENTS: 40,
  STRUCTURE: 30,
  PERIODIC: 28,
  /** Taken off for what follows from a pointer into the middle. */
  INTERIOR: 9,
} as const;

/** Values without pointers that are smaller share blocks of this size. */
const TINY_SIZE = 16;

/** A better rank by so much outweighs a larger value. */
const DECISIVE = 25;

export class Propagation {
  /** The result. */
  readonly assignments: Assignments;

  readonly #heap: Heap;
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  readonly #interfaces: InterfaceWords;
  readonly #contents: ContentsReader;
  readonly #closures: ClosureTypes;
  readonly #shapeOf: Int32Array;
  /** Objects whose pointers are to be followed; each is in it once at the most. */
  readonly #stack: Int32Array;
  #depth = 0;
  /** One bit an edge: its pointer is into the middle of the target. */
  readonly #interiorBits: Int32Array;
  /** Interior values that wait: object, offset, node id, rank. */
  readonly #interiors: number[] = [];
  readonly #seenInteriors = new Set<string>();

  constructor(
    heap: Heap,
    universe: TypeUniverse,
    matcher: ShapeMatcher,
    interfaces: InterfaceWords,
    contents: ContentsReader,
    closures: ClosureTypes,
  ) {
    const { count } = heap.objects;
    this.#heap = heap;
    this.#universe = universe;
    this.#matcher = matcher;
    this.#interfaces = interfaces;
    this.#contents = contents;
    this.#closures = closures;
    this.#shapeOf = heap.shapes!.of;
    this.assignments = new Assignments(count);
    this.#stack = new Int32Array(count);
    this.#interiorBits = new Int32Array((heap.edges.count >>> 5) + 1);
    for (const edge of heap.edges.interiorEdge) this.#interiorBits[edge >>> 5]! |= 1 << (edge & 31);
  }

  node(object: number): TypeNode | undefined {
    const id = this.assignments.nodeId(object);
    return id < 0 ? undefined : this.#universe.nodes[id];
  }

  /** Gives an object a type for certain, whatever it had. */
  assign(object: number, node: TypeNode, asArray: boolean, rank: number, source: number): void {
    this.assignments.set(object, node.id, asArray, rank, source);
    if (node.leaves.offset.length > 0 && this.assignments.enqueue(object)) this.#stack[this.#depth++] = object;
  }

  /**
   * Says that a value of `node`, or an array of them, begins `inside` bytes behind the beginning of an object's value.
   * Taken if the object's shape agrees and nothing better is known.
   * @returns whether it was taken
   */
  add(object: number, inside: number, node: TypeNode, asArray: boolean, rank: number, source: number): boolean {
    const current = this.assignments.nodeId(object);
    if (inside === 0 && current === node.id) {
      this.assignments.raiseRank(object, rank);
      return false;
    }
    if (isArray(node)) {
      // [n]T is walked as an array of T.
      const element = this.#universe.elementOf(node);
      return element !== undefined && this.add(object, inside, element, true, rank, source);
    }
    if (inside !== 0) return this.#addInside(object, inside, node, asArray, rank, source);
    const shape = this.#shapeOf[object]!;
    const match = this.#matcher.match(shape, node);
    if (match.repeat === 0) return false;
    const isTiny = node.size < TINY_SIZE && this.#isTiny(object);
    // One small value gets such a block, too; the bytes of strings are many everywhere.
    const isMany = asArray || (match.repeat > 1 && !(isTiny && node.kind === NodeKind.TYPE));
    if (current >= 0) {
      const known = this.#universe.nodes[current]!;
      if (known.kind === NodeKind.TINY) return false;
      if (isTiny && areSeparate(known, node, inside)) {
        this.assign(object, this.#universe.tiny, false, rank, source);
        return false;
      }
      if (!this.#isBetter(object, shape, node, match.repeat, match.isExactSize, known, rank)) return false;
    }
    this.assign(object, node, isMany, rank, source);
    return true;
  }

  #isBetter(
    object: number,
    shape: number,
    node: TypeNode,
    repeat: number,
    isExactSize: boolean,
    known: TypeNode,
    rank: number,
  ): boolean {
    const knownRank = this.assignments.rank(object);
    if (knownRank >= Rank.HEADER) return isShapeOf(known, node);
    const knownMatch = this.#matcher.match(shape, known);
    if (isExactSize !== knownMatch.isExactSize) return isExactSize;
    const bytes = repeat * node.size;
    const knownBytes = knownMatch.repeat * known.size;
    if (bytes !== knownBytes && knownRank - rank < DECISIVE) return bytes > knownBytes;
    if (rank !== knownRank) return rank > knownRank;
    return isShapeOf(known, node) || contains(node, known);
  }

  #isTiny(object: number): boolean {
    const { shape } = this.#matcher.mask(this.#shapeOf[object]!);
    return shape.size === TINY_SIZE && shape.pointerCount === 0;
  }

  /** A pointer into the middle: of an array of the type, if the whole object can be one; else of something larger. */
  #addInside(object: number, inside: number, node: TypeNode, asArray: boolean, rank: number, source: number): boolean {
    const known = this.node(object);
    if (known !== undefined) {
      if (!this.#isTiny(object) || !areSeparate(known, node, inside)) return false;
      this.assign(object, this.#universe.tiny, false, rank - Rank.INTERIOR, source);
      return true;
    }
    if (this.#isTiny(object) && node.leaves.offset.length === 0 && node.size < TINY_SIZE) {
      this.assign(object, this.#universe.tiny, false, rank - Rank.INTERIOR, source);
      return true;
    }
    if (node.size > 0 && inside % node.size === 0 && inside > 0) {
      const { repeat } = this.#matcher.match(this.#shapeOf[object]!, node);
      if (repeat > 1 && inside < repeat * node.size) {
        this.assign(object, node, true, rank - Rank.INTERIOR, source);
        return true;
      }
    }
    if (node.leaves.offset.length > 0 && !asArray) this.#interiors.push(object, inside, node.id, rank);
    return false;
  }

  /** Follows pointers until nothing is left to follow. */
  async run(progress: Progress): Promise<void> {
    let steps = 0;
    for (;;) {
      while (this.#depth > 0) {
        const object = this.#stack[--this.#depth]!;
        this.assignments.dequeue(object);
        this.#follow(object);
        if ((++steps & 0x3_ffff) === 0) {
          progress.update(this.assignments.typedCount);
          await breathe(progress);
        }
      }
      if (this.#interiors.length === 0) return;
      this.#followInteriors();
    }
  }

  #follow(object: number): void {
    const node = this.node(object)!;
    const start = (this.#heap.objects.flags[object]! & HAS_HEADER) !== 0 ? 8 : 0;
    this.#followRange(object, node, start, Number.POSITIVE_INFINITY, this.assignments.rank(object));
  }

  /** Follows the pointers of values of `node` that begin at `base` of the slot and end before `end`. */
  #followRange(object: number, node: TypeNode, base: number, end: number, rank: number): void {
    const { start, to, offset: edgeOffset } = this.#heap.edges;
    const { offset, kind, elem } = node.leaves;
    const { size } = node;
    const leafCount = offset.length;
    if (leafCount === 0) return;
    let leaf = 0;
    let valueStart = base;
    const after = start[object + 1]!;
    for (let edge = start[object]!; edge < after; edge++) {
      const at = edgeOffset[edge]!;
      if (at < base) continue;
      if (at >= end) break;
      if (at - valueStart >= size) {
        valueStart = base + Math.floor((at - base) / size) * size;
        leaf = 0;
      }
      const within = at - valueStart;
      while (leaf < leafCount && offset[leaf]! < within) leaf++;
      if (leaf === leafCount || offset[leaf] !== within) continue;
      this.#followEdge(object, edge, to[edge]!, kind[leaf]!, elem[leaf], rank);
    }
  }

  #followEdge(
    from: number,
    edge: number,
    target: number,
    kind: number,
    elem: TypeNode | undefined,
    rank: number,
  ): void {
    const inside = this.insideOf(edge, target);
    if (kind === LeafKind.INTERFACE) {
      const dynamic = this.#interfaces.typeOf(edge);
      if (dynamic !== undefined) this.addInterfaceTarget(target, inside, dynamic, rank);
      return;
    }
    if (kind === LeafKind.MAP_DIRECTORY) {
      this.#followMapDirectory(from, target, inside, elem!, rank);
      return;
    }
    this.addTarget(target, inside, kind, elem, rank);
  }

  /** Says what a pointer of a known kind tells of its target. */
  addTarget(target: number, inside: number, kind: number, elem: TypeNode | undefined, rank: number): void {
    const source = sourceOf(rank);
    switch (kind) {
      case LeafKind.POINTER:
        this.add(target, inside, elem!, false, rank, source);
        break;
      case LeafKind.STRING:
        this.add(target, inside, this.#universe.stringData, false, rank, source);
        break;
      case LeafKind.SLICE:
        this.add(target, inside, elem!, true, rank, source);
        break;
      case LeafKind.MAP: {
        const header = this.#universe.mapHeader(elem!);
        if (header !== undefined) this.add(target, inside, header, false, rank, source);
        break;
      }
      case LeafKind.CHANNEL: {
        const channel = this.#universe.channel(elem!);
        if (channel !== undefined) this.add(target, inside, channel, false, rank, source);
        break;
      }
      case LeafKind.FUNC: {
        const closure = inside === 0 ? this.#closures.typeOf(target) : undefined;
        if (closure !== undefined) this.add(target, 0, closure, false, rank, source);
        break;
      }
      case LeafKind.TRIE_NODE:
        this.#addTrieNode(target, inside, elem!, rank);
        break;
    }
  }

  /** Says that an interface with a dynamic type has its data word pointing there. */
  addInterfaceTarget(target: number, inside: number, dynamic: TypeNode, rank: number): void {
    if (dynamic.type === undefined) return;
    if (!dynamic.type.isDirect) {
      this.add(target, inside, dynamic, false, rank, sourceOf(rank));
      return;
    }
    // The data word is the value: a pointer, map, channel, func, or a struct of one.
    const { offset, kind, elem } = dynamic.leaves;
    if (offset.length === 1) this.addTarget(target, inside, kind[0]!, elem[0], rank);
  }

  /** Go ≥ 1.24: a directory of length 0 is one group. */
  #followMapDirectory(header: number, target: number, inside: number, map: TypeNode, rank: number): void {
    const lengthOffset = this.#directoryLengthOffset();
    if (lengthOffset === undefined || map.type?.group === undefined) return;
    const length = this.#contents.word(header, lengthOffset);
    if (length === 0) this.add(target, inside, this.#universe.of(map.type.group), false, rank, sourceOf(rank));
    else this.add(target, inside, this.#universe.mapDirectory(map), true, rank, sourceOf(rank));
  }

  #directoryLengthOffset(): number | undefined {
    const type = this.#universe.named("internal/runtime/maps.Map")?.type;
    return type?.fields.find((field) => field.name === "dirLen")?.offset;
  }

  /** internal/sync.HashTrieMap: every node begins with a bool that tells entries from indirect nodes. */
  #addTrieNode(target: number, inside: number, node: TypeNode, rank: number): void {
    if (inside !== 0) return;
    const isEntry = this.#contents.byte(target, 0) === 1;
    const named = node.type === undefined ? undefined : this.#universe.trieNode(node.type, isEntry);
    if (named !== undefined) this.add(target, 0, named, false, rank, sourceOf(rank));
  }

  /** Bytes from the beginning of the target's value to where the edge's pointer leads. */
  insideOf(edge: number, target: number): number {
    if ((this.#interiorBits[edge >>> 5]! & (1 << (edge & 31))) === 0) return 0;
    const { interiorEdge, interiorOffset } = this.#heap.edges;
    let low = 0;
    let high = interiorEdge.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (interiorEdge[middle]! < edge) low = middle + 1;
      else high = middle;
    }
    const header = (this.#heap.objects.flags[target]! & HAS_HEADER) !== 0 ? 8 : 0;
    return interiorOffset[low]! - header;
  }

  /** Values in the middle of objects that are still untyped: their own pointers tell something all the same. */
  #followInteriors(): void {
    const waiting = this.#interiors.splice(0);
    for (let i = 0; i < waiting.length; i += 4) {
      const object = waiting[i]!;
      const inside = waiting[i + 1]!;
      const key = `${object} ${inside} ${waiting[i + 2]}`;
      if (this.assignments.isTyped(object) || this.#seenInteriors.has(key)) continue;
      this.#seenInteriors.add(key);
      const node = this.#universe.nodes[waiting[i + 2]!]!;
      const base = inside + ((this.#heap.objects.flags[object]! & HAS_HEADER) !== 0 ? 8 : 0);
      if (base < 0 || base + node.size > objectSize(this.#heap.objects, object)) continue;
      this.#followRange(object, node, base, base + node.size, waiting[i + 3]!);
    }
  }
}

/** Whether a value known to begin a tiny block and one at `inside` of it cannot be the same, or parts of one array. */
function areSeparate(known: TypeNode, node: TypeNode, inside: number): boolean {
  if (known.size >= TINY_SIZE || node.size >= TINY_SIZE) return false;
  if (known === node) return inside % node.size !== 0;
  // Text may be seen as bytes.
  return known.size > 1 || node.size > 1 || isBool(known) !== isBool(node);
}

function isBool(node: TypeNode): boolean {
  return node.type?.kind === Kind.Bool;
}

/** What follows from a guess is one. */
function sourceOf(rank: number): number {
  return rank > Rank.MAP_CONTENTS ? TypeSource.PROPAGATED : TypeSource.INFERRED;
}
