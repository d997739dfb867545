/**
 * OwnerSearch: who owns what, breadth first. Claims go out from objects, one for each pointer of a root, and what two of them come to
 * at the same distance belongs to the one that was made first.
 *
 * A queue would do, but what stands next to each other in a queue lies anywhere in memory. So a level with a good share of all
 * objects is kept as a bit for each of them, and followed in the order of addresses: objects that were made together mostly lie
 * together, and so do their pointers. A claim made earlier may then come later within a level, and takes what it would have come to
 * first. (Wide levels as bits: S. Beamer, K. Asanović, D. Patterson, "Direction-Optimizing Breadth-First Search", SC 2012.)
 */
import { grow } from "../grow.ts";
import type { HeapGraph } from "../vertices.ts";
import { OwnerRole } from "./owner-roles.ts";

/**
 * In `owner`, of an object without pointers that nobody owns yet. Of one with pointers it is `~` its role, so that whoever comes to
 * an object looks at one column alone.
 */
export const LEAF = -1 - Object.keys(OwnerRole).length;

/** A level with one of so many objects is wide: to look at all bits costs little beside following these. */
const WIDE_SHARE = 1 << 7;

/** Below this number of objects all is in the processor's cache, whatever the order. */
const LEAST_WIDE = 1 << 10;

export class OwnerSearch {
  /** Per object, LEAF or `~` its role, or the number of the claim that it belongs to. */
  readonly owner: Int32Array;
  /** How many objects wait for the second pass. */
  waitingCount = 0;
  /** Whether what is being followed may own hubs. */
  takesHubs = false;
  /** The root vertex of every claim. */
  #ownerOf: Int32Array;
  #claimCount: number;
  readonly #edges: HeapGraph["edges"];
  /** Objects whose pointers are to be followed: from the front; those that wait: from the back. Each is in one of both. */
  readonly #queue: Int32Array;
  #head = 0;
  #tail = 0;
  /** Where the level at hand ends in the queue. */
  #levelEnd = 0;
  /** Those that waited, once nobody waits any more. */
  #released: Int32Array | undefined;
  /** Hubs that were met, and the claim that met them, in pairs. A few for every goroutine. */
  readonly #hubs: number[] = [];

  readonly #objectCount: number;
  readonly #leastWide: number;
  /** A wide level: a bit for each object of it, those without pointers too; empty while the level is in the queue. */
  #level = new Int32Array(0);
  /** What was met from it. */
  #met = new Int32Array(0);
  /** A bit for each object that waits and was met in a wide level. */
  #waits = new Int32Array(0);
  /** The word of the level to look at next; -1 if the level is in the queue. */
  #word = -1;
  /** Of what was met, those to be followed. */
  #metCount = 0;
  /** How many waited, and how many hubs there were, when the level began. */
  #waitingBefore = 0;
  #hubsBefore = 0;
  /** Objects followed so far. */
  done = 0;

  /**
   * @param owner per object, LEAF or `~` its role
   * @param queue room for every object with pointers, and every root vertex
   * @param ownerOf the root vertex of each claim that roots make
   */
  constructor({ edges, objects }: HeapGraph, owner: Int32Array, queue: Int32Array, ownerOf: Int32Array) {
    this.#edges = edges;
    this.owner = owner;
    this.#queue = queue;
    this.#ownerOf = ownerOf;
    this.#claimCount = ownerOf.length;
    this.#objectCount = objects.count;
    this.#leastWide = Math.max(LEAST_WIDE, Math.ceil(objects.count / WIDE_SHARE));
  }

  /** Gives an object to the claim of a root that leads there, unless it has one. */
  claim(object: number, claim: number): void {
    const before = this.owner[object]!;
    if (before >= 0) return;
    this.owner[object] = claim;
    if (before === LEAF) return;
    if (this.#released === undefined && before !== ~OwnerRole.PLAIN) this.#wait(object);
    else this.#queue[this.#tail++] = object;
  }

  /** From now on nobody waits. Those that did are copied, because the queue needs their room. */
  stopWaiting(): void {
    this.#released = this.#queue.slice(this.#queue.length - this.waitingCount).reverse();
    this.#waits.fill(0);
    for (const object of this.#released) this.owner[object] = this.#renew(this.owner[object]!);
  }

  /** Lets those that waited, from `from` to `to`-1, be followed. */
  release(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#queue[this.#tail++] = this.#released![i]!;
  }

  /** Gives the hubs that nobody owns to whoever met them first. */
  claimHubs(): void {
    for (let i = 0; i < this.#hubs.length; i += 2) this.claim(this.#hubs[i]!, this.#renew(this.#hubs[i + 1]!));
  }

  /** Follows `steps` objects, or a few more. Returns whether there is more to do. */
  advance(steps: number): boolean {
    const last = this.done + steps;
    while (this.done < last) {
      if (this.#word >= 0) {
        this.#followBits(last - this.done);
        if (this.#word >= 0) return true;
      } else if (this.#head < this.#levelEnd) {
        this.#followQueue(last - this.done);
      } else if (this.#head < this.#tail) {
        this.#levelEnd = this.#tail;
        if (this.#tail - this.#head >= this.#leastWide) this.#widen();
      } else {
        return false;
      }
    }
    return true;
  }

  /** Puts root vertices in place of claims. Linear. */
  finish(): void {
    const { owner } = this;
    const ownerOf = this.#ownerOf;
    for (let i = 0; i < this.#objectCount; i++) owner[i] = ownerOf[owner[i]!]!;
  }

  #followQueue(steps: number): void {
    const { start, to } = this.#edges;
    const owner = this.owner;
    const queue = this.#queue;
    const mayWait = this.#released === undefined;
    const takesHubs = this.takesHubs;
    let head = this.#head;
    let tail = this.#tail;
    const last = Math.min(head + steps, this.#levelEnd);
    for (; head < last; head++) {
      const from = queue[head]!;
      const mine = owner[from]!;
      const end = start[from + 1]!;
      for (let edge = start[from]!; edge < end; edge++) {
        const target = to[edge]!;
        const before = owner[target]!;
        if (before >= 0) continue;
        if (before === ~OwnerRole.HUB && !takesHubs) {
          this.#hubs.push(target, mine);
          continue;
        }
        owner[target] = mine;
        if (before === LEAF) continue;
        if (mayWait && before !== ~OwnerRole.PLAIN) this.#wait(target);
        else queue[tail++] = target;
      }
    }
    this.done += head - this.#head;
    this.#head = head;
    this.#tail = tail;
  }

  /** Turns the level in the queue into bits. */
  #widen(): void {
    if (this.#level.length === 0) {
      const words = (this.#objectCount >>> 5) + 1;
      this.#level = new Int32Array(words);
      this.#met = new Int32Array(words);
      this.#waits = new Int32Array(words);
    }
    for (; this.#head < this.#tail; this.#head++) addBit(this.#level, this.#queue[this.#head]!);
    this.#beginWide();
  }

  #beginWide(): void {
    this.#word = 0;
    this.#metCount = 0;
    this.#waitingBefore = this.waitingCount;
    this.#hubsBefore = this.#hubs.length;
  }

  #followBits(steps: number): void {
    const { start, to } = this.#edges;
    const owner = this.owner;
    const level = this.#level;
    const met = this.#met;
    const waits = this.#waits;
    const mayWait = this.#released === undefined;
    const takesHubs = this.takesHubs;
    let word = this.#word;
    let metCount = this.#metCount;
    let left = steps;
    for (; word < level.length && left > 0; word++) {
      let bits = level[word]! & ~waits[word]!;
      level[word] = 0;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const from = word * 32 + bit;
        const first = start[from]!;
        const end = start[from + 1]!;
        if (first === end) continue;
        left--;
        const mine = owner[from]!;
        for (let edge = first; edge < end; edge++) {
          const target = to[edge]!;
          const before = owner[target]!;
          if (before >= 0) {
            // Somebody else may have met it in this very level.
            if (before > mine && (met[target >>> 5]! & (1 << (target & 31))) !== 0) owner[target] = mine;
            continue;
          }
          if (before === ~OwnerRole.HUB && !takesHubs) {
            this.#hubs.push(target, mine);
            continue;
          }
          owner[target] = mine;
          met[target >>> 5]! |= 1 << (target & 31);
          if (before === LEAF) continue;
          if (mayWait && before !== ~OwnerRole.PLAIN) {
            addBit(waits, target);
            this.#wait(target);
          } else metCount++;
        }
      }
    }
    this.done += steps - left;
    this.#word = word;
    this.#metCount = metCount;
    if (word === level.length) this.#endWide();
  }

  /** Goes on with what was met, as bits or, if that is little, in the queue. */
  #endWide(): void {
    this.#sortWaiting();
    this.#sortHubs();
    const empty = this.#level;
    this.#level = this.#met;
    this.#met = empty;
    if (this.#metCount >= this.#leastWide) {
      this.#beginWide();
      return;
    }
    this.#word = -1;
    const first = this.#tail;
    const { start } = this.#edges;
    for (let word = 0; word < this.#level.length; word++) {
      let bits = this.#level[word]! & ~this.#waits[word]!;
      this.#level[word] = 0;
      for (; bits !== 0; bits &= bits - 1) {
        const object = word * 32 + 31 - Math.clz32(bits & -bits);
        if (start[object] !== start[object + 1]) this.#queue[this.#tail++] = object;
      }
    }
    this.#sortByClaim(this.#queue.subarray(first, this.#tail));
    this.#levelEnd = this.#tail;
  }

  /** Those that began to wait in a wide level. */
  #sortWaiting(): void {
    const end = this.#queue.length - this.#waitingBefore;
    const found = this.#queue.subarray(this.#queue.length - this.waitingCount, end);
    this.#sortByClaim(found.reverse());
    found.reverse();
  }

  /** Hubs that were met in a wide level. */
  #sortHubs(): void {
    const pairs = this.#hubs.slice(this.#hubsBefore);
    const order = new Int32Array(pairs.length / 2);
    for (let i = 0; i < order.length; i++) order[i] = i;
    order.sort((a, b) => pairs[2 * a + 1]! - pairs[2 * b + 1]! || a - b);
    for (let i = 0; i < order.length; i++) {
      this.#hubs[this.#hubsBefore + 2 * i] = pairs[2 * order[i]!]!;
      this.#hubs[this.#hubsBefore + 2 * i + 1] = pairs[2 * order[i]! + 1]!;
    }
  }

  /** Sorts objects by their claims; those of one claim by address, as they come. */
  #sortByClaim(objects: Int32Array): void {
    const owner = this.owner;
    if (objects.every((object, i) => i === 0 || owner[objects[i - 1]!]! <= owner[object]!)) return;
    objects.sort((a, b) => owner[a]! - owner[b]! || a - b);
  }

  #wait(object: number): void {
    this.#queue[this.#queue.length - ++this.waitingCount] = object;
  }

  /** A new claim for the root vertex that made another one: after all there are. */
  #renew(claim: number): number {
    if (this.#claimCount === this.#ownerOf.length) this.#ownerOf = grow(this.#ownerOf);
    this.#ownerOf[this.#claimCount] = this.#ownerOf[claim]!;
    return this.#claimCount++;
  }
}

function addBit(bits: Int32Array, index: number): void {
  bits[index >>> 5]! |= 1 << (index & 31);
}
