/**
 * Propagation: from objects whose type is known to what they point to, generation after generation, until nothing changes.
 * Works on the graph alone as far as it can: an edge's offset finds the field, the field's type says what the target is, and
 * whether that is taken is the matter of `claims.ts`.
 */

import type { Heap } from "../../heap/heap.ts";
import { objectSize, TypeSource, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Claims } from "../decision/claims.ts";
import { NOWHERE } from "../decision/claims.ts";
import { UNKNOWN_EXTENT } from "../decision/rivals.ts";
import type { InterfaceWords } from "../evidence/interface-words.ts";
import { LeafKind, NO_NODE } from "../universe/leaves.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import type { GlobalTargets } from "./global-targets.ts";
import type { Targets } from "./targets.ts";

/** Pointers whose targets are looked at before they are followed. */
const AHEAD = 256;
/** Edges into the middle of their targets are looked up by blocks of so many, as a power of two. */
const BLOCK_SHIFT = 6;

export class Propagation {
  readonly #heap: Heap;
  readonly #claims: Claims;
  readonly #targets: Targets;
  readonly #universe: TypeUniverse;
  readonly #interfaces: InterfaceWords;
  readonly #globals: GlobalTargets;
  /** One bit an edge: its pointer is into the middle of the target. */
  readonly #interiorBits: Int32Array;
  /** The first of them in every block of edges. */
  readonly #interiorStart: Uint32Array;
  /** Of what was looked at ahead, so that it is not left out. */
  #seenAhead = 0;

  constructor(
    heap: Heap,
    targets: Targets,
    universe: TypeUniverse,
    interfaces: InterfaceWords,
    globals: GlobalTargets,
  ) {
    this.#heap = heap;
    this.#targets = targets;
    this.#claims = targets.claims;
    this.#universe = universe;
    this.#interfaces = interfaces;
    this.#globals = globals;
    this.#interiorBits = new Int32Array((heap.edges.count >>> 5) + 1);
    const { interiorEdge } = heap.edges;
    this.#interiorStart = new Uint32Array((heap.edges.count >>> BLOCK_SHIFT) + 1);
    for (let i = interiorEdge.length - 1; i >= 0; i--) {
      const edge = interiorEdge[i]!;
      this.#interiorBits[edge >>> 5]! |= 1 << (edge & 31);
      this.#interiorStart[edge >>> BLOCK_SHIFT] = i;
    }
  }

  /** Follows pointers until nothing is left to follow. */
  async run(progress: Progress): Promise<void> {
    let steps = 0;
    for (;;) {
      const objects = this.#claims.startGeneration();
      if (objects.length === 0) return;
      let ahead = 0;
      for (let i = 0; i < objects.length; i++) {
        if (i === ahead) ahead = this.#lookAhead(objects, i);
        this.#follow(objects[i]!);
        if ((++steps & 0x3_ffff) !== 0) continue;
        progress.update(this.#claims.assignments.typedCount);
        await breathe(progress);
      }
    }
  }

  /**
   * Follows the pointers of what is known to be part of objects whose own type is not known.
   * @returns whether there was any
   */
  followParts(): boolean {
    const { parts, assignments } = this.#claims;
    let isAny = false;
    for (let claim = 0, count = parts.count; claim < count; claim++) {
      const object = parts.object.get(claim);
      if (assignments.isTyped(object) || !parts.follow(claim)) continue;
      const node = this.#universe.nodes[parts.node.get(claim)]!;
      const extent = parts.extent.get(claim);
      if (node.leaves.offset.length === 0 || extent === UNKNOWN_EXTENT) continue;
      const base = parts.inside.get(claim) + valueOffset(this.#heap.objects, object);
      if (base + extent > objectSize(this.#heap.objects, object)) continue;
      const source = parts.isGuess(claim) ? TypeSource.INFERRED : TypeSource.PROPAGATED;
      this.#followRange(object, this.#universe.elementOf(node) ?? node, base, base + extent, source);
      isAny = true;
    }
    return isAny;
  }

  /** Bytes from the beginning of the target's value to where the edge's pointer leads. */
  insideOf(edge: number, target: number): number {
    if ((this.#interiorBits[edge >>> 5]! & (1 << (edge & 31))) === 0) return 0;
    const { interiorEdge, interiorOffset } = this.#heap.edges;
    let i = this.#interiorStart[edge >>> BLOCK_SHIFT]!;
    while (interiorEdge[i] !== edge) i++;
    return interiorOffset[i]! - valueOffset(this.#heap.objects, target);
  }

  /**
   * Loads what claims will ask of the targets of the next few objects. They are anywhere in memory: loaded in a row the processor
   * waits for many of them at once, between claims for one after the other.
   * @returns index of the first object that was not looked at
   */
  #lookAhead(objects: Int32Array, from: number): number {
    const { start, to } = this.#heap.edges;
    const { of } = this.#heap.shapes!;
    const { assignments } = this.#claims;
    let seen = 0;
    let next = from;
    for (let room = AHEAD; next < objects.length && room > 0; next++) {
      const object = objects[next]!;
      const first = start[object]!;
      const after = Math.min(start[object + 1]!, first + room);
      for (let edge = first; edge < after; edge++) {
        const target = to[edge]!;
        seen ^= assignments.nodeId(target) ^ of[target]!;
      }
      room -= after - first;
    }
    this.#seenAhead ^= seen;
    return next;
  }

  #follow(object: number): void {
    const { assignments } = this.#claims;
    const node = this.#universe.nodes[assignments.nodeId(object)]!;
    const source = assignments.source(object) === TypeSource.INFERRED ? TypeSource.INFERRED : TypeSource.PROPAGATED;
    this.#followRange(object, node, valueOffset(this.#heap.objects, object), Number.POSITIVE_INFINITY, source);
    if (this.#globals.has(object)) this.#globals.follow(object, node, source);
  }

  /** Follows the pointers of values of `node` that begin at `base` of the slot and end before `end`. */
  #followRange(object: number, node: TypeNode, base: number, end: number, source: number): void {
    const { start, to, offset: edgeOffset } = this.#heap.edges;
    const { offset, kind, elem, pointee } = node.leaves;
    const { size } = node;
    const { assignments } = this.#claims;
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
      const target = to[edge]!;
      const inside = this.insideOf(edge, target);
      // Nearly half of all pointers say what is known already.
      const known = pointee[leaf]!;
      if (known !== NO_NODE && inside === 0 && assignments.isCertain(target, known)) continue;
      this.#followEdge(object, edge, target, inside, kind[leaf]!, elem[leaf], source);
    }
  }

  #followEdge(
    from: number,
    edge: number,
    target: number,
    inside: number,
    kind: number,
    elem: TypeNode | undefined,
    source: number,
  ): void {
    if (kind === LeafKind.INTERFACE) {
      const dynamic = this.#interfaces.typeOf(edge);
      if (dynamic !== undefined) this.#targets.addInterface(target, inside, dynamic, source);
    } else if (kind === LeafKind.MAP_DIRECTORY) {
      this.#targets.addMapDirectory(from, target, inside, elem!, source);
    } else {
      const { objects, dump, edges } = this.#heap;
      const capacityAt =
        kind === LeafKind.SLICE ? objects.position[from]! + edges.offset[edge]! + 2 * dump.pointerSize : NOWHERE;
      this.#targets.add(target, inside, kind, elem, source, capacityAt);
    }
  }
}
