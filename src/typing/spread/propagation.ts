/**
 * Propagation: from objects whose type is known to what they point to, generation after generation, until nothing changes.
 * Works on the graph alone as far as it can: an edge's offset finds the field, the field's type says what the target is, and
 * whether that is taken is the matter of `claims.ts`.
 */

import type { Heap } from "../../heap/heap.ts";
import { objectSize, TypeSource } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Claims } from "../decision/claims.ts";
import { NOWHERE } from "../decision/claims.ts";
import { Form } from "../decision/form.ts";
import { lookAhead } from "../decision/look-ahead.ts";
import { UNKNOWN_EXTENT } from "../decision/rivals.ts";
import type { InterfaceWords } from "../evidence/interface-words.ts";
import { LeafKind, NO_NODE } from "../universe/leaves.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import type { GlobalTargets } from "./global-targets.ts";
import { LeafRows } from "./leaf-rows.ts";
import type { Targets } from "./targets.ts";

/** Objects that are looked at before they are followed; a multiple of those that are looked at in a row. */
const AHEAD = 64;
/** Pointers whose targets are looked at before anything is said of them; so many wait at most. */
const MOST_WAITING = 256;
/** Behind all pointers: offsets are 32 bits. */
const NO_END = 0xffff_ffff;
/**
 * Parts of which so many share a pointer on average are followed: a hundred thousand slices of one array may each have the room up to its end,
 * and tell nothing new.
 */
const MOST_OVERLAP = 4;
/** Edges that may be followed in small heaps. */
const LEAST_EDGES = 1 << 18;
/** Edges of parts between two breaths. */
const SLICE = 1 << 16;
/** In `#waitingRow`: what follows is a guess. */
const GUESS = 1 << 30;
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
  readonly #rows: LeafRows;
  /** Pointers of which nothing was said yet: each with its source, and the row of its field, with GUESS. */
  readonly #waitingTarget = new Int32Array(MOST_WAITING);
  readonly #waitingEdge = new Uint32Array(MOST_WAITING);
  readonly #waitingFrom = new Int32Array(MOST_WAITING);
  readonly #waitingRow = new Int32Array(MOST_WAITING);
  #waitingCount = 0;
  /** Edges of parts that may still be followed. */
  #edgesLeft: number;
  /** Of what was looked at ahead, so that it is not left out. */
  #seen = 0;

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
    this.#rows = new LeafRows(universe.nodes);
    this.#edgesLeft = Math.max(LEAST_EDGES, MOST_OVERLAP * heap.edges.count);
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
      for (let i = 0; i < objects.length; ) {
        const end = Math.min(objects.length, i + AHEAD);
        this.#lookAtSources(objects, i, end);
        while (i < end) this.#follow(objects[i++]!);
        if ((++steps & 0xfff) !== 0) continue;
        progress.update(this.#claims.assignments.typedCount);
        await breathe(progress);
      }
      this.#say();
    }
  }

  /**
   * Follows the pointers of what is known to be part of objects whose own type is not known, and what that tells, until nothing is left: of
   * lists whose links are fields of their elements each link tells of one more. Linear: windows of slices that overlap without end are left.
   * @returns whether there was any
   */
  async followParts(progress: Progress): Promise<boolean> {
    const { parts } = this.#claims;
    for (let from = 0, passes = 0; ; passes++) {
      const end = parts.count;
      if (!(await this.#followPartsBetween(from, end, progress))) return passes > 0;
      // What was known before is not looked at again: a list may have a million links.
      from = end;
      if ((passes & 0xfff) === 0xfff) await breathe(progress);
      await this.run(progress);
    }
  }

  async #followPartsBetween(from: number, end: number, progress: Progress): Promise<boolean> {
    const { parts, assignments } = this.#claims;
    let isAny = false;
    let nextBreath = this.#edgesLeft - SLICE;
    for (let claim = from; claim < end; claim++) {
      const object = parts.object.get(claim);
      if (assignments.isTyped(object) || !parts.follow(claim)) continue;
      const node = this.#universe.nodes[parts.node.get(claim)]!;
      const extent = parts.extent.get(claim);
      if (node.leaves.offset.length === 0 || extent === UNKNOWN_EXTENT) continue;
      const base = parts.inside.get(claim) + assignments.valueOffset(object);
      if (base + extent > objectSize(this.#heap.objects, object)) continue;
      const edge = this.#edgeAt(object, base);
      const edges = this.#edgeAt(object, base + extent) - edge;
      if (edges > this.#edgesLeft) continue;
      this.#edgesLeft -= edges;
      const source = parts.isGuess(claim) ? TypeSource.INFERRED : TypeSource.PROPAGATED;
      this.#followRange(object, (this.#universe.elementOf(node) ?? node).id, edge, base, base + extent, source);
      isAny = true;
      if (this.#edgesLeft > nextBreath) continue;
      nextBreath = this.#edgesLeft - SLICE;
      await breathe(progress);
    }
    this.#say();
    return isAny;
  }

  /** Bytes from the beginning of the target's value to where the edge's pointer leads. */
  insideOf(edge: number, target: number): number {
    if ((this.#interiorBits[edge >>> 5]! & (1 << (edge & 31))) === 0) return 0;
    const { interiorEdge, interiorOffset } = this.#heap.edges;
    let i = this.#interiorStart[edge >>> BLOCK_SHIFT]!;
    while (interiorEdge[i] !== edge) i++;
    return interiorOffset[i]! - this.#claims.assignments.valueOffset(target);
  }

  /**
   * Loads what is asked of some objects that are to be followed: a generation is often a small part of all that there are, each
   * far from the next.
   */
  #lookAtSources(objects: Int32Array, from: number, to: number): void {
    const { start, offset, to: target, count } = this.#heap.edges;
    this.#claims.assignments.lookAhead(objects, from, to);
    let seen = 0;
    const last = count - 1;
    if (last < 0) return;
    for (let i = from; i + 4 <= to; i += 4) {
      const a = Math.min(start[objects[i]!]!, last);
      const b = Math.min(start[objects[i + 1]!]!, last);
      const c = Math.min(start[objects[i + 2]!]!, last);
      const d = Math.min(start[objects[i + 3]!]!, last);
      seen ^= offset[a]! ^ offset[b]! ^ offset[c]! ^ offset[d]!;
      seen ^= target[a]! ^ target[b]! ^ target[c]! ^ target[d]!;
    }
    this.#seen ^= seen;
  }

  #follow(object: number): void {
    const { assignments } = this.#claims;
    const id = assignments.nodeId(object);
    const source = assignments.source(object) === TypeSource.INFERRED ? TypeSource.INFERRED : TypeSource.PROPAGATED;
    this.#followRange(object, id, this.#heap.edges.start[object]!, assignments.valueOffset(object), NO_END, source);
    if (this.#globals.has(object)) this.#globals.follow(object, this.#universe.nodes[id]!, source);
  }

  /** An object's first edge from a byte of its slot on. An array may have a claim for each of a million elements. O(log edges). */
  #edgeAt(object: number, base: number): number {
    const { start, offset } = this.#heap.edges;
    let low = start[object]!;
    for (let high = start[object + 1]!; low < high; ) {
      const middle = low + Math.floor((high - low) / 2);
      if (offset[middle]! < base) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Finds the field of each pointer of values of a type that begin at `base` of the slot and end before `end`. What they say is
   * said with that of others.
   * @param firstEdge none of the object's edges before it is of these values
   */
  #followRange(object: number, nodeId: number, firstEdge: number, base: number, end: number, source: number): void {
    const rows = this.#rows;
    rows.list(nodeId);
    const { offset } = rows;
    const firstRow = rows.first[nodeId]!;
    const endRow = rows.end[nodeId]!;
    if (firstRow === endRow) return;
    // Offsets are unsigned words, and so is all that they are compared with: there are machine instructions for that.
    const size = rows.size[nodeId]!;
    const first = Math.min(base, NO_END) >>> 0;
    const last = Math.min(end, NO_END) >>> 0;
    const { start, to, offset: edgeOffset } = this.#heap.edges;
    const waitingTarget = this.#waitingTarget;
    const waitingEdge = this.#waitingEdge;
    const waitingFrom = this.#waitingFrom;
    const waitingRow = this.#waitingRow;
    const guess = source === TypeSource.INFERRED ? GUESS : 0;
    let row = firstRow;
    let valueStart = first;
    let count = this.#waitingCount;
    const after = start[object + 1]!;
    for (let edge = firstEdge; edge < after; edge++) {
      const at = edgeOffset[edge]!;
      if (at < first) continue;
      if (at >= last) break;
      let within = (at - valueStart) >>> 0;
      if (within >= size) {
        within = ((at - first) >>> 0) % size;
        valueStart = (at - within) >>> 0;
        row = firstRow;
      }
      while (row < endRow && offset[row]! < within) row++;
      if (row === endRow || offset[row] !== within) continue;
      waitingTarget[count] = to[edge]!;
      waitingEdge[count] = edge;
      waitingFrom[count] = object;
      waitingRow[count++] = row | guess;
      if (count < MOST_WAITING) continue;
      this.#waitingCount = count;
      this.#say();
      count = 0;
    }
    this.#waitingCount = count;
  }

  /** Says what the pointers that wait tell of their targets. */
  #say(): void {
    const { assignments } = this.#claims;
    const { kind, elem, pointee } = this.#rows;
    const waitingTarget = this.#waitingTarget;
    const waitingEdge = this.#waitingEdge;
    const waitingFrom = this.#waitingFrom;
    const waitingRow = this.#waitingRow;
    const interiorBits = this.#interiorBits;
    const waiting = this.#waitingCount;
    this.#waitingCount = 0;
    assignments.lookAhead(waitingTarget, 0, waiting);
    // Nearly half of all pointers say what is known already.
    let count = 0;
    for (let i = 0; i < waiting; i++) {
      const target = waitingTarget[i]!;
      const edge = waitingEdge[i]!;
      const row = waitingRow[i]!;
      const known = pointee[row & ~GUESS]!;
      const isInside = (interiorBits[edge >>> 5]! & (1 << (edge & 31))) !== 0;
      if (known !== NO_NODE && !isInside && assignments.isCertain(target, known)) continue;
      waitingTarget[count] = target;
      waitingEdge[count] = edge;
      waitingFrom[count] = waitingFrom[i]!;
      waitingRow[count++] = row;
    }
    this.#seen ^= lookAhead(this.#heap.shapes!.of, waitingTarget, 0, count);
    for (let i = 0; i < count; i++) {
      const target = waitingTarget[i]!;
      const edge = waitingEdge[i]!;
      const row = waitingRow[i]! & ~GUESS;
      const source = (waitingRow[i]! & GUESS) === 0 ? TypeSource.PROPAGATED : TypeSource.INFERRED;
      this.#followEdge(waitingFrom[i]!, edge, target, this.insideOf(edge, target), kind[row]!, elem[row], source);
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
    if (kind === LeafKind.STRING) {
      if (this.#claims.assignments.isText(target, this.#universe.stringData.id)) return;
    } else if (inside !== 0) {
      if (this.#claims.assignments.isClosed(target)) return;
    } else if (kind === LeafKind.POINTER || kind === LeafKind.SLICE) {
      if (this.#claims.settles(target, elem!, kind === LeafKind.POINTER ? Form.POINTER : Form.SLICE, source)) return;
    }
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
