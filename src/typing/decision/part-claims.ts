/**
 * PartClaims: what is said of parts of objects, or may be: pointers to fields and elements, windows of slices. They decide
 * nothing where they are made: they wait here, each once, until all is known that refers to whole objects.
 */
import { float64Column, int32Column, uint8Column } from "../../heap/columns.ts";

/** Bits of `bits`. */
const SLICE = 1;
const GUESS = 2;
const FOLLOWED = 4;

/** Claims are numbered by so many bits, to be sorted by objects; real heaps have some hundred thousand. */
const NUMBER_BITS = 22;
const MAX_CLAIMS = 1 << NUMBER_BITS;

export class PartClaims {
  readonly object = int32Column();
  /** Bytes from the beginning of the object's value. */
  readonly inside = float64Column();
  /** Id of the value's type node, which may be an array's. */
  readonly node = int32Column();
  /** Bytes to the end of a slice's window, or UNKNOWN_EXTENT; of pointers the size of the value. */
  readonly extent = float64Column();
  readonly #bits = uint8Column();
  /** Number of a claim + 1, by hash. */
  #table = new Int32Array(1 << 8);

  get count(): number {
    return this.object.count;
  }

  /** Whether the claim is a slice's window. */
  isSlice(claim: number): boolean {
    return (this.#bits.get(claim) & SLICE) !== 0;
  }

  /** Whether it follows from a guess. */
  isGuess(claim: number): boolean {
    return (this.#bits.get(claim) & GUESS) !== 0;
  }

  /** Notes that the pointers of the part are followed; false if they are already. */
  follow(claim: number): boolean {
    const bits = this.#bits.get(claim);
    if ((bits & FOLLOWED) !== 0) return false;
    this.#bits.set(claim, bits | FOLLOWED);
    return true;
  }

  /** Adds a claim, unless it was made before. */
  add(object: number, inside: number, node: number, extent: number, isSlice: boolean, isGuess: boolean): void {
    const slot = this.#find(object, inside, node, extent, isSlice);
    const claim = this.#table[slot]! - 1;
    if (claim >= 0) {
      // What is known outweighs what was guessed, and its consequences with it.
      if (!isGuess && this.isGuess(claim)) this.#bits.set(claim, this.#bits.get(claim) & ~(GUESS | FOLLOWED));
      return;
    }
    if (this.count === MAX_CLAIMS) return;
    this.object.push(object);
    this.inside.push(inside);
    this.node.push(node);
    this.extent.push(extent);
    this.#bits.push((isSlice ? SLICE : 0) | (isGuess ? GUESS : 0));
    this.#table[slot] = this.count;
    if (this.count * 2 > this.#table.length) this.#grow();
  }

  /** The claims of objects that `isWanted`, those of one object side by side, by ascending objects. */
  sortedByObject(isWanted: (object: number) => boolean): Int32Array {
    const keys = new Float64Array(this.count);
    let count = 0;
    for (let claim = 0; claim < this.count; claim++) {
      const object = this.object.get(claim);
      if (isWanted(object)) keys[count++] = object * MAX_CLAIMS + claim;
    }
    const wanted = keys.subarray(0, count).sort();
    return Int32Array.from(wanted, (key) => key % MAX_CLAIMS);
  }

  /** Index in the table of a claim, or where it would be. */
  #find(object: number, inside: number, node: number, extent: number, isSlice: boolean): number {
    const mask = this.#table.length - 1;
    let slot = hash(object, inside, node, extent) & mask;
    for (; this.#table[slot] !== 0; slot = (slot + 1) & mask) {
      const claim = this.#table[slot]! - 1;
      if (
        this.object.get(claim) === object &&
        this.inside.get(claim) === inside &&
        this.node.get(claim) === node &&
        this.extent.get(claim) === extent &&
        this.isSlice(claim) === isSlice
      ) {
        break;
      }
    }
    return slot;
  }

  #grow(): void {
    const mask = this.#table.length * 2 - 1;
    this.#table = new Int32Array(mask + 1);
    for (let claim = 0; claim < this.count; claim++) {
      const key = hash(this.object.get(claim), this.inside.get(claim), this.node.get(claim), this.extent.get(claim));
      let slot = key & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = claim + 1;
    }
  }
}

function hash(object: number, inside: number, node: number, extent: number): number {
  let mixed = Math.imul(object, 0x9e37_79b1) ^ Math.imul(inside | 0, 0x85eb_ca6b) ^ Math.imul(node, 0xc2b2_ae35);
  mixed = Math.imul(mixed ^ (extent | 0) ^ (mixed >>> 15), 0x2c1b_3c6d);
  return mixed ^ (mixed >>> 13);
}
