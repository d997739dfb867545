/**
 * KnownRivals: what the heap knows, beside a plain pointer, of the types that its target may be: whether objects of the same
 * shape are known to be of the pointer's own type, or of something larger that begins with it, and what those have behind that
 * beginning. An object that has the like there may well be one of them, and if just that stands there in many, most likely is.
 * Since Go 1.24 slots are not cleared, so that anything may stand behind a value; but what the value has no bytes for, it does
 * not have.
 */
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, valueOffset } from "../../heap/objects.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import { NodeFilter } from "../decision/node-filter.ts";
import { holdsAt } from "../decision/rivals.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import { NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { type Agreement, CONTRADICTION } from "./agreement.ts";

/** Bytes behind a value that are looked at. */
const MAX_TAIL = 64;
/** Objects of a rival that are looked into. */
const MAX_LOOKED_AT = 1024;
/** So many known objects, and one for so many of a field's, make it likely that there are more among these. */
const MANY = 16;
const MANY_SHARE = 8;
/** One of so many is often. */
const ZERO_SHARE = 32;

/** What is known of the objects of one shape that plain pointers call by one type. */
interface Population {
  /** Where the value ends, in bytes behind its beginning. */
  readonly end: number;
  /** Ids of the types that begin with such a value, have more than it, and fit, and how many objects are known to be of each. */
  readonly rivals: Map<number, number>;
  /** Objects that are known to be of any of them. */
  known: number;
  /** Whether any object is known to be of the type itself. */
  isKnown: boolean;
  /** Of each byte behind the value, whether a known object of a rival has anything there. */
  readonly used: Uint8Array;
  /** Objects of rivals that were looked into, and those of them that have nothing but zeros there. */
  lookedAt: number;
  zero: number;
  /** What known objects have behind the value, as hexadecimal digits, and how many of them, if there is but one rival. */
  readonly tails: Map<string, number>;
}

export class KnownRivals {
  readonly #heap: Heap;
  readonly #claims: Claims;
  readonly #universe: TypeUniverse;
  readonly #contents: ContentsReader;
  readonly #agreement: Agreement;
  /** By shape, then by id of what the objects are called. */
  readonly #populations = new Map<number, Map<number, Population>>();
  /** Ids of larger types, by id of what objects are called, then by shape. */
  readonly #larger = new Map<number, Map<number, ReadonlySet<number>>>();
  /** The one that was asked for last, its shape and its id. */
  #latest: Population | undefined;
  #latestShape = 0;
  #latestId = 0;
  /** One bit an object. */
  readonly #likeRivals: Int32Array;

  constructor(heap: Heap, claims: Claims, universe: TypeUniverse, contents: ContentsReader, agreement: Agreement) {
    this.#heap = heap;
    this.#claims = claims;
    this.#universe = universe;
    this.#contents = contents;
    this.#agreement = agreement;
    this.#likeRivals = new Int32Array((heap.objects.count >>> 5) + 1);
  }

  /** Gathers what is known. Linear in the objects. */
  collect(): void {
    const { assignments } = this.#claims;
    const plain = this.#listPlain();
    for (let i = 0; i < plain.length; i++) this.#populationOf(plain[i]!);
    const inQuestion = new Set<number>();
    for (const populations of this.#populations.values()) {
      for (const [id, { rivals }] of populations) {
        inQuestion.add(id);
        for (const rival of rivals.keys()) inQuestion.add(rival);
      }
    }
    const wanted = new NodeFilter((id) => inQuestion.has(id));
    for (let object = assignments.nextOf(-1, wanted); object >= 0; object = assignments.nextOf(object, wanted)) {
      if (assignments.standing(object) !== Standing.WHOLE) continue;
      const populations = this.#populations.get(this.#heap.shapes!.of[object]!);
      if (populations === undefined) continue;
      const id = assignments.nodeId(object);
      for (const [called, population] of populations) {
        if (called === id) population.isKnown = true;
        else if (population.rivals.has(id)) this.#addRival(object, id, population);
      }
    }
    // In the order in which the contents are in the dump, not in that in which they are asked about.
    for (let i = 0; i < plain.length; i++) {
      const object = plain[i]!;
      if (this.#goesOnAlike(object)) this.#likeRivals[object >>> 5]! |= 1 << (object & 31);
    }
  }

  /** Whether something of its shape is known to be what an object is called, or else all that it might be instead are known. */
  isTold(object: number): boolean {
    const { isKnown, rivals } = this.#populationOf(object);
    if (isKnown) return true;
    for (const known of rivals.values()) if (known === 0) return false;
    return true;
  }

  /** Whether an object is known to be something larger that begins with what a plain pointer calls its target. */
  isRival(object: number, called: TypeNode): boolean {
    const { assignments } = this.#claims;
    if (assignments.standing(object) !== Standing.WHOLE) return false;
    return this.#mayBe(this.#heap.shapes!.of[object]!, called).has(assignments.nodeId(object));
  }

  /** Ids of what objects of a shape may be that begin with a value of the type that a plain pointer calls them by. */
  #mayBe(shape: number, called: TypeNode): ReadonlySet<number> {
    let byShape = this.#larger.get(called.id);
    if (byShape === undefined) {
      byShape = new Map();
      this.#larger.set(called.id, byShape);
    }
    let larger = byShape.get(shape);
    if (larger === undefined) {
      const { type } = wholeOf(called);
      const rivals = type === undefined ? [] : this.#claims.rivals.of(shape, type);
      larger = new Set(rivals.filter((rival) => !rival.isMany && holdsAt(rival, 0)).map(({ node }) => node.id));
      byShape.set(shape, larger);
    }
    return larger;
  }

  /** Whether many objects, beside those that a field leads to, are known to be something larger that an object may be instead. */
  areMany(object: number, agreed: number): boolean {
    return this.#populationOf(object).known >= Math.max(MANY, agreed / MANY_SHARE);
  }

  /** Whether an object goes on behind what it is called as objects do that are known to be something larger. */
  isLikeRival(object: number): boolean {
    return (this.#likeRivals[object >>> 5]! & (1 << (object & 31))) !== 0;
  }

  /** Whether known objects of larger types are often zero where they go on, so that zeros there do not tell what an object is. */
  areOftenZero(object: number): boolean {
    const { lookedAt, zero } = this.#populationOf(object);
    return zero * ZERO_SHARE > lookedAt;
  }

  /**
   * The only type that begins with what an object is called, if many objects that are known to be of it have behind that just
   * what this one has, and it is not nothing; undefined otherwise.
   */
  likeliestRival(object: number): TypeNode | undefined {
    const population = this.#populationOf(object);
    const { rivals, tails } = population;
    if (rivals.size !== 1 || !this.isLikeRival(object)) return undefined;
    const [id] = rivals.keys();
    const rival = this.#universe.nodes[id!]!;
    return (tails.get(this.#tailOf(object, population, rival)) ?? 0) >= MANY ? rival : undefined;
  }

  /** The bytes that an object has where a rival goes on. */
  #tailOf(object: number, { end, used }: Population, rival: TypeNode): string {
    const at = valueOffset(this.#heap.objects, object) + end;
    let digits = "";
    for (let i = 0; i < Math.min(used.length, rival.size - end); i++)
      digits += this.#contents
        .byte(object, at + i)
        .toString(16)
        .padStart(2, "0");
    return digits;
  }

  /** Objects that plain pointers call by a type, ascending. */
  #listPlain(): Int32Array {
    const { assignments, plainNodes } = this.#claims;
    const nodes = new NodeFilter((id) => id >= 0 && plainNodes.has(this.#universe.nodes[id]!));
    const plain = int32Column();
    for (let object = assignments.nextOf(-1, nodes); object >= 0; object = assignments.nextOf(object, nodes)) {
      if (assignments.standing(object) === Standing.PLAIN) plain.push(object);
    }
    return plain.values;
  }

  #goesOnAlike(object: number): boolean {
    const { end, known, used, rivals } = this.#populationOf(object);
    if (known === 0) return false;
    const start = valueOffset(this.#heap.objects, object);
    let isAny = false;
    for (let i = 0; i < used.length; i++) {
      if (this.#contents.byte(object, start + end + i) === 0) continue;
      if (used[i] === 0) return false;
      isAny = true;
    }
    if (!isAny) return false;
    // What is left over of others need not be what a rival can have there.
    for (const [id, count] of rivals) {
      if (count > 0 && this.#agreement.score(object, start, this.#universe.nodes[id]!) !== CONTRADICTION) return true;
    }
    return false;
  }

  #addRival(object: number, id: number, population: Population): void {
    const { end, rivals, used, tails } = population;
    const known = rivals.get(id)!;
    rivals.set(id, known + 1);
    population.known++;
    if (known >= MAX_LOOKED_AT) return;
    const at = valueOffset(this.#heap.objects, object) + end;
    let isZero = true;
    for (let i = 0; i < used.length; i++) {
      if (this.#contents.byte(object, at + i) === 0) continue;
      used[i] = 1;
      isZero = false;
    }
    population.lookedAt++;
    if (isZero) population.zero++;
    if (rivals.size !== 1) return;
    const tail = this.#tailOf(object, population, this.#universe.nodes[id]!);
    tails.set(tail, (tails.get(tail) ?? 0) + 1);
  }

  #populationOf(object: number): Population {
    const shape = this.#heap.shapes!.of[object]!;
    const id = this.#claims.assignments.nodeId(object);
    // Objects side by side are mostly alike.
    if (this.#latest !== undefined && shape === this.#latestShape && id === this.#latestId) return this.#latest;
    let byNode = this.#populations.get(shape);
    if (byNode === undefined) {
      byNode = new Map();
      this.#populations.set(shape, byNode);
    }
    let population = byNode.get(id);
    if (population === undefined) {
      population = this.#make(object, shape, this.#universe.nodes[id]!);
      byNode.set(id, population);
    }
    this.#latestShape = shape;
    this.#latestId = id;
    this.#latest = population;
    return population;
  }

  #make(object: number, shape: number, node: TypeNode): Population {
    const whole = wholeOf(node);
    const rivals = new Map<number, number>();
    if (whole.type !== undefined) {
      for (const rival of this.#claims.rivals.of(shape, whole.type)) {
        if (!rival.isMany && rival.node.size > whole.size && holdsAt(rival, 0)) rivals.set(rival.node.id, 0);
      }
    }
    const { objects } = this.#heap;
    const behind = objectSize(objects, object) - valueOffset(objects, object) - whole.size;
    return {
      end: whole.size,
      rivals,
      known: 0,
      isKnown: false,
      used: new Uint8Array(Math.max(0, Math.min(behind, MAX_TAIL))),
      lookedAt: 0,
      zero: 0,
      tails: new Map(),
    };
  }
}

/** The value that an object is, whatever it is walked as. */
function wholeOf(node: TypeNode): TypeNode {
  return node.kind === NodeKind.NAMED_ARRAY ? node.subject! : node;
}
