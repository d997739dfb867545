/**
 * Claims: what is said of objects, and whether it is taken. A type is taken only if the object's shape agrees with it
 * (`shape-matcher.ts`). What is said of a whole object, and nothing larger explains, decides at once; all else waits
 * (`part-claims.ts`). Types are given in generations: those of one generation compete by an order of their own
 * (`node-order.ts`), follow from the generation before, and are never taken back, so that it does not matter in which order
 * claims are made. The README has the kinds of evidence.
 */

import type { Heap } from "../../heap/heap.ts";
import { TypeSource, valueOffset } from "../../heap/objects.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { SlotTails } from "../evidence/slot-tails.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { isArray, isBareLayout, isLayoutOf, isShapeOf, NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { Assignments, Standing } from "./assignments.ts";
import { Form } from "./form.ts";
import { Generations } from "./generations.ts";
import { NodeFilter } from "./node-filter.ts";
import { isPreferred } from "./node-order.ts";
import { PartClaims } from "./part-claims.ts";
import { Retyped } from "./retyped.ts";
import { Rivals, UNKNOWN_EXTENT } from "./rivals.ts";
import { BOTH_HALVES, halfOf, TinyBlocks } from "./tiny-blocks.ts";
import { Verdict, Verdicts } from "./verdicts.ts";

/** No capacity can be read. */
export const NOWHERE = -1;

export class Claims {
  /** The result. */
  readonly assignments: Assignments;
  readonly parts = new PartClaims();
  /** Nodes that objects were called by for a pointer to their beginning alone, though something larger may begin there. */
  readonly plainNodes = new Set<TypeNode>();
  /** Whether there is any object of that standing. */
  isAnyPlain = false;
  readonly rivals: Rivals;

  readonly #heap: Heap;
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #tails: SlotTails;
  readonly #tiny: TinyBlocks;
  readonly #verdicts: Verdicts;
  readonly #shapeOf: Int32Array;
  /** Objects whose pointers are to be followed. */
  readonly #waiting: Generations;
  /** Better types for objects that have one that others follow from: they are given with the end of the generation. */
  readonly #retyped: Retyped;

  constructor(heap: Heap, universe: TypeUniverse, matcher: ShapeMatcher, contents: ContentsReader, tails: SlotTails) {
    const { count, flags } = heap.objects;
    this.#heap = heap;
    this.#universe = universe;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#tails = tails;
    this.#shapeOf = heap.shapes!.of;
    this.rivals = new Rivals(universe, matcher);
    this.#verdicts = new Verdicts(universe, matcher, this.rivals);
    this.#tiny = new TinyBlocks(universe, heap.shapes!.table);
    const isOpen = (id: number): boolean => id >= 0 && isBareLayout(universe.nodes[id]!);
    this.assignments = new Assignments(flags, new NodeFilter(isOpen));
    this.#waiting = new Generations(count);
    this.#retyped = new Retyped(universe);
  }

  /**
   * Ends a generation.
   * @returns the objects whose pointers are to be followed, good until the next generation
   */
  startGeneration(): Int32Array {
    this.#retyped.take((object, node, isMany, source, standing) => {
      const known = this.node(object)!;
      if (this.#refines(known, node))
        this.assign(object, node, this.assignments.isArray(object), source, this.assignments.standing(object));
      else if (standing > this.assignments.standing(object)) this.assign(object, node, isMany, source, standing);
    });
    const objects = this.#waiting.take();
    for (let i = 0; i < objects.length; i++) this.assignments.settle(objects[i]!);
    return objects;
  }

  node(object: number): TypeNode | undefined {
    const id = this.assignments.nodeId(object);
    return id < 0 ? undefined : this.#universe.nodes[id];
  }

  /** Whether a value of `node`, or several, fill an object. */
  fits(object: number, node: TypeNode | undefined): boolean {
    return node !== undefined && this.#matcher.match(this.#shapeOf[object]!, node).isExactSize;
  }

  /** Gives an object a type for certain, whatever it had. */
  assign(object: number, node: TypeNode, asArray: boolean, source: number, standing: number): void {
    const isFresh = this.assignments.isFresh(object);
    this.assignments.set(object, node.id, asArray, source, standing);
    if (!isFresh && node.leaves.offset.length > 0) this.#waiting.add(object);
  }

  /**
   * What `add` comes to for most claims of what begins where the object does: it has no type, and takes this one for certain, or
   * it is called by it for the same reason already.
   * @returns false if there is more to it, and nothing was done
   */
  settles(object: number, node: TypeNode, form: number, source: number): boolean {
    if (!this.assignments.isBlank(object)) {
      return form === Form.POINTER && this.assignments.isPlainly(object, node.id) && this.plainNodes.has(node);
    }
    const verdict = this.#verdicts.of(this.#shapeOf[object]!, node, form);
    if (verdict === Verdict.OPEN) return false;
    const standing = source === TypeSource.INFERRED ? Standing.GUESS : Standing.WHOLE;
    this.assign(object, node, verdict === Verdict.MANY, source, standing);
    return true;
  }

  /**
   * Says that a value of `node`, or several, begins `inside` bytes behind the beginning of an object's value.
   * @param form what says so: one of Form
   * @param source TypeSource of the type, if it is taken
   * @param capacityAt where in the dump a slice's capacity is, or NOWHERE; read only where it matters
   */
  add(object: number, inside: number, node: TypeNode, form: number, source: number, capacityAt = NOWHERE): void {
    const known = this.assignments.nodeId(object);
    if (known === node.id && inside === 0) {
      if (form === Form.SLICE) this.assignments.markArray(object);
      if (this.assignments.standing(object) === Standing.WHOLE) return;
    }
    const hasPointers = this.assignments.hasPointers(object);
    if (known >= 0 && hasPointers && !this.assignments.isFresh(object)) {
      if (inside === 0 && this.#refines(this.#universe.nodes[known]!, node)) {
        this.#retyped.add(object, node, false, source, this.assignments.standing(object));
        return;
      }
      if (this.assignments.isClosed(object)) return;
    }
    if (node.size === 0 || inside < 0) return;
    if (hasPointers ? node === this.#universe.stringData : this.#addBytes(object, inside, node, form, source)) return;
    if (isArray(node)) this.#addArray(object, inside, node, form, source, capacityAt);
    else if (inside === 0) this.#addWhole(object, node, form, source, capacityAt);
    else this.#addPart(object, inside, node, form, source, capacityAt);
  }

  /** Text, and small values in a block of several. @returns whether that is all that the claim tells */
  #addBytes(object: number, inside: number, node: TypeNode, form: number, source: number): boolean {
    const shape = this.#shapeOf[object]!;
    if (this.#tiny.takes(shape, node)) {
      const isPlain =
        form === Form.POINTER && node.type !== undefined && this.rivals.isMaybeAt(shape, node.type, inside);
      if (isPlain) {
        this.plainNodes.add(node);
        this.isAnyPlain = true;
      }
      this.#joinTiny(object, inside, node, form === Form.SLICE, source, isPlain ? Standing.PLAIN : Standing.PART);
      if (source !== TypeSource.INFERRED) {
        this.assignments.markHalves(object, form === Form.WHOLE ? BOTH_HALVES : halfOf(inside));
      }
      return true;
    }
    if (node !== this.#universe.stringData) return false;
    this.#take(object, node, true, source, Standing.PART);
    return true;
  }

  /** Says that a value is in a block of several small ones. */
  #joinTiny(object: number, inside: number, node: TypeNode, isMany: boolean, source: number, standing: number): void {
    const known = this.node(object);
    const own = source === TypeSource.INFERRED ? Standing.GUESS : standing;
    const before = known === undefined ? own : this.assignments.standing(object);
    if (before > own) return;
    const joined = this.#tiny.join(before < own ? undefined : known, node, inside);
    if (joined !== known) {
      this.assign(object, joined, joined === node && isMany, source, own);
      return;
    }
    if (before < own) this.assignments.raise(object, own, source);
    if (isMany && joined === node) this.assignments.markArray(object);
  }

  /** [n]T is walked as an array of T. */
  #addArray(object: number, inside: number, node: TypeNode, form: number, source: number, capacityAt: number): void {
    const element = this.#universe.elementOf(node);
    if (element === undefined) return;
    if (form === Form.SLICE || form === Form.ALL) {
      this.#addSlice(object, inside, node, element, form, source, capacityAt);
      return;
    }
    const shape = this.#shapeOf[object]!;
    if (inside === 0 && this.#matcher.canBeOne(shape, element, node.size)) {
      const one = this.#universe.arrayOf(node)!;
      if (form !== Form.WHOLE && this.rivals.isMaybeFirst(shape, node.type!)) {
        this.#takePlain(object, one, node, true, source);
      } else {
        this.#take(object, one, true, source, Standing.WHOLE);
      }
      return;
    }
    this.#wait(object, inside, node, node.size, false, source);
  }

  #addWhole(object: number, node: TypeNode, form: number, source: number, capacityAt: number): void {
    if (form === Form.SLICE || form === Form.ALL) {
      this.#addSlice(object, 0, node, node, form, source, capacityAt);
      return;
    }
    const shape = this.#shapeOf[object]!;
    const { type } = node;
    const match = this.#matcher.match(shape, node);
    if (!match.isOne) {
      this.#wait(object, 0, node, node.size, false, source);
      return;
    }
    const mayBeFirst = this.rivals.mayBeFirst(match, shape, type);
    if (form === Form.WHOLE || !mayBeFirst) {
      this.#take(object, node, false, source, Standing.WHOLE);
    } else {
      this.#takePlain(object, node, node, false, source);
    }
  }

  /** A pointer to a value that fills the object but for what is zero: to the whole, most likely. */
  #takePlain(object: number, node: TypeNode, whole: TypeNode, isMany: boolean, source: number): void {
    if (this.#tails.goesOn(object, valueOffset(this.#heap.objects, object) + whole.size)) {
      this.#wait(object, 0, whole, whole.size, false, source);
    } else {
      this.plainNodes.add(node);
      this.#take(object, node, isMany, source, Standing.PLAIN);
    }
  }

  #addPart(object: number, inside: number, node: TypeNode, form: number, source: number, capacityAt: number): void {
    if (form === Form.SLICE) this.#addSlice(object, inside, node, node, form, source, capacityAt);
    else this.#wait(object, inside, node, node.size, false, source);
  }

  /** @param element what `node`, the type of the slice's elements, is made of in the end, if it is an array */
  #addSlice(
    object: number,
    inside: number,
    node: TypeNode,
    element: TypeNode,
    form: number,
    source: number,
    capacityAt: number,
  ): void {
    const shape = this.#shapeOf[object]!;
    const match = this.#matcher.match(shape, element);
    const { repeat, isExactSize } = match;
    const fits = repeat > 0 && isExactSize && inside % element.size === 0 && inside < repeat * element.size;
    if (form === Form.ALL) {
      // A directory is one even of a single table.
      const isMany = repeat > 1 || element.kind === NodeKind.MAP_DIRECTORY;
      if (fits && inside === 0) this.#take(object, element, isMany, source, Standing.WHOLE);
      return;
    }
    let extent = UNKNOWN_EXTENT;
    const { type } = node;
    let isAny: boolean;
    if (inside === 0 && node === element) {
      isAny = this.rivals.mayBeWindow(match, shape, type);
    } else {
      isAny = type !== undefined && this.rivals.isMaybeWindow(shape, type, inside, UNKNOWN_EXTENT);
    }
    if (inside > 0 || isAny) extent = this.#extentOf(capacityAt, node.size);
    if (fits) {
      // With nothing else that has such an array, it is one, whatever part of it the window shows.
      const isWhole = !isAny || (extent >= 0 && !this.rivals.isMaybeWindow(shape, type!, inside, extent));
      const isToEnd =
        inside === 0 ? !isAny || this.#reachesEnd(shape, extent) : this.#reachesEnd(shape, inside + extent);
      if (isWhole && isToEnd) {
        this.#take(object, element, true, source, Standing.WHOLE);
        return;
      }
      if (inside === 0) {
        this.#take(object, element, true, source, Standing.PLAIN);
        return;
      }
    }
    this.#wait(object, inside, node, extent, true, source);
  }

  #extentOf(capacityAt: number, size: number): number {
    if (capacityAt === NOWHERE) return UNKNOWN_EXTENT;
    const capacity = this.#contents.wordAt(capacityAt);
    return capacity > 0 && capacity * size <= Number.MAX_SAFE_INTEGER ? capacity * size : UNKNOWN_EXTENT;
  }

  #reachesEnd(shape: number, end: number): boolean {
    return end > 0 && this.#matcher.isFull(shape, end);
  }

  /** Keeps what decides nothing by itself. */
  #wait(object: number, inside: number, node: TypeNode, extent: number, isSlice: boolean, source: number): void {
    if (node.type === undefined) return;
    // A word of a stack may be older than what is there now.
    const isPointerless = node.leaves.offset.length === 0 || node.kind === NodeKind.CHANNEL;
    if (!isPointerless && !this.#matcher.hasPointers(this.#shapeOf[object]!)) return;
    if (this.assignments.isTyped(object) && this.assignments.standing(object) !== Standing.PLAIN) return;
    this.parts.add(object, inside, node.id, extent, isSlice, source === TypeSource.INFERRED);
  }

  /** Gives an object a type, unless it has a better one. */
  #take(object: number, node: TypeNode, isMany: boolean, source: number, standing: number): void {
    if (standing === Standing.PLAIN) this.isAnyPlain = true;
    const own = source === TypeSource.INFERRED ? Standing.GUESS : standing;
    const known = this.node(object);
    if (known !== undefined) {
      const before = this.assignments.standing(object);
      if (before > own || (before === own && !isPreferred(node, known))) return;
      if (known === node) {
        this.assignments.raise(object, own, source);
        return;
      }
      if (!this.assignments.isFresh(object) && known.leaves.offset.length > 0) {
        if (before < own) this.#retyped.add(object, node, isMany, source, own);
        return;
      }
    }
    this.assign(object, node, isMany, source, own);
  }

  /**
   * Whether `node` is a better name for what is known: of a generic type the instantiation, of the runtime's structures what
   * they are part of, of closures the layout.
   */
  #refines(known: TypeNode, node: TypeNode): boolean {
    if (known.kind === NodeKind.CLOSURE) {
      return node.kind === NodeKind.CLOSURE && this.#universe.isPartial(known) && !this.#universe.isPartial(node);
    }
    return isShapeOf(known, node) || isLayoutOf(known, node);
  }
}
