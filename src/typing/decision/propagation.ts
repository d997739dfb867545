/**
 * Propagation: from objects whose type is known to what they point to, until nothing changes. Works on the graph alone as
 * far as it can: an edge's offset finds the field, the field's type says what the target is, and whether that is taken is
 * the matter of `claims.ts`. typing.md §4.4.
 */
import type { Heap } from "../../heap/heap.ts";
import { objectSize, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { ClosureTypes } from "../evidence/closures.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { GlobalTargets } from "../evidence/global-targets.ts";
import type { InterfaceWords } from "../evidence/interface-words.ts";
import { LeafKind } from "../universe/leaves.ts";
import { Width } from "../universe/runtime-fields.ts";
import type { TypeNode } from "../universe/type-node.ts";
import { MAP_PARTS, type TypeUniverse } from "../universe/type-universe.ts";
import { type Claims, INTERIOR_WIDTH } from "./claims.ts";
import { sourceOf } from "./rank.ts";

export class Propagation {
  readonly claims: Claims;

  readonly #heap: Heap;
  readonly #universe: TypeUniverse;
  readonly #interfaces: InterfaceWords;
  readonly #contents: ContentsReader;
  readonly #closures: ClosureTypes;
  readonly #globals: GlobalTargets;
  /** One bit an edge: its pointer is into the middle of the target. */
  readonly #interiorBits: Int32Array;
  /** Go ≥ 1.24: offset of the length of a map's directory; undefined if it is not known. */
  readonly #directoryLength: number | undefined;
  /** Values in the middle of objects that were followed: object, offset, node id. */
  readonly #seenInteriors = new Set<string>();

  constructor(
    heap: Heap,
    claims: Claims,
    universe: TypeUniverse,
    interfaces: InterfaceWords,
    contents: ContentsReader,
    closures: ClosureTypes,
    globals: GlobalTargets,
  ) {
    this.#heap = heap;
    this.claims = claims;
    this.#universe = universe;
    this.#interfaces = interfaces;
    this.#contents = contents;
    this.#closures = closures;
    this.#globals = globals;
    const map = universe.named("internal/runtime/maps.Map")?.type;
    this.#directoryLength = universe.runtime.find(map, { dirLen: Width.WORD }, MAP_PARTS)?.dirLen.offset;
    this.#interiorBits = new Int32Array((heap.edges.count >>> 5) + 1);
    for (const edge of heap.edges.interiorEdge) this.#interiorBits[edge >>> 5]! |= 1 << (edge & 31);
  }

  /** Follows pointers until nothing is left to follow. */
  async run(progress: Progress): Promise<void> {
    const { claims } = this;
    let steps = 0;
    for (;;) {
      for (let object = claims.next(); object >= 0; object = claims.next()) {
        this.#follow(object);
        if ((++steps & 0x3_ffff) === 0) {
          progress.update(claims.assignments.typedCount);
          await breathe(progress);
        }
      }
      const interiors = claims.takeInteriors();
      if (interiors.length === 0) return;
      this.#followInteriors(interiors);
    }
  }

  #follow(object: number): void {
    const node = this.claims.node(object)!;
    const start = valueOffset(this.#heap.objects, object);
    const rank = this.claims.assignments.rank(object);
    this.#followRange(object, node, start, Number.POSITIVE_INFINITY, rank);
    if (this.#globals.has(object)) this.#globals.follow(object, node, rank);
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
        this.claims.add(target, inside, elem!, false, rank, source);
        break;
      case LeafKind.STRING:
        this.claims.add(target, inside, this.#universe.stringData, false, rank, source);
        break;
      case LeafKind.SLICE:
        this.claims.add(target, inside, elem!, true, rank, source);
        break;
      case LeafKind.MAP: {
        const header = this.#universe.mapHeader(elem!);
        if (header !== undefined) this.claims.add(target, inside, header, false, rank, source);
        break;
      }
      case LeafKind.CHANNEL: {
        const channel = this.#universe.channel(elem!);
        if (channel !== undefined) this.claims.add(target, inside, channel, false, rank, source);
        break;
      }
      case LeafKind.FUNC: {
        const closure = inside === 0 ? this.#closures.typeOf(target) : undefined;
        if (closure !== undefined) this.claims.add(target, 0, closure, false, rank, source);
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
      this.claims.add(target, inside, dynamic, false, rank, sourceOf(rank));
      return;
    }
    // The data word is the value: a pointer, map, channel, func, or a struct of one.
    const { offset, kind, elem } = dynamic.leaves;
    if (offset.length === 1) this.addTarget(target, inside, kind[0]!, elem[0], rank);
  }

  /** Go ≥ 1.24: a directory of length 0 is one group. */
  #followMapDirectory(header: number, target: number, inside: number, map: TypeNode, rank: number): void {
    if (this.#directoryLength === undefined || map.type?.group === undefined) return;
    const length = this.#contents.word(header, this.#directoryLength);
    if (length === 0) this.claims.add(target, inside, this.#universe.of(map.type.group), false, rank, sourceOf(rank));
    else this.claims.add(target, inside, this.#universe.mapDirectory(map), true, rank, sourceOf(rank));
  }

  /** internal/sync.HashTrieMap: every node begins with a bool that tells entries from indirect nodes. */
  #addTrieNode(target: number, inside: number, node: TypeNode, rank: number): void {
    if (inside !== 0) return;
    const isEntry = this.#contents.byte(target, 0) === 1;
    const named = node.type === undefined ? undefined : this.#universe.trieNode(node.type, isEntry);
    if (named !== undefined) this.claims.add(target, 0, named, false, rank, sourceOf(rank));
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
    return interiorOffset[low]! - valueOffset(this.#heap.objects, target);
  }

  /** Values in the middle of objects that are still untyped: their own pointers tell something all the same. */
  #followInteriors(waiting: readonly number[]): void {
    const { assignments } = this.claims;
    for (let i = 0; i < waiting.length; i += INTERIOR_WIDTH) {
      const object = waiting[i]!;
      const inside = waiting[i + 1]!;
      const key = `${object} ${inside} ${waiting[i + 2]}`;
      if (assignments.isTyped(object) || this.#seenInteriors.has(key)) continue;
      this.#seenInteriors.add(key);
      const node = this.#universe.nodes[waiting[i + 2]!]!;
      const base = inside + valueOffset(this.#heap.objects, object);
      if (base < 0 || base + node.size > objectSize(this.#heap.objects, object)) continue;
      this.#followRange(object, node, base, base + node.size, waiting[i + 3]!);
    }
  }
}
